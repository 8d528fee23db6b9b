/* SPDX-License-Identifier: ISC */
/* See rows.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "superctl/memory.h"
#include "superctl/rows.h"

void
rows_init(struct rows *r)
{
	*r = (struct rows) { .arena = memory_arena() };
}

void
rows_done(struct rows *r)
{
	arena_free(r->arena);
	free(r->lines);
	free(r->details);
	*r = (struct rows) { 0 };
}

/* Of ADDRESS:PORT; a prefix or a unix peer has none. */
static uint16_t
peer_port(const char *peer)
{
	const char *colon = peer != NULL ? strrchr(peer, ':') : NULL;
	uint64_t port;

	if (colon == NULL || colon == peer ||
	    (colon[-1] != ']' && strchr(peer, ':') != colon) ||
	    num_parse_unsigned(colon + 1, &port) < 0 || port > UINT16_MAX)
		return 0;
	return (uint16_t)port;
}

static struct details
details_of(const struct view *v)
{
	struct details d = { .age = -1 };
	const struct json *j = v->json;

	(void)json_unsigned(j, json_member(j, 1, "pid"), &d.pid);
	(void)json_unsigned(j, json_member(j, 1, "cookie"), &d.cookie);
	(void)json_number(j, json_member(j, 1, "age"), &d.age);
	d.port = peer_port(view_text(v, "peer"));
	return d;
}

int
rows_add(struct rows *r, struct view *v, struct session *s, const char *line,
    size_t length)
{
	if (view_read(v, s, line, length) < 0)
		return -1;
	r->lines = memory_grow(r->lines, r->count, sizeof(*r->lines));
	r->details = memory_grow(r->details, r->count, sizeof(*r->details));
	r->lines[r->count] = memory_bytes(r->arena, line, length);
	r->details[r->count] = details_of(v);
	r->count++;
	return 0;
}

void
rows_look(struct rows *r)
{
	details_processes(r->details, r->count);
	details_sockets(r->details, r->count);
}

void
rows_print_json(struct rows *r)
{
	char room[256];
	struct text t;
	size_t length;

	for (size_t i = 0; i < r->count; i++) {
		text_init(&t, room, sizeof(room));
		details_json(&r->details[i], &t);
		length = strlen(r->lines[i]);
		while (r->lines[i][length - 1] != '}')
			length--;
		(void)fwrite(r->lines[i], 1, length - 1, stdout);
		(void)fwrite(t.at, 1, t.length, stdout);
		(void)fputs("}\n", stdout);
	}
	rows_done(r);
	rows_init(r);
}

/* SPDX-License-Identifier: ISC */
/* See view.h. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "superctl/memory.h"
#include "superctl/session.h"
#include "superctl/superctl.h"
#include "superctl/view.h"

/* A line of superd's has at most 16 KiB; \xNN makes four of one. */
#define TEXT_SIZE 16384

void
view_init(struct view *v, const struct screen *screen)
{
	v->screen = screen;
	v->arena = memory_arena();
	v->json = memory_new(sizeof(*v->json));
}

void
view_done(struct view *v)
{
	arena_free(v->arena);
	free(v->json);
}

void
view_forget(struct view *v)
{
	arena_free(v->arena);
	v->arena = memory_arena();
}

int
view_read(struct view *v, struct session *s, const char *line, size_t length)
{
	struct err e = { 0 };

	if (json_read(v->json, line, length, &e) == 0 &&
	    json_kind(v->json, 1) == JSON_OBJECT)
		return 0;
	fault_set(&s->fault, EXIT_FAILED_CODE, "broken",
	    "%s: what answers is not superd, or of another version: a line "
	    "that is no JSON object: %s",
	    s->path, e.text[0] != '\0' ? e.text : "another value");
	return -1;
}

const char *
view_node(const struct view *v, uint32_t node)
{
	char raw[TEXT_SIZE], room[TEXT_SIZE];
	struct text bytes, harmless;

	if (json_kind(v->json, node) == JSON_NULL)
		return NULL;
	text_init(&bytes, raw, sizeof(raw));
	json_text(v->json, node, &bytes);
	text_init(&harmless, room, sizeof(room));
	screen_foreign(v->screen, &harmless, bytes.at, bytes.length);
	return memory_string(v->arena, room);
}

static bool
is_bare(const struct text *t)
{
	for (size_t i = 0; i < t->length; i++) {
		if (t->at[i] <= ' ' || t->at[i] > '~' || t->at[i] == '"' ||
		    t->at[i] == '\\')
			return false;
	}
	return t->length > 0;
}

const char *
view_value(const struct view *v, uint32_t node)
{
	char raw[TEXT_SIZE], room[TEXT_SIZE * 4];
	struct text bytes, quoted;

	if (json_kind(v->json, node) == JSON_NULL)
		return NULL;
	text_init(&bytes, raw, sizeof(raw));
	json_text(v->json, node, &bytes);
	if (is_bare(&bytes))
		return memory_string(v->arena, raw);
	text_init(&quoted, room, sizeof(room));
	text_char(&quoted, '"');
	text_escaped(&quoted, bytes.at, bytes.length);
	text_char(&quoted, '"');
	return memory_string(v->arena, room);
}

const char *
view_text(const struct view *v, const char *name)
{
	return view_node(v, json_member(v->json, 1, name));
}

const char *
view_known(const struct view *v, const char *name)
{
	const char *text = view_text(v, name);

	return text != NULL ? text : "?";
}

bool
view_number(const struct view *v, const char *name, double *ret_value)
{
	return json_number(v->json, json_member(v->json, 1, name), ret_value);
}

const char *
view_units(const struct view *v, const char *name, view_unit *unit)
{
	char room[64];
	struct text t;
	double value;

	if (!view_number(v, name, &value))
		return NULL;
	text_init(&t, room, sizeof(room));
	unit(&t, value);
	return memory_string(v->arena, room);
}

const char *
view_counted(const struct view *v, const char *name, const char *what)
{
	const char *count = view_text(v, name);

	if (count == NULL)
		return NULL;
	return view_keep(
	    v, "%s %s%s", count, what, strcmp(count, "1") == 0 ? "" : "s");
}

bool
view_is(const struct view *v, const char *name, const char *value)
{
	return json_is(v->json, json_member(v->json, 1, name), value);
}

const char *
view_keep(const struct view *v, const char *format, ...)
{
	char room[TEXT_SIZE];
	struct text t;
	va_list args;

	text_init(&t, room, sizeof(room));
	va_start(args, format);
	text_vprintf(&t, format, args);
	va_end(args);
	return memory_string(v->arena, room);
}

/* SPDX-License-Identifier: ISC */
/* A state becomes bytes; see state.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/state.h"
#include "core/state_check.h"
#include "core/state_head.h"
#include "core/state_tables.h"
#include "core/state_value.h"

#define ROOM_FIRST 4096

void
state_buffer_done(struct state_buffer *b)
{
	free(b->at);
	*b = (struct state_buffer) { 0 };
}

/* Room for `more` bytes behind those that are there. */
static int
reserve(struct state_buffer *b, size_t more, struct err *e)
{
	size_t room = b->room == 0 ? ROOM_FIRST : b->room;
	uint8_t *at;

	if (b->room - b->size >= more)
		return 0;
	if (more > STATE_SIZE_MAX - b->size)
		return err_set(
		    e, E2BIG, "more than %ju bytes", (uintmax_t)STATE_SIZE_MAX);
	while (room - b->size < more)
		room *= 2;
	at = realloc(b->at, room);
	if (at == NULL)
		return err_memory(e);
	b->at = at;
	b->room = room;
	return 0;
}

static int
put_field(struct state_buffer *b, const struct state_field *f, const void *at,
    struct err *e)
{
	size_t size = state_value_size(f->kind, at);
	int error = reserve(b, STATE_FIELD_HEAD + size, e);
	uint8_t *to;

	if (error < 0)
		return error;
	to = b->at + b->size;
	state_put_number(to, f->tag, 2);
	state_put_number(to + 2, size, 2);
	state_value_put(f->kind, at, to + STATE_FIELD_HEAD);
	b->size += STATE_FIELD_HEAD + size;
	return 0;
}

static int
put_record(struct state_buffer *b, const struct state_record *r, const void *at,
    struct err *e)
{
	size_t start = b->size;
	int error = state_check_record(r, at, e);

	if (error == 0)
		error = reserve(b, STATE_RECORD_HEAD, e);
	if (error < 0)
		return error;
	b->size += STATE_RECORD_HEAD;
	for (size_t i = 0; i < r->field_count && error == 0; i++) {
		const struct state_field *f = &r->fields[i];

		if (f->required || state_has(f, at))
			error =
			    put_field(b, f, (const char *)at + f->offset, e);
	}
	if (error < 0)
		return error;
	state_put_number(b->at + start, r->tag, 4);
	state_put_number(
	    b->at + start + 4, b->size - start - STATE_RECORD_HEAD, 4);
	return 0;
}

static int
put_list(struct state_buffer *b, const struct state *s,
    const struct state_record *r, struct err *e)
{
	size_t count;
	const char *at = state_list(s, r, &count);

	if (count > r->most)
		return err_set(e, E2BIG, "%zu records '%s', at most %zu can be",
		    count, r->name, r->most);
	for (size_t i = 0; i < count; i++) {
		if (put_record(b, r, at + i * r->size, e) < 0)
			return err_wrap(e, "%s %zu", r->name, i + 1);
	}
	return 0;
}

static int
put_head(struct state_buffer *b, const char *writer, struct err *e)
{
	int error = reserve(b, STATE_HEAD_SIZE, e);

	if (error == 0)
		error = state_head_put(b->at, writer, e);
	if (error == 0)
		b->size = STATE_HEAD_SIZE;
	return error;
}

static int
put_tail(struct state_buffer *b, struct err *e)
{
	int error = reserve(b, STATE_TAIL_SIZE, e);

	if (error < 0)
		return error;
	b->size += STATE_TAIL_SIZE;
	state_head_finish(b->at, b->size);
	return 0;
}

static int
put_all(const struct state *s, struct state_buffer *b, struct err *e)
{
	int error = put_head(b, s->daemon.version, e);

	for (size_t i = 0; i < STATE_RECORDS && error == 0; i++)
		error = put_list(b, s, &state_records[i], e);
	if (error == 0)
		error = state_check_whole(s, e);
	return error < 0 ? error : put_tail(b, e);
}

int
state_encode(const struct state *s, struct state_buffer *out, struct err *e)
{
	int error;

	out->size = 0;
	error = put_all(s, out, e);
	if (error < 0)
		state_buffer_done(out);
	return error;
}

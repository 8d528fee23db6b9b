/* SPDX-License-Identifier: ISC */
/*
 * libinih pulls lines out of next_line() and pushes what it makes of them
 * into take_value().  Comments, empty lines and lines with a mistake never
 * reach it; the others do without their indentation, unless they continue a
 * value.
 */
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "conf/line.h"
#include "conf/reader.h"

struct reader {
	const struct conf_text *text;
	struct conf_rows *rows;
	struct conf_findings *findings;
	const char *at, *end;
	struct conf_place place; /* of the line at hand */
	struct conf_line line;
	struct conf_line_context context;
	bool in_section;   /* a good one */
	bool skip_section; /* its header has a mistake */
	bool skip_value;   /* its first line has a mistake */
	bool expecting;    /* libinih has a line and has not called */
	bool open;         /* row is not yet in rows */
	struct conf_row row;
	char *value; /* of row, growing */
	size_t length, room;
	int error;
};

enum conf_section_kind
conf_reader_section_kind(const char *name)
{
	static const char *const names[] = { "superd", "defaults", "ports" };
	enum conf_section_kind kind = CONF_SECTION_DAEMON;

	while (kind < CONF_SECTION_SERVICE && strcmp(names[kind], name) != 0)
		kind++;
	return kind;
}

static int
append(struct reader *r, const char *bytes, size_t length)
{
	size_t room = r->length + length + 1;
	char *wider;

	if (room > r->room) {
		room += r->room + 256;
		wider = realloc(r->value, room);
		if (wider == NULL)
			return -ENOMEM;
		r->value = wider;
		r->room = room;
	}
	memcpy(r->value + r->length, bytes, length);
	r->length += length;
	r->value[r->length] = '\0';
	return 0;
}

/* The row is complete when the next key, section or the end comes. */
static int
finish_row(struct reader *r)
{
	if (!r->open)
		return 0;
	r->open = false;
	r->row.value = arena_string_n(r->rows->arena, r->value, r->length);
	if (r->row.value == NULL)
		return -ENOMEM;
	return conf_rows_add(r->rows, &r->row);
}

static int
start_row(struct reader *r, const char *key, size_t length, bool spoiled)
{
	int error = finish_row(r);

	if (error < 0)
		return error;
	r->row = (struct conf_row) {
		.key = arena_string_n(r->rows->arena, key, length),
		.place = r->place,
		.indented = r->line.indented,
		.spoiled = spoiled,
	};
	if (r->row.key == NULL)
		return -ENOMEM;
	r->open = true;
	r->length = 0;
	return append(r, "", 0);
}

/* An odd number of backslashes at the end takes the next line without the
 * blank. */
static bool
ends_in_backslash(const struct reader *r)
{
	size_t n = 0;

	while (n < r->length && r->value[r->length - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

static int
continue_row(struct reader *r, const char *value)
{
	int error = 0;

	if (ends_in_backslash(r))
		r->length--;
	else
		error = append(r, " ", 1);
	if (error == 0)
		error = append(r, value, strlen(value));
	return error;
}

/* libinih's callback: 1 goes on, 0 is an error. */
static int
take_value(void *user, const char *section, const char *key, const char *value)
{
	struct reader *r = user;

	(void)section;
	if (r->error < 0 || key == NULL || value == NULL)
		return 1;
	r->expecting = false;
	if (r->line.kind == CONF_LINE_KEY)
		r->error = start_row(r, key, strlen(key), false);
	if (r->error == 0)
		r->error = r->line.kind == CONF_LINE_KEY
		    ? append(r, value, strlen(value))
		    : continue_row(r, value);
	return r->error == 0;
}

static void
start_section(struct reader *r)
{
	struct conf_section section = {
		.name = arena_string_n(
		    r->rows->arena, r->line.name, r->line.name_length),
		.place = r->place,
		.directory = r->text->directory,
	};

	r->error = finish_row(r);
	if (section.name == NULL)
		r->error = -ENOMEM;
	if (r->error < 0)
		return;
	section.kind = conf_reader_section_kind(section.name);
	r->error = conf_rows_add_section(r->rows, &section);
	r->in_section = true;
	r->skip_section = false;
	r->context.in_ports = section.kind == CONF_SECTION_PORTS;
}

/* The line has a mistake, which is told; what hangs on it is passed over. */
static void
take_bad(struct reader *r)
{
	switch (r->line.kind) {
	case CONF_LINE_SECTION:
		r->error = finish_row(r);
		r->skip_section = true;
		r->context = (struct conf_line_context) { 0 };
		break;
	case CONF_LINE_KEY:
		r->skip_value = true;
		r->context.after_value = true;
		if (r->line.name_length > 0 && r->in_section &&
		    !r->skip_section)
			r->error = start_row(
			    r, r->line.name, r->line.name_length, true);
		break;
	case CONF_LINE_CONTINUATION:
		r->row.spoiled = true;
		break;
	case CONF_LINE_EMPTY:
		break;
	}
}

static bool
key_has_section(struct reader *r)
{
	char quoted[CONF_QUOTED_SIZE], key[CONF_NAME_MAX + 1];

	if (r->in_section || r->skip_section)
		return !r->skip_section;
	memcpy(key, r->line.name, r->line.name_length);
	key[r->line.name_length] = '\0';
	conf_mistake(r->findings, &r->place,
	    "key '%s' before any section: put "
	    "a line [superd] or [name-of-the-service] above it",
	    conf_quoted(key, quoted));
	return false;
}

/* Is the good line at hand one for libinih? */
static bool
take_good(struct reader *r)
{
	switch (r->line.kind) {
	case CONF_LINE_SECTION:
		start_section(r);
		r->context.after_value = false;
		return true;
	case CONF_LINE_KEY:
		r->context.after_value = true;
		r->skip_value = !key_has_section(r);
		return !r->skip_value;
	case CONF_LINE_CONTINUATION:
		return !r->skip_value;
	default:
		return false;
	}
}

/* Reads lines up to the next one for libinih; false at the end. */
static bool
find_line(struct reader *r)
{
	struct err e;
	const char *start, *newline;

	while (r->error == 0 && r->at < r->end) {
		start = r->at;
		newline = memchr(start, '\n', (size_t)(r->end - start));
		r->at = newline == NULL ? r->end : newline + 1;
		if (newline == NULL)
			newline = r->end;
		r->place.line++;
		if (conf_line_read(start, (size_t)(newline - start),
			&r->context, &r->line, &e) == 0) {
			if (take_good(r))
				return r->error == 0;
		} else {
			conf_mistake(r->findings, &r->place, "%s", e.text);
			take_bad(r);
		}
	}
	return false;
}

/* libinih's fgets(). */
static char *
next_line(char *buffer, int size, void *stream)
{
	struct reader *r = stream;
	size_t blank;

	if (r->expecting && r->error == 0)
		conf_mistake(r->findings, &r->place,
		    "libinih does not understand this line");
	r->expecting = false;
	if (!find_line(r))
		return NULL;
	blank = r->line.kind == CONF_LINE_CONTINUATION ? 1 : 0;
	if (size < 0 || blank + r->line.length + 2 > (size_t)size) {
		conf_mistake(r->findings, &r->place,
		    "libinih was built for lines of %d bytes", size - 2);
		r->line.length = 0;
	}
	buffer[0] = ' ';
	memcpy(buffer + blank, r->line.text, r->line.length);
	memcpy(buffer + blank + r->line.length, "\n", 2);
	r->expecting = r->line.kind != CONF_LINE_SECTION;
	return buffer;
}

int
conf_reader_read(const struct conf_text *text, struct conf_rows *rows,
    struct conf_findings *findings)
{
	struct reader r = {
		.text = text,
		.rows = rows,
		.findings = findings,
		.at = text->bytes,
		.end = text->bytes + text->length,
		.place.file = text->name,
	};

	if (text->length >= 3 && memcmp(text->bytes, "\xef\xbb\xbf", 3) == 0)
		r.at += 3;
	(void)ini_parse_stream(next_line, &r, take_value, &r);
	if (r.error == 0)
		r.error = finish_row(&r);
	free(r.value);
	return r.error;
}

/* SPDX-License-Identifier: ISC */
/* What a line is; which bytes it may hold is in utf8.c. */
#include <errno.h>
#include <string.h>

#include "conf/line.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
trim_end(struct conf_line *line)
{
	while (line->length > 0 && is_blank(line->text[line->length - 1]))
		line->length--;
}

/* Where ` ;` starts a comment, or the length. */
static size_t
comment_at(const char *text, size_t length)
{
	for (size_t i = 1; i < length; i++) {
		if (text[i] == ';' && is_blank(text[i - 1]))
			return i;
	}
	return length;
}

/* The letters of a key's name, or in [ports] of a port's. */
static size_t
name_span(const struct conf_line *line, bool in_ports)
{
	size_t i = 0;

	for (; i < line->length; i++) {
		char c = line->text[i];

		if (is_lower(c) || (is_digit(c) && (in_ports || i > 0)) ||
		    (c == '_' && i > 0) || (c == '-' && in_ports && i > 0))
			continue;
		break;
	}
	return i;
}

/* name = value, or name: value with a blank behind the colon. */
static bool
reads_as_key(const struct conf_line *line, bool in_ports)
{
	size_t i = name_span(line, in_ports);

	if (i == 0)
		return false;
	while (i < line->length && is_blank(line->text[i]))
		i++;
	if (i == line->length)
		return false;
	return line->text[i] == '=' ||
	    (line->text[i] == ':' &&
		(i + 1 == line->length || is_blank(line->text[i + 1])));
}

/* [name] and nothing else: [::1]:80 and [ -f x ] are values. */
static bool
reads_as_section(const struct conf_line *line)
{
	size_t end = comment_at(line->text, line->length);

	while (end > 0 && is_blank(line->text[end - 1]))
		end--;
	if (end < 3 || line->text[0] != '[' || line->text[end - 1] != ']')
		return false;
	for (size_t i = 1; i < end - 1; i++) {
		char c = line->text[i];

		if (!is_lower((char)(c | ' ')) && !is_digit(c) && c != '.' &&
		    c != '_' && c != '-')
			return false;
	}
	return true;
}

static enum conf_line_kind
kind_of(const struct conf_line *line, const struct conf_line_context *context)
{
	if (line->length == 0 || line->text[0] == '#' || line->text[0] == ';')
		return CONF_LINE_EMPTY;
	if (line->indented && context->after_value &&
	    !reads_as_key(line, context->in_ports) && !reads_as_section(line))
		return CONF_LINE_CONTINUATION;
	return line->text[0] == '[' ? CONF_LINE_SECTION : CONF_LINE_KEY;
}

/* Columns count characters, as editors do. */
static int
complain_of_byte(const char *bytes, size_t at, struct err *e)
{
	unsigned char c = (unsigned char)bytes[at];
	unsigned int column = 1;

	for (size_t i = 0; i < at; i++)
		column += (bytes[i] & 0xc0) != 0x80;
	if (c == '\0')
		return err_set(e, EINVAL,
		    "NUL byte in column %u: this is no "
		    "text file",
		    column);
	if (c < 0x80)
		return err_set(e, EINVAL,
		    "control character 0x%02x in column "
		    "%u",
		    c, column);
	return err_set(
	    e, EINVAL, "invalid UTF-8 in column %u (byte 0x%02x)", column, c);
}

int
conf_line_check_bytes(const char *bytes, size_t length, struct err *e)
{
	size_t bad = conf_line_bad_byte(bytes, length);

	return bad < length ? complain_of_byte(bytes, bad, e) : 0;
}

static int
check_length(const struct conf_line *line, struct err *e)
{
	size_t most = CONF_LINE_MAX;

	/* libinih gets it with a blank in front. */
	if (line->kind == CONF_LINE_CONTINUATION)
		most--;
	if (line->length <= most)
		return 0;
	return err_set(e, EINVAL,
	    "this line has %zu bytes, at most %zu are "
	    "allowed: continue it on the next line, indented",
	    line->length, most);
}

static int
check_name(const struct conf_line *line, const char *what, struct err *e)
{
	if (line->name_length <= CONF_NAME_MAX)
		return 0;
	return err_set(e, EINVAL,
	    "the name of this %s has %zu bytes, at most "
	    "%d are allowed",
	    what, line->name_length,
	    line->kind == CONF_LINE_SECTION ? CONF_NAME_MAX - 1
					    : CONF_NAME_MAX);
}

static int
read_section(struct conf_line *line, struct err *e)
{
	size_t end = comment_at(line->text, line->length), rest;
	const char *close = memchr(line->text, ']', end);

	if (close == NULL)
		return err_set(e, EINVAL, "section header without ']'");
	line->name = line->text + 1;
	line->name_length = (size_t)(close - line->name);
	rest = line->name_length + 2;
	while (rest < end && is_blank(line->text[rest]))
		rest++;
	if (rest < end && line->text[rest] == ':') {
		line->kind = CONF_LINE_KEY;
		line->name_length = 0;
		return err_set(e, EINVAL,
		    "text behind ']': an address is no "
		    "key, say it with 'listen' in a section of its own");
	}
	if (rest < end)
		return err_set(e, EINVAL,
		    "text behind ']': a comment there "
		    "starts with a blank and ';'");
	return check_name(line, "section", e);
}

static int
read_key(struct conf_line *line, struct err *e)
{
	size_t end = comment_at(line->text, line->length), i = 0;

	while (i < end && line->text[i] != '=' && line->text[i] != ':')
		i++;
	if (i == end)
		return err_set(e, EINVAL,
		    "no '=' in this line: allowed are "
		    "key = value, [section], and comments with # or ;");
	line->name = line->text;
	while (i > 0 && is_blank(line->text[i - 1]))
		i--;
	line->name_length = i;
	if (i == 0)
		return err_set(e, EINVAL, "no key in front of '%c'",
		    line->text[strspn(line->text, " \t")]);
	return check_name(line, "key", e);
}

int
conf_line_read(const char *bytes, size_t length,
    const struct conf_line_context *context, struct conf_line *ret_line,
    struct err *e)
{
	struct conf_line line = { .text = bytes, .length = length };
	int error = 0, named = 0;

	if (length > 0 && bytes[length - 1] == '\r')
		line.length = --length;
	while (line.length > 0 && is_blank(line.text[0])) {
		line.text++;
		line.length--;
	}
	line.indented = line.text > bytes;
	trim_end(&line);
	line.kind = kind_of(&line, context);
	if (line.kind == CONF_LINE_CONTINUATION) {
		line.length = comment_at(line.text, line.length);
		trim_end(&line);
	}
	error = conf_line_check_bytes(bytes, length, e);
	if (error == 0 && line.kind != CONF_LINE_EMPTY)
		error = check_length(&line, e);
	if (line.kind == CONF_LINE_SECTION)
		named = read_section(&line, error == 0 ? e : NULL);
	else if (line.kind == CONF_LINE_KEY)
		named = read_key(&line, error == 0 ? e : NULL);
	if (named < 0)
		line.name_length = 0;
	*ret_line = line;
	return error < 0 ? error : named;
}

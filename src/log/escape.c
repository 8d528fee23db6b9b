/* SPDX-License-Identifier: ISC */
/* Foreign bytes made harmless; see escape.h. */
#include <stdint.h>
#include <string.h>

#include "log/escape.h"

/* Writes the first byte or character; returns how many bytes it took. */
typedef size_t escape_first(
    struct text *t, const unsigned char *at, size_t left);

static bool
is_plain(unsigned char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

static size_t
plain_run(const unsigned char *at, size_t left)
{
	size_t n = 0;

	while (n < left && is_plain(at[n]))
		n++;
	return n;
}

static void
escape(
    struct text *t, const unsigned char *at, size_t left, escape_first *first)
{
	char room[16];
	struct text piece;
	size_t n;

	for (;;) {
		n = plain_run(at, left);
		text_bytes(t, at, n);
		at += n;
		left -= n;
		if (left == 0 || t->cut)
			return;
		text_init(&piece, room, sizeof(room));
		n = first(&piece, at, left);
		if (piece.length > text_room(t)) {
			t->cut = true;
			return;
		}
		text_bytes(t, room, piece.length);
		at += n;
		left -= n;
	}
}

bool
log_escape_is_bare(const void *bytes, size_t count)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < count; i++) {
		if (!is_plain(at[i]) || at[i] == ' ')
			return false;
	}
	return count > 0;
}

static size_t
first_as_text(struct text *t, const unsigned char *at, size_t left)
{
	(void)left;
	text_escaped(t, at, 1);
	return 1;
}

void
log_escape_text(struct text *t, const void *bytes, size_t count)
{
	escape(t, bytes, count, first_as_text);
}

/*
 * The length of the UTF-8 character in front, 0 if there is none: neither
 * overlong nor a surrogate nor past U+10FFFF.
 */
static size_t
utf8_first(const unsigned char *at, size_t left, uint32_t *ret_code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	uint32_t code = at[0] & (0x7fu >> n);

	if (at[0] < 0xc2 || at[0] > 0xf4 || left < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return n;
}

static void
put_u(struct text *t, uint32_t unit)
{
	text_bytes(t, "\\u", 2);
	text_hex(t, unit, 4);
}

static void
put_code(struct text *t, uint32_t code)
{
	if (code < 0x10000) {
		put_u(t, code);
	} else {
		put_u(t, 0xd7c0 + (code >> 10));
		put_u(t, 0xdc00 | (code & 0x3ff));
	}
}

/* The five that text_escaped() knows by name are the same in JSON. */
static size_t
first_as_json(struct text *t, const unsigned char *at, size_t left)
{
	uint32_t code;
	size_t n;

	if (at[0] < 0x80) {
		if (strchr("\n\r\t\\\"", at[0]) != NULL && at[0] != '\0')
			text_escaped(t, at, 1);
		else
			put_u(t, at[0]);
		return 1;
	}
	n = utf8_first(at, left, &code);
	if (n > 0) {
		put_code(t, code);
		return n;
	}
	text_bytes(t, "\\\\x", 3);
	text_hex(t, at[0], 2);
	return 1;
}

/* A quote, a backslash, or the backslash that text_escaped() begins with. */
static size_t
first_as_param(struct text *t, const unsigned char *at, size_t left)
{
	(void)left;
	text_char(t, '\\');
	if (at[0] == '"' || at[0] == '\\')
		text_char(t, (char)at[0]);
	else
		text_escaped(t, at, 1);
	return 1;
}

/* A bracket is plain everywhere else. */
void
log_escape_param(struct text *t, const void *bytes, size_t count)
{
	const unsigned char *at = bytes, *bracket;

	while ((bracket = memchr(at, ']', count)) != NULL) {
		size_t n = (size_t)(bracket - at);

		escape(t, at, n, first_as_param);
		if (t->cut || text_room(t) < 2) {
			t->cut = true;
			return;
		}
		text_bytes(t, "\\]", 2);
		at += n + 1;
		count -= n + 1;
	}
	escape(t, at, count, first_as_param);
}

void
log_escape_json(struct text *t, const void *bytes, size_t count)
{
	escape(t, bytes, count, first_as_json);
}

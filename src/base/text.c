/* SPDX-License-Identifier: ISC */
/* Bounded text; see text.h.  Used in the child page too: no libc state. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void
text_init(struct text *t, char *buffer, size_t size)
{
	t->at = buffer;
	t->size = size;
	t->length = 0;
	t->cut = false;
	buffer[0] = '\0';
}

size_t
text_room(const struct text *t)
{
	return t->length + 1 < t->size ? t->size - 1 - t->length : 0;
}

void
text_bytes(struct text *t, const void *bytes, size_t count)
{
	size_t room = text_room(t);

	if (count > room) {
		count = room;
		t->cut = true;
	}
	if (count == 0)
		return;
	memcpy(t->at + t->length, bytes, count);
	t->length += count;
	t->at[t->length] = '\0';
}

void
text_char(struct text *t, char c)
{
	text_bytes(t, &c, 1);
}

void
text_string(struct text *t, const char *s)
{
	text_bytes(t, s, strlen(s));
}

/* Digits of value in base, least of them `digits`, into the end of room. */
static void
put_digits(
    struct text *t, uint64_t value, unsigned int base, unsigned int digits)
{
	static const char digit[] = "0123456789abcdef";
	char room[24];
	char *end = room + sizeof(room), *at = end;

	if (digits > sizeof(room))
		digits = sizeof(room);
	while (value != 0 || at > end - digits) {
		*--at = digit[value % base];
		value /= base;
	}
	text_bytes(t, at, (size_t)(end - at));
}

void
text_unsigned(struct text *t, uint64_t value)
{
	put_digits(t, value, 10, 1);
}

void
text_padded(struct text *t, uint64_t value, unsigned int digits)
{
	put_digits(t, value, 10, digits);
}

void
text_hex(struct text *t, uint64_t value, unsigned int digits)
{
	put_digits(t, value, 16, digits);
}

void
text_signed(struct text *t, int64_t value)
{
	if (value < 0)
		text_char(t, '-');
	put_digits(t, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, 1);
}

void
text_vprintf(struct text *t, const char *format, va_list args)
{
	size_t room = text_room(t);
	int n = vsnprintf(t->at + t->length, room + 1, format, args);

	if (n < 0 || (size_t)n > room) {
		t->cut = true;
		t->length += room;
		t->at[t->length] = '\0';
	} else {
		t->length += (size_t)n;
	}
}

void
text_printf(struct text *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vprintf(t, format, args);
	va_end(args);
}

/* The letter of a short escape, 0 if it has none. */
static char
short_escape(unsigned char c)
{
	switch (c) {
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	case '\\':
	case '"':
		return (char)c;
	default:
		return 0;
	}
}

static void
escape_one(struct text *t, unsigned char c)
{
	char letter = short_escape(c);

	text_char(t, '\\');
	if (letter != 0) {
		text_char(t, letter);
	} else {
		text_char(t, 'x');
		text_hex(t, c, 2);
	}
}

void
text_escaped(struct text *t, const void *bytes, size_t count)
{
	const unsigned char *at = bytes, *end = at + count, *run = at;

	for (; at < end; at++) {
		if (*at >= ' ' && *at <= '~' && *at != '\\' && *at != '"')
			continue;
		text_bytes(t, run, (size_t)(at - run));
		escape_one(t, *at);
		run = at + 1;
	}
	text_bytes(t, run, (size_t)(end - run));
}

bool
text_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

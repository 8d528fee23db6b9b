/* SPDX-License-Identifier: ISC */
/* What the nodes of a JSON text say. */
#include <stdlib.h>
#include <string.h>

#include "wire/json.h"

/* No number that anybody sends is longer. */
#define NUMBER_SIZE 64

static const char *
start_of(const struct json *j, uint32_t node)
{
	return j->text + j->nodes[node].start;
}

enum json_kind
json_kind(const struct json *j, uint32_t node)
{
	return j->nodes[node].kind;
}

uint32_t
json_first(const struct json *j, uint32_t parent)
{
	enum json_kind kind = j->nodes[parent].kind;

	if (kind != JSON_OBJECT && kind != JSON_ARRAY)
		return JSON_NONE;
	return parent + 1 < j->nodes[parent].next ? parent + 1 : JSON_NONE;
}

uint32_t
json_next(const struct json *j, uint32_t parent, uint32_t node)
{
	uint32_t next = j->nodes[node].next;

	return next < j->nodes[parent].next ? next : JSON_NONE;
}

static bool
is_written(const struct json *j, uint32_t node, const char *text)
{
	size_t length = strlen(text);

	return j->nodes[node].kind == JSON_STRING &&
	    j->nodes[node].length == length &&
	    memcmp(start_of(j, node), text, length) == 0;
}

bool
json_is(const struct json *j, uint32_t node, const char *value)
{
	return is_written(j, node, value);
}

uint32_t
json_member(const struct json *j, uint32_t object, const char *name)
{
	uint32_t at;

	if (j->nodes[object].kind != JSON_OBJECT)
		return JSON_NONE;
	for (at = json_first(j, object); at != JSON_NONE;
	     at = json_next(j, object, at + 1)) {
		if (is_written(j, at, name))
			return at + 1;
	}
	return JSON_NONE;
}

bool
json_number(const struct json *j, uint32_t node, double *ret_value)
{
	char copy[NUMBER_SIZE];
	uint32_t length = j->nodes[node].length;

	if (j->nodes[node].kind != JSON_NUMBER || length >= sizeof(copy))
		return false;
	memcpy(copy, start_of(j, node), length);
	copy[length] = '\0';
	*ret_value = strtod(copy, NULL);
	return true;
}

bool
json_unsigned(const struct json *j, uint32_t node, uint64_t *ret_value)
{
	const char *at = start_of(j, node);
	uint64_t value = 0;

	if (j->nodes[node].kind != JSON_NUMBER)
		return false;
	for (uint32_t i = 0; i < j->nodes[node].length; i++) {
		unsigned int digit = (unsigned int)at[i] - '0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret_value = value;
	return true;
}

static unsigned int
hex_value(const char *at)
{
	unsigned int value = 0;

	for (int i = 0; i < 4; i++) {
		unsigned int c = (unsigned char)at[i];

		value =
		    value * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

static void
put_utf8(struct text *t, uint32_t c)
{
	if (c == 0 || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80) {
		text_char(t, (char)c);
		return;
	}
	if (c < 0x800) {
		text_char(t, (char)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		text_char(t, (char)(0xe0 | c >> 12));
		text_char(t, (char)(0x80 | (c >> 6 & 0x3f)));
	} else {
		text_char(t, (char)(0xf0 | c >> 18));
		text_char(t, (char)(0x80 | (c >> 12 & 0x3f)));
		text_char(t, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	text_char(t, (char)(0x80 | (c & 0x3f)));
}

/* \uXXXX, two of them if they are a pair; returns what follows. */
static const char *
put_unicode(struct text *t, const char *at, const char *end)
{
	uint32_t c = hex_value(at), low;

	at += 4;
	if (c >= 0xd800 && c <= 0xdbff && end - at >= 6 && at[0] == '\\' &&
	    at[1] == 'u') {
		low = hex_value(at + 2);
		if (low >= 0xdc00 && low <= 0xdfff) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			at += 6;
		}
	}
	put_utf8(t, c);
	return at;
}

/* Behind a backslash; json_read() has seen that it is whole. */
static const char *
put_escape(struct text *t, const char *at, const char *end)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	const char *letter;

	if (*at == 'u')
		return put_unicode(t, at + 1, end);
	letter = strchr(letters, *at);
	text_char(t, letter != NULL ? meant[letter - letters] : *at);
	return at + 1;
}

void
json_text(const struct json *j, uint32_t node, struct text *t)
{
	const char *at = start_of(j, node), *end = at + j->nodes[node].length;
	const char *stop;

	if (node == JSON_NONE)
		return;
	if (j->nodes[node].kind != JSON_STRING) {
		text_bytes(t, at, (size_t)(end - at));
		return;
	}
	while (at < end) {
		stop = memchr(at, '\\', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		text_bytes(t, at, (size_t)(stop - at));
		at = stop < end ? put_escape(t, stop + 1, end) : end;
	}
}

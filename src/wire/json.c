/* SPDX-License-Identifier: ISC */
/* From text to nodes; what the nodes mean is asked in json_value.c. */
#include <errno.h>
#include <string.h>

#include "wire/json.h"

struct reader {
	struct json *j;
	const char *start, *at, *end;
	unsigned int depth;
	struct err *e;
};

static int read_value(struct reader *r);

static int
wrong(const struct reader *r, const char *what)
{
	return err_set(
	    r->e, EINVAL, "byte %zu: %s", (size_t)(r->at - r->start) + 1, what);
}

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->end &&
	    (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' ||
		*r->at == '\r'))
		r->at++;
}

/* Takes the character if it comes next. */
static bool
take(struct reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

/* A node that begins here; 0 if there is no room. */
static uint32_t
add_node(struct reader *r, enum json_kind kind)
{
	struct json_node *n;

	if (r->j->count == JSON_NODES)
		return 0;
	n = &r->j->nodes[++r->j->count];
	n->kind = kind;
	n->start = (uint32_t)(r->at - r->start);
	return r->j->count;
}

static void
end_node(struct reader *r, uint32_t node)
{
	struct json_node *n = &r->j->nodes[node];

	n->length = (uint32_t)(r->at - r->start) - n->start;
	n->next = r->j->count + 1;
}

static int
too_many(const struct reader *r)
{
	return err_set(r->e, E2BIG, "more than %d values", JSON_NODES);
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	    (c >= 'A' && c <= 'F');
}

/* Behind a backslash. */
static int
read_escape(struct reader *r)
{
	if (r->at == r->end)
		return wrong(r, "the string does not end");
	if (*r->at != 'u') {
		if (*r->at == '\0' || strchr("\"\\/bfnrt", *r->at) == NULL)
			return wrong(r, "an unknown escape");
		r->at++;
		return 0;
	}
	r->at++;
	for (int i = 0; i < 4; i++, r->at++) {
		if (r->at == r->end || !is_hex(*r->at))
			return wrong(r, "four hexadecimal digits are missing");
	}
	return 0;
}

static int
read_string(struct reader *r)
{
	uint32_t node;
	int n;

	if (!take(r, '"'))
		return wrong(r, "a string is missing");
	node = add_node(r, JSON_STRING);
	if (node == 0)
		return too_many(r);
	for (;;) {
		if (r->at == r->end)
			return wrong(r, "the string does not end");
		if (*r->at == '"')
			break;
		if ((unsigned char)*r->at < ' ')
			return wrong(r, "a control character in a string");
		if (*r->at++ == '\\' && (n = read_escape(r)) < 0)
			return n;
	}
	end_node(r, node);
	r->at++;
	return 0;
}

/* Digits, one at least. */
static bool
take_digits(struct reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return r->at > from;
}

static int
read_number(struct reader *r)
{
	uint32_t node = add_node(r, JSON_NUMBER);

	if (node == 0)
		return too_many(r);
	(void)take(r, '-');
	if (!take(r, '0') && !take_digits(r))
		return wrong(r, "a value is missing");
	if (take(r, '.') && !take_digits(r))
		return wrong(r, "digits are missing");
	if (take(r, 'e') || take(r, 'E')) {
		if (!take(r, '+'))
			(void)take(r, '-');
		if (!take_digits(r))
			return wrong(r, "digits are missing");
	}
	end_node(r, node);
	return 0;
}

static int
read_word(struct reader *r, const char *word, enum json_kind kind)
{
	size_t length = strlen(word);
	uint32_t node;

	if ((size_t)(r->end - r->at) < length ||
	    memcmp(r->at, word, length) != 0)
		return wrong(r, "a value is missing");
	node = add_node(r, kind);
	if (node == 0)
		return too_many(r);
	r->at += length;
	end_node(r, node);
	return 0;
}

static int
read_member(struct reader *r)
{
	int n = read_string(r);

	if (n < 0)
		return n;
	skip_blanks(r);
	if (!take(r, ':'))
		return wrong(r, "a colon is missing");
	return read_value(r);
}

/* An object or an array, from its bracket on. */
static int
read_nested(struct reader *r, enum json_kind kind)
{
	char closing = kind == JSON_OBJECT ? '}' : ']';
	uint32_t node = add_node(r, kind);
	int n;

	if (node == 0)
		return too_many(r);
	if (++r->depth > JSON_DEPTH)
		return err_set(r->e, E2BIG, "deeper than %d", JSON_DEPTH);
	r->at++;
	skip_blanks(r);
	if (!take(r, closing)) {
		do {
			skip_blanks(r);
			n = kind == JSON_OBJECT ? read_member(r)
						: read_value(r);
			if (n < 0)
				return n;
			skip_blanks(r);
		} while (take(r, ','));
		if (!take(r, closing))
			return wrong(r, "a comma or the end is missing");
	}
	r->depth--;
	end_node(r, node);
	return 0;
}

static int
read_value(struct reader *r)
{
	skip_blanks(r);
	if (r->at == r->end)
		return wrong(r, "a value is missing");
	switch (*r->at) {
	case '{':
		return read_nested(r, JSON_OBJECT);
	case '[':
		return read_nested(r, JSON_ARRAY);
	case '"':
		return read_string(r);
	case 't':
		return read_word(r, "true", JSON_TRUE);
	case 'f':
		return read_word(r, "false", JSON_FALSE);
	case 'n':
		return read_word(r, "null", JSON_NULL);
	default:
		return read_number(r);
	}
}

int
json_read(struct json *j, const char *text, size_t length, struct err *e)
{
	struct reader r = { j, text, text, text + length, 0, e };
	int n;

	j->text = text;
	j->count = 0;
	j->nodes[0] = (struct json_node) { .kind = JSON_NULL, .next = 0 };
	if (length > UINT32_MAX)
		return err_set(e, E2BIG, "longer than 4 GiB");
	n = read_value(&r);
	if (n < 0)
		return n;
	skip_blanks(&r);
	if (r.at != r.end)
		return wrong(&r, "something follows the value");
	return 0;
}

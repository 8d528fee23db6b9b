/* SPDX-License-Identifier: ISC */
#include <stdbool.h>
#include <string.h>

#include "handlers/web/bytes.h"
#include "handlers/web/exposition.h"

/* A piece of the text. */
struct span {
	const char *at;
	size_t len;
};

static bool
span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

static bool
span_same(struct span a, struct span b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static bool
span_ends(struct span s, const char *text)
{
	size_t n = strlen(text);

	return s.len > n && memcmp(s.at + s.len - n, text, n) == 0;
}

/* Takes the text up to the separator off the front of a span. */
static struct span
cut(struct span *rest, char separator)
{
	const char *end =
	    rest->len > 0 ? memchr(rest->at, separator, rest->len) : NULL;
	struct span word = *rest;

	if (end == NULL) {
		*rest = (struct span) { rest->at + rest->len, 0 };
		return word;
	}
	word.len = (size_t)(end - rest->at);
	rest->at += word.len + 1;
	rest->len -= word.len + 1;
	return word;
}

static void
add(struct bytes *out, struct span s)
{
	bytes_add(out, s.at, s.len);
}

/* "# WORD NAME " */
static void
add_about(struct bytes *out, const char *word, struct span name)
{
	bytes_text(out, "# ");
	bytes_text(out, word);
	bytes_text(out, " ");
	add(out, name);
	bytes_text(out, " ");
}

/* 0.0.4 escapes the backslash and the line feed already. */
static void
add_help(struct bytes *out, struct span name, struct span help)
{
	add_about(out, "HELP", name);
	for (size_t i = 0; i < help.len; i++) {
		if (help.at[i] == '"')
			bytes_text(out, "\\");
		bytes_add(out, help.at + i, 1);
	}
	bytes_text(out, "\n");
}

static void
add_unit(struct bytes *out, struct span name)
{
	static const char units[][16] = { "_seconds", "_bytes" };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!span_ends(name, units[i]))
			continue;
		add_about(out, "UNIT", name);
		bytes_text(out, units[i] + 1);
		bytes_text(out, "\n");
	}
}

/* Does a family of that name stand in the text? */
static bool
is_family(struct span text, struct span name)
{
	struct bytes line = { 0 };
	bool found;

	add_about(&line, "TYPE", name);
	found = !line.lost &&
	    memmem(text.at, text.len, line.data, line.len) != NULL;
	bytes_free(&line);
	return found;
}

/* A counter's samples end in _total there, and its family does not, unless the
 * text has a family of that name: then this is no counter. */
static bool
cut_total(struct span *name, struct span text)
{
	struct span family = *name;

	if (!span_ends(family, "_total"))
		return false;
	family.len -= strlen("_total");
	if (is_family(text, family))
		return false;
	*name = family;
	return true;
}

/* The family begins: what is known of it, under its name there. */
static void
add_family(struct bytes *out, struct span text, struct span name,
    struct span type, const struct span *help)
{
	if (span_is(type, "counter")) {
		if (!cut_total(&name, text))
			type = (struct span) { "unknown", 7 };
	} else if (span_is(type, "untyped")) {
		type = (struct span) { "unknown", 7 };
	}
	add_about(out, "TYPE", name);
	add(out, type);
	bytes_text(out, "\n");
	add_unit(out, name);
	if (help != NULL)
		add_help(out, name, *help);
}

void
exposition_to_openmetrics(struct bytes *out, const char *text, size_t size)
{
	struct span rest = { text, size };
	struct span helped = { "", 0 }; /* whose help waits for its type */
	struct span help = { "", 0 };

	while (rest.len > 0) {
		struct span line = cut(&rest, '\n');
		struct span left = line;
		struct span word;
		struct span name;

		if (line.len == 0)
			continue;
		if (line.at[0] != '#') {
			add(out, line);
			bytes_text(out, "\n");
			continue;
		}
		cut(&left, ' ');
		word = cut(&left, ' ');
		name = cut(&left, ' ');
		if (span_is(word, "HELP")) {
			helped = name;
			help = left;
		} else if (span_is(word, "TYPE")) {
			add_family(out, (struct span) { text, size }, name,
			    left, span_same(name, helped) ? &help : NULL);
		}
	}
	bytes_text(out, "# EOF\n");
}

/* SPDX-License-Identifier: ISC */
/*
 * Reads one JSON text (RFC 8259) into a flat list of nodes that point into it.
 * Nothing is allocated, nothing is copied, no byte past the end is looked at:
 * who sends the text may be broken or hostile.
 */
#ifndef SUPERD_WIRE_JSON_H
#define SUPERD_WIRE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

/* A line of 16 KiB cannot hold more values than this: each takes two bytes. */
#define JSON_NODES 8192

/* How deep objects and arrays may stand in each other. */
#define JSON_DEPTH 16

/* No node: what is not there. */
#define JSON_NONE 0

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_OBJECT,
	JSON_ARRAY
};

/* An object's nodes are name, value, name, value; a name is a string. */
struct json_node {
	enum json_kind kind;
	uint32_t start; /* in the text; of a string, behind its quote */
	uint32_t length;
	uint32_t next; /* the node behind this one and all that is in it */
};

/* Node 0 means none, node 1 is the whole text. */
struct json {
	const char *text; /* borrowed */
	uint32_t count;
	struct json_node nodes[JSON_NODES + 1];
};

/*
 * Reads the text, all of it: behind the value only blanks may follow.
 * Returns 0; -EINVAL with the place of the mistake; -E2BIG for too many
 * values, too deep ones, or a text of 4 GiB.
 */
int json_read(struct json *j, const char *text, size_t length, struct err *e);

/*
 * The value of a member, JSON_NONE if there is none or `object` is not an
 * object.  Names are compared as they are written, escapes and all; the first
 * one counts.  [pure]
 */
uint32_t json_member(const struct json *j, uint32_t object, const char *name);

/*
 * Walks an array: the first element, then the next; JSON_NONE at the end.  Of
 * an object it walks names and values.  [pure]
 */
uint32_t json_first(const struct json *j, uint32_t parent);
uint32_t json_next(const struct json *j, uint32_t parent, uint32_t node);

/* What kind is it?  JSON_NONE is null.  [pure] */
enum json_kind json_kind(const struct json *j, uint32_t node);

/* A number as it is; false if the node is none. */
bool json_number(const struct json *j, uint32_t node, double *ret_value);

/* A whole number from 0 to 2^64-1; false if it is something else. */
bool json_unsigned(const struct json *j, uint32_t node, uint64_t *ret_value);

/*
 * A string without its escapes; other values as they are written, none as
 * nothing.  What UTF-8 cannot say (lone surrogates) and NUL become U+FFFD.
 * The bytes are foreign: they may drive a terminal.
 */
void json_text(const struct json *j, uint32_t node, struct text *t);

/* Is it this string?  Compared as written.  [pure] */
bool json_is(const struct json *j, uint32_t node, const char *value);

#endif

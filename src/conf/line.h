/* SPDX-License-Identifier: ISC */
/*
 * One line of a configuration file: what it is, and whether libinih, which
 * cuts silently what it has no room for, can be trusted with it.  Pure.
 */
#ifndef SUPERD_CONF_LINE_H
#define SUPERD_CONF_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* libinih's: a line without its end, and a section's or key's name. */
#define CONF_LINE_MAX 198
#define CONF_NAME_MAX 49

enum conf_line_kind {
	CONF_LINE_EMPTY, /* or a comment */
	CONF_LINE_SECTION,
	CONF_LINE_KEY,
	CONF_LINE_CONTINUATION,
};

struct conf_line {
	enum conf_line_kind kind;
	const char *text; /* without blanks around it */
	size_t length;
	const char *name; /* of a section or key, without blanks */
	size_t name_length;
	bool indented;
};

/* What the lines above make of this one. */
struct conf_line_context {
	bool after_value; /* an indented line can continue it */
	bool in_ports;    /* keys are ports, not key names */
};

/*
 * bytes is the line without its newline.  Returns 0, or -EINVAL and what is
 * wrong; then ret_line's kind and indented are set, and the name if it is
 * sound.
 */
int conf_line_read(const char *bytes, size_t length,
    const struct conf_line_context *context, struct conf_line *ret_line,
    struct err *e);

/*
 * The offset of the first byte that may not be in a text file (NUL, other
 * control characters but tab, malformed UTF-8), or length if there is none.
 */
size_t conf_line_bad_byte(const char *bytes, size_t length);

/* Returns 0, or -EINVAL and which byte of the line may not be there. */
int conf_line_check_bytes(const char *bytes, size_t length, struct err *e);

/* The length of the well-formed UTF-8 sequence at bytes, 0 if it is none. */
size_t conf_line_utf8(const unsigned char *bytes, size_t length);

#endif

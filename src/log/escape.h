/* SPDX-License-Identifier: ISC */
/*
 * Foreign bytes inside a line.  What comes out is printable ASCII only,
 * whatever went in: it can neither end a line nor drive a terminal.  An
 * escape is written whole or not at all; what has no room sets t->cut.
 */
#ifndef SUPERD_LOG_ESCAPE_H
#define SUPERD_LOG_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/* Can they stand in a text line without quotes?  [hot] [pure] */
bool log_escape_is_bare(const void *bytes, size_t count);

/* The inside of a quoted value of a text line, as text_escaped().  [hot] */
void log_escape_text(struct text *t, const void *bytes, size_t count);

/*
 * The inside of a JSON string.  Valid UTF-8 becomes \uXXXX (two of them above
 * U+FFFF), which every reader turns back.  JSON has no way to say "the byte
 * FF": such a byte becomes the four characters \xFF (in JSON "\\xFF"), as it
 * stands in a text line, because U+FFFD would say less.  [hot]
 */
void log_escape_json(struct text *t, const void *bytes, size_t count);

/*
 * The inside of a PARAM-VALUE, RFC 5424 section 6.3.3: '"', '\\' and ']' get a
 * backslash.  What is not printable ASCII becomes what it is in a text line
 * first, so a reader gets the four characters \xFF for the byte FF.  [hot]
 */
void log_escape_param(struct text *t, const void *bytes, size_t count);

#endif

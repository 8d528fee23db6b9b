/* SPDX-License-Identifier: ISC */
/* Where output goes, what may be done there, and what foreign bytes may not. */
#ifndef SUPERD_SUPERCTL_SCREEN_H
#define SUPERD_SUPERCTL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct screen {
	bool terminal;
	bool moves; /* a terminal that understands control sequences */
	bool colour;
	bool utf8;
	unsigned int columns; /* 0: no line is cut */
	unsigned int rows;    /* 0: not known */
};

enum paint {
	PAINT_NONE,
	PAINT_GOOD,
	PAINT_WARN,
	PAINT_BAD,
	PAINT_DIM
};

/*
 * Looks at standard output: $COLUMNS goes before the terminal's own width, a
 * terminal that knows none has 80; NO_COLOR and TERM=dumb mean no colour.
 */
void screen_look(struct screen *s);

/* The width and height now: a window may change.  Writes nothing else. */
void screen_measure(struct screen *s);

/* The control sequence that begins a colour, and the one that ends it. */
const char *screen_paint(const struct screen *s, enum paint paint);
const char *screen_plain(const struct screen *s, enum paint paint);

/*
 * Foreign bytes as they may stand on a terminal: printable characters, of
 * UTF-8 if the screen shows it; the rest as \xNN.  Directions of writing
 * count as control characters.
 */
void screen_foreign(
    const struct screen *s, struct text *t, const char *bytes, size_t length);

/*
 * Columns of harmless text: one for each character.  [pure]
 */
unsigned int screen_width(const char *text);

/* The bytes of the first `columns` characters of harmless text.  [pure] */
size_t screen_prefix(const char *text, unsigned int columns);

#endif

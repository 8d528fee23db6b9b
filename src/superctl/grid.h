/* SPDX-License-Identifier: ISC */
/* A table on a screen: columns as wide as needed, and as there is room for. */
#ifndef SUPERD_SUPERCTL_GRID_H
#define SUPERD_SUPERCTL_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "superctl/screen.h"

/* What of a text that is cut stays: of an address the port behind it. */
enum grid_keep {
	GRID_HEAD,
	GRID_TAIL,
	GRID_BOTH_ENDS
};

struct grid_column {
	const char *title;
	bool right;         /* a number */
	unsigned int least; /* may be cut down to this width; 0: never */
	enum grid_keep keep;
	bool precious; /* cut after the others */
	bool optional; /* without a place if it says nothing but "-" or "0" */
};

struct grid {
	const struct grid_column *columns; /* borrowed */
	unsigned int column_count;
	struct grid_cell *cells; /* row by row, own */
	size_t cell_count;
};

void grid_init(struct grid *g, const struct grid_column *columns,
    unsigned int column_count);
void grid_done(struct grid *g);

/*
 * The next cell, from left to right.  The text is harmless and borrowed until
 * grid_done(); NULL is what is not known: "-", which is never painted.
 */
void grid_put(struct grid *g, const char *text, enum paint paint);

/*
 * Prints titles and rows, two blanks between columns.  Where lines would be
 * longer than the screen is wide, optional columns that say nothing are left
 * out, from the right; then the widest columns that may be cut are, the
 * precious ones last; and what is still too long ends at the edge.
 */
void grid_print(const struct grid *g, const struct screen *s, FILE *to);

/*
 * The widths that grid_print() takes, one for each column, 0 for those without
 * a place; and one line of it,
 * the titles being line 0, into t without an end.  For who draws a window.
 */
void grid_measure(
    const struct grid *g, const struct screen *s, unsigned int *ret_widths);
void grid_line(const struct grid *g, const struct screen *s,
    const unsigned int *widths, size_t line, struct text *t);

/* The lines with the titles. */
size_t grid_lines(const struct grid *g);

#endif

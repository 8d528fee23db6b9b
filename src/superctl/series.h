/* SPDX-License-Identifier: ISC */
/* The last values of a figure, and their picture in one line. */
#ifndef SUPERD_SUPERCTL_SERIES_H
#define SUPERD_SUPERCTL_SERIES_H

#include <stdbool.h>

#include "base/text.h"

#define SERIES_LENGTH 120

struct series {
	float values[SERIES_LENGTH]; /* a ring */
	unsigned int count;          /* how many there are */
	unsigned int next;           /* where the next one goes */
};

/* The oldest value makes room; less than nothing counts as nothing. */
void series_add(struct series *s, double value);

/* The largest of the last `width` values, 0 if there is none.  [pure] */
double series_most(const struct series *s, unsigned int width);

/*
 * The last `width` values, one character each, the newest at the right; blanks
 * stand where there was none yet.  The largest of them is as high as a
 * character is: blocks of Unicode, or what looks like them in ASCII.
 */
void series_draw(
    const struct series *s, unsigned int width, bool utf8, struct text *t);

#endif

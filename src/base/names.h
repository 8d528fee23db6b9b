/* SPDX-License-Identifier: ISC */
/* "did you mean": the known name that is nearest to a mistyped one. */
#ifndef SUPERD_BASE_NAMES_H
#define SUPERD_BASE_NAMES_H

#include <stddef.h>

/* Keeps the nearest of all names offered to it. */
struct names_guess {
	const char *wanted;
	const char *best; /* NULL while none is near enough */
	size_t distance;
};

void names_guess_init(struct names_guess *g, const char *wanted);

/* name must outlive g. */
void names_guess_offer(struct names_guess *g, const char *name);

/*
 * Edits between two names: insertions, deletions, changes and swaps of
 * neighbours.  Names longer than 64 count as far apart.  [pure]
 */
size_t names_distance(const char *a, const char *b);

#endif

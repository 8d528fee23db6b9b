/* SPDX-License-Identifier: ISC */
/* Nearest names by the restricted Damerau-Levenshtein distance. */
#include <stdint.h>
#include <string.h>

#include "base/names.h"

#define LONGEST 64
#define FAR     SIZE_MAX

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
names_distance(const char *a, const char *b)
{
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2], *spare;
	size_t la = strlen(a), lb = strlen(b);

	if (la > LONGEST || lb > LONGEST)
		return FAR;
	memset(rows, 0, sizeof(rows));
	for (size_t j = 0; j <= lb; j++)
		above[j] = j;
	for (size_t i = 1; i <= la; i++) {
		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
			    above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[lb];
}

void
names_guess_init(struct names_guess *g, const char *wanted)
{
	g->wanted = wanted;
	g->best = NULL;
	/* A third of the letters may be wrong, but never all of them. */
	g->distance = strlen(wanted) / 3 + 1;
	if (g->distance >= strlen(wanted))
		g->distance = strlen(wanted) == 0 ? 0 : strlen(wanted) - 1;
}

void
names_guess_offer(struct names_guess *g, const char *name)
{
	size_t d = names_distance(g->wanted, name);

	if (d > g->distance || (g->best != NULL && d == g->distance))
		return;
	g->best = name;
	g->distance = d;
}

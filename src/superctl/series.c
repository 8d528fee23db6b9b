/* SPDX-License-Identifier: ISC */
/* See series.h. */
#include "superctl/series.h"

#define HEIGHTS 8

static const char *const blocks[HEIGHTS] = { "\u2581", "\u2582", "\u2583",
	"\u2584", "\u2585", "\u2586", "\u2587", "\u2588" };
static const char *const marks[HEIGHTS] = { "_", ".", "-", "=", "+", "*", "%",
	"#" };

void
series_add(struct series *s, double value)
{
	s->values[s->next] = value > 0 ? (float)value : 0;
	s->next = (s->next + 1) % SERIES_LENGTH;
	if (s->count < SERIES_LENGTH)
		s->count++;
}

/* `ago` values before the newest, which is 0. */
static float
value_at(const struct series *s, unsigned int ago)
{
	return s->values[(s->next + SERIES_LENGTH - 1 - ago) % SERIES_LENGTH];
}

double
series_most(const struct series *s, unsigned int width)
{
	float most = 0;

	for (unsigned int i = 0; i < width && i < s->count; i++) {
		if (value_at(s, i) > most)
			most = value_at(s, i);
	}
	return (double)most;
}

/* Nothing is the lowest, and anything is higher than nothing. */
static unsigned int
height(double value, double most)
{
	if (value <= 0 || most <= 0)
		return 0;
	return 1 + (unsigned int)(value / most * (HEIGHTS - 2) + 0.5);
}

void
series_draw(
    const struct series *s, unsigned int width, bool utf8, struct text *t)
{
	double most;
	unsigned int level;

	if (width > SERIES_LENGTH)
		width = SERIES_LENGTH;
	most = series_most(s, width);
	for (unsigned int left = width; left-- > 0;) {
		if (left >= s->count) {
			text_char(t, ' ');
			continue;
		}
		level = height((double)value_at(s, left), most);
		text_string(t, utf8 ? blocks[level] : marks[level]);
	}
}

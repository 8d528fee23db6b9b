/* SPDX-License-Identifier: ISC */
/* See units.h. */
#include <stdint.h>

#include "superctl/units.h"

/* Three figures: 1.23, 12.3, 123; zeros behind the point are left out. */
static void
put_three(struct text *t, double value)
{
	uint64_t scaled, unit = 1;

	if (value < 9.995)
		unit = 100;
	else if (value < 99.95)
		unit = 10;
	scaled = (uint64_t)(value * (double)unit + 0.5);
	while (unit > 1 && scaled % 10 == 0) {
		scaled /= 10;
		unit /= 10;
	}
	text_unsigned(t, scaled / unit);
	if (unit > 1) {
		text_char(t, '.');
		text_padded(t, scaled % unit, unit == 100 ? 2 : 1);
	}
}

/* Steps of `step`, as far as names go; what rounds up to a step is one. */
static void
put_scaled(struct text *t, double value, double step, const char *const *names)
{
	while (names[1] != NULL && value >= step - 0.5) {
		value /= step;
		names++;
	}
	put_three(t, value);
	text_string(t, *names);
}

/* Foreign numbers may be anything; these are what we have words for. */
static double
tamed(double value)
{
	if (!(value > 0))
		return 0;
	return value < 1e18 ? value : 1e18;
}

void
units_count(struct text *t, double count)
{
	static const char *const names[] = { "", "k", "M", "G", "T", NULL };

	count = tamed(count);
	if (count < 9999.5)
		text_unsigned(t, (uint64_t)(count + 0.5));
	else
		put_scaled(t, count, 1000, names);
}

void
units_bytes(struct text *t, double bytes)
{
	static const char *const names[] = { " B", " KiB", " MiB", " GiB",
		" TiB", " PiB", NULL };

	put_scaled(t, tamed(bytes), 1024, names);
}

void
units_rate(struct text *t, double rate)
{
	static const char *const names[] = { "", "k", "M", "G", NULL };

	put_scaled(t, tamed(rate), 1000, names);
}

/* Two units, the second with zeros: 2m03s. */
static void
put_pair(struct text *t, uint64_t big, char big_unit, uint64_t small,
    char small_unit)
{
	text_unsigned(t, big);
	text_char(t, big_unit);
	text_padded(t, small, 2);
	text_char(t, small_unit);
}

void
units_span(struct text *t, double seconds)
{
	uint64_t whole;

	seconds = tamed(seconds);
	whole = (uint64_t)(seconds + 0.5);
	if (seconds < 5e-7) {
		text_char(t, '0');
	} else if (seconds < 0.0009995) {
		put_three(t, seconds * 1e6);
		text_string(t, "us");
	} else if (seconds < 0.9995) {
		put_three(t, seconds * 1e3);
		text_string(t, "ms");
	} else if (seconds < 59.95) {
		put_three(t, seconds);
		text_char(t, 's');
	} else if (whole < 3600) {
		put_pair(t, whole / 60, 'm', whole % 60, 's');
	} else if (whole < 86400) {
		put_pair(t, whole / 3600, 'h', whole % 3600 / 60, 'm');
	} else {
		text_unsigned(t, whole / 86400);
		text_char(t, 'd');
		text_unsigned(t, whole % 86400 / 3600);
		text_char(t, 'h');
	}
}

/* SPDX-License-Identifier: ISC */
/* Numbers for people, pictures of series, foreign bytes, tables. */
#include <math.h>

#include "superctl/grid.h"
#include "superctl/series.h"
#include "superctl/units.h"
#include "tap.h"

static char room[4096];
static struct text out;

typedef void put_unit(struct text *t, double value);

static void
check(put_unit *unit, double value, const char *want)
{
	text_init(&out, room, sizeof(room));
	unit(&out, value);
	is_str(room, want, want);
}

static void
test_units(void)
{
	check(units_count, 0, "0");
	check(units_count, 9999, "9999");
	check(units_count, 10000, "10k");
	check(units_count, 12345, "12.3k");
	check(units_count, 99950, "100k");
	check(units_count, 999499, "999k");
	check(units_count, 999500, "1M");
	check(units_count, 1234567, "1.23M");
	check(units_count, -3, "0");
	check(units_count, NAN, "0");
	check(units_count, INFINITY, "1000000T");
	check(units_bytes, 0, "0 B");
	check(units_bytes, 1023, "1023 B");
	check(units_bytes, 1024, "1 KiB");
	check(units_bytes, 3565158, "3.4 MiB");
	check(units_rate, 0.25, "0.25");
	check(units_rate, 1.004, "1");
	check(units_rate, 9.996, "10");
	check(units_rate, 1234.5, "1.23k");
	check(units_span, 0, "0");
	check(units_span, 0.000123, "123us");
	check(units_span, 0.0045, "4.5ms");
	check(units_span, 0.9996, "1s");
	check(units_span, 59.94, "59.9s");
	check(units_span, 59.96, "1m00s");
	check(units_span, 133, "2m13s");
	check(units_span, 3599.4, "59m59s");
	check(units_span, 3599.6, "1h00m");
	check(units_span, 86399.6, "1d0h");
	check(units_span, 270000, "3d3h");
}

static void
test_series(void)
{
	struct series s = { 0 };

	text_init(&out, room, sizeof(room));
	series_draw(&s, 4, false, &out);
	is_str(room, "    ", "nothing yet");
	series_add(&s, 0);
	series_add(&s, 1);
	series_add(&s, 7);
	text_init(&out, room, sizeof(room));
	series_draw(&s, 4, false, &out);
	is_str(room, " _-#", "the newest at the right, the largest full");
	series_add(&s, -1);
	text_init(&out, room, sizeof(room));
	series_draw(&s, 2, true, &out);
	is_str(room, "\u2588\u2581", "the last two as blocks");
	ok(series_most(&s, 1) == 0 && series_most(&s, 2) == 7,
	    "the largest of the last");
	for (int i = 0; i < 2 * SERIES_LENGTH; i++)
		series_add(&s, 5);
	is_int((intmax_t)s.count, SERIES_LENGTH, "the oldest make room");
	text_init(&out, room, sizeof(room));
	series_draw(&s, 2 * SERIES_LENGTH, false, &out);
	is_int((intmax_t)out.length, SERIES_LENGTH,
	    "and no more is drawn than there is");
}

static const char *
foreign(const char *bytes, bool utf8)
{
	struct screen screen = { .utf8 = utf8 };

	text_init(&out, room, sizeof(room));
	screen_foreign(&screen, &out, bytes, strlen(bytes));
	return room;
}

static void
test_foreign(void)
{
	is_str(foreign("a \\\"b", true), "a \\\"b", "ASCII stays");
	is_str(foreign("\033[1m\r\n\t\177", true),
	    "\\x1b[1m\\x0d\\x0a\\x09\\x7f", "controls do not");
	is_str(foreign("\u00e9\u20ac\U0001F600", true),
	    "\u00e9\u20ac\U0001F600", "UTF-8 stays where it is shown");
	is_str(foreign("\u00e9", false), "\\xc3\\xa9", "elsewhere it does not");
	is_str(foreign("\xc2\x85\u202e\u2066", true),
	    "\\xc2\\x85\\xe2\\x80\\xae\\xe2\\x81\\xa6",
	    "controls of Unicode do not");
	is_str(foreign("\xc3(\xff\xc0\x80\xed\xa0\x80", true),
	    "\\xc3(\\xff\\xc0\\x80\\xed\\xa0\\x80", "nor broken UTF-8");
	is_str(foreign("x\xe2\x82", true), "x\\xe2\\x82", "nor half of it");
	is_int((intmax_t)screen_width("a\u20ac\U0001F600"), 3, "a width");
	is_int((intmax_t)screen_prefix("\u20acab", 2), 4, "a prefix");
}

static const char *
line_of(const struct grid *g, unsigned int columns, size_t line)
{
	struct screen screen = { .columns = columns };
	unsigned int widths[3];

	grid_measure(g, &screen, widths);
	text_init(&out, room, sizeof(room));
	grid_line(g, &screen, widths, line, &out);
	return room;
}

static void
test_grid(void)
{
	static const struct grid_column columns[] = {
		{ .title = "NAME", .least = 4 },
		{ .title = "N", .right = true }, { .title = "WHY", .least = 3 }
	};
	struct grid g;

	grid_init(&g, columns, 3);
	grid_put(&g, "a", PAINT_NONE);
	grid_put(&g, "12345", PAINT_NONE);
	grid_put(&g, "something long", PAINT_NONE);
	grid_put(&g, "longer name", PAINT_NONE);
	grid_put(&g, NULL, PAINT_NONE);
	grid_put(&g, "x", PAINT_NONE);
	is_int((intmax_t)grid_lines(&g), 3, "two rows and the titles");
	is_str(line_of(&g, 0, 0), "NAME             N  WHY", "titles");
	is_str(line_of(&g, 0, 1), "a            12345  something long",
	    "numbers are at the right");
	is_str(line_of(&g, 0, 2), "longer name      -  x", "what is not known");
	is_str(line_of(&g, 30, 1), "a            12345  something~",
	    "what is too long is cut");
	is_str(
	    line_of(&g, 20, 2), "longe~      -  x", "the widest columns first");
	is_str(line_of(&g, 10, 1), "a     123~", "and at the edge");
	is_str(line_of(&g, 1, 2), "~", "even a narrow one");
	grid_done(&g);
}

/* What is cut and left out where a service's port and name must stay. */
static void
test_grid_order(void)
{
	static const struct grid_column columns[] = {
		{ .title = "NAME",
		    .least = 5,
		    .keep = GRID_BOTH_ENDS,
		    .precious = true },
		{ .title = "AT",
		    .least = 7,
		    .keep = GRID_TAIL,
		    .precious = true },
		{ .title = "WHY", .least = 3, .optional = true },
	};
	struct grid g;

	grid_init(&g, columns, 3);
	grid_put(&g, "long-name", PAINT_NONE);
	grid_put(&g, "127.0.0.1:17007", PAINT_NONE);
	grid_put(&g, NULL, PAINT_NONE);
	is_str(line_of(&g, 31, 1), "long-name  127.0.0.1:17007  -",
	    "there is room for a column that says nothing");
	is_str(line_of(&g, 30, 0), "NAME       AT", "or there is none");
	is_str(line_of(&g, 26, 1), "long-name  127.0.0.1:17007",
	    "and the others stay whole");
	is_str(line_of(&g, 20, 1), "long-name  ~.1:17007", "a tail stays");
	is_str(line_of(&g, 14, 1), "lo~me  ~:17007", "both ends stay");
	is_str(line_of(&g, 4, 1), "lo~e", "even at the edge");
	grid_put(&g, "x", PAINT_NONE);
	grid_put(&g, "*:7", PAINT_NONE);
	grid_put(&g, "exec failed", PAINT_NONE);
	is_str(line_of(&g, 33, 2), "x          *:7              exec~",
	    "a column that says something is cut first");
	grid_done(&g);
}

int
main(void)
{
	test_units();
	test_series();
	test_foreign();
	test_grid();
	test_grid_order();
	return done_testing();
}

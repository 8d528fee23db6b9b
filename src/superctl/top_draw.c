/* SPDX-License-Identifier: ISC */
/* The picture of `top`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "superctl/grid.h"
#include "superctl/headline.h"
#include "superctl/memory.h"
#include "superctl/status.h"
#include "superctl/top.h"
#include "superctl/units.h"

static const struct grid_column columns[] = {
	{ .title = "SERVICE",
	    .least = 8,
	    .keep = GRID_BOTH_ENDS,
	    .precious = true },
	{ .title = "STATE" },
	{ .title = "LIVE/MAX", .right = true },
	{ .title = "" },
	{ .title = "RATE/s", .right = true },
	{ .title = "" },
	{ .title = "ACCEPTED", .right = true },
	{ .title = "REFUSED", .least = 8, .optional = true },
	{ .title = "LAST FAILURE", .least = 10, .optional = true },
};

#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

/* Columns of a service's pictures; lines that are no service. */
#define SPARK      10
#define LINES_HEAD 6
#define LINES_FOOT 1

/* Of superd's own, at most: what is remembered of it. */
#define SPARK_MOST SERIES_LENGTH

/* Room for a window of 500 by 500, each character painted. */
#define PICTURE_SIZE (4 * 1024 * 1024)

static size_t
window_rows(const struct top *t)
{
	unsigned int others = LINES_HEAD + LINES_FOOT + 1;

	return t->c.screen.rows > others ? t->c.screen.rows - others : 1;
}

static void
clamp(struct top *t)
{
	size_t window = window_rows(t);
	size_t last = t->look.count > window ? t->look.count - window : 0;

	if (t->first > last)
		t->first = last;
}

static void
go_up(struct top *t, size_t by)
{
	t->first = t->first > by ? t->first - by : 0;
}

bool
top_move(struct top *t, enum terminal_event event)
{
	switch (event) {
	case TERMINAL_QUIT:
		return false;
	case TERMINAL_SORT:
		t->order = (t->order + 1) % LOOK_ORDERS;
		t->first = 0;
		break;
	case TERMINAL_UP:
		go_up(t, 1);
		break;
	case TERMINAL_DOWN:
		t->first++;
		break;
	case TERMINAL_PAGE_UP:
		go_up(t, window_rows(t));
		break;
	case TERMINAL_PAGE_DOWN:
		t->first += window_rows(t);
		break;
	case TERMINAL_TOP:
		t->first = 0;
		break;
	case TERMINAL_BOTTOM:
		t->first = t->look.count;
		break;
	default:
		break;
	}
	clamp(t);
	return true;
}

/* A line no longer than the screen; sequences that paint have no width. */
static void
put_line(const struct top *t, struct text *picture, const char *line)
{
	unsigned int left = t->c.screen.columns;
	size_t size;

	while (*line != '\0' && *line != '\n') {
		if (*line == '\033') {
			size = strcspn(line, "m") + 1;
		} else {
			if (left-- == 0)
				break;
			size = screen_prefix(line, 1);
		}
		text_bytes(picture, line, size);
		line += size;
	}
	text_string(picture, screen_plain(&t->c.screen, PAINT_DIM));
	text_string(picture, "\033[K\r\n");
}

static void
put_headline(struct top *t, struct text *picture)
{
	char room[2048] = "\n";
	struct text line;
	const char *second;
	struct session none;

	if (t->look.daemon != NULL &&
	    view_read(&t->v, &none, t->look.daemon, strlen(t->look.daemon)) ==
		0) {
		text_init(&line, room, sizeof(room));
		headline_put(&t->v, &line);
	}
	put_line(t, picture, room);
	second = strchr(room, '\n');
	put_line(t, picture, second != NULL ? second + 1 : "");
}

/* "live ▁▂▃ 3, at most 7" */
static void
put_series(const struct top *t, struct text *picture, const char *name,
    const struct series *s, view_unit *unit)
{
	unsigned int width = t->c.screen.columns;
	char room[1024];
	struct text line;

	width = width > 50 ? width - 40 : 10;
	if (width > SPARK_MOST)
		width = SPARK_MOST;
	text_init(&line, room, sizeof(room));
	text_printf(&line, "%s ", name);
	series_draw(s, width, t->c.screen.utf8, &line);
	text_char(&line, ' ');
	unit(&line, series_most(s, 1));
	text_string(&line, ", at most ");
	unit(&line, series_most(s, width));
	put_line(t, picture, room);
}

static const char *
spark(const struct top *t, const struct series *s)
{
	char room[SPARK * 4 + 1];
	struct text line;

	text_init(&line, room, sizeof(room));
	series_draw(s, SPARK, t->c.screen.utf8, &line);
	return view_keep(&t->v, "%s", room);
}

static void
put_service(struct top *t, struct grid *g, const struct look_row *row)
{
	struct view *v = &t->v;
	struct session none;
	const char *state;

	if (view_read(v, &none, row->line, strlen(row->line)) < 0)
		return; /* it was read when it came */
	state = view_text(v, "state");
	grid_put(g, row->name, PAINT_NONE);
	grid_put(g, state, headline_paint(state));
	grid_put(g, headline_live(v), PAINT_NONE);
	grid_put(g, spark(t, &row->past->live), PAINT_NONE);
	grid_put(g, view_units(v, "rate", units_rate), PAINT_NONE);
	grid_put(g, spark(t, &row->past->rate), PAINT_NONE);
	grid_put(g, view_units(v, "accepted", units_count), PAINT_NONE);
	grid_put(g, status_refused(v), PAINT_NONE);
	grid_put(g, status_failure(v), PAINT_BAD);
}

/* `most` services from t->first on. */
static void
fill(struct top *t, struct grid *g, size_t most)
{
	struct look_place *places =
	    memory_new((t->look.count + 1) * sizeof(*places));

	look_sort(&t->look, t->order, places);
	grid_init(g, columns, COLUMN_COUNT);
	for (size_t i = t->first; i < t->look.count && i - t->first < most; i++)
		put_service(t, g, places[i].row);
	free(places);
}

static void
put_services(struct top *t, struct text *picture)
{
	unsigned int widths[COLUMN_COUNT];
	char room[8192];
	struct text line;
	struct grid g;
	size_t window = window_rows(t);

	fill(t, &g, window);
	grid_measure(&g, &t->c.screen, widths);
	for (size_t i = 0; i <= window; i++) {
		text_init(&line, room, sizeof(room));
		if (i < grid_lines(&g))
			grid_line(&g, &t->c.screen, widths, i, &line);
		put_line(t, picture, room);
	}
	grid_done(&g);
}

static void
put_foot(const struct top *t, struct text *picture)
{
	char room[256];
	struct text line;
	size_t last = t->first + window_rows(t);

	text_init(&line, room, sizeof(room));
	if (last > t->look.count)
		last = t->look.count;
	text_printf(&line, "services %zu to %zu of %zu",
	    t->look.count > 0 ? t->first + 1 : 0, last, t->look.count);
	text_printf(&line, "   q quit   j k scroll   s sort: %s",
	    look_order_name(t->order));
	put_line(t, picture, room);
	picture->length -= 2; /* the last line has no end: it would scroll */
}

void
top_draw(struct top *t)
{
	static char room[PICTURE_SIZE];
	const struct screen *screen = &t->c.screen;
	struct text picture;

	clamp(t);
	text_init(&picture, room, sizeof(room));
	text_string(&picture, "\033[H");
	put_headline(t, &picture);
	put_series(t, &picture, "live", &t->look.past.live, units_count);
	put_series(t, &picture, "rate", &t->look.past.rate, units_rate);
	text_string(&picture, screen_paint(screen, PAINT_BAD));
	put_line(t, &picture, t->lost != NULL ? t->lost : "");
	put_line(t, &picture, "");
	put_services(t, &picture);
	text_string(&picture, screen_paint(screen, PAINT_DIM));
	put_foot(t, &picture);
	terminal_draw(&picture);
	view_forget(&t->v);
}

void
top_print(struct top *t)
{
	char room[2048] = "";
	struct text line;
	struct grid g;
	struct session none;
	time_t now = time(NULL);
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	(void)strftime(room, sizeof(room), "%Y-%m-%dT%H:%M:%SZ", &tm);
	puts(room);
	if (t->look.daemon != NULL &&
	    view_read(&t->v, &none, t->look.daemon, strlen(t->look.daemon)) ==
		0) {
		text_init(&line, room, sizeof(room));
		headline_put(&t->v, &line);
		printf("%s\n\n", room);
	}
	t->first = 0;
	fill(t, &g, t->look.count);
	grid_print(&g, &t->c.screen, stdout);
	(void)putchar('\n');
	(void)fflush(stdout);
	grid_done(&g);
	view_forget(&t->v);
}

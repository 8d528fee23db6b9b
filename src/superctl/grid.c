/* SPDX-License-Identifier: ISC */
/* See grid.h. */
#include <stdlib.h>
#include <string.h>

#include "superctl/grid.h"
#include "superctl/memory.h"

#define GAP          2
#define COLUMNS_MOST 16
#define LINE_SIZE    32768

struct grid_cell {
	const char *text;
	unsigned int width;
	enum paint paint;
};

void
grid_init(struct grid *g, const struct grid_column *columns,
    unsigned int column_count)
{
	*g = (struct grid) { .columns = columns, .column_count = column_count };
	for (unsigned int i = 0; i < column_count; i++)
		grid_put(g, columns[i].title, PAINT_DIM);
}

void
grid_done(struct grid *g)
{
	free(g->cells);
	*g = (struct grid) { 0 };
}

void
grid_put(struct grid *g, const char *text, enum paint paint)
{
	if (text == NULL) {
		text = "-";
		paint = PAINT_NONE;
	}
	g->cells = memory_grow(g->cells, g->cell_count, sizeof(*g->cells));
	g->cells[g->cell_count++] =
	    (struct grid_cell) { text, screen_width(text), paint };
}

size_t
grid_lines(const struct grid *g)
{
	return g->cell_count / g->column_count;
}

/* The widest of those that may still be cut, the last of such; -1: none. */
static int
widest_of(const struct grid *g, const unsigned int *widths, bool precious)
{
	int best = -1;

	for (unsigned int i = 0; i < g->column_count; i++) {
		if (g->columns[i].precious != precious ||
		    g->columns[i].least == 0 ||
		    widths[i] <= g->columns[i].least)
			continue;
		if (best < 0 || widths[i] >= widths[best])
			best = (int)i;
	}
	return best;
}

static int
widest(const struct grid *g, const unsigned int *widths)
{
	int best = widest_of(g, widths, false);

	return best >= 0 ? best : widest_of(g, widths, true);
}

/* May the column be left out? */
static bool
says_nothing(const struct grid *g, unsigned int column)
{
	const char *text;

	if (!g->columns[column].optional)
		return false;
	for (size_t i = g->column_count + column; i < g->cell_count;
	     i += g->column_count) {
		text = g->cells[i].text;
		if (strcmp(text, "-") != 0 && strcmp(text, "0") != 0)
			return false;
	}
	return true;
}

void
grid_measure(
    const struct grid *g, const struct screen *s, unsigned int *ret_widths)
{
	unsigned int sum = GAP * (g->column_count - 1);
	int cut;

	memset(ret_widths, 0, g->column_count * sizeof(*ret_widths));
	for (size_t i = 0; i < g->cell_count; i++) {
		if (g->cells[i].width > ret_widths[i % g->column_count])
			ret_widths[i % g->column_count] = g->cells[i].width;
	}
	for (unsigned int i = 0; i < g->column_count; i++)
		sum += ret_widths[i];
	if (s->columns == 0)
		return;
	for (unsigned int i = g->column_count; i-- > 1 && sum > s->columns;) {
		if (!says_nothing(g, i))
			continue;
		sum -= ret_widths[i] + GAP;
		ret_widths[i] = 0;
	}
	while (sum > s->columns && (cut = widest(g, ret_widths)) >= 0) {
		ret_widths[cut]--;
		sum--;
	}
}

static void
put_blanks(struct text *t, unsigned int count)
{
	while (count-- > 0)
		text_char(t, ' ');
}

/* A text in `width` columns; where something was cut out shows. */
static void
put_cut(const struct screen *s, struct text *t, const struct grid_cell *cell,
    unsigned int width, enum grid_keep keep)
{
	unsigned int head, tail;

	if (width == 0)
		return;
	head = keep == GRID_HEAD ? width - 1 : 0;
	if (keep == GRID_BOTH_ENDS)
		head = width / 2;
	tail = width - 1 - head;
	text_bytes(t, cell->text, screen_prefix(cell->text, head));
	text_string(t, s->utf8 ? "\u2026" : "~");
	text_string(
	    t, cell->text + screen_prefix(cell->text, cell->width - tail));
}

static void
put_cell(const struct screen *s, struct text *t, const struct grid_cell *cell,
    unsigned int width, enum grid_keep keep)
{
	text_string(t, screen_paint(s, cell->paint));
	if (cell->width > width)
		put_cut(s, t, cell, width, keep);
	else
		text_string(t, cell->text);
	text_string(t, screen_plain(s, cell->paint));
}

void
grid_line(const struct grid *g, const struct screen *s,
    const unsigned int *widths, size_t line, struct text *t)
{
	const struct grid_cell *cell = g->cells + line * g->column_count;
	unsigned int room = s->columns != 0 ? s->columns : UINT32_MAX;
	unsigned int width, pad, before = 0;

	for (unsigned int i = 0; i < g->column_count && room > 0; i++) {
		if (widths[i] == 0)
			continue;
		put_blanks(t, before);
		width = widths[i] < room ? widths[i] : room;
		pad = cell[i].width < width ? width - cell[i].width : 0;
		if (g->columns[i].right)
			put_blanks(t, pad);
		put_cell(s, t, &cell[i], width, g->columns[i].keep);
		before = GAP + (g->columns[i].right ? 0 : pad);
		room -= width;
		room = room > GAP ? room - GAP : 0;
	}
}

void
grid_print(const struct grid *g, const struct screen *s, FILE *to)
{
	static char room[LINE_SIZE];
	unsigned int widths[COLUMNS_MOST];
	struct text t;

	grid_measure(g, s, widths);
	for (size_t line = 0; line < grid_lines(g); line++) {
		text_init(&t, room, sizeof(room));
		grid_line(g, s, widths, line, &t);
		text_char(&t, '\n');
		(void)fwrite(t.at, 1, t.length, to);
	}
}

/* SPDX-License-Identifier: ISC */
/* Who is banned: bans, and ban, which shows what it has made. */
#include "superctl/answer.h"
#include "superctl/commands.h"
#include "superctl/grid.h"
#include "superctl/units.h"

static const struct grid_column columns[] = {
	{ .title = "SOURCE", .least = 12, .keep = GRID_BOTH_ENDS },
	{ .title = "SERVICE", .least = 8, .keep = GRID_BOTH_ENDS },
	{ .title = "LEFT", .right = true },
	{ .title = "STRIKES", .right = true },
};

#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static void
show_ban(struct view *v, void *data)
{
	struct grid *g = data;

	grid_put(g, view_text(v, "source"), PAINT_NONE);
	grid_put(g, view_text(v, "service"), PAINT_NONE);
	grid_put(g, view_units(v, "left", units_span), PAINT_NONE);
	grid_put(g, view_units(v, "strikes", units_count), PAINT_NONE);
}

int
command_bans(const struct ctl *c)
{
	struct grid g;

	grid_init(&g, columns, COLUMN_COUNT);
	return answer_table(c, show_ban, &g, "nobody is banned");
}

int
command_ban(const struct ctl *c)
{
	struct grid g;

	grid_init(&g, columns, COLUMN_COUNT);
	return answer_table(c, show_ban, &g, "banned");
}

/* SPDX-License-Identifier: ISC */
/* list and show: live connections, completed by what the kernel knows. */
#include <stdio.h>
#include <string.h>

#include "superctl/commands.h"
#include "superctl/grid.h"
#include "superctl/rows.h"
#include "superctl/superctl.h"
#include "superctl/units.h"

static const struct grid_column columns[] = {
	{ .title = "ID", .right = true },
	{ .title = "SERVICE", .least = 8, .keep = GRID_BOTH_ENDS },
	{ .title = "PEER", .least = 15, .keep = GRID_BOTH_ENDS },
	{ .title = "PID", .right = true },
	{ .title = "AGE", .right = true },
	{ .title = "CPU", .right = true },
	{ .title = "RSS", .right = true },
	{ .title = "IN", .right = true },
	{ .title = "OUT", .right = true },
	{ .title = "RTT", .right = true },
	{ .title = "ENDING", .least = 7 },
};

#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

/* A listing under way. */
struct listing {
	const struct ctl *c;
	struct session s;
	struct view v;
	struct rows rows;
};

static void
print_line(const char *line, size_t length)
{
	(void)fwrite(line, 1, length, stdout);
	(void)putchar('\n');
}

static bool
is_detailed(const struct listing *l)
{
	return l->c->full || l->rows.count <= ROWS_DETAILED;
}

/* Once there are too many rows to look at, they pass through. */
static int
take_line(struct listing *l, const char *line, size_t length)
{
	if (l->c->json && !is_detailed(l)) {
		print_line(line, length);
		return 0;
	}
	if (rows_add(&l->rows, &l->v, &l->s, line, length) < 0)
		return -1;
	if (!l->c->json || is_detailed(l)) {
		view_forget(&l->v);
		return 0;
	}
	for (size_t i = 0; i < l->rows.count; i++)
		print_line(l->rows.lines[i], strlen(l->rows.lines[i]));
	return 0;
}

static int
receive(struct listing *l)
{
	const char *request[2] = { l->c->command->name };
	const char *line;
	size_t length;
	int n;

	if (l->c->word_count > 0)
		request[1] = l->c->words[0];
	n = session_ask(&l->s, request, l->c->word_count + 1);
	while (n == 0) {
		n = session_next(&l->s, &line, &length);
		if (n <= 0)
			break;
		n = take_line(l, line, length);
	}
	return n;
}

static const char *
keep_units(const struct view *v, view_unit *unit, bool known, double value)
{
	char room[64];
	struct text t;

	if (!known)
		return NULL;
	text_init(&t, room, sizeof(room));
	unit(&t, value);
	return view_keep(v, "%s", room);
}

static void
put_row(const struct view *v, const struct details *d, struct grid *g)
{
	grid_put(g, view_text(v, "id"), PAINT_NONE);
	grid_put(g, view_text(v, "service"), PAINT_NONE);
	grid_put(g, view_text(v, "peer"), PAINT_NONE);
	grid_put(g, view_text(v, "pid"), PAINT_NONE);
	grid_put(g, view_units(v, "age", units_span), PAINT_NONE);
	grid_put(
	    g, keep_units(v, units_span, d->has_process, d->cpu), PAINT_NONE);
	grid_put(g, keep_units(v, units_bytes, d->has_process, (double)d->rss),
	    PAINT_NONE);
	grid_put(g,
	    keep_units(v, units_bytes, d->has_bytes, (double)d->bytes_in),
	    PAINT_NONE);
	grid_put(g,
	    keep_units(v, units_bytes, d->has_bytes, (double)d->bytes_out),
	    PAINT_NONE);
	grid_put(g, keep_units(v, units_span, d->has_rtt, d->rtt), PAINT_NONE);
	grid_put(g, view_text(v, "ending"), PAINT_WARN);
}

/* The rows were read when they came, so that reading again cannot fail. */
static void
print_table(struct listing *l)
{
	struct grid g;

	if (l->rows.count == 0) {
		puts("no connection is live");
		return;
	}
	grid_init(&g, columns, COLUMN_COUNT);
	for (size_t i = 0; i < l->rows.count; i++) {
		(void)view_read(
		    &l->v, &l->s, l->rows.lines[i], strlen(l->rows.lines[i]));
		put_row(&l->v, &l->rows.details[i], &g);
	}
	grid_print(&g, &l->c->screen, stdout);
	grid_done(&g);
	if (is_detailed(l))
		return;
	(void)fflush(stdout);
	(void)fprintf(stderr,
	    "superctl: %zu connections: --full tells CPU, RSS, IN, OUT and "
	    "RTT of more than %d\n",
	    l->rows.count, ROWS_DETAILED);
}

static void
print_listing(struct listing *l)
{
	if (is_detailed(l))
		rows_look(&l->rows);
	if (!l->c->json)
		print_table(l);
	else if (is_detailed(l))
		rows_print_json(&l->rows);
}

/* Runs the command, with its answer handed to print. */
static int
run(const struct ctl *c, void (*print)(struct listing *l))
{
	struct listing l = { .c = c };
	int n = session_open(&l.s, c);

	view_init(&l.v, &c->screen);
	rows_init(&l.rows);
	if (n == 0)
		n = receive(&l);
	session_close(&l.s);
	if (n == 0)
		print(&l);
	rows_done(&l.rows);
	view_done(&l.v);
	return n < 0 ? fault_say(c, &l.s.fault) : EXIT_DONE_CODE;
}

int
command_list(const struct ctl *c)
{
	return run(c, print_listing);
}

static void
print_member(const char *name, const char *value)
{
	if (value != NULL)
		printf("%-12s %s\n", name, value);
}

static void
print_connection(const struct view *v, const struct details *d)
{
	static const char *const names[] = { "id", "service", "peer", "source",
		"listen", "pid", "start", "ending" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		print_member(names[i], view_text(v, names[i]));
	print_member("age", view_units(v, "age", units_span));
	print_member("time left", view_units(v, "deadline", units_span));
	print_member("cpu", keep_units(v, units_span, d->has_process, d->cpu));
	print_member("memory",
	    keep_units(v, units_bytes, d->has_process, (double)d->rss));
	print_member("bytes in",
	    keep_units(v, units_bytes, d->has_bytes, (double)d->bytes_in));
	print_member("bytes out",
	    keep_units(v, units_bytes, d->has_bytes, (double)d->bytes_out));
	print_member(
	    "round trip", keep_units(v, units_span, d->has_rtt, d->rtt));
	print_member("retransmits",
	    keep_units(v, units_count, d->has_rtt, d->retransmits));
}

static void
print_connections(struct listing *l)
{
	rows_look(&l->rows);
	if (l->c->json) {
		rows_print_json(&l->rows);
		return;
	}
	for (size_t i = 0; i < l->rows.count; i++) {
		(void)view_read(
		    &l->v, &l->s, l->rows.lines[i], strlen(l->rows.lines[i]));
		print_connection(&l->v, &l->rows.details[i]);
	}
}

int
command_show(const struct ctl *c)
{
	return run(c, print_connections);
}

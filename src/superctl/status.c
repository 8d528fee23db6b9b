/* SPDX-License-Identifier: ISC */
/* status: superd and its services. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "superctl/answer.h"
#include "superctl/commands.h"
#include "superctl/headline.h"
#include "superctl/status.h"
#include "superctl/units.h"

static const struct grid_column columns[] = {
	{ .title = "SERVICE",
	    .least = 8,
	    .keep = GRID_BOTH_ENDS,
	    .precious = true },
	{ .title = "STATE" },
	{ .title = "LISTEN", .least = 10, .keep = GRID_TAIL, .precious = true },
	{ .title = "LIVE/MAX", .right = true },
	{ .title = "ACCEPTED", .right = true },
	{ .title = "REFUSED", .least = 8, .optional = true },
	{ .title = "RATE/s", .right = true },
	{ .title = "LAST FAILURE", .least = 10, .optional = true },
};

#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

/* What "refused" holds: all, and the reason with the most. */
struct refused {
	double sum, biggest;
	uint32_t reason; /* its name, JSON_NONE: there is none */
};

static struct refused
sum_refused(const struct json *j, uint32_t all)
{
	struct refused r = { 0 };
	double value;
	uint32_t at;

	for (at = json_first(j, all); at != JSON_NONE;
	     at = json_next(j, all, at + 1)) {
		if (!json_number(j, at + 1, &value))
			continue;
		r.sum += value;
		if (value > r.biggest) {
			r.biggest = value;
			r.reason = at;
		}
	}
	return r;
}

const char *
status_refused(const struct view *v)
{
	uint32_t all = json_member(v->json, 1, "refused");
	struct refused r;
	char room[64];
	struct text t;

	if (json_kind(v->json, all) != JSON_OBJECT)
		return NULL;
	r = sum_refused(v->json, all);
	text_init(&t, room, sizeof(room));
	units_count(&t, r.sum);
	if (r.reason == JSON_NONE)
		return view_keep(v, "%s", room);
	if (r.biggest >= r.sum)
		return view_keep(v, "%s %s", room, view_node(v, r.reason));
	text_string(&t, ", ");
	text_string(&t, view_node(v, r.reason));
	text_char(&t, ' ');
	units_count(&t, r.biggest);
	return view_keep(v, "%s", room);
}

/* Is there a [::]:PORT beside the 0.0.0.0:PORT that is given? */
static bool
has_twin(const struct view *v, uint32_t all, const char *port)
{
	const char *other = view_keep(v, "[::]%s", port);
	uint32_t at;

	for (at = json_first(v->json, all); at != JSON_NONE;
	     at = json_next(v->json, all, at)) {
		if (json_is(v->json, at, other))
			return true;
	}
	return false;
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Is it the [::]:PORT whose twin has been shown? */
static bool
is_twin(const struct view *v, uint32_t all, const char *address)
{
	const char *other;
	uint32_t at;

	if (!begins(address, "[::]"))
		return false;
	other = view_keep(v, "0.0.0.0%s", address + 4);
	for (at = json_first(v->json, all); at != JSON_NONE;
	     at = json_next(v->json, all, at)) {
		if (json_is(v->json, at, other))
			return true;
	}
	return false;
}

const char *
status_listens(const struct view *v)
{
	uint32_t all = json_member(v->json, 1, "listen"), at;
	const char *address;
	char room[4096];
	struct text t;

	if (json_kind(v->json, all) != JSON_ARRAY)
		return NULL;
	text_init(&t, room, sizeof(room));
	for (at = json_first(v->json, all); at != JSON_NONE;
	     at = json_next(v->json, all, at)) {
		address = view_node(v, at);
		if (address == NULL || is_twin(v, all, address))
			continue;
		if (t.length > 0)
			text_char(&t, ' ');
		if (begins(address, "0.0.0.0:") &&
		    has_twin(v, all, address + 7))
			text_printf(&t, "*%s", address + 7);
		else
			text_string(&t, address);
	}
	return t.length > 0 ? view_keep(v, "%s", room) : NULL;
}

const char *
status_failure(const struct view *v)
{
	uint32_t all = json_member(v->json, 1, "last_failure");
	const char *what, *when;
	struct tm tm = { 0 };
	char room[64];
	struct text t;
	double ago;

	if (json_kind(v->json, all) != JSON_OBJECT)
		return NULL;
	what = view_node(v, json_member(v->json, all, "what"));
	when = view_node(v, json_member(v->json, all, "time"));
	if (what == NULL || when == NULL ||
	    strptime(when, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
		return what;
	ago = difftime(time(NULL), timegm(&tm));
	if (ago < 1)
		return view_keep(v, "just now: %s", what);
	text_init(&t, room, sizeof(room));
	units_span(&t, ago);
	return view_keep(v, "%s ago: %s", room, what);
}

void
status_row(const struct view *v, struct grid *g)
{
	const char *state = view_text(v, "state");
	const char *refused = status_refused(v);

	grid_put(g, view_text(v, "service"), PAINT_NONE);
	grid_put(g, state, headline_paint(state));
	grid_put(g, status_listens(v), PAINT_NONE);
	grid_put(g, headline_live(v), PAINT_NONE);
	grid_put(g, view_units(v, "accepted", units_count), PAINT_NONE);
	grid_put(g, refused,
	    refused != NULL && refused[0] != '0' ? PAINT_WARN : PAINT_NONE);
	grid_put(g, view_units(v, "rate", units_rate), PAINT_NONE);
	grid_put(g, status_failure(v), PAINT_BAD);
}

/* The headline comes first in the answer, so that it can be printed now. */
static void
show_object(struct view *v, void *data)
{
	char room[2048];
	struct text t;

	if (!view_is(v, "type", "superd")) {
		status_row(v, data);
		return;
	}
	text_init(&t, room, sizeof(room));
	headline_put(v, &t);
	printf("%s\n\n", room);
}

int
command_status(const struct ctl *c)
{
	struct grid g;

	grid_init(&g, columns, COLUMN_COUNT);
	return answer_table(c, show_object, &g, "there is no service");
}

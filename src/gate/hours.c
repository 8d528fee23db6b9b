/* SPDX-License-Identifier: ISC */
/*
 * While the offset of local time from UTC stays the same, wall time runs as
 * time does, and the next border of an interval is a subtraction away.  Where
 * the offset changes is found by halving; there the question is put anew.
 */
#include "gate/hours.h"
#include "conf/conf.h"

#define DAY_S   86400
#define WEEK_S  (7 * DAY_S)
#define AHEAD_S (8 * DAY_S)

struct wall {
	int32_t week_s; /* seconds since Monday 00:00 */
	long offset_s;  /* from UTC */
};

static struct wall
wall_at(time_t when)
{
	struct wall wall = { .week_s = 0 };
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL)
		return wall;
	wall.week_s = (tm.tm_wday + 6) % 7 * DAY_S + tm.tm_hour * 3600 +
	    tm.tm_min * 60 + (tm.tm_sec < 60 ? tm.tm_sec : 59);
	wall.offset_s = tm.tm_gmtoff;
	return wall;
}

static bool
is_within(const struct conf_interval *interval, int32_t week_s)
{
	int32_t from = interval->from * 60, to = interval->to * 60;

	return (week_s >= from && week_s < to) ||
	    (week_s + WEEK_S >= from && week_s + WEEK_S < to);
}

static bool
is_open(const struct conf_hours *hours, int32_t week_s)
{
	for (size_t i = 0; i < hours->count; i++) {
		if (is_within(&hours->at[i], week_s))
			return true;
	}
	return hours->count == 0;
}

bool
gate_hours_open(const struct conf_hours *hours, time_t when)
{
	return is_open(hours, wall_at(when).week_s);
}

/* Seconds of wall time until a minute of the week, more than 0. */
static int32_t
seconds_until(int32_t week_s, uint16_t minute)
{
	int32_t left = (minute * 60 - week_s) % WEEK_S;

	return left <= 0 ? left + WEEK_S : left;
}

/* ... until any border of an interval, or a day: offsets may change twice. */
static int32_t
seconds_to_border(const struct conf_hours *hours, int32_t week_s)
{
	int32_t least = DAY_S;

	for (size_t i = 0; i < hours->count; i++) {
		int32_t from = seconds_until(week_s, hours->at[i].from);
		int32_t to = seconds_until(week_s, hours->at[i].to);

		least = from < least ? from : least;
		least = to < least ? to : least;
	}
	return least;
}

/* The first second of (when, until] with another offset than when's. */
static time_t
offset_change(time_t when, time_t until)
{
	long offset_s = wall_at(when).offset_s;

	while (until - when > 1) {
		time_t middle = when + (until - when) / 2;

		if (wall_at(middle).offset_s == offset_s)
			when = middle;
		else
			until = middle;
	}
	return until;
}

time_t
gate_hours_change(const struct conf_hours *hours, time_t when)
{
	time_t end = when + AHEAD_S;
	struct wall wall = wall_at(when);
	bool open = is_open(hours, wall.week_s);

	if (hours->count == 0)
		return end;
	while (when < end) {
		time_t next = when + seconds_to_border(hours, wall.week_s);
		struct wall then = wall_at(next);

		if (then.offset_s != wall.offset_s) {
			next = offset_change(when, next);
			then = wall_at(next);
		}
		if (is_open(hours, then.week_s) != open)
			return next;
		when = next;
		wall = then;
	}
	return end;
}

bool
gate_hours_ask(
    const struct conf_hours *hours, struct gate_hours_state *state, time_t when)
{
	if (hours->count == 0)
		return true;
	if (when >= state->from && when < state->until)
		return state->open;
	state->open = gate_hours_open(hours, when);
	state->from = when;
	state->until = gate_hours_change(hours, when);
	return state->open;
}

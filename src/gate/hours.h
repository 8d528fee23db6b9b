/* SPDX-License-Identifier: ISC */
/*
 * Opening hours in local time: what the clock on the wall shows decides, so
 * an hour that a change to summer time skips is skipped here, and one that
 * is shown twice counts twice.  Pure but for TZ: the time is an argument.
 */
#ifndef SUPERD_GATE_HOURS_H
#define SUPERD_GATE_HOURS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct conf_hours;

/* Is it open then?  Without intervals it always is. */
bool gate_hours_open(const struct conf_hours *hours, time_t when);

/*
 * The first second after `when` in which it opens if it is closed, or closes
 * if it is open.  Looks eight days ahead; what does not change in these is
 * answered with their end, to ask again then.  About 20 calls of
 * localtime_r(3).
 */
time_t gate_hours_change(const struct conf_hours *hours, time_t when);

/* An answer, and how long it is good for. */
struct gate_hours_state {
	time_t from, until; /* not before, only before */
	bool open;
};

/*
 * As gate_hours_open(), but looks at the calendar only when the answer of
 * last time is not good for `when`: also when the clock has jumped.  Start
 * with zeros.  [hot]
 */
bool gate_hours_ask(const struct conf_hours *hours,
    struct gate_hours_state *state, time_t when);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Rates, as the generic cell rate algorithm has them (ITU-T I.371): the whole
 * state is one time.  Never more than burst + rate * t pass in any window of
 * length t, and after a pause the first one passes at once.  Pure: the clock
 * is an argument, in nanoseconds of a monotonic clock.
 *
 * The state, `tat`, is when the bucket will be full again (the "theoretical
 * arrival time"), 0 if it was never used.  One that lies further ahead than
 * the rate can have put it (the rate was changed) is taken as full as the
 * rate can make it.
 */
#ifndef SUPERD_GATE_RATE_H
#define SUPERD_GATE_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct conf_rate;

struct gate_rate {
	uint64_t interval_ns;  /* between two at the full rate; 0: no limit */
	uint64_t tolerance_ns; /* how far ahead of that a burst may get */
};

/*
 * From "50/s burst 100".  Without a burst it is the count: N a minute may
 * come at once, and then no more for a while.  The interval is rounded up, so that no rate is ever exceeded;
 * over 10^9/s means 10^9/s.  [pure]
 */
struct gate_rate gate_rate_make(const struct conf_rate *conf);

/*
 * When may the next one pass: 0 for now, else a time behind now.  Takes
 * nothing.  [pure]
 */
uint64_t gate_rate_next(
    const struct gate_rate *rate, uint64_t tat, uint64_t now_ns);

/* One passes (who must have asked with the same now). */
void gate_rate_take(
    const struct gate_rate *rate, uint64_t *tat, uint64_t now_ns);

/* Asks and, if that gave 0, takes. */
uint64_t gate_rate_check(
    const struct gate_rate *rate, uint64_t *tat, uint64_t now_ns);

/* How many of the burst are used up at now, rounded up.  [pure] */
uint64_t gate_rate_used(
    const struct gate_rate *rate, uint64_t tat, uint64_t now_ns);

#endif

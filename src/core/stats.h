/* SPDX-License-Identifier: ISC */
/*
 * What is counted of a service's connections: plain numbers of a fixed size,
 * some nanoseconds a connection.  Nothing here asks for the time or takes
 * memory.
 */
#ifndef SUPERD_CORE_STATS_H
#define SUPERD_CORE_STATS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "spawn/fault.h"

struct core_conn;

/* How a handler ended that was started. */
enum stats_exit {
	STATS_EXIT_OK,     /* exit 0 */
	STATS_EXIT_ERROR,  /* another exit status */
	STATS_EXIT_SIGNAL, /* a signal that superd did not send */
	STATS_EXIT_KILLED, /* superd ended it, however it then ended */
	STATS_EXITS
};

#define STATS_BUCKETS 12

/*
 * counts[i] are those above bounds[i - 1] and up to bounds[i]; the last one
 * has no bound.
 */
struct stats_histogram {
	uint64_t counts[STATS_BUCKETS + 1];
	uint64_t sum_ns;
};

/* From the turn in which a client was accepted to its handler's exec. */
extern const uint64_t stats_spawn_bounds_ns[STATS_BUCKETS];
/* From then to the handler's end. */
extern const uint64_t stats_duration_bounds_ns[STATS_BUCKETS];

/*
 * How many came in the last ten seconds, from two counts: of this window of
 * ten seconds, and of the one before, of which the part counts that still
 * lies in the ten seconds.
 */
struct stats_rate {
	uint64_t window; /* its number since the clock's beginning */
	uint64_t count, before;
};

#define STATS_FAILURE_SIZE 160

/* The last that failed; wall_ns is the time of CLOCK_REALTIME, 0: none. */
struct stats_failure {
	int64_t wall_ns;
	char text[STATS_FAILURE_SIZE];
};

struct core_stats {
	uint64_t accepted; /* given to a handler */
	uint64_t failures[SPAWN_STEPS];
	uint64_t exits[STATS_EXITS];
	struct stats_histogram spawn, duration;
	struct stats_rate rate;
	struct stats_failure last_failure;
	uint64_t bytes_in,
	    bytes_out;        /* of connections of which they are known */
	uint64_t bytes_known; /* how many those are */
};

/* "ok", "error", "signal", "killed".  [pure] */
const char *stats_exit_name(enum stats_exit exit);

/* A connection begins.  [hot] */
void stats_opened(struct core_stats *s, uint64_t now_ns);

/*
 * c has ended as info tells: it is counted as an exit, and in both
 * histograms, or as a failure to start.  What went wrong by itself becomes
 * the last failure.  [hot]
 */
void stats_closed(struct core_stats *s, const struct core_conn *c,
    const siginfo_t *info, uint64_t now_ns);

/* No process could be made: `error` is the errno of clone(2). */
void stats_no_process(struct core_stats *s, int error);

/* What the client of a connection sent, and was sent, in all. */
void stats_bytes(struct core_stats *s, uint64_t in, uint64_t out);

void stats_rate_note(struct stats_rate *r, uint64_t now_ns);

/* In thousandths of one a second.  [pure] */
uint64_t stats_rate_milli(const struct stats_rate *r, uint64_t now_ns);

/* [hot] */
void stats_histogram_add(struct stats_histogram *h,
    const uint64_t bounds_ns[STATS_BUCKETS], uint64_t ns);

#endif

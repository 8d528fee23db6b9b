/* SPDX-License-Identifier: ISC */
/*
 * Who may enter a service.  Two questions: gate_may_accept() before accept,
 * about the service, whose "no" leaves the client in the backlog; and
 * gate_check() after accept, about the client, whose "no" closes.  Neither
 * takes anything: who is let in is counted by gate_enter(), so that a client
 * who is refused uses up nobody's tokens.
 */
#ifndef SUPERD_GATE_GATE_H
#define SUPERD_GATE_GATE_H

#include <stdint.h>
#include <time.h>

#include "base/addr.h"
#include "base/text.h"
#include "gate/ban.h"
#include "gate/hours.h"
#include "gate/plan.h"
#include "gate/source.h"
#include "gate/verdict.h"

/* The world at a moment, as its readers elsewhere found it. */
struct gate_now {
	uint64_t now_ns;          /* CLOCK_MONOTONIC */
	time_t wall_s;            /* CLOCK_REALTIME, for hours */
	uint64_t load_hundredths; /* the 1-minute load average */
	uint64_t free_bytes;      /* MemAvailable */
	uint64_t live;            /* connections of the daemon */
	uint64_t max_live;
};

/* After so long load and memory are worth another look. */
#define GATE_LOOK_AGAIN_NS UINT64_C(1000000000)

/* What a service's gate remembers; it outlives configurations. */
struct gate {
	const struct gate_plan *plan;
	struct gate_sources *sources;
	uint32_t service; /* its number: the same for all of its life */
	uint64_t live;
	uint64_t tat_ns; /* of rate */
	struct gate_hours_state hours;
	uint64_t refused[GATE_REASONS];
	uint64_t bans;
	bool banning; /* some source may be banned */
};

/*
 * `service` is below GATE_SOURCE_UNIX and no other service's, past ones
 * included.  The table is shared by all services and outlives them.
 */
void gate_init(struct gate *g, uint32_t service, struct gate_sources *sources,
    const struct gate_plan *plan);

/* A new generation: counts, buckets and bans stay.  plan is borrowed. */
void gate_follow(struct gate *g, const struct gate_plan *plan);

/*
 * May the service accept one?  GATE_ENTER or GATE_QUEUE, then with the time
 * at which to ask again: exact for the rate, 0 for limits of connections
 * (ask when one ends).  What over_limit has refused or reset is left to
 * gate_check().  [pure] [hot]
 */
struct gate_verdict gate_may_accept(
    const struct gate *g, const struct gate_now *now);

/*
 * May this client, which was accepted, enter?  A "no" is counted, and may
 * ban the source.  After a "yes" call gate_enter() before the next
 * gate_check(), or let the client go.  [hot]
 */
struct gate_verdict gate_check(
    struct gate *g, const struct gate_now *now, const struct addr_peer *peer);

/*
 * It enters: counted, its tokens taken.  The caller keeps v->source for
 * gate_leave().
 */
void gate_enter(struct gate *g, uint64_t now_ns, const struct gate_verdict *v);

/*
 * It has left, its handler ended as `end` tells (NULL: it never ran).
 * Returns for how long (in ns) that has banned its source, or 0.
 */
uint64_t gate_leave(struct gate *g, uint64_t now_ns, uint32_t source,
    const struct gate_end *end);

/*
 * What another superd knew of a source of this service: what counts is the
 * key, the rate, the ban and what led to it.  Returns its number.
 */
uint32_t gate_remember(
    struct gate *g, uint64_t now_ns, const struct gate_source *known);

/*
 * Bans a source by hand for so long from now, longer or shorter than it may be
 * banned already.  False if the table of sources has no place for it.
 */
bool gate_ban(struct gate *g, uint64_t now_ns,
    const struct gate_source_key *key, uint64_t for_ns);

/*
 * A connection that another superd has let in, of the source with this number
 * (or GATE_NO_SOURCE): counted, but no token is taken.
 */
void gate_take_over(struct gate *g, uint32_t source);

/* All whom it has refused, for whatever reason.  [pure] */
uint64_t gate_refused(const struct gate *g);

/*
 * What decided, for the log: "deny 10.0.0.0/8", "/etc/hosts.deny:3", nothing
 * where the reason says it all.
 */
void gate_verdict_format(
    const struct gate *g, const struct gate_verdict *v, struct text *t);

#endif

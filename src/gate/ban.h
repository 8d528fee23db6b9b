/* SPDX-License-Identifier: ISC */
/*
 * Bans: a source that is refused, or whose handlers end badly, too often is
 * shut out of the service for a while.  `ban_after = N/period` bans with the
 * Nth event within a period that the first one began (counted in seconds, so
 * it may last one longer).  A ban ends by time only.  Who is banned again
 * before ban_max has passed since its last ban ended is banned for twice as
 * long as then, up to ban_max; later it is a first offender again.
 */
#ifndef SUPERD_GATE_BAN_H
#define SUPERD_GATE_BAN_H

#include <stdbool.h>
#include <stdint.h>

struct conf_ban;
struct gate_source;
struct gate_sources;

/* [pure] */
bool gate_ban_holds(const struct gate_source *s, uint64_t now_ns);

/*
 * Counts an event.  Returns for how long (in ns) this one has banned the
 * source, or 0.  Events during a ban do not count.
 */
uint64_t gate_ban_event(
    const struct conf_ban *conf, struct gate_source *s, uint64_t now_ns);

/* Bans at once.  Returns for how long, 0 if it was banned already. */
uint64_t gate_ban_impose(
    const struct conf_ban *conf, struct gate_source *s, uint64_t now_ns);

/* Until when there is an event or a ban to remember, 0 for never. [pure] */
uint64_t gate_ban_keep_ns(
    const struct conf_ban *conf, const struct gate_source *s);

/* How a handler ended, as waitid(2) tells: a status, or a signal. */
struct gate_end {
	bool signaled;
	int number; /* of the exit status or the signal */
};

enum gate_ban_end {
	GATE_BAN_END_GOOD,
	GATE_BAN_END_EVENT, /* counts for ban_after */
	GATE_BAN_END_NOW,   /* the handler asks for a ban */
};

/* [pure] */
enum gate_ban_end gate_ban_judge(
    const struct conf_ban *conf, const struct gate_end *end);

/*
 * The next banned source at or behind *cursor (start with 0), which is moved
 * behind it.  NULL when there are none among the next `most` sources: it was
 * the end if *cursor is t->used then.
 */
struct gate_source *gate_ban_next(
    struct gate_sources *t, uint32_t *cursor, uint32_t most, uint64_t now_ns);

/* Ends a ban by hand: the source is a first offender again. */
void gate_ban_lift(
    struct gate_sources *t, struct gate_source *s, uint64_t now_ns);

#endif

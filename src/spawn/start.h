/* SPDX-License-Identifier: ISC */
/*
 * From "yes" to a pid.  A child runs in superd's own memory, on a stack of its
 * own, while superd goes on; nothing waits for its exec.
 */
#ifndef SUPERD_SPAWN_START_H
#define SUPERD_SPAWN_START_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "spawn/fault.h"
#include "spawn/plan.h"

struct spawn_pool;

struct spawn_request {
	const struct spawn_plan *plan;
	int fd; /* becomes 0 and 1 */
	struct addr_peer peer;
	uint64_t connection;       /* its number */
	uint64_t now_ns;           /* the monotonic clock */
	uint32_t slot;             /* of the connection's, for the label */
	struct spawn_fault *fault; /* valid until the child is reaped */
};

/* How many children may be between clone and exec at a time ... */
#define SPAWN_IN_FLIGHT_MAX 64
/* ... and how many of one plan, so that no service can take all places. */
#define SPAWN_IN_FLIGHT_PLAN 48

/* `label` is put into the names of the children's stderr sockets. */
int spawn_pool_new(uint64_t label, struct spawn_pool **ret_pool, struct err *e);

/*
 * Waits for the children that are on their way, a tenth of a second at most.
 * True if none is left.  Those that hang are not waited for.
 */
bool spawn_pool_settle(struct spawn_pool *pool, uint64_t now_ns);

/*
 * Waits (bounded) for children that still use the pool.  False if some hang
 * on: they share our memory, so nothing that they may touch (plans, faults)
 * can be freed any more; the pool itself is kept.  Accepts NULL.
 */
bool spawn_pool_free(struct spawn_pool *pool);

/*
 * For a parent of many descriptors: children do not copy the table, but share
 * it until they have one of their own, in which only the numbers up to `keep`
 * are copied.  These should be those of connections, what lives long should
 * be above.  False, and children copy all, where the kernel cannot do it
 * (before Linux 5.9, or a filter of system calls).
 */
bool spawn_pool_share(struct spawn_pool *pool, int keep);

/*
 * Closes the descriptors of children that now have a table of their own.
 * Returns how many are still open: while there are any, call it again soon.
 * Always 0 without spawn_pool_share().  [hot]
 */
size_t spawn_tidy(struct spawn_pool *pool);

/*
 * Starts a child.  On success request->fd now belongs to the child and is
 * closed here, by spawn_tidy() if the table is shared.  Failure before exec is
 * told by request->fault and the child's end, later.  Returns the pid; -EBUSY
 * when too many children are on their way (try again in a millisecond), or
 * -errno of clone(2); then fd is still the caller's.  [hot]
 */
int spawn_start(struct spawn_pool *pool, const struct spawn_request *request);

/*
 * Kills children that have been on their way for SPAWN_LATE_NS: stopped by
 * their new user, or hanging in a file system.  Their fault says "late".
 * Returns how many are on their way: while there are any, call it again in
 * a second or so.
 */
size_t spawn_check_late(struct spawn_pool *pool, uint64_t now_ns);

#define SPAWN_LATE_NS UINT64_C(5000000000)

#endif

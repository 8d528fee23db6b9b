/* SPDX-License-Identifier: ISC */
/*
 * The clock: waits for descriptors and times, and calls who asked.  One
 * thread, level-triggered epoll, one clock reading a turn.  Watches and timers
 * are embedded in their owners, who find themselves by loop_owner().
 */
#ifndef SUPERD_LOOP_LOOP_H
#define SUPERD_LOOP_LOOP_H

#include <sys/epoll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LOOP_BATCH 64

struct loop;

struct loop_watch {
	int fd;
	uint32_t events; /* what it waits for, 0 while it pauses */
	/* Called with what is ready; may stop this or any other watch. */
	void (*ready)(struct loop *loop, struct loop_watch *watch);
};

struct loop_timer {
	uint64_t due_ns;
	uint32_t place; /* in the heap plus 1, 0 when not set */
	/* Called once, when due; may set itself or any other timer again. */
	void (*fire)(struct loop *loop, struct loop_timer *timer);
};

struct loop {
	int epoll_fd;
	uint64_t now_ns;         /* CLOCK_MONOTONIC at the start of the turn */
	struct loop_watch *late; /* handled after all others of its turn */
	struct loop_timer **heap;
	uint32_t timers, timers_max;
	bool firing; /* timers; what is set meanwhile waits for the next turn */
	bool only_ms; /* the kernel waits in milliseconds (before Linux 5.11) */
	int batch_count;
	struct epoll_event batch[LOOP_BATCH];
};

/* The struct of type that embeds a watch or a timer as `member`. */
#define loop_owner(pointer, type, member)                                      \
	((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* Room for `timers_max` set timers at a time.  Returns 0 or -errno. */
int loop_init(struct loop *loop, uint32_t timers_max, struct err *e);
void loop_done(struct loop *loop);

/* Room for more timers; never for less.  Returns 0 or -ENOMEM. */
int loop_reserve_timers(struct loop *loop, uint32_t timers_max);

/*
 * Starts to watch fd for events (EPOLLIN ...).  w->ready must be set.
 * Returns 0 or -errno (-ENOMEM, -ENOSPC: the kernel's limits).
 */
int loop_watch_start(
    struct loop *loop, struct loop_watch *w, int fd, uint32_t events);

/*
 * Waits for other events; 0 pauses the watch and keeps its place, so that
 * going on cannot fail for lack of memory.
 */
void loop_watch_change(
    struct loop *loop, struct loop_watch *w, uint32_t events);

/* Before fd is closed.  The watch is not called any more, not even in this
 * turn.  Does nothing for one that is not started (fd -1). */
void loop_watch_stop(struct loop *loop, struct loop_watch *w);

/*
 * Calls timer->fire at due_ns of CLOCK_MONOTONIC or soon after.  Set again,
 * it moves.  More than timers_max at a time is a bug of the caller's.
 */
void loop_timer_set(
    struct loop *loop, struct loop_timer *timer, uint64_t due_ns);

/* Does nothing for one that is not set. */
void loop_timer_stop(struct loop *loop, struct loop_timer *timer);

/*
 * [blocks] One turn: waits for something to do, does all of it.  Returns 0,
 * or -errno when epoll itself fails, which is a bug.
 */
int loop_turn(struct loop *loop);

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t loop_clock(void);

#endif

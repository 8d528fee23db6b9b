/* SPDX-License-Identifier: ISC */
/* A connection's life in superd: from an accepted socket to its last event. */
#ifndef SUPERD_CORE_CONNECTION_H
#define SUPERD_CORE_CONNECTION_H

#include <sys/resource.h>
#include <signal.h>

#include "base/addr.h"

struct core_conn;
struct loop;
struct loop_timer;
struct core_listener;

/*
 * Starts the handler of l's service on fd, for a client whom the gate has
 * let in and counts for `source`.  Returns 0 and has closed fd, or -errno and
 * fd is still the caller's: -EBUSY to try again in a millisecond, others as
 * clone(2).  [hot]
 */
int connection_open(struct core_listener *l, int fd,
    const struct addr_peer *peer, uint32_t source);

/* Fires while handlers are being started: those that hang are killed. */
void connection_check_late(struct loop *loop, struct loop_timer *timer);

/* The handler has ended as info and usage tell; c is free again.  [hot] */
void connection_close(
    struct core_conn *c, const siginfo_t *info, const struct rusage *usage);

/*
 * Goes on watching over a handler that another superd has started; its time
 * is over at deadline_ns (0: never).
 */
void connection_take_over(struct core_conn *c, uint64_t deadline_ns);

/* The plan of such a connection is known now. */
void connection_follow(struct core_conn *c);

/* TERM for the handler's process group now, KILL after its kill_grace. */
void connection_end(struct core_conn *c, int why);

/* KILL, now. */
void connection_kill(struct core_conn *c);

#endif

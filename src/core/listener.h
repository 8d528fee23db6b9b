/* SPDX-License-Identifier: ISC */
/*
 * A listening socket in the loop.  It is watched while nothing speaks against
 * it; each reason to pause is a bit, and the kernel's backlog is the queue.
 */
#ifndef SUPERD_CORE_LISTENER_H
#define SUPERD_CORE_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "log/repeat.h"
#include "loop/loop.h"
#include "net/listen.h"

struct core;
struct core_service;
struct listen_text;
struct loop;
struct loop_timer;

struct core_listener {
	struct loop_watch watch;
	struct loop_timer timer; /* ends SHORT and GATE, retries in HOLDING */
	struct core *core;
	struct core_service *service; /* NULL: none yet */
	struct core_listener *next;   /* of the service */
	struct addr wanted; /* as the file names it; its port may be 0 */
	struct net_listener socket; /* its name is ours */
	struct listen_text *text;   /* where it is bound */
	unsigned int paused;        /* enum pause_reason */
	bool claimed;          /* by a configuration that is being prepared */
	bool had_reuseport;    /* before it was shared */
	bool shared;           /* others may be bound to what overlaps */
	uint64_t retire_by_ns; /* not 0: it retires, and ends by then */
	uint64_t linger_ns;    /* ... but not before */
	uint64_t to_serve;     /* so many may still come in then */
	struct core_listener *next_waiting;
	/* The client that is held, while there is no process for it. */
	int held_fd;
	struct addr_peer held_peer;
	uint32_t held_source;
	uint64_t held_until_ns;
	uint64_t retry_ns;
	uint64_t short_since_ns; /* 0: accept works */
	bool short_told;         /* that it does not */
	struct log_repeat short_said;
};

/*
 * Takes over `made` and holds it, pausing, until listener_join().  On failure
 * `made` is closed.  Returns 0 or -errno.
 */
int listener_new(struct core *core, const struct addr *wanted,
    struct net_listener *made, struct core_listener **ret_listener,
    struct err *e);

/*
 * From now on it belongs to the service, whose list is put together anew by
 * joining in the order of the file.  Cannot fail.
 */
void listener_join(struct core_listener *l, struct core_service *service,
    struct core_listener ***end);

/*
 * Nobody wants it any more: who waits in its backlog is served first, as far
 * as the limits allow, until by_ns.  Nobody comes any more: if
 * its address is shared, new clients come to the others.
 */
void listener_retire(struct core_listener *l, uint64_t by_ns);

/* It is wanted again after all. */
void listener_revive(struct core_listener *l);

/* Ends those that retire and are done; fires while there are any. */
void listener_check_retiring(struct loop *loop, struct loop_timer *timer);

/*
 * Closes and frees it; a client that it holds is closed too.  It is no longer
 * its service's.
 */
void listener_free(struct core_listener *l);

#endif

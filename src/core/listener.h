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

enum listener_pause {
	LISTENER_FULL_SERVICE = 1, /* the service's max_connections */
	LISTENER_FULL_DAEMON = 2,  /* the daemon's */
	LISTENER_SHORT = 4,        /* accept said: the system is short */
	LISTENER_GATE = 16,        /* rate, load or memory: until a time */
	LISTENER_HOLDING = 8,      /* a client waits for a process */
};

struct core_listener {
	struct loop_watch watch;
	struct loop_timer timer; /* ends SHORT and GATE, retries in HOLDING */
	struct core_service *service;
	struct net_listener socket;
	unsigned int paused; /* enum listener_pause */
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

/* Takes over `made` and watches it.  Returns 0 or -errno, `made` closed. */
int listener_start(struct core_listener *l, struct core_service *service,
    struct net_listener *made, struct err *e);

/* Closes it; a client that it holds is closed too. */
void listener_stop(struct core_listener *l);

/* A connection of the service has ended: go on where that was missing. */
void listener_room_made(struct core_service *service);

/*
 * As many of those who wait for room in the daemon as there is room go on.
 * Called once a turn: who is woken and takes no place costs a turn, and no
 * wake-up can be lost.
 */
void listener_wake_waiting(struct core *core);

#endif

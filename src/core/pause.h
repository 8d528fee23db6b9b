/* SPDX-License-Identifier: ISC */
/*
 * Why a listener does not accept at present.  Each reason is a bit; it is
 * watched while no bit is set.  Pausing keeps its place in epoll, so that
 * going on cannot fail.
 */
#ifndef SUPERD_CORE_PAUSE_H
#define SUPERD_CORE_PAUSE_H

#include <stdint.h>

struct core;
struct core_listener;
struct core_service;

enum pause_reason {
	PAUSE_FULL_SERVICE = 1, /* the service's max_connections */
	PAUSE_FULL_DAEMON = 2,  /* the daemon's */
	PAUSE_SHORT = 4,        /* accept said: the system is short */
	PAUSE_HOLDING = 8,      /* a client waits for a process */
	PAUSE_GATE = 16,        /* rate, load or memory: until a time */
	PAUSE_NOT_YET = 32,     /* it has no service yet, or needs none */
	PAUSE_ASKED = 64,       /* by command */
};

/* Until pause_end(); FULL_DAEMON stands in line. */
void pause_begin(struct core_listener *l, enum pause_reason why);

/* Until a time, when the listener's timer fires. */
void pause_until(
    struct core_listener *l, enum pause_reason why, uint64_t when_ns);

/* These reasons (bits) are none any more. */
void pause_end(struct core_listener *l, unsigned int why);

/* A connection of the service has ended: go on where that was missing. */
void pause_room_made(struct core_service *service);

/*
 * As many of those who wait for room in the daemon as there is room go on.
 * Called once a turn: who is woken and takes no place costs a turn, and no
 * wake-up can be lost.
 */
void pause_wake_waiting(struct core *core);

#endif

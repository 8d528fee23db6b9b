/* SPDX-License-Identifier: ISC */
/*
 * Ended children.  SIGCHLD names one pid and swallows the others that ended
 * meanwhile.  With few children one asks for any; with many that would walk
 * them all for each one reaped (wait4(-1) is O(children)), so the named one
 * is asked for, then those that came last, and a throttled sweep of our own
 * slots finds the other swallowed ones.
 */
#ifndef SUPERD_CORE_REAP_H
#define SUPERD_CORE_REAP_H

#include <stdbool.h>
#include <stdint.h>

#include "loop/loop.h"

struct core;

struct core_reaper {
	struct loop_timer timer; /* the next stretch of a sweep */
	uint32_t at;             /* the slot where it goes on */
	uint64_t pause_ns;       /* until the next sweep may begin */
	unsigned int patience;   /* with those that came last */
	uint64_t round;          /* of those that were found ended together */
	bool again;              /* a signal came since this one began */
};

void reap_init(struct core_reaper *r);

/*
 * Everybody who has ended, however many children there are; a bounded number
 * a call.  True when nobody is left.
 */
bool reap_everybody(struct core *core);

/* A SIGCHLD came, for pid. */
void reap_signal(struct core *core, int pid);

#endif

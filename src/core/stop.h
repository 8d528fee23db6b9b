/* SPDX-License-Identifier: ISC */
/* The end: listeners first, then the handlers, then superd. */
#ifndef SUPERD_CORE_STOP_H
#define SUPERD_CORE_STOP_H

struct core;

/*
 * Serves those who wait already, lets the handlers finish, and ends when the
 * last one has; after drain_timeout as stop_begin().
 */
void stop_drain(struct core *core, const char *signal);

/*
 * Closes the listeners, sends TERM to the handlers, KILL after each one's
 * grace.  Called again while it lasts: KILL to all, and the end at once.
 */
void stop_begin(struct core *core, const char *signal);

/* Stopping is over when the last handler has ended. */
void stop_if_over(struct core *core);

#endif

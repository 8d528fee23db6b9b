/* SPDX-License-Identifier: ISC */
/* The loop's own part of the timers; others use loop.h. */
#ifndef SUPERD_LOOP_TIMERS_H
#define SUPERD_LOOP_TIMERS_H

struct loop;

/* Fires each timer that is due now and was set before this call began. */
void timers_fire_due(struct loop *loop);

#endif

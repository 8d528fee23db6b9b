/* SPDX-License-Identifier: ISC */
/*
 * Signals as something to read: all are blocked, those that mean something
 * come out of a signalfd in the loop, and no handler ever runs.
 */
#ifndef SUPERD_LOOP_SIGNALS_H
#define SUPERD_LOOP_SIGNALS_H

#include <stddef.h>

#include "base/err.h"

struct signals_event {
	int number;
	int pid; /* of the child for SIGCHLD, else of the sender */
};

/*
 * Gives every signal its default disposition (a parent may have ignored
 * some, and children inherit that) and blocks all but those that mean a bug
 * of ours and the terminal's stop.  Returns 0 or -errno.
 */
int signals_take(struct err *e);

/*
 * A descriptor that is readable when one of the numbers (0 at the end) has
 * come.  Returns it or -errno.
 */
int signals_open(const int *numbers, struct err *e);

/* Reads up to `most` without waiting.  Returns how many came. */
size_t signals_read(int fd, struct signals_event *ret_events, size_t most);

#endif

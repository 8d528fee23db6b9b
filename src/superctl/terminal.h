/* SPDX-License-Identifier: ISC */
/*
 * A terminal as one window: the alternate screen, keys one by one.  However
 * the program ends, but for SIGKILL, the terminal is as it was before.
 */
#ifndef SUPERD_SUPERCTL_TERMINAL_H
#define SUPERD_SUPERCTL_TERMINAL_H

#include "base/text.h"

enum terminal_event {
	TERMINAL_NOTHING,
	TERMINAL_QUIT,
	TERMINAL_REDRAW, /* another size, or back from a stop */
	TERMINAL_SORT,
	TERMINAL_UP,
	TERMINAL_DOWN,
	TERMINAL_PAGE_UP,
	TERMINAL_PAGE_DOWN,
	TERMINAL_TOP,
	TERMINAL_BOTTOM
};

/*
 * Takes over the terminal of standard output, keys from standard input if that
 * is one, and the signals that end or stop a program.  Returns 0 or -errno.
 */
int terminal_enter(void);

/* Gives it back; nothing happens if it was not taken. */
void terminal_leave(void);

/* What poll(2) waits on: for reading; -1 is none. */
int terminal_key_fd(void);
int terminal_signal_fd(void);

/*
 * What has come.  A signal that ends the program ends it here, as it would
 * have, with the terminal given back; a stop is over when this returns.
 */
enum terminal_event terminal_signal(void);

/* One key; TERMINAL_NOTHING when no more has come, or it means nothing. */
enum terminal_event terminal_key(void);

/* Shows a picture of whole lines.  [blocks] */
void terminal_draw(const struct text *picture);

#endif

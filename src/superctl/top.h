/* SPDX-License-Identifier: ISC */
/* The live view: what is shown, and where in it we are. */
#ifndef SUPERD_SUPERCTL_TOP_H
#define SUPERD_SUPERCTL_TOP_H

#include "superctl/look.h"
#include "superctl/superctl.h"
#include "superctl/terminal.h"

struct top {
	struct ctl c; /* a copy: the screen may change */
	struct look look;
	struct view v;
	enum look_order order;
	size_t first;     /* the service in the first row of the window */
	const char *lost; /* why nothing is heard now, or NULL; borrowed */
};

/* Does what the key says.  Returns false for the end. */
bool top_move(struct top *t, enum terminal_event event);

/* Draws the whole window. */
void top_draw(struct top *t);

/* Prints what was seen as a block of lines, for no terminal. */
void top_print(struct top *t);

#endif

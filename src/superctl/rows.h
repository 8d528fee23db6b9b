/* SPDX-License-Identifier: ISC */
/* Connections that are kept until their details have been looked up. */
#ifndef SUPERD_SUPERCTL_ROWS_H
#define SUPERD_SUPERCTL_ROWS_H

#include "superctl/details.h"
#include "superctl/session.h"
#include "superctl/view.h"

/* In a longer list details are looked up on request only. */
#define ROWS_DETAILED 512

struct rows {
	struct arena *arena;     /* own: of the lines */
	const char **lines;      /* own: as superd sent them */
	struct details *details; /* own: one for each line */
	size_t count;
};

void rows_init(struct rows *r);
void rows_done(struct rows *r);

/* Keeps a line; v is where it is read.  Returns 0, or -1 with s->fault. */
int rows_add(struct rows *r, struct view *v, struct session *s,
    const char *line, size_t length);

/* Looks up the details of all. */
void rows_look(struct rows *r);

/*
 * Prints each as superd's object with the details at its end, and forgets
 * them.
 */
void rows_print_json(struct rows *r);

#endif

/* SPDX-License-Identifier: ISC */
/* A request, its answer, and what each object in it is shown as. */
#ifndef SUPERD_SUPERCTL_ANSWER_H
#define SUPERD_SUPERCTL_ANSWER_H

#include "superctl/session.h"
#include "superctl/superctl.h"
#include "superctl/view.h"

/* Prints, or keeps, the object in v. */
typedef void answer_show(struct view *v, void *data);

/*
 * Asks for `name` with count words behind it on the open session s, and hands
 * each object of the answer to show; with --json the lines are printed as they
 * are instead, each as soon as it is there.  Returns 0, or -1 with s->fault.
 */
struct answer {
	const struct ctl *c;
	struct session *s;
	struct view *v;
	answer_show *show;
	void *data;
};
int answer_get(
    const struct answer *a, const char *name, char **words, int count);

/*
 * All of a command whose request is its own words: opens a session, gets the
 * answer, says what failed.  Returns the exit status.
 */
int answer_command(const struct ctl *c, answer_show *show, void *data);

/*
 * The same for a table: `show` fills the grid that data points to, which is
 * printed at the end if nothing failed, or `empty` if there is no row.
 */
struct grid;
int answer_table(const struct ctl *c, answer_show *show, struct grid *grid,
    const char *empty);

#endif

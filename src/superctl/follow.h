/* SPDX-License-Identifier: ISC */
/* Answers that last, over upgrades and restarts of superd. */
#ifndef SUPERD_SUPERCTL_FOLLOW_H
#define SUPERD_SUPERCTL_FOLLOW_H

#include "superctl/session.h"
#include "superctl/superctl.h"
#include "superctl/view.h"

/* Sends the request.  Returns 0, or -1 with s->fault. */
typedef int follow_ask(struct session *s, const struct ctl *c);

struct follow {
	const struct ctl *c; /* borrowed */
	follow_ask *ask;
	const char *after;    /* what is said when superd is back, static */
	int64_t silence_ns;   /* how long an answer may say nothing */
	struct session s;     /* own */
	struct view v;        /* own */
	double pid, upgrades; /* of the superd that answers */
	int64_t since;        /* when it began to */
	int64_t limit;        /* it is looked for until then */
	bool gone;            /* and was not found */
};

/*
 * Connects and asks.  Returns 0, or -1 with f->s.fault.  [blocks]
 */
int follow_open(struct follow *f, const struct ctl *c, follow_ask *ask,
    const char *after, int64_t silence_ns);
void follow_close(struct follow *f);

/*
 * As session_next().  A superd that closes the connection is looked for as
 * long as --timeout says, 10 seconds by default, and asked again; that it
 * happened is said on stderr.  Without success f->gone is set.  [blocks]
 */
int follow_next(struct follow *f, const char **ret_line, size_t *ret_length);

#endif

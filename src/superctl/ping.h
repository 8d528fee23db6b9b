/* SPDX-License-Identifier: ISC */
/* Is superd there, and which one? */
#ifndef SUPERD_SUPERCTL_PING_H
#define SUPERD_SUPERCTL_PING_H

#include "superctl/session.h"
#include "superctl/view.h"

/*
 * Asks, and leaves the object of the answer in v and its line, borrowed until
 * the next one, in ret_line.  [blocks] Returns 0, or -1 with s->fault.
 */
int ping_ask(struct session *s, struct view *v, const char **ret_line,
    size_t *ret_length);

#endif

/* SPDX-License-Identifier: ISC */
/* The one door: from a listener that is readable to a connection. */
#ifndef SUPERD_CORE_DOOR_H
#define SUPERD_CORE_DOOR_H

#include <stdbool.h>

struct core_listener;

/*
 * Takes clients in, a bounded number a turn, until nobody waits or something
 * speaks against it: then l pauses.  True if nobody waits any more.  [hot]
 */
bool door_serve(struct core_listener *l);

/* A process for the client that is held, if there is one. */
void door_retry(struct core_listener *l);

/* The client that is held, if there is one, goes without being served. */
void door_let_go(struct core_listener *l, const char *reason);

#endif

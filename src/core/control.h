/* SPDX-License-Identifier: ISC */
/*
 * The socket by which superd is asked and told: made, kept, moved and handed
 * over as other sockets are.  Who connects to it is the business of a room
 * above.
 */
#ifndef SUPERD_CORE_CONTROL_H
#define SUPERD_CORE_CONTROL_H

#include "base/err.h"
#include "loop/loop.h"
#include "net/listen.h"

struct conf;
struct core;
struct state_daemon;

struct core_control {
	struct loop_watch watch; /* ready: set by who serves it */
	void *server;            /* his own, for that */
	struct net_listener socket;
};

/* No socket, and nobody who serves it. */
void control_init(struct core_control *control);

/*
 * What conf wants beside what is there: a new socket, or fd -1 if the present
 * one stays or none is wanted.  Makes the directory of control = auto.
 * Returns 0 or -errno.
 */
int control_prepare(struct core *core, const struct conf *conf,
    struct net_listener *ret_fresh, struct err *e);

/* Takes it; the old one goes if it is not wanted any more. */
void control_commit(
    struct core *core, const struct conf *conf, struct net_listener *fresh);

/* Goes on with the socket of a predecessor. */
void control_take_over(struct core *core, const struct state_daemon *from);

/* Who serves it is there: callers are heard from now on. */
void control_serve(struct core *core);

/* Closes it and removes its path. */
void control_close(struct core *core);

#endif

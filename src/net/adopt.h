/* SPDX-License-Identifier: ISC */
/*
 * Listening sockets that somebody else has made: a supervisor, which passes
 * them as sd_listen_fds(3) describes, or the superd that was here before.
 * They lie in a list until services take them.
 */
#ifndef SUPERD_NET_ADOPT_H
#define SUPERD_NET_ADOPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"
#include "net/listen.h"

struct conf_listen;
struct conf_service;

struct net_adopted {
	/* As it came; .fd is -1 once it is taken, or when there never was
	 * one of that number. */
	struct net_listener socket;
	bool v6only; /* of an IPv6 socket: it takes no IPv4 client */
	bool taken;
	/* Once it is taken: the keys that the file sets and the socket does
	 * not have, with a blank between them. */
	char differ[48];
};

/* All zero is the empty list. */
struct net_adopted_list {
	struct net_adopted *at;
	size_t count, room;
};

/*
 * Takes what LISTEN_PID says is for this process, from descriptor 3 on.  To
 * be called before anything else is opened, because a number that is missing
 * among them would be given out again.  The variables are unset in any case.
 * Returns 0 (also if there are no sockets), or -errno: what the variables say
 * makes no sense, or a descriptor is none that superd can serve.
 * net_adopt_done() is due in either case.
 */
int net_adopt_environment(struct net_adopted_list *list, struct err *e);

/*
 * Adds one socket, and owns its fd from then on; on failure the caller keeps
 * it.  from says its fd, name (copied; NULL: superd made it itself), number,
 * and the device and inode of a path that is to be removed with it (0: of
 * none); the rest is asked of the kernel.  Returns 0 or -errno with what is
 * wrong with it.
 */
int net_adopt_add(struct net_adopted_list *list,
    const struct net_listener *from, struct err *e);

/*
 * Does `listen` mean this socket?  By its name; by its number, if the name is
 * nothing but digits; or by its address.  A bare port means the wildcard of
 * either family.  [pure]
 */
bool net_adopt_is_meant(
    const struct net_listener *socket, const struct conf_listen *listen);

/* How many of the list, taken or not, `listen` means.  [pure] */
size_t net_adopt_count(
    const struct net_adopted_list *list, const struct conf_listen *listen);

/*
 * Hands the socket over to a service of which `value` is a value of listen:
 * its options are set as far as that is possible once a socket is bound; a
 * tells what differs.  On success ret_listener is the caller's, but its name
 * is the list's.  Returns 0, or -errno with the address and the option.
 */
int net_adopt_take(struct net_adopted *a, const struct conf_service *service,
    const struct conf_listen *value, struct net_listener *ret_listener,
    struct err *e);

/* "3 'name' at 127.0.0.1:80", the name escaped. */
void net_adopt_format(const struct net_adopted *a, struct text *t);

/* Closes what was not taken, and forgets the list; no listener may have a
 * name out of it any more. */
void net_adopt_done(struct net_adopted_list *list);

#endif

/* SPDX-License-Identifier: ISC */
/* The path of a listening unix socket; the room's own, see listen.h. */
#ifndef SUPERD_NET_UNIX_PATH_H
#define SUPERD_NET_UNIX_PATH_H

#include <stdbool.h>

#include "base/addr.h"
#include "base/err.h"

struct conf_service;
struct net_listener;

/* NULL if addr is not a unix socket with a path.  [pure] */
const char *unix_path_of(const struct addr *addr);

/*
 * Binds fd to addr's path with the service's owner, group and mode, and notes
 * the path's identity in l; all of that is done before anybody can connect,
 * as fd does not listen yet.  What stood at the path is replaced if it is a
 * socket that no process has open any more, and is an error otherwise.
 *
 * The directory's owner can put something else at the path at any time.  Then
 * this fails, or the listener's clients do not find it; nothing that
 * superd did not make itself is given away, opened up, or followed.
 * The directories above are believed to be what the path says.
 *
 * [blocks] A fifth of a second, if others hold a lock on the directory.
 */
int unix_path_bind(int fd, const struct conf_service *service,
    const struct addr *addr, struct net_listener *l, struct err *e);

/*
 * Gives the path of a socket that listens the service's owner, group and mode,
 * if it still is the one noted in l; in no instant it is open to more than
 * the old or the new ones.  Returns 0 or -errno.
 */
int unix_path_change(const struct conf_service *service,
    const struct net_listener *l, struct err *e);

/* Is the path that was made for l, if there is one, still there? */
bool unix_path_is_current(const struct net_listener *l);

/* Removes the path if it is the one noted in l. */
void unix_path_remove(const struct addr *addr, const struct net_listener *l);

#endif

/* SPDX-License-Identifier: ISC */
/* From a readable listener to a connection and its peer. */
#ifndef SUPERD_NET_ACCEPT_H
#define SUPERD_NET_ACCEPT_H

#include "base/addr.h"

/* What to do when accept gave no connection. */
enum net_accept {
	NET_ACCEPT_OK,
	NET_ACCEPT_EMPTY, /* nobody is waiting (any more) */
	NET_ACCEPT_NEXT,  /* this client has gone; try the next */
	NET_ACCEPT_PAUSE, /* the system is short of something: rest */
};

/*
 * Accepts one connection, close-on-exec and blocking (its handler's view).
 * On NET_ACCEPT_OK the caller owns *ret_fd; otherwise *ret_errno says why.
 * accept(2).  [hot]
 */
enum net_accept net_accept(
    int listener, int *ret_fd, struct addr_peer *ret_peer, int *ret_errno);

/* How to go on after accept failed with `error`.  [pure] */
enum net_accept net_accept_judge(int error);

/*
 * The number by which sock_diag(7) knows a socket as long as it lives, SO_COOKIE
 * of socket(7); 0 if there is none.  [hot]
 */
uint64_t net_cookie(int fd);

#endif

/* SPDX-License-Identifier: ISC */
/* Listening sockets: made, bound, and taken away again. */
#ifndef SUPERD_NET_LISTEN_H
#define SUPERD_NET_LISTEN_H

#include <sys/types.h>

#include "base/addr.h"
#include "base/err.h"

struct conf_service;

/* A listening socket, and how to know its path again. */
struct net_listener {
	int fd;            /* -1: none */
	struct addr bound; /* with the port that the kernel chose */
	dev_t device;      /* of the path of a unix socket */
	ino_t inode;       /* 0: none that superd has made */
	/* A socket that was passed to superd: what it was called ("" for
	 * nothing; borrowed, see adopt.h), and its number. */
	const char *name; /* NULL: superd made it */
	int number;
};

/*
 * Makes a non-blocking listening stream socket on addr with the service's
 * socket options.  A unix path where nobody listens any more is replaced; a
 * file that is no socket, or a socket that somebody serves, never is.
 * On success the caller owns ret_listener and ends it with
 * net_listen_close().  Returns 0 or -errno: e names the address, and the
 * option that failed.
 */
int net_listen_open(const struct conf_service *service, const struct addr *addr,
    struct net_listener *ret_listener, struct err *e);

/* Closes, and removes the path if it is still the one that was made here. */
void net_listen_close(struct net_listener *listener);

/*
 * The two sockets of a bare port, IPv4 and IPv6, on one number; port 0 finds
 * a number that is free in both.  A system without IPv6 gives the first only:
 * the second's fd is -1.  Errors as net_listen_open().
 */
int net_listen_both(const struct conf_service *service, uint16_t port,
    struct net_listener ret_pair[2], struct err *e);

#endif

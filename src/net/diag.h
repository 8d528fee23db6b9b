/* SPDX-License-Identifier: ISC */
/*
 * What the kernel knows of a TCP socket, asked by sock_diag(7): without a
 * descriptor of it, and in any process.  Never waits.
 */
#ifndef SUPERD_NET_DIAG_H
#define SUPERD_NET_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

/*
 * Of struct tcp_info, tcp(7).  An older kernel leaves out what it does not
 * know; superd needs Linux 4.1 for the bytes.
 */
struct net_diag_info {
	uint64_t cookie;
	uint64_t bytes_in;  /* in sequence; the client's end is none */
	uint64_t bytes_out; /* acknowledged */
	uint64_t rtt_us;
	uint64_t retransmits;
	/* How long ago something was sent, or came; acknowledgements do not
	 * count. */
	uint64_t last_data_sent_ms, last_data_recv_ms;
};

/* Which socket: both its ends, and what tells it from later ones. */
struct net_diag_socket {
	struct addr_peer local, peer;
	uint64_t cookie;
};

/* A socket for questions, -1: none.  Returns 0 or -errno. */
int net_diag_open(int *ret_fd);

/*
 * Asks about one socket.  Returns 0; -ENOENT if it is gone, or is no TCP
 * socket; -ESHUTDOWN if this end is over and the client's has not come; other errors if the kernel does not answer, like -EPERM.  [hot]
 */
int net_diag_lookup(int fd, const struct net_diag_socket *socket,
    struct net_diag_info *ret_info);

/*
 * A socket that is told of each TCP socket of this network namespace that
 * ends, whosever it was.  Returns 0 or -errno.
 */
int net_diag_watch(int *ret_fd);

/*
 * One that has ended.  Whether its bytes_in has one for the client's end is
 * not told.  Returns 1; 0 if there is none now; -ENOBUFS if some were lost;
 * other errors for good.  [hot]
 */
int net_diag_next(int fd, struct net_diag_info *ret_info);

/*
 * Where a socket's own end is: getsockname(2), as IPv4 if it is mapped into
 * IPv6.  Returns 0 or -errno.
 */
int net_diag_local(int fd, struct addr_peer *ret_local);

#endif

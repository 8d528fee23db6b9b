/* SPDX-License-Identifier: ISC */
/* accept(2) and what its errors mean. */
#include <sys/socket.h>
#include <errno.h>

#include "net/accept.h"

enum net_accept
net_accept_judge(int error)
{
	switch (error) {
	case EAGAIN:
		return NET_ACCEPT_EMPTY;
	/* The client's end, or its network, failed before we came. */
	case EINTR:
	case ECONNABORTED:
	case EPROTO:
	case ENETDOWN:
	case ENOPROTOOPT:
	case EHOSTDOWN:
	case ENONET:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ETIMEDOUT:
		return NET_ACCEPT_NEXT;
	/* EMFILE, ENFILE, ENOBUFS, ENOMEM, EPERM, and what nobody knows. */
	default:
		return NET_ACCEPT_PAUSE;
	}
}

/* Who is at the other end of a unix socket: unix(7), SO_PEERCRED. */
static void
note_credentials(int fd, struct addr_peer *peer)
{
	struct ucred cred;
	socklen_t length = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &length) < 0)
		return;
	peer->at.local.pid = (uint32_t)cred.pid;
	peer->at.local.uid = cred.uid;
	peer->at.local.gid = cred.gid;
}

uint64_t
net_cookie(int fd)
{
	uint64_t cookie;
	socklen_t length = sizeof(cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length) < 0)
		return 0;
	return cookie;
}

enum net_accept
net_accept(
    int listener, int *ret_fd, struct addr_peer *ret_peer, int *ret_errno)
{
	struct addr from = { .length = sizeof(from.at) };
	int fd;

	fd = accept4(listener, &from.at.any, &from.length, SOCK_CLOEXEC);
	if (fd < 0) {
		*ret_errno = errno;
		return net_accept_judge(errno);
	}
	addr_to_peer(&from, ret_peer);
	if (ret_peer->family == AF_UNIX)
		note_credentials(fd, ret_peer);
	*ret_fd = fd;
	return NET_ACCEPT_OK;
}

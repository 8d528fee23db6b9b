/* SPDX-License-Identifier: ISC */
/* Refusals: with a word, without one, and with a slammed door. */
#include <sys/socket.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "net/refuse.h"

/* So much of what a client has sent is thrown away. */
#define DISCARD_MOST 65536

void
net_refuse(int fd, const char *message)
{
	if (message != NULL) {
		(void)send(
		    fd, message, strlen(message), MSG_DONTWAIT | MSG_NOSIGNAL);
		(void)shutdown(fd, SHUT_WR);
		(void)recv(fd, NULL, DISCARD_MOST, MSG_DONTWAIT | MSG_TRUNC);
	}
	(void)close(fd);
}

void
net_reset(int fd)
{
	struct linger now = { .l_onoff = 1 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	(void)close(fd);
}

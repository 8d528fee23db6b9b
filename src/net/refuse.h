/* SPDX-License-Identifier: ISC */
/* Ending a connection that nobody will serve. */
#ifndef SUPERD_NET_REFUSE_H
#define SUPERD_NET_REFUSE_H

/*
 * Closes fd; the client sees the end, after the message (NULL: none) if the
 * socket takes it at once.  What the client has sent is thrown away unread
 * then, because closing with it in the queue would reset the connection and
 * could take the message back.
 */
void net_refuse(int fd, const char *message);

/* Closes fd so that the client sees a reset (RST): socket(7), SO_LINGER. */
void net_reset(int fd);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * idle_timeout: superd has no descriptor of a connection, so it asks the
 * kernel when data last went over its socket, as rarely as it can.
 */
#ifndef SUPERD_CORE_IDLE_H
#define SUPERD_CORE_IDLE_H

#include <stdbool.h>
#include <stdint.h>

struct core_conn;
struct net_diag_info;
struct net_diag_socket;

struct core_idle {
	int diag;  /* sock_diag(7), opened when it is first needed; -1: none */
	bool told; /* that the kernel does not answer */
	uint64_t turn_ns; /* of the loop, in which ... */
	uint32_t asked;   /* so many sockets were looked up */
};

void idle_init(struct core_idle *idle);
void idle_done(struct core_idle *idle);

/* As net_diag_lookup(), by a socket that is opened when it is first needed. */
int idle_lookup(struct core_idle *idle, const struct net_diag_socket *socket,
    struct net_diag_info *ret_info);

/*
 * Before fd is given away: notes what questions about it will need, if it is
 * a TCP socket, and there will be some.
 */
void idle_note(struct core_conn *c, int fd);

/* When c is to be looked at first, in c->idle_due_ns (0: never). */
void idle_begin(struct core_conn *c);

/*
 * Has nothing come or gone for idle_timeout?  If not, c->idle_due_ns is when
 * that may be so.  Never true if the kernel does not tell.
 */
bool idle_is_over(struct core_conn *c);

#endif

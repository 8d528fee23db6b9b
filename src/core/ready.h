/* SPDX-License-Identifier: ISC */
/*
 * Tells the service manager how superd is: the datagrams of sd_notify(3),
 * sent to the socket that NOTIFY_SOCKET names.  Nothing here ever waits or
 * fails towards the caller; every function accepts NULL.
 */
#ifndef SUPERD_CORE_READY_H
#define SUPERD_CORE_READY_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "loop/loop.h"

#define READY_MESSAGE_SIZE 512

struct core_ready {
	int fd;         /* -1: nobody wants to know */
	struct addr to; /* the manager's socket */
	pid_t started;  /* who the manager thinks that superd is */
	struct loop *loop;
	uint64_t watchdog_ns; /* between two signs of life; 0: none */
	struct loop_timer watchdog, again;
	/* The last message, if the socket had no room for it. */
	char waiting[READY_MESSAGE_SIZE];
	size_t waiting_length;
	const char *fault; /* of the environment, to be told; NULL: none */
	bool told;         /* in the log, that telling does not work */
};

/*
 * Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID and unsets them.  To be
 * called by the process that the manager has started, before it goes to the
 * background.  A value that makes no sense is told by ready_up().
 */
void ready_init(struct core_ready *r);
void ready_done(struct core_ready *r);

/*
 * All sockets listen: at start, and again when a reload is over, however it
 * went.  Signs of life are sent by timers of loop from the first time on.
 */
void ready_up(struct core_ready *r, struct loop *loop, size_t services,
    size_t connections);

/* The configuration is read again; ready_up() ends that. */
void ready_reloading(struct core_ready *r);

/* Nothing is accepted any more. */
void ready_stopping(struct core_ready *r, size_t connections);

/*
 * Puts what ready_init() has read back into the environment, for a program
 * that is executed in this one's place, or out of it again.
 */
void ready_environment(const struct core_ready *r, bool set);

/* A sentence for people who ask the manager; of foreign bytes, the control
 * characters are left out. */
void ready_status(struct core_ready *r, const char *text);

#endif

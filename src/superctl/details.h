/* SPDX-License-Identifier: ISC */
/*
 * What the kernel knows of a connection and superd need not: figures of the
 * handler's process and of the TCP connection.  What cannot be found out is
 * not known, never 0.
 */
#ifndef SUPERD_SUPERCTL_DETAILS_H
#define SUPERD_SUPERCTL_DETAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* One connection: what superd said of it, and what the kernel says. */
struct details {
	uint64_t pid;    /* 0: not known */
	uint64_t cookie; /* of its socket, 0: not TCP */
	uint16_t port;   /* of the peer, 0: not known */
	double age;      /* in seconds; negative: not known */

	bool has_process;
	double cpu; /* seconds, of all its threads */
	uint64_t rss;

	bool has_bytes, has_rtt;
	uint64_t bytes_in, bytes_out;
	double rtt; /* seconds */
	uint32_t retransmits;
};

/*
 * Looks at /proc/PID/stat of each.  A process that began at another time than
 * its connection is another one that has got the pid.
 */
void details_processes(struct details *at, size_t count);

/*
 * Asks sock_diag(7) for all TCP connections and finds each by its cookie.
 * Only this network namespace is seen; no privilege is needed.
 */
void details_sockets(struct details *at, size_t count);

/*
 * What is known as members of a JSON object, each with a comma in front:
 * cpu, rss, bytes_in, bytes_out, rtt, retransmits.
 */
void details_json(const struct details *d, struct text *t);

#endif

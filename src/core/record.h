/* SPDX-License-Identifier: ISC */
/*
 * What is told of a connection when it is over: plain data, so that it can
 * wait for what the kernel still has to say when the connection is gone.
 */
#ifndef SUPERD_CORE_RECORD_H
#define SUPERD_CORE_RECORD_H

#include <sys/resource.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

struct core_conn;
struct core_service;
struct listen_text;

/* What its socket had to say. */
struct record_socket {
	bool known;
	uint64_t bytes_in, bytes_out;
	uint64_t rtt_ns;
	uint64_t retransmits;
};

struct core_record {
	struct core_service *service;
	struct listen_text *listen; /* as the connection's, one user */
	uint64_t connection;
	uint64_t cookie;
	uint64_t start_ns, end_ns;
	uint64_t spawn_ns;
	uint64_t user_ns, system_ns;
	uint64_t max_rss; /* bytes */
	uint64_t refused; /* by the service, since the last record */
	struct addr_peer peer, local; /* local where the socket is asked for */
	struct record_socket socket;
	int pid;
	int code, number; /* as siginfo_t's si_code and si_status */
	bool started;
	bool has_spawn;
	uint8_t end; /* enum core_end */
};

/*
 * c has ended as info and usage tell.  Takes the count of refusals with it.
 * record_done() is due.
 */
void record_fill(struct core_record *r, const struct core_conn *c,
    const siginfo_t *info, const struct rusage *usage);
void record_done(struct core_record *r);

/* The event conn.close, with the fields that log_fields has chosen.  [hot] */
void record_say(const struct core_record *r);

#endif

/* SPDX-License-Identifier: ISC */
/* One caller of the control socket: bytes in, bytes out, one job at a time. */
#ifndef SUPERD_CTL_CALLER_H
#define SUPERD_CTL_CALLER_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/job.h"
#include "loop/loop.h"

struct core;
struct ctl_server;

/* An answer goes out in pieces of up to this. */
#define CTL_OUT_SIZE 65536

struct ctl_caller {
	struct loop_watch watch;
	struct ctl_server *server; /* for who set watch.ready */
	struct ctl_job job;
	uint64_t active_ns; /* when something last went in or out */
	char in[CTL_REQUEST_SIZE];
	size_t in_length;
	bool in_ended; /* no more requests will come */
	bool closing;  /* nor answers, but for what is in out */
	bool waiting;  /* its job has nothing to say at present */
	size_t out_start;
	struct text out; /* its buffer lies behind this struct */
};

/*
 * Of an accepted, non-blocking fd, which it owns on success.  NULL: no
 * memory.
 */
struct ctl_caller *caller_new(
    struct core *core, int fd, uid_t uid, enum ctl_role role);

/* Closes it. */
void caller_free(struct ctl_caller *c, struct loop *loop);

/*
 * Reads, goes on with what it asked, and writes: a bounded piece of each.
 * False when it has gone, or is through: free it.
 */
bool caller_serve(struct ctl_caller *c, struct loop *loop);

/* Does it do nothing but take a place? */
bool caller_is_idle(const struct ctl_caller *c);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Who asks by the control socket: callers are heard, known by the kernel's
 * word (SO_PEERCRED, unix(7)), and answered as fast as they read.  They are
 * bounded in number and memory, nothing they do makes superd wait, and one
 * that does nothing gives way to the next.
 */
#ifndef SUPERD_CTL_SERVER_H
#define SUPERD_CTL_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/job.h"
#include "loop/loop.h"

struct core;
struct ctl_caller;

#define CTL_CALLERS 64

struct ctl_server {
	struct core *core;
	struct ctl_caller *callers[CTL_CALLERS];
	size_t count;
	struct loop_timer tick;
	uint64_t worked_ns; /* the turn of the last piece of work */
};

/* Hears callers from now on, as long as core has a control socket. */
void ctl_start(struct ctl_server *server, struct core *core);

/* Lets all callers go.  Before core_done(). */
void ctl_stop(struct ctl_server *server);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Who asks by the control socket: callers are heard, known by the kernel's
 * word (SO_PEERCRED, unix(7)), and answered as fast as they read.  They are
 * bounded in number and memory, nothing they do makes superd wait, and one
 * that does nothing gives way to the next.
 */
#ifndef SUPERD_CTL_SERVER_H
#define SUPERD_CTL_SERVER_H

#include <sys/types.h>
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
};

/* Hears callers from now on, as long as core has a control socket. */
void ctl_start(struct ctl_server *server, struct core *core);

/* Lets all callers go.  Before core_done(). */
void ctl_stop(struct ctl_server *server);

/* What a process with these ids may do; groups are all that it is in. */
struct ctl_ids {
	uid_t uid;
	const gid_t *groups;
	size_t count;
};
enum ctl_role ctl_role_of(const struct core *core, const struct ctl_ids *ids);

#endif

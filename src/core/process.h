/* SPDX-License-Identifier: ISC */
/* What superd makes of the process that it was started in. */
#ifndef SUPERD_CORE_PROCESS_H
#define SUPERD_CORE_PROCESS_H

#include "base/err.h"
#include "spawn/plan.h"

struct conf;

/*
 * Makes the process a clean place to serve from: descriptors 0 to 2 open,
 * the others close-on-exec; signals blocked and at their defaults; umask 022,
 * directory /; no capabilities and no keys for handlers to inherit, no dump
 * of root's memory; RLIMIT_NOFILE raised to its hard limit.  What else
 * handlers must not inherit, and what they may become with conf, is told in
 * *ret_host.  Returns 0 or -errno.
 */
int process_take(
    const struct conf *conf, struct spawn_host *ret_host, struct err *e);

#endif

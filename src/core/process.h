/* SPDX-License-Identifier: ISC */
/* What superd makes of the process that it was started in. */
#ifndef SUPERD_CORE_PROCESS_H
#define SUPERD_CORE_PROCESS_H

#include "base/err.h"
#include "spawn/plan.h"

struct conf;

/*
 * Raises RLIMIT_NOFILE to its hard limit, because many listeners need many
 * descriptors, and notes in host what handlers get back.  To be called before
 * any file is opened: those that were passed may be more than the soft limit.
 */
void process_raise_files(struct spawn_host *host);

/*
 * Makes the process a clean place to serve from: descriptors 0 to 2 open,
 * the others close-on-exec; signals blocked and at their defaults; umask 022,
 * directory /; no capabilities and no keys for handlers to inherit, no dump
 * of root's memory.  What else handlers must not inherit, and what they may
 * become with conf, is told in *host, beside what process_raise_files() wrote.
 * Returns 0 or -errno.
 */
int process_take(
    const struct conf *conf, struct spawn_host *host, struct err *e);

#endif

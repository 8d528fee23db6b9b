/* SPDX-License-Identifier: ISC */
/*
 * A new configuration for a running superd, as a transaction: either all of
 * it is in force, or nothing has changed and the log says why.
 */
#ifndef SUPERD_CORE_RELOAD_H
#define SUPERD_CORE_RELOAD_H

#include <stddef.h>

#include "conf/conf.h"

struct core;

/* How it came out. */
struct core_reload {
	struct conf_report report; /* for conf_report_free() */
	const char *refused;       /* why; NULL: the new one is in force */
	size_t services, opened, kept, retired;
};

/*
 * Reads the configuration again and goes on with it, if it can.  The log is
 * told all, and so is the caller.  [blocks]
 */
void reload(struct core *core, struct core_reload *ret_result);

/* For callers who leave it at what is told in the log. */
void reload_and_forget(struct core *core);

#endif

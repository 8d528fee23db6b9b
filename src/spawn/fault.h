/* SPDX-License-Identifier: ISC */
/* What a child tells of the time before its handler ran. */
#ifndef SUPERD_SPAWN_FAULT_H
#define SUPERD_SPAWN_FAULT_H

#include <stdint.h>

#include "base/text.h"

struct spawn_plan;

/* In the order in which a child takes them. */
enum spawn_step {
	SPAWN_STEP_NONE,
	SPAWN_STEP_CLONE, /* the parent's: no child came to be */
	SPAWN_STEP_TABLE,
	SPAWN_STEP_GROUP,
	SPAWN_STEP_STANDARD,
	SPAWN_STEP_STDERR,
	SPAWN_STEP_CLOSE,
	SPAWN_STEP_LIMITS,
	SPAWN_STEP_OOM,
	SPAWN_STEP_NICE,
	SPAWN_STEP_CHROOT,
	SPAWN_STEP_IDS,
	SPAWN_STEP_DIRECTORY,
	SPAWN_STEP_UMASK,
	SPAWN_STEP_ENVIRONMENT,
	SPAWN_STEP_SIGNALS,
	SPAWN_STEP_EXEC,
	SPAWN_STEP_LATE, /* the parent's: it hung, and was killed */
	SPAWN_STEPS,
};

/*
 * Written by the child, in memory that its connection's slot owns, and read
 * by superd when the child has ended.
 */
struct spawn_fault {
	int32_t step;         /* enum spawn_step, NONE: it was exec'ed */
	int32_t error;        /* errno */
	int32_t stderr_error; /* its stderr went to /dev/null for this */
	uint64_t exec_ns; /* when it came to its exec, 0: not yet; monotonic */
};

/* "clone", "exec" ...: a word for the log and for metrics.  [pure] */
const char *spawn_step_name(int step);

/* The sentence: "cannot execute '/x/y': no such file or directory". */
void spawn_fault_format(const struct spawn_fault *fault,
    const struct spawn_plan *plan, struct text *t);

#endif

/* SPDX-License-Identifier: ISC */
/* Words for the steps of a child; the child itself knows none. */
#include <errno.h>
#include <string.h>

#include "spawn/fault.h"
#include "spawn/plan.h"

struct words {
	const char *name;
	const char *sentence;
};

static const struct words words[SPAWN_STEPS] = {
	[SPAWN_STEP_NONE] = { "none", "nothing failed" },
	[SPAWN_STEP_CLONE] = { "clone", "cannot make a process" },
	[SPAWN_STEP_TABLE] = { "table",
	    "cannot copy the table of descriptors" },
	[SPAWN_STEP_GROUP] = { "group", "cannot lead a process group" },
	[SPAWN_STEP_STANDARD] = { "stdio",
	    "cannot make the connection stdin and stdout" },
	[SPAWN_STEP_STDERR] = { "stderr", "cannot set stderr" },
	[SPAWN_STEP_CLOSE] = { "close", "cannot close descriptors" },
	[SPAWN_STEP_LIMITS] = { "limits", "cannot set the limits (limit_*)" },
	[SPAWN_STEP_OOM] = { "oom", "cannot reset oom_score_adj" },
	[SPAWN_STEP_NICE] = { "nice", "cannot set nice" },
	[SPAWN_STEP_CHROOT] = { "chroot", "cannot change the root" },
	[SPAWN_STEP_IDS] = { "ids", "cannot become the user and groups" },
	[SPAWN_STEP_DIRECTORY] = { "directory", "cannot enter the directory" },
	[SPAWN_STEP_UMASK] = { "umask", "cannot set the umask" },
	[SPAWN_STEP_ENVIRONMENT] = { "environment",
	    "cannot build the environment" },
	[SPAWN_STEP_SIGNALS] = { "signals", "cannot unblock signals" },
	[SPAWN_STEP_EXEC] = { "exec", "cannot execute" },
	[SPAWN_STEP_LATE] = { "late", "was not executed in time, and killed," },
};

const char *
spawn_step_name(int step)
{
	if (step < 0 || step >= SPAWN_STEPS)
		return "unknown";
	return words[step].name;
}

/* The value of the configuration that the step is about, NULL for none. */
static const char *
subject(int step, const struct spawn_plan *plan)
{
	switch (step) {
	case SPAWN_STEP_EXEC:
		return plan->file;
	case SPAWN_STEP_CHROOT:
		return plan->chroot;
	case SPAWN_STEP_DIRECTORY:
		return plan->directory;
	default:
		return NULL;
	}
}

void
spawn_fault_format(const struct spawn_fault *fault,
    const struct spawn_plan *plan, struct text *t)
{
	int step = fault->step < 0 || fault->step >= SPAWN_STEPS
	    ? SPAWN_STEP_NONE
	    : fault->step;
	const char *about = subject(step, plan);

	text_string(t, words[step].sentence);
	if (about != NULL)
		text_printf(t, " '%s'", about);
	text_printf(t, ": %s", strerror(fault->error));
	if (step == SPAWN_STEP_EXEC && fault->error == ENOENT)
		text_string(t, " (the file, or the interpreter that it names)");
	if (step == SPAWN_STEP_EXEC && fault->error == ENOEXEC)
		text_string(t,
		    " (a script needs a first line such as "
		    "#!/bin/sh)");
}

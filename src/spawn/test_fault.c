/* SPDX-License-Identifier: ISC */
/* Words for what went wrong in a child. */
#include <errno.h>

#include "spawn/fault.h"
#include "spawn/plan.h"
#include "tap.h"

static const struct spawn_plan plan = {
	.file = "/x/handler", .directory = "/x/dir", .chroot = "/x/jail"
};

static const char *
words_of(int step, int error)
{
	static char buffer[512];
	struct spawn_fault f = { .step = step, .error = error };
	struct text t;

	text_init(&t, buffer, sizeof(buffer));
	spawn_fault_format(&f, &plan, &t);
	return buffer;
}

static void
test_words(void)
{
	is_str(words_of(SPAWN_STEP_EXEC, EACCES),
	    "cannot execute '/x/handler': Permission denied",
	    "exec names the file");
	is_str(words_of(SPAWN_STEP_EXEC, ENOENT),
	    "cannot execute '/x/handler': No such file or directory (the "
	    "file, or the interpreter that it names)",
	    "what is missing may be the interpreter");
	is_str(words_of(SPAWN_STEP_EXEC, ENOEXEC),
	    "cannot execute '/x/handler': Exec format error (a script needs "
	    "a first line such as #!/bin/sh)",
	    "a script without a first line gets advice");
	is_str(words_of(SPAWN_STEP_CHROOT, ENOENT),
	    "cannot change the root '/x/jail': No such file or directory",
	    "chroot names its directory");
	is_str(words_of(SPAWN_STEP_DIRECTORY, ENOTDIR),
	    "cannot enter the directory '/x/dir': Not a directory",
	    "so does directory");
	is_str(words_of(SPAWN_STEP_IDS, EPERM),
	    "cannot become the user and groups: Operation not permitted",
	    "ids need no name");
	is_str(words_of(SPAWN_STEP_CLONE, EAGAIN),
	    "cannot make a process: Resource temporarily unavailable",
	    "nor does clone");
}

static void
test_all_steps(void)
{
	unsigned int missing = 0, twice = 0;

	for (int step = 0; step < SPAWN_STEPS; step++) {
		const char *name = spawn_step_name(step);

		missing += name == NULL || name[0] == '\0' ||
		    strlen(words_of(step, EIO)) < 10;
		for (int other = 0; other < step; other++)
			twice += strcmp(spawn_step_name(other), name) == 0;
	}
	is_int(missing, 0, "every step has a name and words");
	is_int(twice, 0, "and no two have the same");
	is_str(spawn_step_name(SPAWN_STEPS), "unknown", "one step too many");
	is_str(spawn_step_name(-1), "unknown", "one too few");
	ok(strlen(words_of(1000, EIO)) > 0, "even a wild step has words");
}

int
main(void)
{
	test_words();
	test_all_steps();
	return done_testing();
}

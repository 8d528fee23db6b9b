/* SPDX-License-Identifier: ISC */

/*
 * The floor under a handler that is linked with a libc: machines for which
 * tiny-bare.c has no entry point, and builds that need libc's start and end
 * for themselves (sanitizers, coverage).
 */

#include "tiny.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

int
main(int argc, char **argv, char **envp)
{
	tiny_exit(tiny_main(argc, argv, envp));
}

_Noreturn void
tiny_exit(int code)
{
	exit(code);
}

void
tiny_ignore_sigpipe(void)
{
	signal(SIGPIPE, SIG_IGN);
}

int64_t
tiny_now(void)
{
	return time(NULL);
}

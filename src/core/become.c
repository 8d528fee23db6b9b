/* SPDX-License-Identifier: ISC */
/*
 * The execve of an upgrade: what has to outlive it does, and if it fails all
 * is as before.
 */
#include <sys/resource.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "core/become.h"
#include "core/capset.h"
#include "core/core.h"
#include "core/load.h"
#include "core/state.h"

/* All descriptors that the state names outlive an exec, or do not. */
static void
keep_descriptors(const struct state *state, bool keep)
{
	int flags = keep ? 0 : FD_CLOEXEC;

	(void)fcntl(state->daemon.stderr_lock_fd, F_SETFD, flags);
	(void)fcntl(state->daemon.pidfile_fd, F_SETFD, flags);
	(void)fcntl(state->daemon.control_fd, F_SETFD, flags);
	for (size_t i = 0; i < state->service_count; i++)
		(void)fcntl(state->services[i].stderr_fd, F_SETFD, flags);
	for (size_t i = 0; i < state->listener_count; i++)
		(void)fcntl(state->listeners[i].fd, F_SETFD, flags);
	for (size_t i = 0; i < state->held_count; i++)
		(void)fcntl(state->held[i].fd, F_SETFD, flags);
}

/* superd's arguments, with one more in front. */
static char **
make_argv(const struct core *core, const char *option, char *fd_text)
{
	char **old = core->source->argv, **argv;
	size_t count = 0;

	while (old[count] != NULL)
		count++;
	argv = calloc(count + 3, sizeof(*argv));
	if (argv == NULL)
		return NULL;
	argv[0] = old[0];
	argv[1] = (char *)(uintptr_t)option;
	argv[2] = fd_text;
	memcpy(&argv[3], &old[1], (count - 1) * sizeof(*argv));
	return argv;
}

/* As superd was started: handlers get the limit of then. */
static void
set_nofile(const struct core *core, bool as_started)
{
	struct rlimit limit = { core->host.nofile_soft,
		core->host.nofile_hard };

	if (!core->host.nofile_raised)
		return;
	if (!as_started)
		limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* An execve of root's gives root all that it can have, anyway. */
static int
outlive_exec(bool outlive)
{
	return geteuid() == 0 ? 0 : capset_outlive_exec(outlive);
}

int
become(const struct core *core, const struct state *state, int state_fd,
    const char *option)
{
	char fd_text[12];
	auto_free char **argv = make_argv(core, option, fd_text);
	int error;

	if (argv == NULL || core->source->program == NULL)
		return argv == NULL ? -ENOMEM : -ENOENT;
	(void)snprintf(fd_text, sizeof(fd_text), "%d", state_fd);
	keep_descriptors(state, true);
	(void)fcntl(state_fd, F_SETFD, 0);
	if (core->source->directory != NULL)
		(void)!chdir(core->source->directory);
	set_nofile(core, true);
	error = outlive_exec(true);
	if (error == 0) {
		(void)execv(core->source->program, argv);
		error = -errno;
	}
	(void)outlive_exec(false);
	set_nofile(core, false);
	(void)!chdir("/");
	keep_descriptors(state, false);
	return error;
}

/* SPDX-License-Identifier: ISC */
/*
 * The child of a bare loop: stdin and stdout, what else is asked for, and
 * execve.  It may run in the memory of a parent that goes on, so it makes
 * system calls by their numbers and writes nothing but its stack.
 */
#include <sys/socket.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "bench/limit.h"
#include "compat/raw-syscall.h"
#include "compat/syscall-numbers.h"

static const struct {
	const char *name;
	unsigned step;
} steps[] = {
	{ "session", LIMIT_SESSION },
	{ "stderr", LIMIT_STDERR },
	{ "label", LIMIT_LABEL },
	{ "close", LIMIT_CLOSE },
	{ "mask", LIMIT_MASK },
	{ "all", ~0U },
};

unsigned
limit_step_find(const char *name)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (strcmp(steps[i].name, name) == 0)
			return steps[i].step;
	}
	return 0;
}

/* A datagram socket as stderr; with a name of its own, made of its slot. */
static void
connect_stderr(const struct limit_slot *slot)
{
	const struct limit_child *child = slot->child;
	long fd =
	    raw_syscall3(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un me;
	long pid;

	if ((child->steps & LIMIT_LABEL) != 0) {
		me.sun_family = AF_UNIX;
		me.sun_path[0] = '\0';
		pid = raw_syscall0(SYS_getpid);
		for (int i = 1; i <= 16; i++, pid >>= 4)
			me.sun_path[i] = (char)('a' + (pid & 15));
		(void)raw_syscall3(SYS_bind, fd, RAW_PTR(&me),
		    (long)offsetof(struct sockaddr_un, sun_path) + 17);
	}
	(void)raw_syscall3(SYS_connect, fd, RAW_PTR(&child->stderr_at),
	    (long)child->stderr_length);
	(void)raw_syscall3(SYS_dup3, fd, 2, 0);
}

int
limit_child_run(void *argument)
{
	static const uint64_t none[2];
	const struct limit_slot *slot = argument;
	const struct limit_child *child = slot->child;

	if ((child->steps & LIMIT_SESSION) != 0)
		(void)raw_syscall0(SYS_setsid);
	(void)raw_syscall3(SYS_dup3, slot->fd, 0, 0);
	(void)raw_syscall3(SYS_dup3, slot->fd, 1, 0);
	if ((child->steps & (LIMIT_STDERR | LIMIT_LABEL)) != 0)
		connect_stderr(slot);
	if ((child->steps & LIMIT_CLOSE) != 0)
		(void)raw_syscall3(COMPAT_SYS_CLOSE_RANGE, 3, ~0U, 0);
	if ((child->steps & LIMIT_MASK) != 0)
		(void)raw_syscall4(SYS_rt_sigprocmask, SIG_SETMASK,
		    RAW_PTR(none), 0, _NSIG / 8);
	(void)raw_syscall3(SYS_execve, RAW_PTR(child->file),
	    RAW_PTR(child->argv), RAW_PTR(child->envp));
	(void)raw_syscall1(SYS_exit_group, 127);
	return 127;
}

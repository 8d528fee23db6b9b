/* SPDX-License-Identifier: ISC */
/* The ways to make a process: copied, or in our memory until its execve. */
#include <sys/mman.h>
#include <sys/syscall.h>
#include <linux/futex.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include "bench/limit.h"
#include "compat/raw-clone.h"

#define STACKS     64 /* as superd */
#define STACK_SIZE ((size_t)16 * 1024)

static char *stacks;
static unsigned next_stack;

int
limit_stacks_new(void)
{
	stacks = mmap(NULL, STACKS * STACK_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	return stacks == MAP_FAILED ? -errno : 0;
}

/* A free one; waits for it when all are in use, oldest first. */
static struct limit_slot *
take_slot(const struct limit_child *child, int fd)
{
	char *top = stacks + (next_stack++ % STACKS + 1) * STACK_SIZE;
	struct limit_slot *slot = (struct limit_slot *)(void *)(top - 64);

	while (__atomic_load_n(&slot->running, __ATOMIC_ACQUIRE) != 0)
		(void)syscall(
		    SYS_futex, &slot->running, FUTEX_WAIT, 1, NULL, NULL, 0);
	slot->child = child;
	slot->fd = fd;
	return slot;
}

static int
start_in_our_memory(const struct limit_child *child, int fd, int more_flags)
{
	struct limit_slot *slot = take_slot(child, fd);
	long pid;

	slot->running = 1;
	pid = compat_raw_clone((unsigned long)(CLONE_VM | CLONE_CHILD_CLEARTID |
				   more_flags | SIGCHLD),
	    slot, &slot->running, limit_child_run, slot);
	if (pid < 0)
		slot->running = 0;
	return (int)pid;
}

int
limit_start_vfork(const struct limit_child *child, int fd)
{
	return start_in_our_memory(child, fd, CLONE_VFORK);
}

int
limit_start_clone(const struct limit_child *child, int fd)
{
	return start_in_our_memory(child, fd, 0);
}

int
limit_start_fork(const struct limit_child *child, int fd)
{
	struct limit_slot slot = { .child = child, .fd = fd };
	pid_t pid = fork();

	if (pid == 0)
		_exit(limit_child_run(&slot));
	return pid < 0 ? -errno : pid;
}

int
limit_start_posix_spawn(const struct limit_child *child, int fd)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int error;

	error = posix_spawn_file_actions_init(&actions);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(&actions, fd, 0);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(&actions, fd, 1);
	if (error == 0)
		error = posix_spawn(&pid, child->file, &actions, NULL,
		    child->argv, child->envp);
	(void)posix_spawn_file_actions_destroy(&actions);
	return error != 0 ? -error : pid;
}

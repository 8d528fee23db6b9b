/* SPDX-License-Identifier: ISC */
/* The parts of the bare loops: what a child does, starting it, reaping it. */
#ifndef SUPERD_TESTS_BENCH_LIMIT_H
#define SUPERD_TESTS_BENCH_LIMIT_H

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <stdbool.h>
#include <stdint.h>

/* limit_child.c: what a child does between clone and execve besides its
 * stdin and stdout. */
enum limit_step {
	LIMIT_SESSION = 1,
	LIMIT_STDERR = 2,
	LIMIT_LABEL = 4,
	LIMIT_CLOSE = 8,
	LIMIT_MASK = 16,
};

struct limit_child {
	const char *file;
	char *const *argv;
	char *const *envp;
	unsigned steps;
	struct sockaddr_un stderr_at;
	socklen_t stderr_length;
};

/* One on its way to execve; it lies above its stack. */
struct limit_slot {
	const struct limit_child *child;
	uint32_t running; /* cleared by the kernel */
	int fd;
};

/* The step of that name, or 0. */
unsigned limit_step_find(const char *name);

/* Runs a slot; ends in execve or exit.  System calls only. */
int limit_child_run(void *slot);

/* limit_start.c: a process for a connection.  Each returns a pid or -errno. */
typedef int limit_start(const struct limit_child *child, int fd);

limit_start limit_start_fork;
limit_start limit_start_posix_spawn;
limit_start limit_start_vfork;
limit_start limit_start_clone;

/* The stacks of those that share our memory. */
int limit_stacks_new(void);

/* limit_reap.c: children by pid, so that each status is taken and none is
 * looked for among all. */
struct limit_reaper {
	int *pids;  /* those alive, dense */
	int *place; /* by pid: where in pids, plus 1 */
	int count, pid_max;
	uint64_t next_sweep_ns;
	long reaped;
};

int limit_reaper_init(struct limit_reaper *r);

void limit_reaper_add(struct limit_reaper *r, int pid);

/* The one that a signal named. */
void limit_reap_named(struct limit_reaper *r, int pid);

/* Whoever has ended, by waitpid(-1), which walks them all. */
void limit_reap_any(struct limit_reaper *r);

/* Those whose signal was merged with another's; at most 5 % of the time. */
void limit_reap_sweep(struct limit_reaper *r);

#endif

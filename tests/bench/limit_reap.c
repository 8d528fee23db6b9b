/* SPDX-License-Identifier: ISC */
/* Every status is taken: of the one that is named, or of whoever has ended. */
#include <sys/wait.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/limit.h"

#define NS_PER_S    1000000000ULL
#define SWEEP_SHARE 20
#define SWEEP_PAUSE 10000000ULL

static uint64_t
clock_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

int
limit_reaper_init(struct limit_reaper *r)
{
	FILE *file = fopen("/proc/sys/kernel/pid_max", "re");
	int pid_max;

	if (file == NULL)
		return -errno;
	if (fscanf(file, "%d", &pid_max) != 1)
		pid_max = 1 << 22;
	(void)fclose(file);
	*r = (struct limit_reaper) { .pid_max = pid_max };
	r->pids = calloc((size_t)pid_max + 1, sizeof(*r->pids));
	r->place = calloc((size_t)pid_max + 1, sizeof(*r->place));
	return r->pids == NULL || r->place == NULL ? -ENOMEM : 0;
}

void
limit_reaper_add(struct limit_reaper *r, int pid)
{
	r->pids[r->count++] = pid;
	r->place[pid] = r->count;
}

static void
forget(struct limit_reaper *r, int pid)
{
	int at = r->place[pid] - 1, last;

	r->reaped++;
	if (at < 0)
		return;
	last = r->pids[--r->count];
	r->pids[at] = last;
	r->place[last] = at + 1;
	r->place[pid] = 0;
}

void
limit_reap_named(struct limit_reaper *r, int pid)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG) == 0 &&
	    info.si_pid == pid)
		forget(r, pid);
}

void
limit_reap_any(struct limit_reaper *r)
{
	int pid, status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		forget(r, pid);
}

void
limit_reap_sweep(struct limit_reaper *r)
{
	uint64_t began = clock_ns(), pause;

	if (began < r->next_sweep_ns)
		return;
	/* From the end: the last one takes the place of one that goes. */
	for (int i = r->count; i-- > 0;)
		limit_reap_named(r, r->pids[i]);
	pause = (clock_ns() - began) * SWEEP_SHARE;
	r->next_sweep_ns = began + (pause > SWEEP_PAUSE ? pause : SWEEP_PAUSE);
}

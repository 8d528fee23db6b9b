/* SPDX-License-Identifier: ISC */
/*
 * What a process uses, as proc(5) tells it.  stat has its time in ticks, which
 * are sums of exact run time, rounded down; schedstat, where there is one, has
 * that sum in nanoseconds, for a supervisor of one thread.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/load.h"

static FILE *
open_file(pid_t pid, const char *format)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, format);
	return fopen(path, "re");
}

/* All of its own time, to the nanosecond if that is told. */
static long long
exact_us(pid_t pid, long long rounded_us)
{
	FILE *file = open_file(pid, "schedstat");
	long long ns;

	if (file == NULL)
		return rounded_us;
	if (fscanf(file, "%lld", &ns) == 1 && ns / 1000 > rounded_us)
		rounded_us = ns / 1000;
	(void)fclose(file);
	return rounded_us;
}

int
load_usage_read(pid_t pid, struct load_usage *usage)
{
	FILE *file = open_file(pid, "stat");
	long long ticks[4], us = 1000000 / sysconf(_SC_CLK_TCK);
	char line[1024];
	const char *rest = NULL;

	if (file == NULL)
		return -errno;
	/* The name, in brackets, may hold anything. */
	if (fgets(line, sizeof(line), file) != NULL)
		rest = strrchr(line, ')');
	(void)fclose(file);
	if (rest == NULL ||
	    sscanf(rest,
		") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
		"%lld %lld %lld %lld",
		&ticks[0], &ticks[1], &ticks[2], &ticks[3]) != 4)
		return -EINVAL;
	*usage = (struct load_usage) { .user_us = ticks[0] * us,
		.system_us = ticks[1] * us,
		.ended_us = (ticks[2] + ticks[3]) * us };
	usage->own_us = exact_us(pid, usage->user_us + usage->system_us);
	return 0;
}

/* Calls visit for each child of the one thread that a supervisor has; returns
 * how many there are. */
static long
each_child(
    pid_t pid, void (*visit)(pid_t, struct load_memory *), void *argument)
{
	char name[48];
	long count = 0;
	FILE *file;
	int child;

	(void)snprintf(name, sizeof(name), "task/%d/children", (int)pid);
	file = open_file(pid, name);
	if (file == NULL)
		return 0;
	while (fscanf(file, "%d", &child) == 1) {
		if (visit != NULL)
			visit(child, argument);
		count++;
	}
	(void)fclose(file);
	return count;
}

void
load_children_wait(pid_t pid)
{
	const struct timespec pause = { .tv_nsec = 5000000 };

	for (int i = 0; i < 200 && each_child(pid, NULL, NULL) > 0; i++)
		(void)nanosleep(&pause, NULL);
}

int
load_memory_read(pid_t pid, struct load_memory *memory)
{
	FILE *file = open_file(pid, "smaps_rollup");
	long rss = -1, pss = -1, value;
	char line[256];

	if (file == NULL)
		return -errno;
	while (fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "Rss: %ld", &value) == 1)
			rss = value;
		else if (sscanf(line, "Pss: %ld", &value) == 1)
			pss = value;
	}
	(void)fclose(file);
	if (rss < 0 || pss < 0)
		return -ESRCH;
	memory->count++;
	memory->rss_kb += rss;
	memory->pss_kb += pss;
	return 0;
}

static void
add_memory(pid_t pid, struct load_memory *memory)
{
	(void)load_memory_read(pid, memory);
}

int
load_memory_children(pid_t pid, struct load_memory *memory)
{
	long count = each_child(pid, add_memory, memory);

	return memory->count == count ? 0 : -ESRCH;
}

void
load_put_usage(struct load_report *report, const struct load_usage *before,
    const struct load_usage *after, long long count)
{
	double each = count > 0 ? (double)count : 1;
	double user = (double)(after->user_us - before->user_us);
	double system = (double)(after->system_us - before->system_us);
	double own = (double)(after->own_us - before->own_us);
	double ended = (double)(after->ended_us - before->ended_us);

	load_put_real(report, "cpu_user_us", user / each);
	load_put_real(report, "cpu_system_us", system / each);
	load_put_real(report, "cpu_us", own / each);
	load_put_real(report, "cpu_all_us", (own + ended) / each);
}

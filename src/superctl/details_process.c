/* SPDX-License-Identifier: ISC */
/* The processor time and the memory of a handler, out of /proc. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "superctl/details.h"

/*
 * A handler begins when its connection does: a clock tick and a rounding
 * before, and behind it whatever a clone waited for.
 */
#define EARLY_S 1.0
#define LATE_S  10.0

/* The fields of proc(5), "stat", that are used; counted behind the name. */
enum {
	UTIME = 11,
	STIME = 12,
	START = 19,
	RSS = 21
};

struct clocks {
	double ticks; /* of a second */
	double page;
	double boot;      /* now, since the machine began */
	double suspended; /* of it: ages do not count this */
};

static double
clock_s(clockid_t clock)
{
	struct timespec t = { 0 };

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
is_its_handler(const struct details *d, const struct clocks *c, double start)
{
	double began = c->boot - d->age;

	return d->age < 0 ||
	    (start >= began - c->suspended - EARLY_S &&
		start <= began + LATE_S);
}

/* The name of a program may hold anything, also ") ": the last one counts. */
static void
take_stat(struct details *d, const struct clocks *c, char *stat)
{
	unsigned long long value, used = 0, start = 0, pages = 0;
	char *at = strrchr(stat, ')'), *rest = NULL;
	int field = 0;

	if (at == NULL)
		return;
	for (at = strtok_r(at + 1, " ", &rest); at != NULL;
	     at = strtok_r(NULL, " ", &rest), field++) {
		value = field == 0 ? 0 : strtoull(at, NULL, 10);
		if (field == UTIME || field == STIME)
			used += value;
		else if (field == START)
			start = value;
		else if (field == RSS)
			pages = value;
	}
	if (field <= RSS || !is_its_handler(d, c, (double)start / c->ticks))
		return;
	d->has_process = true;
	d->cpu = (double)used / c->ticks;
	d->rss = (uint64_t)((double)pages * c->page);
}

static void
look(struct details *d, const struct clocks *c, int proc)
{
	char name[40], stat[1024];
	ssize_t n;

	(void)snprintf(
	    name, sizeof(name), "%llu/stat", (unsigned long long)d->pid);
	auto_fd fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, stat, sizeof(stat) - 1);
	if (n <= 0)
		return;
	stat[n] = '\0';
	take_stat(d, c, stat);
}

void
details_processes(struct details *at, size_t count)
{
	struct clocks c = {
		.ticks = (double)sysconf(_SC_CLK_TCK),
		.page = (double)sysconf(_SC_PAGESIZE),
		.boot = clock_s(CLOCK_BOOTTIME),
	};
	auto_fd proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	c.suspended = c.boot - clock_s(CLOCK_MONOTONIC);
	if (proc < 0 || c.ticks <= 0)
		return;
	for (size_t i = 0; i < count; i++) {
		if (at[i].pid != 0)
			look(&at[i], &c, proc);
	}
}

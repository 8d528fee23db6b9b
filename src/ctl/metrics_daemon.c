/* SPDX-License-Identifier: ISC */
/* superd's own metrics, and those that every process should have. */
#include <sys/resource.h>
#include <sys/stat.h>
#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "base/num.h"
#include "core/core.h"
#include "core/generation.h"
#include "ctl/job.h"
#include "ctl/metrics.h"
#include "log/log.h"

static void
put(struct text *out, const char *name, const char *type, const char *help,
    uint64_t value)
{
	metrics_head(out, name, type, help);
	text_string(out, name);
	text_char(out, ' ');
	text_unsigned(out, value);
	text_char(out, '\n');
}

static void
put_seconds(struct text *out, const char *name, const char *type,
    const char *help, uint64_t ns)
{
	metrics_head(out, name, type, help);
	text_string(out, name);
	text_char(out, ' ');
	text_unsigned(out, ns / NUM_NS_PER_S);
	text_char(out, '.');
	text_padded(out, ns % NUM_NS_PER_S / 1000, 6);
	text_char(out, '\n');
}

static void
put_build(struct text *out)
{
	metrics_head(
	    out, "superd_build_info", "gauge", "1, and which superd this is.");
	text_string(
	    out, "superd_build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
}

static uint64_t
time_ns(const struct timeval *t)
{
	return (uint64_t)t->tv_sec * NUM_NS_PER_S + (uint64_t)t->tv_usec * 1000;
}

static void
put_usage(struct text *out)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) == 0)
		put_seconds(out, "process_cpu_seconds_total", "counter",
		    "Processor time that superd has used itself.",
		    time_ns(&usage.ru_utime) + time_ns(&usage.ru_stime));
}

/* The second number of /proc/self/statm: proc(5). */
static void
put_memory(struct text *out)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages;

	if (file == NULL)
		return;
	if (fscanf(file, "%*u %lu", &pages) == 1)
		put(out, "process_resident_memory_bytes", "gauge",
		    "Memory of superd itself.",
		    (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE));
	(void)fclose(file);
}

/* How many descriptors are open; since Linux 6.2 stat(2) tells. */
static uint64_t
count_files(void)
{
	struct stat st;
	uint64_t count = 0;
	DIR *dir;

	if (stat("/proc/self/fd", &st) == 0 && st.st_size > 0)
		return (uint64_t)st.st_size;
	dir = opendir("/proc/self/fd");
	if (dir == NULL)
		return 0;
	while (readdir(dir) != NULL)
		count++;
	(void)closedir(dir);
	/* Not ".", "..", and that of the directory. */
	return count > 3 ? count - 3 : 0;
}

static void
put_files(struct text *out)
{
	uint64_t count = count_files();
	struct rlimit limit;

	if (count > 0)
		put(out, "process_open_fds", "gauge",
		    "Descriptors that superd has open.", count);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		put(out, "process_max_fds", "gauge",
		    "Descriptors that superd may have open.", limit.rlim_cur);
}

static void
put_process(const struct core *core, struct text *out)
{
	put_usage(out);
	put_memory(out);
	put_files(out);
	put_seconds(out, "process_start_time_seconds", "gauge",
	    "When superd was first started, in seconds since 1970.",
	    (uint64_t)ctl_wall_ns(core->start_ns));
}

void
metrics_daemon(const struct core *core, struct text *out)
{
	put_build(out);
	put(out, "superd_services", "gauge", "Services that are there.",
	    core->service_count);
	put(out, "superd_connections_live", "gauge",
	    "Connections of all services that are open.", core->conns.live);
	put(out, "superd_connections_max", "gauge",
	    "Connections of all services that may be open at once.",
	    core->conns.max);
	put(out, "superd_generation", "gauge",
	    "Number of the configuration that is in force.",
	    core->generation->number);
	put(out, "superd_upgrades_total", "counter",
	    "How often superd has become another program.", core->upgrades);
	put(out, "superd_sources", "gauge",
	    "Places of the table of sources that were ever used.",
	    core->sources.used);
	put(out, "superd_sources_max", "gauge",
	    "Places of the table of sources.", core->sources.capacity);
	put(out, "superd_sources_banned", "gauge", "Sources that are banned.",
	    core->sources.banned);
	put(out, "superd_log_dropped_total", "counter",
	    "Lines that the log did not take.", log_dropped());
	put_process(core, out);
}

/* SPDX-License-Identifier: ISC */
/* Clocks, load average, free memory: proc(5). */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/world.h"

#define MEMINFO_SIZE 512

void
world_want(struct core_world *w, const struct conf_gate *conf)
{
	w->wants_wall |= conf->hours.count > 0;
	w->wants_load |= conf->max_load.set;
	w->wants_memory |= conf->min_free_memory.set;
}

static uint64_t
read_load(void)
{
	double load;

	return getloadavg(&load, 1) == 1 ? (uint64_t)(load * 100 + 0.5) : 0;
}

/* MemAvailable of /proc/meminfo, which stands in its third line. */
static uint64_t
read_free_memory(void)
{
	static const char name[] = "\nMemAvailable:";
	auto_fd fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	char text[MEMINFO_SIZE];
	const char *at;
	ssize_t n;

	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return UINT64_MAX;
	text[n] = '\0';
	at = strstr(text, name);
	if (at == NULL)
		return UINT64_MAX;
	return strtoull(at + strlen(name), NULL, 10) * 1024;
}

const struct gate_now *
world_now(struct core_world *w, const struct core *core)
{
	uint64_t now_ns = core->loop.now_ns;

	w->now.now_ns = now_ns;
	w->now.live = core->conns.live;
	w->now.max_live = core->conns.max;
	if (w->wants_wall)
		w->now.wall_s = time(NULL);
	if ((!w->wants_load && !w->wants_memory) ||
	    (w->read_ns != 0 && now_ns - w->read_ns < NUM_NS_PER_S))
		return &w->now;
	w->read_ns = now_ns;
	w->now.load_hundredths = read_load();
	w->now.free_bytes = read_free_memory();
	return &w->now;
}

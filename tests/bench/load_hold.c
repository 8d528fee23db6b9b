/* SPDX-License-Identifier: ISC */
/* Connections that stay open, and the memory that they cost the supervisor. */
#include <poll.h>
#include <unistd.h>

#include "bench/load.h"

static void
put_memory(struct load_report *report, const struct load_memory *idle,
    const struct load_memory *now, const struct load_memory *handlers)
{
	load_put_count(report, "idle_rss_kb", idle->rss_kb);
	load_put_count(report, "idle_pss_kb", idle->pss_kb);
	load_put_count(report, "rss_kb", now->rss_kb);
	load_put_count(report, "pss_kb", now->pss_kb);
	load_put_count(report, "handlers", handlers->count);
	load_put_count(report, "handlers_rss_kb", handlers->rss_kb);
	load_put_count(report, "handlers_pss_kb", handlers->pss_kb);
}

/* Until stdin ends, but not for ever. */
static void
keep(const struct load_options *o)
{
	uint64_t now = load_clock(),
		 end = now + (uint64_t)o->keep_seconds * LOAD_NS_PER_S;
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	char bytes[64];

	for (; now < end; now = load_clock()) {
		int left_ms = (int)((end - now) / 1000000) + 1;

		if (poll(&p, 1, left_ms) > 0 &&
		    read(STDIN_FILENO, bytes, sizeof(bytes)) <= 0)
			return;
	}
}

bool
load_hold(const struct load_options *o, struct load_report *report)
{
	struct load_memory idle = { 0 }, now = { 0 }, handlers = { 0 };
	struct load_clients l;
	bool has_memory = o->pid > 0 && load_memory_read(o->pid, &idle) == 0;

	load_clients_init_kept(&l, o, o->total);
	load_clients_run(&l);
	(void)printf("held %ld\n", l.outcomes[LOAD_RIGHT]);
	(void)fflush(stdout);
	has_memory = has_memory && load_memory_read(o->pid, &now) == 0 &&
	    load_memory_children(o->pid, &handlers) == 0;
	keep(o);
	load_put_real(report, "per_second",
	    (double)l.finished * LOAD_NS_PER_S /
		(double)(l.end_ns - l.begin_ns));
	load_clients_again(&l);
	load_put_count(report, "connections", l.total);
	load_put_outcomes(report, l.outcomes, l.total);
	load_put_percentiles(report, l.first_byte_us, l.first_bytes);
	if (has_memory)
		put_memory(report, &idle, &now, &handlers);
	load_clients_done(&l);
	return l.outcomes[LOAD_RIGHT] == l.total;
}

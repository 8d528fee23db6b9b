/* SPDX-License-Identifier: ISC */
/* Counting what becomes of connections. */
#include <assert.h>
#include <time.h>

#include "base/num.h"
#include "base/text.h"
#include "core/conns.h"
#include "core/ending.h"
#include "core/generation.h"
#include "core/stats.h"

#define US        UINT64_C(1000)
#define MS        NUM_NS_PER_MS
#define S         NUM_NS_PER_S

#define WINDOW_MS UINT64_C(10000)

const uint64_t stats_spawn_bounds_ns[STATS_BUCKETS] = {
	50 * US,
	100 * US,
	200 * US,
	500 * US,
	1 * MS,
	2 * MS,
	5 * MS,
	10 * MS,
	50 * MS,
	100 * MS,
	500 * MS,
	1 * S,
};

const uint64_t stats_duration_bounds_ns[STATS_BUCKETS] = {
	1 * MS,
	5 * MS,
	10 * MS,
	50 * MS,
	100 * MS,
	500 * MS,
	1 * S,
	5 * S,
	30 * S,
	60 * S,
	600 * S,
	3600 * S,
};

static const char *const exit_names[STATS_EXITS] = {
	[STATS_EXIT_OK] = "ok",
	[STATS_EXIT_ERROR] = "error",
	[STATS_EXIT_SIGNAL] = "signal",
	[STATS_EXIT_KILLED] = "killed",
};

const char *
stats_exit_name(enum stats_exit exit)
{
	assert((unsigned int)exit < STATS_EXITS);
	return exit_names[exit];
}

/* Moves on to the window of now_ns. */
static void
turn_to(struct stats_rate *r, uint64_t now_ns)
{
	uint64_t window = now_ns / (WINDOW_MS * MS);

	if (window == r->window)
		return;
	r->before = window == r->window + 1 ? r->count : 0;
	r->count = 0;
	r->window = window;
}

void
stats_rate_note(struct stats_rate *r, uint64_t now_ns)
{
	turn_to(r, now_ns);
	r->count++;
}

uint64_t
stats_rate_milli(const struct stats_rate *r, uint64_t now_ns)
{
	struct stats_rate now = *r;
	uint64_t passed_ms = now_ns / MS % WINDOW_MS;

	turn_to(&now, now_ns);
	return (now.count * WINDOW_MS + now.before * (WINDOW_MS - passed_ms)) *
	    1000 / (WINDOW_MS * (WINDOW_MS / 1000));
}

void
stats_histogram_add(struct stats_histogram *h,
    const uint64_t bounds_ns[STATS_BUCKETS], uint64_t ns)
{
	int i = 0;

	while (i < STATS_BUCKETS && ns > bounds_ns[i])
		i++;
	h->counts[i]++;
	h->sum_ns += ns;
}

/* Only what goes wrong asks for the time. */
static void
begin_failure(struct stats_failure *f, struct text *ret_text)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	f->wall_ns = (int64_t)now.tv_sec * (int64_t)S + now.tv_nsec;
	text_init(ret_text, f->text, sizeof(f->text));
}

static void
count_failure(struct core_stats *s, const struct spawn_fault *fault,
    const struct spawn_plan *plan)
{
	struct text t;

	/* What a child has written is looked at before it is an index. */
	if ((uint32_t)fault->step < SPAWN_STEPS)
		s->failures[fault->step]++;
	begin_failure(&s->last_failure, &t);
	text_string(&t, spawn_step_name(fault->step));
	text_string(&t, ": ");
	spawn_fault_format(fault, plan, &t);
}

static enum stats_exit
exit_of(const struct core_conn *c, const siginfo_t *info)
{
	if (c->end != CORE_END_NONE)
		return STATS_EXIT_KILLED;
	if (info->si_code != CLD_EXITED)
		return STATS_EXIT_SIGNAL;
	return info->si_status == 0 ? STATS_EXIT_OK : STATS_EXIT_ERROR;
}

static void
count_exit(
    struct core_stats *s, const struct core_conn *c, const siginfo_t *info)
{
	enum stats_exit exit = exit_of(c, info);
	struct text t;

	s->exits[exit]++;
	if (exit != STATS_EXIT_ERROR && exit != STATS_EXIT_SIGNAL)
		return;
	begin_failure(&s->last_failure, &t);
	ending_sentence(info, &t);
}

void
stats_opened(struct core_stats *s, uint64_t now_ns)
{
	s->accepted++;
	stats_rate_note(&s->rate, now_ns);
}

void
stats_closed(struct core_stats *s, const struct core_conn *c,
    const siginfo_t *info, uint64_t now_ns)
{
	uint64_t spawn_ns;

	if (c->fault.step != SPAWN_STEP_NONE) {
		count_failure(s, &c->fault, c->plan->spawn);
		return;
	}
	count_exit(s, c, info);
	if (conns_spawn_ns(c, &spawn_ns))
		stats_histogram_add(&s->spawn, stats_spawn_bounds_ns, spawn_ns);
	stats_histogram_add(
	    &s->duration, stats_duration_bounds_ns, now_ns - c->start_ns);
}

void
stats_no_process(struct core_stats *s, int error)
{
	struct spawn_fault fault = { .step = SPAWN_STEP_CLONE, .error = error };

	count_failure(s, &fault, NULL);
}

void
stats_bytes(struct core_stats *s, uint64_t in, uint64_t out)
{
	s->bytes_in += in;
	s->bytes_out += out;
	s->bytes_known++;
}

/* SPDX-License-Identifier: ISC */
/* Counting: every end in its place, rates that fade, buckets with bounds. */
#include <sys/wait.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/num.h"
#include "core/conns.h"
#include "core/generation.h"
#include "core/stats.h"
#include "spawn/plan.h"
#include "tap.h"

#define S NUM_NS_PER_S

static struct core_stats stats;

/* A connection of superd's that began at 1 s. */
static struct core_conn
connection(void)
{
	static char file[] = "/x";
	static struct spawn_plan spawn = { .file = file };
	static const struct core_plan plan = { .spawn = &spawn };

	return (struct core_conn) {
		.number = 1,
		.start_ns = S,
		.plan = &plan,
		.fault.exec_ns = S + 150000,
	};
}

static void
close_at(const struct core_conn *c, int code, int status, uint64_t now_ns)
{
	siginfo_t info = { .si_code = code };

	info.si_status = status;
	stats_closed(&stats, c, &info, now_ns);
}

static uint64_t
sum(const struct stats_histogram *h)
{
	uint64_t all = 0;

	for (int i = 0; i <= STATS_BUCKETS; i++)
		all += h->counts[i];
	return all;
}

static void
test_exits(void)
{
	struct core_conn c = connection();

	stats = (struct core_stats) { 0 };
	close_at(&c, CLD_EXITED, 0, 2 * S);
	is_int((long)stats.exits[STATS_EXIT_OK], 1, "a good end");
	is_int(stats.last_failure.wall_ns, 0, "which is no failure");
	close_at(&c, CLD_EXITED, 3, 2 * S);
	is_int((long)stats.exits[STATS_EXIT_ERROR], 1, "a bad one");
	is_str(stats.last_failure.text, "exit 3", "which is told");
	ok(stats.last_failure.wall_ns > 0, "with its time");
	close_at(&c, CLD_DUMPED, SIGSEGV, 2 * S);
	is_int((long)stats.exits[STATS_EXIT_SIGNAL], 1, "a crash");
	is_str(stats.last_failure.text, "signal SEGV", "which is told");
	for (int end = CORE_END_NONE + 1; end < CORE_ENDS; end++) {
		c.end = (uint8_t)end;
		close_at(&c, CLD_KILLED, SIGTERM, 2 * S);
	}
	is_int((long)stats.exits[STATS_EXIT_KILLED], CORE_ENDS - 1,
	    "superd's own doing, whatever its reason");
	close_at(&c, CLD_EXITED, 0, 2 * S);
	is_int((long)stats.exits[STATS_EXIT_KILLED], CORE_ENDS,
	    "and however the handler then ended");
	is_str(stats.last_failure.text, "signal SEGV", "is no failure");
	is_int((long)sum(&stats.duration), CORE_ENDS + 3, "all had a duration");
	is_int((long)stats.spawn.counts[2], CORE_ENDS + 3,
	    "and a time to their exec");
	ok(stats.duration.sum_ns == (CORE_ENDS + 3) * S, "which are summed up");
}

static void
test_failures(void)
{
	struct core_conn c = connection();
	char words[STATS_FAILURE_SIZE];

	stats = (struct core_stats) { 0 };
	c.fault.step = SPAWN_STEP_EXEC;
	c.fault.error = EACCES;
	close_at(&c, CLD_EXITED, 127, 2 * S);
	is_int((long)stats.failures[SPAWN_STEP_EXEC], 1, "who did not start");
	snprintf(words, sizeof(words), "exec: cannot execute '/x': %s",
	    strerror(EACCES));
	is_str(stats.last_failure.text, words, "is told with the reason");
	ok(sum(&stats.duration) == 0 && sum(&stats.spawn) == 0 &&
		stats.exits[STATS_EXIT_ERROR] == 0,
	    "and did not end");
	stats_no_process(&stats, EAGAIN);
	is_int((long)stats.failures[SPAWN_STEP_CLONE], 1, "no process");
	ok(strncmp(stats.last_failure.text, "clone: cannot make a process",
	       28) == 0,
	    "is a failure, too");
	c.fault.step = SPAWN_STEPS + 1000;
	close_at(&c, CLD_EXITED, 127, 2 * S);
	ok(strncmp(stats.last_failure.text, "unknown: ", 9) == 0,
	    "a step that does not exist is none to count");
}

/* The longest file name there is does not write past the text. */
static void
test_long_failure(void)
{
	static char file[PATH_MAX];
	struct spawn_plan spawn = { .file = file };
	struct core_plan plan = { .spawn = &spawn };
	struct core_conn c = connection();

	memset(file, 'x', sizeof(file) - 1);
	stats = (struct core_stats) { .bytes_in = 7 };
	c.plan = &plan;
	c.fault.step = SPAWN_STEP_EXEC;
	c.fault.error = ENAMETOOLONG;
	close_at(&c, CLD_EXITED, 127, 2 * S);
	is_int((long)strlen(stats.last_failure.text), STATS_FAILURE_SIZE - 1,
	    "a long failure is cut");
	is_int((long)stats.bytes_in, 7, "and writes on nothing else");
}

/* An old superd's child says nothing of its exec, as one that hangs. */
static void
test_no_exec_time(void)
{
	struct core_conn c = connection();
	uint64_t ns = 7;

	stats = (struct core_stats) { 0 };
	ok(conns_spawn_ns(&c, &ns) && ns == 150000, "the time to the exec");
	c.fault.exec_ns = 0;
	ok(!conns_spawn_ns(&c, &ns) && ns == 150000, "may be unknown");
	close_at(&c, CLD_EXITED, 0, 2 * S);
	ok(sum(&stats.spawn) == 0 && sum(&stats.duration) == 1,
	    "then it is in no bucket");
}

static void
check_bounds(const uint64_t bounds[STATS_BUCKETS], const char *what)
{
	struct stats_histogram h = { 0 };
	unsigned int wrong = 0;

	for (int i = 0; i < STATS_BUCKETS; i++) {
		wrong += i > 0 && bounds[i] <= bounds[i - 1];
		stats_histogram_add(&h, bounds, bounds[i]);
		wrong += h.counts[i] != 1;
		stats_histogram_add(&h, bounds, bounds[i] + 1);
		wrong += h.counts[i + 1] != 1;
		h.counts[i + 1] = 0;
	}
	stats_histogram_add(&h, bounds, 0);
	wrong += h.counts[0] != 2;
	stats_histogram_add(&h, bounds, UINT64_MAX);
	wrong += h.counts[STATS_BUCKETS] != 1;
	is_int(wrong, 0, what);
}

static void
test_rate(void)
{
	struct stats_rate r = { 0 };
	uint64_t at = 1000 * S;

	is_int((long)stats_rate_milli(&r, at), 0, "nobody came");
	for (int i = 0; i < 100; i++)
		stats_rate_note(&r, at + (uint64_t)i * S / 10);
	is_int((long)stats_rate_milli(&r, at + 10 * S - 1), 10000,
	    "100 in 10 seconds are 10 a second");
	is_int((long)stats_rate_milli(&r, at + 10 * S), 10000,
	    "also where a window ends");
	is_int((long)stats_rate_milli(&r, at + 15 * S), 5000,
	    "half as many when half of them are too old");
	is_int((long)stats_rate_milli(&r, at + 20 * S), 0, "then none");
	is_int((long)stats_rate_milli(&r, at + 15 * S), 5000,
	    "asking changes nothing");
	stats_rate_note(&r, at + 100 * S);
	is_int((long)stats_rate_milli(&r, at + 100 * S), 100,
	    "after a pause it is one in 10 seconds");
}

/* Who comes evenly is told as many, wherever in a window one asks. */
static void
test_rate_steady(void)
{
	struct stats_rate r = { 0 };
	uint64_t at = 500 * S;
	unsigned int wrong = 0;

	for (int i = 0; i < 5000; i++) {
		uint64_t milli;

		at += S / 100;
		stats_rate_note(&r, at);
		milli = stats_rate_milli(&r, at);
		wrong += i > 2000 && (milli < 99800 || milli > 100200);
	}
	is_int(wrong, 0, "an even rate is told evenly");
}

static void
test_opened(void)
{
	stats = (struct core_stats) { 0 };
	for (int i = 0; i < 20; i++)
		stats_opened(&stats, 7 * S);
	is_int((long)stats.accepted, 20, "who comes in is counted");
	is_int((long)stats_rate_milli(&stats.rate, 7 * S), 2000, "in time");
	stats_bytes(&stats, 3, 4);
	stats_bytes(&stats, 30, 40);
	ok(stats.bytes_in == 33 && stats.bytes_out == 44 &&
		stats.bytes_known == 2,
	    "bytes are summed up, with how many told them");
}

int
main(void)
{
	test_exits();
	test_failures();
	test_long_failure();
	test_no_exec_time();
	check_bounds(stats_spawn_bounds_ns, "bounds of times to the exec");
	check_bounds(stats_duration_bounds_ns, "bounds of durations");
	test_rate();
	test_rate_steady();
	test_opened();
	is_str(stats_exit_name(STATS_EXIT_KILLED), "killed", "ends have names");
	return done_testing();
}

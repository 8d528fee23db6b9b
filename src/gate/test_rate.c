/* SPDX-License-Identifier: ISC */
/* Rates against a simulated clock. */
#include "base/num.h"
#include "conf/conf.h"
#include "gate/rate.h"
#include "tap.h"

#define CLIENTS 3000

static struct gate_rate
make(uint64_t count, uint64_t period_ns, uint64_t burst)
{
	struct conf_rate conf = {
		.set = true,
		.count = count,
		.period_ns = period_ns,
		.burst = burst,
	};

	return gate_rate_make(&conf);
}

/* In each window from one passed client to another: at most burst + rate t. */
static bool
keeps_limit(const uint64_t *passed, size_t count, uint64_t number,
    uint64_t period_ns, uint64_t burst)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i; j < count; j++) {
			__uint128_t most = passed[j] - passed[i];

			most = most * number / period_ns + burst;
			if (j - i + 1 > most)
				return false;
		}
	}
	return true;
}

/* Clients at random times, in bunches and after pauses. */
static void
run(uint64_t number, uint64_t period_ns, uint64_t burst, bool *ret_kept,
    bool *ret_exact)
{
	struct gate_rate rate = make(number, period_ns, burst);
	static uint64_t passed[CLIENTS];
	uint64_t now = tap_random() >> tap_random_below(64), tat = 0;
	size_t count = 0;

	for (int i = 0; i < CLIENTS / 4; i++) {
		uint64_t next = gate_rate_check(&rate, &tat, now);
		uint64_t before = tat;

		if (next == 0) {
			passed[count++] = now;
		} else if (next <= now ||
		    gate_rate_next(&rate, tat, next) != 0 ||
		    gate_rate_next(&rate, tat, next - 1) != next) {
			*ret_exact = false;
		} else if (tap_random_below(4) == 0) {
			now = next;
			continue;
		}
		if (next != 0 && tat != before)
			*ret_exact = false;
		if (tap_random_below(3) == 0)
			now += tap_random_below(rate.interval_ns * 2);
		if (tap_random_below(100) == 0)
			now += tap_random_below(
			    rate.interval_ns * (burst + 2) * 2);
	}
	if (!keeps_limit(passed, count, number, period_ns, burst))
		*ret_kept = false;
}

static void
test_windows(void)
{
	bool kept = true, exact = true;

	for (int i = 0; i < 60; i++)
		run(1 + tap_random_below(2000),
		    (1 + tap_random_below(100)) * NUM_NS_PER_S,
		    1 + tap_random_below(200), &kept, &exact);
	ok(kept, "never more than burst + rate * t in any window");
	ok(exact, "the next time is the first at which one may pass");
}

/* An offered 2000 a second for ten seconds. */
static void
test_flood(void)
{
	struct gate_rate rate = make(100, NUM_NS_PER_S, 10);
	uint64_t now = 5 * NUM_NS_PER_S, tat = 0;
	unsigned int passed = 0;

	for (int i = 0; i < 20000; i++, now += NUM_NS_PER_S / 2000)
		passed += gate_rate_check(&rate, &tat, now) == 0;
	tap_note("%u of 20000 in 10 s", passed);
	ok(passed >= 1000 && passed <= 1010, "100/s lets 100 a second in");
	now += NUM_NS_PER_S / 100;
	is_int((intmax_t)gate_rate_check(&rate, &tat, now), 0,
	    "the first after the flood passes at once");
}

static void
test_burst(void)
{
	struct gate_rate rate = make(10, 60 * NUM_NS_PER_S, 3);
	uint64_t now = 7, tat = 0, next = 0;

	for (int i = 0; i < 3; i++)
		next |= gate_rate_check(&rate, &tat, now);
	is_int((intmax_t)next, 0, "the burst passes at once");
	is_int((intmax_t)gate_rate_used(&rate, tat, now), 3, "and is used up");
	next = gate_rate_check(&rate, &tat, now);
	is_int((intmax_t)next, 7 + 6 * (intmax_t)NUM_NS_PER_S,
	    "the next passes when one has come back");
	is_int((intmax_t)gate_rate_used(&rate, tat, next), 2, "which is one");
	now += UINT64_C(100) * 365 * 86400 * NUM_NS_PER_S;
	is_int((intmax_t)gate_rate_used(&rate, tat, now), 0,
	    "after a hundred years all have");
	for (int i = 0; i < 3; i++)
		ok(gate_rate_check(&rate, &tat, now) == 0, "and pass again");
	ok(gate_rate_check(&rate, &tat, now) != 0, "but no more than those");
}

static void
test_edges(void)
{
	struct gate_rate rate;
	uint64_t tat = UINT64_MAX, now = NUM_NS_PER_S;
	struct conf_rate none = { .set = false, .count = 5 };
	int passed = 0;

	rate = gate_rate_make(&none);
	for (int i = 0; i < 100; i++)
		passed += gate_rate_check(&rate, &tat, now) == 0;
	is_int(passed, 100, "without a rate all pass");
	rate = make(50, NUM_NS_PER_S, 0);
	is_int((intmax_t)rate.tolerance_ns, 49 * 20000000,
	    "without a burst it is the count");
	is_int((intmax_t)gate_rate_next(&rate, tat, now),
	    (intmax_t)(now + rate.interval_ns),
	    "a state from a slower rate is cut to the new one's");
	rate = make(3, 10, 1);
	is_int((intmax_t)rate.interval_ns, 4, "an interval is rounded up");
	rate = make(UINT64_MAX, 1, UINT64_MAX);
	is_int((intmax_t)rate.interval_ns, 1, "there is a fastest rate");
	rate = make(1, UINT64_MAX, UINT64_MAX);
	tat = 0;
	passed = 0;
	for (int i = 0; i < 10; i++)
		passed += gate_rate_check(&rate, &tat, UINT64_MAX - 1) == 0;
	is_int(passed, 10, "the largest numbers do not overflow");
	rate = make(1, NUM_NS_PER_S, 1);
	tat = 0;
	ok(gate_rate_check(&rate, &tat, UINT64_MAX) == 0,
	    "nor does the end of time");
}

int
main(void)
{
	tap_seed(13);
	test_burst();
	test_edges();
	test_flood();
	test_windows();
	return done_testing();
}

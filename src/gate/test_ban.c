/* SPDX-License-Identifier: ISC */
/* Bans: when they begin, how long they last, who is remembered. */
#include "base/num.h"
#include "conf/conf.h"
#include "gate/ban.h"
#include "gate/source.h"
#include "tap.h"

#define MINUTE (60 * NUM_NS_PER_S)

static const struct conf_ban conf = {
	.after = { .set = true, .count = 5, .period_ns = MINUTE },
	.on = { .signal = true, .exits = { [12] = 1 << 4 } }, /* exit:100 */
	.for_ns = 10 * MINUTE,
	.max_ns = 60 * MINUTE,
	.exit_status = 99,
};

/* So many events, each a while after the one before.  Those that banned. */
static int
events(struct gate_source *s, uint64_t *now, int count, uint64_t apart_ns)
{
	int bans = 0;

	for (int i = 0; i < count; i++) {
		bans += gate_ban_event(&conf, s, *now) != 0;
		*now += apart_ns;
	}
	return bans;
}

static void
test_events(void)
{
	struct gate_source s = { .live = 0 };
	uint64_t now = 1000 * MINUTE;

	is_int(events(&s, &now, 4, NUM_NS_PER_S), 0, "4 of 5 do not ban");
	is_int((intmax_t)gate_ban_event(&conf, &s, now), (intmax_t)conf.for_ns,
	    "the 5th does");
	ok(gate_ban_holds(&s, now), "the ban holds at once");
	is_int(events(&s, &now, 100, NUM_NS_PER_S), 0,
	    "what happens during a ban does not count");
	s = (struct gate_source) { .live = 0 };
	is_int(events(&s, &now, 100, MINUTE / 4 + 2 * NUM_NS_PER_S), 0,
	    "4 in each minute never ban");
	s = (struct gate_source) { .live = 0 };
	is_int(events(&s, &now, 5, MINUTE / 4 - NUM_NS_PER_S), 1,
	    "5 that fill a minute do");
}

static void
test_lengths(void)
{
	static const uint64_t minutes[] = { 10, 20, 40, 60, 60, 60 };
	struct gate_source s = { .live = 0 };
	uint64_t now = 1000 * MINUTE, last;

	for (size_t i = 0; i < sizeof(minutes) / sizeof(minutes[0]); i++) {
		uint64_t length = gate_ban_impose(&conf, &s, now);
		char what[64];

		snprintf(what, sizeof(what), "ban %zu is for %ju minutes",
		    i + 1, (uintmax_t)minutes[i]);
		is_int((intmax_t)length, (intmax_t)(minutes[i] * MINUTE), what);
		is_int((intmax_t)gate_ban_impose(&conf, &s, now), 0,
		    "it is not banned twice");
		now += length - 1;
		ok(gate_ban_holds(&s, now), "it holds to its end");
		ok(!gate_ban_holds(&s, ++now), "and ends there");
	}
	last = s.banned_until_ns;
	is_int((intmax_t)gate_ban_keep_ns(&conf, &s),
	    (intmax_t)(last + conf.max_ns), "it is remembered for ban_max");
	s.banned_until_ns = last;
	now = last + conf.max_ns - 1;
	is_int((intmax_t)gate_ban_impose(&conf, &s, now), (intmax_t)conf.max_ns,
	    "to the last moment");
	s.banned_until_ns = last;
	now = last + conf.max_ns;
	is_int((intmax_t)gate_ban_impose(&conf, &s, now), (intmax_t)conf.for_ns,
	    "then it is a first offender again");
	for (int i = 0; i < 1000; i++) {
		(void)gate_ban_impose(&conf, &s, now);
		now = s.banned_until_ns;
	}
	is_int((intmax_t)gate_ban_impose(&conf, &s, now), (intmax_t)conf.max_ns,
	    "a thousand bans do not overflow");
}

static int
judge(bool signaled, int number)
{
	const struct gate_end end = { .signaled = signaled, .number = number };

	return (int)gate_ban_judge(&conf, &end);
}

static void
test_ends(void)
{
	const struct gate_end asks = { .number = 99 };
	struct conf_ban off = conf;

	is_int(judge(false, 0), GATE_BAN_END_GOOD, "exit 0 is good");
	is_int(judge(false, 1), GATE_BAN_END_GOOD, "so is one not listed");
	is_int(judge(false, 100), GATE_BAN_END_EVENT, "exit:100 is an event");
	is_int(judge(true, 11), GATE_BAN_END_EVENT, "so is a signal");
	is_int(judge(false, 99), GATE_BAN_END_NOW, "a handler asks by 99");
	is_int(judge(true, 99), GATE_BAN_END_EVENT, "signal 99 is no exit 99");
	off.after.set = false;
	is_int((int)gate_ban_judge(&off, &asks), GATE_BAN_END_GOOD,
	    "without ban_after nobody is banned");
}

static void
test_list(void)
{
	const uint8_t key[SIPHASH_KEY_SIZE] = { 0 };
	struct gate_source *s, *third = NULL;
	struct gate_sources t;
	uint64_t now = 1000 * MINUTE;
	uint32_t cursor = 0;
	int count = 0;

	if (gate_sources_init(&t, 50, key) < 0)
		tap_bail("no memory");
	for (uint8_t i = 0; i < 30; i++) {
		struct gate_source_key k = { .ip = { i }, .service = 1 };

		s = gate_sources_take(&t, &k, now);
		if (i % 3 == 0)
			(void)gate_ban_impose(&conf, s, now);
		gate_sources_rest(&t, s, 0, 0, now);
	}
	while ((s = gate_ban_next(&t, &cursor, UINT32_MAX, now)) != NULL) {
		if (++count == 3)
			third = s;
		if (s->key.ip[0] % 3 != 0)
			count = 1000;
	}
	is_int(count, 10, "those who are banned are listed");
	if (third == NULL)
		tap_bail("no third");
	gate_ban_lift(&t, third, now);
	ok(!gate_ban_holds(third, now), "a ban can be lifted");
	is_int((intmax_t)gate_ban_impose(&conf, third, now),
	    (intmax_t)conf.for_ns, "and is forgiven then");
	gate_ban_lift(&t, third, now);
	for (count = 0, cursor = 0;
	     gate_ban_next(&t, &cursor, UINT32_MAX, now) != NULL;)
		count++;
	is_int(count, 9, "the others stay");
	cursor = 0;
	ok(gate_ban_next(&t, &cursor, UINT32_MAX, now + conf.for_ns) == NULL,
	    "all end by themselves");
	gate_sources_done(&t);
}

int
main(void)
{
	test_events();
	test_lengths();
	test_ends();
	test_list();
	return done_testing();
}

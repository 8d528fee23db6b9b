/* SPDX-License-Identifier: ISC */
/* The whole gate of a service: the order of its reasons, what they cost. */
#include "base/num.h"
#include "conf/conf.h"
#include "gate/gate.h"
#include "tap.h"

#define SECOND NUM_NS_PER_S

static struct gate_sources sources;
static struct conf_rule rules[2];

/* A service with each limit; rounds take out what they do not want. */
static struct conf_gate
all_limits(void)
{
	(void)cidr_parse("10.66.0.0/16", &rules[0].net, NULL);
	rules[0].deny = true;
	return (struct conf_gate) {
		.rules = { .at = rules, .count = 1 },
		.max_per_source = 3,
		.rate = { true, 10, SECOND, 10 },
		.rate_per_source = { true, 5, SECOND, 5 },
		.source_prefix_v4 = 32,
		.source_prefix_v6 = 64,
		.over_limit = CONF_OVER_REFUSE,
		.max_load = { true, 400 },
		.min_free_memory = { true, 1000 },
		.ban = {
			.after = { true, 4, 60 * SECOND, 0 },
			.on = { .refused = true },
			.for_ns = 600 * SECOND,
			.max_ns = 3600 * SECOND,
			.exit_status = 99,
		},
	};
}

struct world {
	struct conf_gate conf;
	struct gate_plan *plan;
	struct gate gate;
	struct gate_now now;
};

static void
set_up(struct world *w, const struct conf_gate *conf)
{
	static uint32_t service = 1;

	w->conf = *conf;
	if (gate_plan_new(&w->conf, 8, NULL, NULL, &w->plan, NULL) < 0)
		tap_bail("no memory");
	gate_init(&w->gate, service++, &sources, w->plan);
	w->now = (struct gate_now) {
		.now_ns = 1000 * SECOND,
		.wall_s = 1743336000,
		.load_hundredths = 50,
		.free_bytes = 1000000,
		.max_live = 100,
	};
}

static struct gate_verdict
check(struct world *w, const char *address)
{
	struct addr_peer p = { .family = AF_UNSPEC };
	struct addr a;

	if (address != NULL && addr_parse(address, &a, NULL) == 0)
		addr_to_peer(&a, &p);
	return gate_check(&w->gate, &w->now, &p);
}

/* Comes in if it may.  The name of the reason if not. */
static const char *
come(struct world *w, const char *address, uint32_t *ret_source)
{
	struct gate_verdict v = check(w, address);

	if (v.reason != GATE_YES)
		return gate_reason_name(v.reason);
	gate_enter(&w->gate, w->now.now_ns, &v);
	w->now.live++;
	if (ret_source != NULL)
		*ret_source = v.source;
	return "yes";
}

static uint64_t
go(struct world *w, uint32_t source, int status)
{
	const struct gate_end end = { .number = status };

	w->now.live--;
	return gate_leave(&w->gate, w->now.now_ns, source, &end);
}

static void
test_refusals(void)
{
	struct conf_gate conf = all_limits();
	struct gate_verdict v;
	struct world w;
	uint32_t source[3] = { 0 };
	char detail[64];
	struct text t;

	conf.ban.after.set = false;
	set_up(&w, &conf);
	is_str(come(&w, NULL, NULL), "no_address", "who has gone is refused");
	v = check(&w, "10.66.1.2:7");
	text_init(&t, detail, sizeof(detail));
	gate_verdict_format(&w.gate, &v, &t);
	ok(v.reason == GATE_RULE && v.action == GATE_REFUSE &&
		strcmp(detail, "deny 10.66.0.0/16") == 0,
	    "a rule refuses, and is told");
	for (int i = 0; i < 3; i++)
		is_str(come(&w, "10.0.0.1:7", &source[i]), "yes",
		    "a source may have three");
	is_str(come(&w, "10.0.0.1:7", NULL), "max_per_source", "but not four");
	is_str(come(&w, "10.0.0.2:7", NULL), "yes", "another may enter");
	(void)go(&w, source[0], 0);
	is_str(come(&w, "10.0.0.1:7", &source[0]), "yes", "one less, one more");
	(void)go(&w, source[0], 0);
	is_str(come(&w, "10.0.0.1:7", &source[0]), "yes", "and the fifth");
	(void)go(&w, source[0], 0);
	v = check(&w, "10.0.0.1:7");
	ok(v.reason == GATE_RATE_PER_SOURCE &&
		v.retry_at_ns == w.now.now_ns + SECOND / 5,
	    "the sixth in a second is too many: a fifth of it is to wait");
	w.now.now_ns = v.retry_at_ns;
	is_str(come(&w, "10.0.0.1:7", NULL), "yes", "then it may enter");
	is_int((intmax_t)w.gate.refused[GATE_RATE_PER_SOURCE], 1,
	    "refusals are counted by reason");
	is_int((intmax_t)w.gate.refused[GATE_MAX_PER_SOURCE], 1, "each");
	gate_plan_free(w.plan);
}

static void
test_prefix(void)
{
	struct conf_gate conf = all_limits();
	struct world w;

	set_up(&w, &conf);
	(void)come(&w, "[2001:db8::1]:7", NULL);
	(void)come(&w, "[2001:db8::2]:7", NULL);
	(void)come(&w, "[2001:db8:0:0:ffff::]:7", NULL);
	is_str(come(&w, "[2001:db8::3]:7", NULL), "max_per_source",
	    "IPv6 is counted by /64");
	is_str(come(&w, "[2001:db8:0:1::1]:7", NULL), "yes",
	    "the next /64 is another source");
	gate_plan_free(w.plan);
}

/* Who is refused for itself takes nothing from others. */
static void
test_tokens(void)
{
	struct conf_gate conf = all_limits();
	struct world w;
	int passed = 0;
	char address[32];

	conf.ban.after.set = false;
	set_up(&w, &conf);
	w.plan->max_connections = 100;
	for (int i = 0; i < 1000; i++)
		(void)check(&w, i % 2 == 0 ? "10.66.1.1:7" : "10.0.0.1:7");
	for (int i = 0; i < 50; i++) {
		snprintf(address, sizeof(address), "10.1.0.%d:7", i);
		passed += strcmp(come(&w, address, NULL), "yes") == 0;
	}
	is_int(passed, 10, "refused clients use up no tokens of the service");
	is_str(come(&w, "10.2.0.1:7", NULL), "rate", "then its rate refuses");
	w.now.now_ns += SECOND;
	is_str(come(&w, "10.2.0.1:7", NULL), "yes", "for a while");
	gate_plan_free(w.plan);
}

static void
test_queue(void)
{
	struct conf_gate conf = all_limits();
	struct gate_verdict v;
	struct world w;

	conf.over_limit = CONF_OVER_QUEUE;
	conf.max_per_source = 0;
	conf.rate_per_source.set = false;
	set_up(&w, &conf);
	for (int i = 0; i < 8; i++)
		(void)come(&w, "10.0.0.1:7", NULL);
	v = gate_may_accept(&w.gate, &w.now);
	ok(v.reason == GATE_MAX_CONNECTIONS && v.action == GATE_QUEUE &&
		v.retry_at_ns == 0,
	    "who is too many waits until one leaves");
	w.plan->max_connections = 100;
	(void)come(&w, "10.0.0.1:7", NULL);
	(void)come(&w, "10.0.0.1:7", NULL);
	v = gate_may_accept(&w.gate, &w.now);
	ok(v.reason == GATE_RATE && v.action == GATE_QUEUE &&
		v.retry_at_ns == w.now.now_ns + SECOND / 10,
	    "who is too early waits until its time");
	w.now.now_ns = v.retry_at_ns;
	is_int(
	    gate_may_accept(&w.gate, &w.now).action, GATE_ENTER, "which comes");
	w.now.max_live = w.now.live;
	is_int(gate_may_accept(&w.gate, &w.now).reason, GATE_MAX_DAEMON,
	    "the daemon may be full");
	w.now.load_hundredths = 401;
	v = gate_may_accept(&w.gate, &w.now);
	ok(v.reason == GATE_LOAD && v.action == GATE_QUEUE &&
		v.retry_at_ns == w.now.now_ns + GATE_LOOK_AGAIN_NS,
	    "a high load is waited for");
	w.now.load_hundredths = 400;
	w.now.free_bytes = 999;
	is_int(gate_may_accept(&w.gate, &w.now).reason, GATE_MEMORY,
	    "so is free memory");
	w.conf.over_limit = CONF_OVER_RESET;
	is_int(gate_may_accept(&w.gate, &w.now).action, GATE_QUEUE,
	    "whatever over_limit says");
	w.now.free_bytes = 1000;
	is_int(gate_may_accept(&w.gate, &w.now).action, GATE_ENTER,
	    "others are accepted then");
	is_int(check(&w, "10.0.0.1:7").action, GATE_RESET, "to be reset");
	gate_plan_free(w.plan);
}

static void
test_bans(void)
{
	struct conf_gate conf = all_limits();
	struct gate_verdict v;
	struct world w;
	uint32_t source = 0;

	conf.rate_per_source.set = false;
	set_up(&w, &conf);
	for (int i = 0; i < 3; i++)
		is_int((intmax_t)check(&w, "10.66.0.1:7").banned_ns, 0,
		    "three refusals do not ban");
	v = check(&w, "10.66.0.1:7");
	is_int((intmax_t)v.banned_ns, 600 * (intmax_t)SECOND, "the 4th does");
	v = check(&w, "10.66.0.1:7");
	ok(v.reason == GATE_BANNED &&
		v.retry_at_ns == w.now.now_ns + 600 * SECOND,
	    "a banned source is refused as such");
	w.now.now_ns = v.retry_at_ns;
	is_int(check(&w, "10.66.0.1:7").reason, GATE_RULE, "until it is over");
	is_str(come(&w, "10.0.0.9:7", &source), "yes", "somebody enters");
	is_int((intmax_t)go(&w, source, 1), 0, "leaves in peace");
	(void)come(&w, "10.0.0.9:7", &source);
	is_int((intmax_t)go(&w, source, 99), 600 * (intmax_t)SECOND,
	    "comes again and its handler asks for a ban");
	is_str(come(&w, "10.0.0.9:7", NULL), "banned", "which holds");
	is_int((intmax_t)w.gate.bans, 2, "bans are counted");
	for (int i = 0; i < 2000; i++) {
		w.now.live = 100;
		(void)check(&w, "10.0.1.1:7");
	}
	w.now.live = 0;
	is_str(come(&w, "10.0.1.1:7", NULL), "yes",
	    "what is not the client's fault does not ban");
	gate_plan_free(w.plan);
}

/* Counts, buckets and bans survive a new plan. */
static void
test_reload(void)
{
	struct conf_gate conf = all_limits();
	struct gate_plan *next;
	struct world w;
	uint32_t source = 0;

	conf.rate_per_source.set = false;
	set_up(&w, &conf);
	for (int i = 0; i < 4; i++)
		(void)check(&w, "10.66.0.1:7");
	for (int i = 0; i < 3; i++)
		(void)come(&w, "10.0.0.1:7", &source);
	if (gate_plan_new(&conf, 8, NULL, NULL, &next, NULL) < 0)
		tap_bail("no memory");
	gate_follow(&w.gate, next);
	gate_plan_free(w.plan);
	is_str(come(&w, "10.66.0.1:7", NULL), "banned", "a ban survives");
	is_str(come(&w, "10.0.0.1:7", NULL), "max_per_source",
	    "counts of sources survive");
	is_int((intmax_t)w.gate.live, 3, "and of the service");
	(void)go(&w, source, 0);
	is_str(come(&w, "10.0.0.1:7", NULL), "yes", "who left has left");
	for (int i = 0; i < 2000; i++)
		(void)check(&w, "10.66.0.2:7");
	gate_plan_free(next);
}

/* Closed at night; nothing at all without limits. */
static void
test_hours_and_none(void)
{
	struct conf_interval noon = { .from = 6 * 1440 + 720,
		.to = 6 * 1440 + 780 };
	struct conf_gate conf = { .hours = { .at = &noon, .count = 1 } };
	struct gate_verdict v;
	struct world w;

	(void)setenv("TZ", "UTC", 1);
	tzset();
	set_up(&w, &conf);
	is_str(come(&w, "10.0.0.1:7", NULL), "yes", "Sunday noon is open");
	w.now.wall_s += 3600;
	is_str(come(&w, "10.0.0.1:7", NULL), "hours", "13:00 is closed");
	gate_plan_free(w.plan);
	conf.hours.count = 0;
	set_up(&w, &conf);
	v = check(&w, "10.0.0.1:7");
	ok(v.reason == GATE_YES && v.source == GATE_NO_SOURCE,
	    "without limits nobody is counted");
	gate_enter(&w.gate, w.now.now_ns, &v);
	is_int((intmax_t)gate_leave(&w.gate, w.now.now_ns, v.source, NULL), 0,
	    "nor when it leaves");
	is_int((intmax_t)w.gate.live, 0, "but by the service");
	gate_plan_free(w.plan);
}

static void
test_names(void)
{
	unsigned int bad = 0;

	for (int a = 0; a < GATE_REASONS; a++) {
		const char *name = gate_reason_name((enum gate_reason)a);

		bad += name[strspn(name, "abcdefghijklmnopqrstuvwxyz_")] != 0;
		bad += gate_reason_words((enum gate_reason)a) == NULL;
		for (int b = 0; b < a; b++)
			bad += strcmp(name,
				   gate_reason_name((enum gate_reason)b)) == 0;
	}
	is_int(bad, 0, "each reason has a name of its own");
}

int
main(void)
{
	const uint8_t key[SIPHASH_KEY_SIZE] = { 5 };

	if (gate_sources_init(&sources, 1000, key) < 0)
		tap_bail("no memory");
	test_names();
	test_refusals();
	test_prefix();
	test_tokens();
	test_queue();
	test_bans();
	test_reload();
	test_hours_and_none();
	gate_sources_done(&sources);
	return done_testing();
}

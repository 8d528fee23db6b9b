/* SPDX-License-Identifier: ISC */
/* All the reasons in their order; see gate.h. */
#include "gate/gate.h"
#include "conf/conf.h"
#include "gate/rules.h"

#define WEIGHT_RATE_MOST 7
#define WEIGHT_BANNED    8

void
gate_init(struct gate *g, uint32_t service, struct gate_sources *sources,
    const struct gate_plan *plan)
{
	*g = (struct gate) {
		.plan = plan,
		.sources = sources,
		.service = service,
	};
}

void
gate_follow(struct gate *g, const struct gate_plan *plan)
{
	g->plan = plan;
	g->hours = (struct gate_hours_state) { 0 };
}

static bool
is_short(const struct conf_gate *conf, const struct gate_now *now,
    struct gate_verdict *v)
{
	if (conf->max_load.set && now->load_hundredths > conf->max_load.value)
		v->reason = GATE_LOAD;
	else if (conf->min_free_memory.set &&
	    now->free_bytes < conf->min_free_memory.value)
		v->reason = GATE_MEMORY;
	else
		return false;
	v->retry_at_ns = now->now_ns + GATE_LOOK_AGAIN_NS;
	return true;
}

/* What speaks against any client, the service being as it is? */
static bool
is_over(
    const struct gate *g, const struct gate_now *now, struct gate_verdict *v)
{
	if (g->live >= g->plan->max_connections)
		v->reason = GATE_MAX_CONNECTIONS;
	else if (now->live >= now->max_live)
		v->reason = GATE_MAX_DAEMON;
	else
		v->retry_at_ns =
		    gate_rate_next(&g->plan->rate, g->tat_ns, now->now_ns);
	if (v->retry_at_ns != 0)
		v->reason = GATE_RATE;
	return v->reason != GATE_YES;
}

struct gate_verdict
gate_may_accept(const struct gate *g, const struct gate_now *now)
{
	const struct conf_gate *conf = g->plan->conf;
	struct gate_verdict v = { .source = GATE_NO_SOURCE };

	if (is_short(conf, now, &v) ||
	    (conf->over_limit == CONF_OVER_QUEUE && is_over(g, now, &v)))
		v.action = GATE_QUEUE;
	return v;
}

static bool
is_banned(const struct gate *g, const struct gate_now *now,
    const struct gate_source_key *key, struct gate_verdict *v)
{
	const struct gate_source *s;

	if (!g->banning)
		return false;
	s = gate_sources_find(g->sources, key);
	if (s == NULL || !gate_ban_holds(s, now->now_ns))
		return false;
	v->reason = GATE_BANNED;
	v->retry_at_ns = s->banned_until_ns;
	return true;
}

/* Is it somebody whom the service does not let in, or not now? */
static bool
is_unwanted(struct gate *g, const struct gate_now *now,
    const struct addr_peer *peer, struct gate_verdict *v)
{
	const struct gate_plan *p = g->plan;

	if (p->rules != NULL && !gate_rules_check(p->rules, peer, &v->rule))
		v->reason = GATE_RULE;
	else if (p->hosts != NULL &&
	    !gate_hosts_check(p->hosts, peer, &v->place))
		v->reason = GATE_HOSTS;
	else if (!gate_hours_ask(&p->conf->hours, &g->hours, now->wall_s))
		v->reason = GATE_HOURS;
	return v->reason != GATE_YES;
}

/* Has its source had its share? */
static bool
is_greedy(struct gate *g, const struct gate_now *now,
    const struct gate_source_key *key, struct gate_verdict *v)
{
	const struct gate_plan *p = g->plan;
	const struct gate_source *s;

	if (!p->by_source)
		return false;
	s = gate_sources_take(g->sources, key, now->now_ns);
	v->source = gate_sources_number(g->sources, s);
	if (p->conf->max_per_source != 0 &&
	    s->live >= p->conf->max_per_source) {
		v->reason = GATE_MAX_PER_SOURCE;
	} else {
		v->retry_at_ns =
		    gate_rate_next(&p->rate_per_source, s->tat_ns, now->now_ns);
		if (v->retry_at_ns != 0)
			v->reason = GATE_RATE_PER_SOURCE;
	}
	if (v->reason != GATE_YES && v->source == GATE_SOURCE_SHARED)
		v->reason = GATE_TABLE;
	return v->reason != GATE_YES;
}

static unsigned int
log2_of(uint64_t n)
{
	return n == 0 ? 0 : 63 - (unsigned int)__builtin_clzll(n);
}

/*
 * How much is known of a source.  A single connection weighs nothing: that
 * is what a flood of new sources brings.
 */
static unsigned int
weigh(const struct gate_plan *p, const struct gate_source *s, uint64_t now_ns)
{
	unsigned int used =
	    log2_of(gate_rate_used(&p->rate_per_source, s->tat_ns, now_ns));
	unsigned int events = s->events == 0 ? 0 : 1 + log2_of(s->events);
	unsigned int weight = used > events ? used : events;

	if (s->banned_until_ns != 0)
		weight = WEIGHT_BANNED + s->strikes;
	else if (weight > WEIGHT_RATE_MOST)
		weight = WEIGHT_RATE_MOST;
	return weight < GATE_SOURCE_WEIGHTS ? weight : GATE_SOURCE_WEIGHTS - 1;
}

static void
rest(struct gate *g, struct gate_source *s, uint64_t now_ns)
{
	uint64_t keep_ns = gate_ban_keep_ns(&g->plan->conf->ban, s);

	if (s->tat_ns > keep_ns)
		keep_ns = s->tat_ns;
	gate_sources_rest(
	    g->sources, s, weigh(g->plan, s, now_ns), keep_ns, now_ns);
}

static void
count_ban(struct gate *g, uint64_t banned_ns)
{
	g->bans += banned_ns != 0;
	g->banning |= banned_ns != 0;
}

/* Its own fault: that may be once too often. */
static uint64_t
blame(struct gate *g, uint64_t now_ns, const struct gate_source_key *key)
{
	struct gate_source *s = gate_sources_take(g->sources, key, now_ns);
	uint64_t banned_ns;

	if (gate_sources_number(g->sources, s) == GATE_SOURCE_SHARED)
		return 0;
	banned_ns = gate_ban_event(&g->plan->conf->ban, s, now_ns);
	count_ban(g, banned_ns);
	rest(g, s, now_ns);
	return banned_ns;
}

static void
refuse(struct gate *g, uint64_t now_ns, const struct gate_source_key *key,
    struct gate_verdict *v)
{
	const struct conf_gate *conf = g->plan->conf;

	v->action =
	    conf->over_limit == CONF_OVER_RESET ? GATE_RESET : GATE_REFUSE;
	v->source = GATE_NO_SOURCE;
	g->refused[v->reason]++;
	if (conf->ban.on.refused && conf->ban.after.set &&
	    gate_reason_blames(v->reason))
		v->banned_ns = blame(g, now_ns, key);
}

struct gate_verdict
gate_check(
    struct gate *g, const struct gate_now *now, const struct addr_peer *peer)
{
	const struct conf_gate *conf = g->plan->conf;
	struct gate_verdict v = { .source = GATE_NO_SOURCE };
	struct gate_source_key key;

	if (!gate_source_key(peer, g->service, (uint8_t)conf->source_prefix_v4,
		(uint8_t)conf->source_prefix_v6, &key))
		v.reason = GATE_PEER;
	else if (is_banned(g, now, &key, &v) || is_unwanted(g, now, peer, &v) ||
	    (conf->over_limit != CONF_OVER_QUEUE && is_over(g, now, &v)))
		; /* no, and it is told why */
	else
		(void)is_greedy(g, now, &key, &v);
	if (v.reason != GATE_YES)
		refuse(g, now->now_ns, &key, &v);
	return v;
}

void
gate_enter(struct gate *g, uint64_t now_ns, const struct gate_verdict *v)
{
	struct gate_source *s;

	g->live++;
	gate_rate_take(&g->plan->rate, &g->tat_ns, now_ns);
	if (v->source == GATE_NO_SOURCE)
		return;
	s = gate_sources_at(g->sources, v->source);
	gate_rate_take(&g->plan->rate_per_source, &s->tat_ns, now_ns);
	gate_sources_enter(g->sources, s);
}

static uint64_t
judge_end(struct gate *g, uint64_t now_ns, struct gate_source *s,
    const struct gate_end *end)
{
	const struct conf_ban *conf = &g->plan->conf->ban;
	uint64_t banned_ns = 0;

	switch (gate_ban_judge(conf, end)) {
	case GATE_BAN_END_GOOD:
		break;
	case GATE_BAN_END_EVENT:
		banned_ns = gate_ban_event(conf, s, now_ns);
		break;
	case GATE_BAN_END_NOW:
		banned_ns = gate_ban_impose(conf, s, now_ns);
		break;
	}
	count_ban(g, banned_ns);
	return banned_ns;
}

uint64_t
gate_leave(struct gate *g, uint64_t now_ns, uint32_t source,
    const struct gate_end *end)
{
	struct gate_source *s;
	uint64_t banned_ns = 0;

	g->live--;
	if (source == GATE_NO_SOURCE)
		return 0;
	s = gate_sources_at(g->sources, source);
	gate_sources_leave(g->sources, s);
	if (end != NULL && source != GATE_SOURCE_SHARED)
		banned_ns = judge_end(g, now_ns, s, end);
	rest(g, s, now_ns);
	return banned_ns;
}

uint32_t
gate_remember(struct gate *g, uint64_t now_ns, const struct gate_source *known)
{
	struct gate_source *s =
	    gate_sources_take(g->sources, &known->key, now_ns);
	uint32_t number = gate_sources_number(g->sources, s);

	if (number == GATE_SOURCE_SHARED)
		return number;
	s->tat_ns = known->tat_ns;
	s->banned_until_ns = known->banned_until_ns;
	s->keep_until_s = known->keep_until_s;
	s->events_since_s = known->events_since_s;
	s->events = known->events;
	s->strikes = known->strikes;
	g->banning |= gate_ban_holds(s, now_ns);
	rest(g, s, now_ns);
	return number;
}

bool
gate_ban(struct gate *g, uint64_t now_ns, const struct gate_source_key *key,
    uint64_t for_ns)
{
	struct gate_source *s = gate_sources_take(g->sources, key, now_ns);

	if (gate_sources_number(g->sources, s) == GATE_SOURCE_SHARED)
		return false;
	s->banned_until_ns =
	    for_ns > UINT64_MAX - now_ns ? UINT64_MAX : now_ns + for_ns;
	count_ban(g, for_ns);
	rest(g, s, now_ns);
	return true;
}

void
gate_take_over(struct gate *g, uint32_t source)
{
	g->live++;
	if (source != GATE_NO_SOURCE)
		gate_sources_enter(
		    g->sources, gate_sources_at(g->sources, source));
}

uint64_t
gate_refused(const struct gate *g)
{
	uint64_t sum = 0;

	for (int i = 0; i < GATE_REASONS; i++)
		sum += g->refused[i];
	return sum;
}

void
gate_verdict_format(
    const struct gate *g, const struct gate_verdict *v, struct text *t)
{
	if (v->reason == GATE_RULE) {
		gate_rules_format(g->plan->rules, v->rule, t);
	} else if (v->reason == GATE_HOSTS) {
		text_string(t, v->place.file);
		text_char(t, ':');
		text_unsigned(t, v->place.line);
	}
}

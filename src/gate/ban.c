/* SPDX-License-Identifier: ISC */
/* Events, bans, and the memory of them; see ban.h. */
#include <stddef.h>

#include "base/num.h"
#include "conf/conf.h"
#include "gate/ban.h"
#include "gate/source.h"

static uint64_t
add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

bool
gate_ban_holds(const struct gate_source *s, uint64_t now_ns)
{
	return s->banned_until_ns > now_ns;
}

static uint64_t
window_s(const struct conf_ban *conf)
{
	return (conf->after.period_ns - 1) / NUM_NS_PER_S + 1;
}

/* Is its last ban still held against it? */
static bool
is_repeat(
    const struct conf_ban *conf, const struct gate_source *s, uint64_t now_ns)
{
	return s->banned_until_ns != 0 &&
	    now_ns < add(s->banned_until_ns, conf->max_ns);
}

static uint64_t
ban_length(const struct conf_ban *conf, unsigned int strikes)
{
	if (strikes >= 63 || conf->for_ns > conf->max_ns >> strikes)
		return conf->max_ns;
	return conf->for_ns << strikes;
}

uint64_t
gate_ban_impose(
    const struct conf_ban *conf, struct gate_source *s, uint64_t now_ns)
{
	uint64_t length_ns;

	if (gate_ban_holds(s, now_ns))
		return 0;
	if (!is_repeat(conf, s, now_ns))
		s->strikes = 0;
	else if (s->strikes < UINT8_MAX)
		s->strikes++;
	length_ns = ban_length(conf, s->strikes);
	s->banned_until_ns = add(now_ns, length_ns);
	s->events = 0;
	return length_ns;
}

uint64_t
gate_ban_event(
    const struct conf_ban *conf, struct gate_source *s, uint64_t now_ns)
{
	uint64_t now_s = now_ns / NUM_NS_PER_S;

	if (!conf->after.set || gate_ban_holds(s, now_ns))
		return 0;
	if (s->events == 0 || now_s - s->events_since_s > window_s(conf)) {
		s->events = 0;
		s->events_since_s = (uint32_t)now_s;
	}
	if (s->events < UINT16_MAX)
		s->events++;
	if (s->events < conf->after.count && s->events < UINT16_MAX)
		return 0;
	return gate_ban_impose(conf, s, now_ns);
}

uint64_t
gate_ban_keep_ns(const struct conf_ban *conf, const struct gate_source *s)
{
	uint64_t keep_ns = 0, end_s;

	if (s->banned_until_ns != 0)
		keep_ns = add(s->banned_until_ns, conf->max_ns);
	if (s->events == 0)
		return keep_ns;
	end_s = s->events_since_s + window_s(conf) + 1;
	return end_s * NUM_NS_PER_S > keep_ns ? end_s * NUM_NS_PER_S : keep_ns;
}

enum gate_ban_end
gate_ban_judge(const struct conf_ban *conf, const struct gate_end *end)
{
	unsigned int status = (unsigned int)end->number & 0xff;

	if (!conf->after.set)
		return GATE_BAN_END_GOOD;
	if (end->signaled)
		return conf->on.signal ? GATE_BAN_END_EVENT : GATE_BAN_END_GOOD;
	if (conf->exit_status != 0 && status == conf->exit_status)
		return GATE_BAN_END_NOW;
	return (conf->on.exits[status / 8] >> status % 8 & 1) != 0
	    ? GATE_BAN_END_EVENT
	    : GATE_BAN_END_GOOD;
}

struct gate_source *
gate_ban_next(
    struct gate_sources *t, uint32_t *cursor, uint32_t most, uint64_t now_ns)
{
	for (uint32_t i = 0; i < most && *cursor < t->used; i++) {
		struct gate_source *s = &t->at[++*cursor];

		if (gate_ban_holds(s, now_ns))
			return s;
	}
	return NULL;
}

void
gate_ban_lift(struct gate_sources *t, struct gate_source *s, uint64_t now_ns)
{
	s->banned_until_ns = 0;
	s->strikes = 0;
	s->events = 0;
	gate_sources_rest(t, s, 0, 0, now_ns);
}

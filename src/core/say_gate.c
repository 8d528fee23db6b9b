/* SPDX-License-Identifier: ISC */
/*
 * Events of the gate.  A flood of refusals is a line at once and then a count
 * every SPAN_NS, told when the span is over even if nobody comes any more.
 */
#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/peer_text.h"
#include "core/say.h"
#include "core/service.h"
#include "log/log.h"

#define SPAN_NS (10 * NUM_NS_PER_S)

/* So many bans of a service are told one by one in a span. */
#define BANS_MOST 10

void
say_let_go(
    struct core_service *s, const struct addr_peer *peer, const char *reason)
{
	char room[ADDR_TEXT_SIZE];
	uint64_t suppressed;

	if (log_repeat_pass(
		&s->held_said, s->core->loop.now_ns, SPAN_NS, &suppressed))
		log_event_to(s->log, LOG_CONN_REFUSE,
		    LOG_TEXT("service", s->name),
		    LOG_TEXT("peer", peer_text(s->core, peer, room)),
		    LOG_TEXT("reason", reason),
		    LOG_COUNT("suppressed", suppressed));
}

void
say_refuse(struct core_service *s, const struct addr_peer *peer,
    const struct gate_verdict *v)
{
	struct core *core = s->core;
	char room[ADDR_TEXT_SIZE], rule[ADDR_TEXT_SIZE];
	struct text t;
	uint64_t suppressed;

	if (!log_repeat_pass(&s->refuse_said[v->reason], core->loop.now_ns,
		SPAN_NS, &suppressed)) {
		if (core->tell.place == 0)
			loop_timer_set(&core->loop, &core->tell,
			    core->loop.now_ns + SPAN_NS);
		return;
	}
	text_init(&t, rule, sizeof(rule));
	gate_verdict_format(&s->gate, v, &t);
	log_event_to(s->log, LOG_CONN_REFUSE, LOG_TEXT("service", s->name),
	    LOG_TEXT("peer", peer_text(core, peer, room)),
	    LOG_TEXT("reason", gate_reason_name(v->reason)),
	    LOG_TEXT("rule", t.length > 0 ? rule : NULL),
	    LOG_COUNT("suppressed", suppressed));
}

/*
 * The counts of a service that no line has told; the last ones do not wait
 * for the end of their span.  True if some must wait.
 */
static bool
tell_service(struct core_service *s, uint64_t now_ns, bool last)
{
	bool more = false;
	uint64_t suppressed;

	for (int i = 0; i < GATE_REASONS; i++) {
		struct log_repeat *r = &s->refuse_said[i];

		if (r->suppressed == 0)
			continue;
		if (now_ns < r->until_ns && !last) {
			more = true;
			continue;
		}
		suppressed = r->suppressed;
		*r = (struct log_repeat) { .until_ns = now_ns + SPAN_NS };
		log_event_to(s->log, LOG_CONN_REFUSE,
		    LOG_TEXT("service", s->name),
		    LOG_TEXT("reason", gate_reason_name((enum gate_reason)i)),
		    LOG_COUNT("suppressed", suppressed));
	}
	return more;
}

void
say_counted(struct loop *loop, struct loop_timer *timer)
{
	struct core *core = loop_owner(timer, struct core, tell);
	bool more = false;

	for (size_t i = 0; i < core->service_count; i++)
		more |= tell_service(core->services[i], loop->now_ns, false);
	if (more)
		loop_timer_set(loop, timer, loop->now_ns + NUM_NS_PER_S);
}

void
say_last_counts(struct core *core)
{
	for (size_t i = 0; i < core->service_count; i++)
		(void)tell_service(core->services[i], core->loop.now_ns, true);
}

/* A flood of sources that are banned is a few lines and a count. */
static bool
ban_passes(struct core_service *s, uint64_t *ret_suppressed)
{
	uint64_t now_ns = s->core->loop.now_ns;

	if (now_ns >= s->bans_until_ns) {
		s->bans_until_ns = now_ns + SPAN_NS;
		s->bans_said = 0;
	}
	if (s->bans_said++ >= BANS_MOST) {
		s->bans_suppressed++;
		return false;
	}
	*ret_suppressed = s->bans_suppressed;
	s->bans_suppressed = 0;
	return true;
}

void
say_ban(struct core_service *s, const struct addr_peer *peer, uint64_t for_ns,
    const char *reason)
{
	const struct conf_gate *conf = &s->conf->gate;
	struct gate_source_key key;
	char room[ADDR_TEXT_SIZE];
	uint64_t suppressed;

	if (!ban_passes(s, &suppressed) ||
	    !gate_source_key(peer, s->gate.service,
		(uint8_t)conf->source_prefix_v4,
		(uint8_t)conf->source_prefix_v6, &key))
		return;
	log_event_to(s->log, LOG_BAN, LOG_TEXT("service", s->name),
	    LOG_TEXT("source", source_text(s, key, room)),
	    LOG_SECONDS("for", for_ns), LOG_TEXT("reason", reason),
	    LOG_COUNT("suppressed", suppressed));
}

void
say_unban(struct core_service *s, const struct gate_source_key *key)
{
	char room[ADDR_TEXT_SIZE];

	log_event_to(s->log, LOG_UNBAN, LOG_TEXT("service", s->name),
	    LOG_TEXT("source", source_text(s, *key, room)));
}

void
say_bans(struct core *core)
{
	const struct gate_source *source;
	char room[ADDR_TEXT_SIZE];
	uint64_t count = 0, now_ns = core->loop.now_ns;
	uint32_t cursor = 0;

	while ((source = gate_ban_next(
		    &core->sources, &cursor, UINT32_MAX, now_ns)) != NULL) {
		const struct core_service *s = service_by_number(
		    core, source->key.service & ~GATE_SOURCE_UNIX);

		if (s == NULL || s->conf == NULL)
			continue;
		count++;
		log_event(LOG_BAN_LISTED, LOG_TEXT("service", s->name),
		    LOG_TEXT("source", source_text(s, source->key, room)),
		    LOG_SECONDS("left", source->banned_until_ns - now_ns));
	}
	log_event(LOG_BAN_LIST, LOG_UNSIGNED("bans", count));
}

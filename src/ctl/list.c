/* SPDX-License-Identifier: ISC */
/* The connections that live: list and show. */
#include "base/num.h"
#include "core/core.h"
#include "core/ending.h"
#include "core/listen_text.h"
#include "core/peer_text.h"
#include "core/service.h"
#include "ctl/job.h"
#include "ctl/json.h"

/* Slots that are looked at before others get their turn. */
#define SLOTS_MOST 8192

static void
put_connection(struct text *out, const struct core_conn *c, int64_t boot_ns)
{
	const struct core *core = c->service->core;
	uint64_t now_ns = core->loop.now_ns;
	char room[ADDR_TEXT_SIZE];

	ctl_json_begin(out);
	ctl_json_unsigned(out, "id", c->number);
	ctl_json_text(out, "service", c->service->name);
	ctl_json_text(out, "peer", peer_text(core, &c->peer, room));
	ctl_json_text(
	    out, "listen", c->listen != NULL ? c->listen->text : NULL);
	ctl_json_unsigned(out, "pid", (uint64_t)c->pid);
	ctl_json_time(out, "start", boot_ns + (int64_t)c->start_ns);
	ctl_json_seconds(out, "age", now_ns - c->start_ns);
	if (c->cookie != 0)
		ctl_json_unsigned(out, "cookie", c->cookie);
	ctl_json_text(out, "ending", ending_reason(c->end));
}

/* job->at: the next slot; job->until: the number of the service plus 1. */
enum ctl_step
ctl_list(struct ctl_job *job, struct text *out)
{
	const struct core_conns *conns = &job->core->conns;
	int64_t boot_ns = ctl_wall_ns(0);
	const struct core_service *s;

	if (!job->begun && job->words > 1) {
		s = ctl_find_service(job->core, job->word[1], out);
		if (s == NULL)
			return CTL_ENDED;
		job->until = (uint64_t)s->gate.service + 1;
	}
	job->begun = true;
	for (int i = 0; i < SLOTS_MOST && job->at < conns->used; i++) {
		const struct core_conn *c;

		if (!ctl_has_room(out))
			return CTL_MORE;
		c = conns_at(conns, (uint32_t)job->at++);
		if (c->pid == 0 ||
		    (job->until != 0 &&
			c->service->gate.service + UINT64_C(1) != job->until))
			continue;
		put_connection(out, c, boot_ns);
		ctl_json_line_end(out);
	}
	return job->at < conns->used ? CTL_MORE : CTL_DONE;
}

static void
put_more(struct text *out, const struct core_conn *c)
{
	struct core *core = c->service->core;
	uint64_t now_ns = core->loop.now_ns;
	char room[ADDR_TEXT_SIZE];

	if (c->deadline_ns != 0)
		ctl_json_seconds(out, "deadline",
		    c->deadline_ns > now_ns ? c->deadline_ns - now_ns : 0);
	if (c->source == GATE_NO_SOURCE || c->source == GATE_SOURCE_SHARED)
		return;
	ctl_json_text(out, "source",
	    source_text(c->service,
		gate_sources_at(&core->sources, c->source)->key, room));
}

/* job->at: the next slot; job->until: the number that is looked for. */
enum ctl_step
ctl_show(struct ctl_job *job, struct text *out)
{
	const struct core_conns *conns = &job->core->conns;

	if (!job->begun && num_parse_unsigned(job->word[1], &job->until) < 0)
		return ctl_error(out, "usage",
		    "'%.60s' is not the number of a connection", job->word[1]);
	job->begun = true;
	for (int i = 0; i < SLOTS_MOST && job->at < conns->used; i++) {
		const struct core_conn *c =
		    conns_at(conns, (uint32_t)job->at++);

		if (c->pid == 0 || c->number != job->until)
			continue;
		put_connection(out, c, ctl_wall_ns(0));
		put_more(out, c);
		ctl_json_line_end(out);
		return CTL_DONE;
	}
	if (job->at < conns->used)
		return CTL_MORE;
	return ctl_error(out, "missing",
	    "there is no connection %ju (any more)", (uintmax_t)job->until);
}

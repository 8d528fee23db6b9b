/* SPDX-License-Identifier: ISC */
/* What superd and its services do at present: ping and status. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf.h"
#include "core/core.h"
#include "core/generation.h"
#include "core/pause.h"
#include "core/service.h"
#include "ctl/job.h"
#include "ctl/json.h"
#include "gate/ban.h"
#include "log/log.h"

/* So many bytes of a line are for the addresses of a service. */
#define LISTENS_SIZE 4096

/* ... and so many of what a file says of it, each up to six in JSON. */
#define DESCRIPTION_MOST 1024

static const char *
phase_name(const struct core *core)
{
	switch (core->phase) {
	case PHASE_RUNNING:
		return "running";
	case PHASE_DRAINING:
		return "draining";
	default:
		return "stopping";
	}
}

/* What ping and status begin with. */
static void
put_head(const struct ctl_job *job, struct text *out)
{
	const struct core *core = job->core;

	ctl_json_text(out, "version", PACKAGE_VERSION);
	ctl_json_unsigned(out, "pid", (uint64_t)getpid());
	ctl_json_text(out, "state", phase_name(core));
	ctl_json_seconds(out, "uptime", core->loop.now_ns - core->start_ns);
	ctl_json_unsigned(out, "generation", core->generation->number);
	ctl_json_unsigned(out, "upgrades", core->upgrades);
	ctl_json_text(out, "role", job->role == CTL_ROLE_ACT ? "act" : "look");
}

enum ctl_step
ctl_ping(struct ctl_job *job, struct text *out)
{
	ctl_json_begin(out);
	put_head(job, out);
	ctl_json_line_end(out);
	return CTL_DONE;
}

static void
put_superd(const struct ctl_job *job, struct text *out)
{
	const struct core *core = job->core;
	uint64_t accepted = 0, refused = 0;

	for (size_t i = 0; i < core->service_count; i++) {
		accepted += core->services[i]->stats.accepted;
		refused += gate_refused(&core->services[i]->gate);
	}
	ctl_json_begin(out);
	ctl_json_text(out, "type", "superd");
	put_head(job, out);
	ctl_json_time(out, "start", ctl_wall_ns(core->start_ns));
	ctl_json_text(out, "config", core->conf->path);
	ctl_json_unsigned(out, "live", core->conns.live);
	ctl_json_unsigned(out, "max", core->conns.max);
	ctl_json_unsigned(out, "services", core->service_count);
	ctl_json_unsigned(out, "accepted", accepted);
	ctl_json_unsigned(out, "refused", refused);
	ctl_json_milli(
	    out, "rate", stats_rate_milli(&core->rate, core->loop.now_ns));
	ctl_json_unsigned(out, "bans", core->sources.banned);
	ctl_json_unsigned(out, "sources", core->sources.used);
	ctl_json_unsigned(out, "max_sources", core->sources.capacity);
	ctl_json_text(out, "log_level", log_level_name(log_get_level()));
	ctl_json_unsigned(out, "log_dropped", log_dropped());
	ctl_json_line_end(out);
}

static const char *
state_of(const struct core_service *s)
{
	const struct core_listener *l = s->listeners;
	unsigned int paused = l != NULL ? l->paused : 0;

	if (!s->named)
		return "retired";
	if (s->core->phase != PHASE_RUNNING && l == NULL)
		return "draining";
	if (s->disabled)
		return s->gate.live > 0 ? "draining" : "disabled";
	if (s->paused)
		return "paused";
	/* What holds for all of its sockets; one that works is enough. */
	for (; l != NULL; l = l->next)
		paused = l->paused == 0 ? 0 : paused;
	if ((paused & (PAUSE_SHORT | PAUSE_HOLDING)) != 0)
		return "short";
	if ((paused & (PAUSE_FULL_SERVICE | PAUSE_FULL_DAEMON)) != 0)
		return "full";
	return (paused & PAUSE_GATE) != 0 ? "waiting" : "running";
}

static void
put_listens(struct text *out, const struct core_service *s)
{
	char room[ADDR_TEXT_SIZE];
	size_t most = out->length + LISTENS_SIZE;
	struct text t;

	ctl_json_list(out, "listen");
	for (const struct core_listener *l = s->listeners;
	     l != NULL && out->length < most; l = l->next) {
		if (l->retire_by_ns != 0)
			continue;
		text_init(&t, room, sizeof(room));
		addr_format(&l->socket.bound, &t);
		ctl_json_list_text(out, room);
	}
	ctl_json_list_end(out);
}

static void
put_refused(struct text *out, const struct core_service *s)
{
	ctl_json_object(out, "refused");
	for (int i = 0; i < GATE_REASONS; i++) {
		if (s->gate.refused[i] > 0)
			ctl_json_unsigned(out,
			    gate_reason_name((enum gate_reason)i),
			    s->gate.refused[i]);
	}
	ctl_json_end(out);
}

static void
put_failures(struct text *out, const struct core_service *s)
{
	const struct stats_failure *last = &s->stats.last_failure;
	uint64_t sum = 0;

	for (int i = 0; i < SPAWN_STEPS; i++)
		sum += s->stats.failures[i];
	ctl_json_unsigned(out, "failures", sum);
	if (last->wall_ns == 0)
		return;
	ctl_json_object(out, "last_failure");
	ctl_json_time(out, "time", last->wall_ns);
	ctl_json_text(out, "what", last->text);
	ctl_json_end(out);
}

static void
put_description(struct text *out, const char *description)
{
	char some[DESCRIPTION_MOST + 1];

	if (description == NULL)
		return;
	(void)snprintf(some, sizeof(some), "%s", description);
	ctl_json_text(out, "description", some);
}

void
ctl_put_service(struct text *out, const struct core_service *s, uint64_t now_ns)
{
	ctl_json_begin(out);
	ctl_json_text(out, "type", "service");
	ctl_json_text(out, "service", s->name);
	ctl_json_text(out, "state", state_of(s));
	put_listens(out, s);
	ctl_json_unsigned(out, "live", s->gate.live);
	ctl_json_unsigned(out, "max", s->conf->max_connections);
	ctl_json_unsigned(out, "accepted", s->stats.accepted);
	put_refused(out, s);
	ctl_json_milli(out, "rate", stats_rate_milli(&s->stats.rate, now_ns));
	put_failures(out, s);
	put_description(out, s->conf->description);
	ctl_json_line_end(out);
}

/* One that the file has switched off may still have handlers. */
static bool
is_retired(const struct core *core, const char *name)
{
	for (size_t i = 0; i < core->service_count; i++) {
		if (!core->services[i]->named &&
		    strcmp(core->services[i]->name, name) == 0)
			return true;
	}
	return false;
}

/* Those that the file has switched off, behind all others. */
static enum ctl_step
put_off(struct ctl_job *job, struct text *out)
{
	const struct conf *conf = job->core->conf;

	for (; ctl_has_room(out) && job->until < conf->service_count;
	     job->until++) {
		const struct conf_service *s = &conf->services[job->until];

		if (s->enabled || is_retired(job->core, s->name))
			continue;
		ctl_json_begin(out);
		ctl_json_text(out, "type", "service");
		ctl_json_text(out, "service", s->name);
		ctl_json_text(out, "state", "off");
		put_description(out, s->description);
		ctl_json_line_end(out);
	}
	return job->until < conf->service_count ? CTL_MORE : CTL_DONE;
}

/* job->at: the number of the next service; job->until: in conf. */
enum ctl_step
ctl_status(struct ctl_job *job, struct text *out)
{
	const struct core *core = job->core;
	const struct core_service *s;

	if (job->words > 1) {
		s = ctl_find_service(job->core, job->word[1], out);
		if (s == NULL)
			return CTL_ENDED;
		ctl_put_service(out, s, core->loop.now_ns);
		return CTL_DONE;
	}
	if (!job->begun)
		put_superd(job, out);
	job->begun = true;
	while (ctl_has_room(out)) {
		s = service_from(core, (uint32_t)job->at);
		if (s == NULL)
			return put_off(job, out);
		job->at = s->gate.service + 1;
		if (s->conf != NULL)
			ctl_put_service(out, s, core->loop.now_ns);
	}
	return CTL_MORE;
}

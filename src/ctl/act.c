/* SPDX-License-Identifier: ISC */
/* What changes something: connections, services, superd itself. */
#include <errno.h>
#include <string.h>

#include "base/cidr.h"
#include "base/num.h"
#include "core/connection.h"
#include "core/core.h"
#include "core/generation.h"
#include "core/load.h"
#include "core/next.h"
#include "core/pause.h"
#include "core/privileges.h"
#include "core/reload.h"
#include "core/service.h"
#include "ctl/job.h"
#include "ctl/json.h"

/* Whom a kill means. */
struct victims {
	enum {
		BY_ID,
		BY_SERVICE,
		BY_SOURCE
	} by;
	uint64_t id;
	const struct core_service *service;
	struct cidr net;
};

static const char *
after(const char *word, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(word, prefix, length) == 0 ? word + length : NULL;
}

static enum ctl_step
parse_service(const struct ctl_job *job, const char *name, struct victims *v,
    struct text *out)
{
	v->by = BY_SERVICE;
	v->service = ctl_find_service(job->core, name, out);
	return v->service == NULL ? CTL_ENDED : CTL_MORE;
}

/* CTL_MORE if it is understood. */
static enum ctl_step
parse_victims(const struct ctl_job *job, struct victims *v, struct text *out)
{
	const char *word = job->word[1];
	const char *id = after(word, "id:"), *source = after(word, "source:");
	const char *service = after(word, "service:");
	struct err e;

	if (service != NULL)
		return parse_service(job, service, v, out);
	v->by = BY_ID;
	if (source == NULL &&
	    num_parse_unsigned(id != NULL ? id : word, &v->id) == 0)
		return CTL_MORE;
	if (id != NULL)
		return ctl_error(out, "usage",
		    "'%.60s' is not the number of a connection", id);
	v->by = BY_SOURCE;
	if (cidr_parse(source != NULL ? source : word, &v->net, &e) == 0)
		return CTL_MORE;
	if (source != NULL)
		return ctl_error(out, "usage", "%s", e.text);
	return parse_service(job, word, v, out);
}

static bool
is_meant(const struct core_conn *c, const struct victims *v)
{
	uint8_t ip[16];

	switch (v->by) {
	case BY_ID:
		return c->number == v->id;
	case BY_SERVICE:
		return c->service == v->service;
	case BY_SOURCE:
	default:
		return cidr_from_peer(&c->peer, ip) &&
		    cidr_contains(&v->net, ip);
	}
}

enum ctl_step
ctl_kill(struct ctl_job *job, struct text *out)
{
	const struct core_conns *conns = &job->core->conns;
	struct victims v = { 0 };
	uint64_t killed = 0;

	if (parse_victims(job, &v, out) != CTL_MORE)
		return CTL_ENDED;
	for (uint32_t i = 0; i < conns->used; i++) {
		struct core_conn *c = conns_at(conns, i);

		if (c->pid == 0 || !is_meant(c, &v))
			continue;
		connection_end(c, CORE_END_COMMAND);
		killed++;
	}
	if (killed == 0 && v.by == BY_ID)
		return ctl_error(out, "missing",
		    "there is no connection %ju (any more)", (uintmax_t)v.id);
	ctl_json_begin(out);
	ctl_json_unsigned(out, "killed", killed);
	ctl_json_line_end(out);
	return CTL_DONE;
}

/* One that the present file names. */
static struct core_service *
find_named(struct ctl_job *job, struct text *out)
{
	struct core_service *s = ctl_find_service(job->core, job->word[1], out);

	if (s == NULL || s->named)
		return s;
	(void)ctl_error(out, "missing",
	    "'%.100s' is not in the file any more, only its last handlers "
	    "live",
	    s->name);
	return NULL;
}

static enum ctl_step
say_service(struct ctl_job *job, struct text *out, struct core_service *s)
{
	ctl_put_service(out, s, job->core->loop.now_ns);
	return CTL_DONE;
}

static enum ctl_step
set_paused(struct ctl_job *job, struct text *out, bool paused)
{
	struct core_service *s = find_named(job, out);

	if (s == NULL)
		return CTL_ENDED;
	s->paused = paused;
	for (struct core_listener *l = s->listeners; l != NULL; l = l->next) {
		/* Who is at one that goes is served, or it would not go. */
		if (l->retire_by_ns != 0)
			continue;
		if (paused)
			pause_begin(l, PAUSE_ASKED);
		else
			pause_end(l, PAUSE_ASKED);
	}
	return say_service(job, out, s);
}

enum ctl_step
ctl_pause(struct ctl_job *job, struct text *out)
{
	return set_paused(job, out, true);
}

enum ctl_step
ctl_resume(struct ctl_job *job, struct text *out)
{
	return set_paused(job, out, false);
}

/* Could the sockets of the service be opened again?  Else e says why not. */
static bool
can_come_back(const struct core_service *s, struct err *e)
{
	for (const struct core_listener *l = s->listeners; l != NULL;
	     l = l->next) {
		if (l->socket.name != NULL)
			return err_set(e, EPERM,
				   "a socket that was passed to superd cannot "
				   "be opened again: pause it instead") == 0;
		if (privileges_may_open(s->conf, &l->wanted, e) < 0)
			return false;
	}
	return true;
}

/* NULL: the answer has ended. */
static struct core_service *
able(struct ctl_job *job, struct text *out, bool enabled)
{
	struct core_service *s = find_named(job, out);
	bool before;
	struct err e;

	if (s == NULL)
		return NULL;
	if (phase_answer(job->core->phase, PHASE_RELOAD) != PHASE_DO) {
		(void)ctl_error(out, "refused", "superd is about to end");
		return NULL;
	}
	if (upgrade_is_on(job->core)) {
		(void)ctl_error(out, "refused",
		    "an upgrade is on its way: try again when it is over");
		return NULL;
	}
	if (!enabled && !can_come_back(s, &e)) {
		(void)ctl_error(out, "refused", "%s", e.text);
		return NULL;
	}
	before = s->disabled;
	s->disabled = !enabled;
	if (next_refresh(job->core, &e) < 0) {
		s->disabled = before;
		(void)ctl_error(out, "failed", "%s", e.text);
		return NULL;
	}
	return s;
}

enum ctl_step
ctl_enable(struct ctl_job *job, struct text *out)
{
	struct core_service *s = able(job, out, true);

	return s == NULL ? CTL_ENDED : say_service(job, out, s);
}

enum ctl_step
ctl_disable(struct ctl_job *job, struct text *out)
{
	struct core_service *s = able(job, out, false);

	return s == NULL ? CTL_ENDED : say_service(job, out, s);
}

/* job->part: the service's number; job->at: its handlers when last told. */
enum ctl_step
ctl_drain(struct ctl_job *job, struct text *out)
{
	struct core_service *s;

	if (!job->begun) {
		s = able(job, out, false);
		if (s == NULL)
			return CTL_ENDED;
		job->begun = true;
		job->part = s->gate.service;
		job->at = UINT64_MAX;
	}
	s = service_by_number(job->core, job->part);
	if (s == NULL)
		return CTL_DONE;
	if (!s->disabled)
		return ctl_error(out, "refused", "it was enabled meanwhile");
	if (s->gate.live != job->at) {
		ctl_json_begin(out);
		ctl_json_text(out, "service", s->name);
		ctl_json_unsigned(out, "live", s->gate.live);
		ctl_json_line_end(out);
	}
	job->at = s->gate.live;
	/* Who waited in the backlog may still come in while it retires. */
	return s->gate.live == 0 && s->listeners == NULL ? CTL_DONE : CTL_WAIT;
}

static void
put_finding(struct text *out, const struct conf_finding *f)
{
	ctl_json_begin(out);
	ctl_json_text(out, "file", f->err.file);
	if (f->err.line != 0)
		ctl_json_unsigned(out, "line", f->err.line);
	ctl_json_bool(out, "mistake", !f->warning);
	ctl_json_text(out, "text", f->err.text);
	ctl_json_line_end(out);
}

enum ctl_step
ctl_reload(struct ctl_job *job, struct text *out)
{
	struct core_reload result;
	enum ctl_step step = CTL_DONE;

	reload(job->core, &result);
	for (size_t i = 0; i < result.report.count && ctl_has_room(out); i++)
		put_finding(out, &result.report.findings[i]);
	if (result.refused != NULL) {
		step = ctl_error(out, "refused", "%s", result.refused);
	} else {
		ctl_json_begin(out);
		ctl_json_unsigned(
		    out, "generation", job->core->generation->number);
		ctl_json_unsigned(out, "services", result.services);
		ctl_json_unsigned(out, "opened", result.opened);
		ctl_json_unsigned(out, "kept", result.kept);
		ctl_json_unsigned(out, "retired", result.retired);
		ctl_json_line_end(out);
	}
	conf_report_free(&result.report);
	return step;
}

static enum ctl_step
refuse_upgrade(const struct core *core, struct text *out)
{
	return ctl_error(out, "refused",
	    "superd " PACKAGE_VERSION " goes on; about %s: %s",
	    core->source->program != NULL ? core->source->program
					  : "its program",
	    core->upgrade.refused);
}

enum ctl_step
ctl_upgrade(struct ctl_job *job, struct text *out)
{
	struct core *core = job->core;

	if (job->begun && upgrade_is_on(core))
		return CTL_WAIT;
	if (job->begun)
		return refuse_upgrade(core, out);
	if (upgrade_is_on(core))
		return ctl_error(
		    out, "refused", "an upgrade is on its way already");
	upgrade_begin(core);
	job->begun = true;
	if (!upgrade_is_on(core))
		return refuse_upgrade(core, out);
	ctl_json_begin(out);
	ctl_json_text(out, "upgrade", "asked");
	ctl_json_line_end(out);
	return CTL_WAIT;
}

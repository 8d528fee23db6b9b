/* SPDX-License-Identifier: ISC */
/* Events of connections; see say.h. */
#include <string.h>

#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/final.h"
#include "core/peer_text.h"
#include "core/record.h"
#include "core/say.h"
#include "core/service.h"
#include "log/log.h"

/* Repeats within these spans are counted, not printed. */
#define SPAWN_SPAN_NS  (10 * NUM_NS_PER_S)
#define SHORT_SPAN_NS  (10 * NUM_NS_PER_S)
#define FULL_SPAN_NS   (60 * NUM_NS_PER_S)
#define STDERR_SPAN_NS (60 * NUM_NS_PER_S)

void
say_open(const struct core_conn *c)
{
	char room[ADDR_TEXT_SIZE];

	log_event_to(c->service->log, LOG_CONN_OPEN,
	    LOG_TEXT("service", c->service->name),
	    LOG_UNSIGNED("connection", c->number), LOG_SIGNED("pid", c->pid),
	    LOG_TEXT("peer", peer_text(c->service->core, &c->peer, room)));
}

/* number 0: the client never became a connection. */
static void
say_spawn_failed(const struct core_plan *plan, struct core_service *s,
    const struct addr_peer *peer, const struct spawn_fault *fault,
    uint64_t number)
{
	char room[ADDR_TEXT_SIZE], sentence[ERR_TEXT_SIZE];
	struct text t;
	uint64_t suppressed;

	if (!log_repeat_pass(&s->spawn_said, s->core->loop.now_ns,
		SPAWN_SPAN_NS, &suppressed))
		return;
	text_init(&t, sentence, sizeof(sentence));
	spawn_fault_format(fault, plan->spawn, &t);
	log_event_to(s->log, LOG_SPAWN_FAILED, LOG_TEXT("service", s->name),
	    LOG_COUNT("connection", number),
	    LOG_TEXT("peer", peer_text(s->core, peer, room)),
	    LOG_TEXT("step", spawn_step_name(fault->step)),
	    LOG_TEXT("error", sentence), LOG_COUNT("suppressed", suppressed));
}

void
say_no_process(struct core_service *s, const struct addr_peer *peer, int error)
{
	struct spawn_fault fault = { .step = SPAWN_STEP_CLONE, .error = error };

	say_spawn_failed(s->plan, s, peer, &fault, 0);
}

static void
say_stderr_lost(const struct core_conn *c)
{
	struct core_service *s = c->service;
	uint64_t suppressed;

	if (log_repeat_pass(&s->stderr_said, s->core->loop.now_ns,
		STDERR_SPAN_NS, &suppressed))
		log_event_to(s->log, LOG_FAULT, LOG_TEXT("service", s->name),
		    LOG_UNSIGNED("connection", c->number),
		    LOG_TEXT("what", "stderr of the handler went to /dev/null"),
		    LOG_TEXT("error", strerror(c->fault.stderr_error)),
		    LOG_COUNT("suppressed", suppressed));
}

void
say_close(const struct core_conn *c, const siginfo_t *info,
    const struct rusage *usage)
{
	struct core_record r;

	if (c->fault.step != SPAWN_STEP_NONE)
		say_spawn_failed(
		    c->plan, c->service, &c->peer, &c->fault, c->number);
	else if (c->fault.stderr_error != 0)
		say_stderr_lost(c);
	record_fill(&r, c, info, usage);
	final_say(c, &r);
}

/* A limit of its time is reached. */
static void
say_over(const struct core_conn *c, enum log_event_kind event,
    const char *limit, uint64_t limit_ns)
{
	struct core_service *s = c->service;
	char room[ADDR_TEXT_SIZE];

	log_event_to(s->log, event, LOG_TEXT("service", s->name),
	    LOG_UNSIGNED("connection", c->number), LOG_SIGNED("pid", c->pid),
	    LOG_TEXT("peer", peer_text(s->core, &c->peer, room)),
	    LOG_SECONDS(limit, limit_ns));
}

void
say_timeout(const struct core_conn *c)
{
	say_over(
	    c, LOG_CONN_TIMEOUT, "max_runtime", c->plan->conf->max_runtime_ns);
}

void
say_idle(const struct core_conn *c)
{
	say_over(
	    c, LOG_CONN_IDLE, "idle_timeout", c->plan->conf->idle_timeout_ns);
}

void
say_full(struct core_service *s, const char *limit, uint64_t most)
{
	uint64_t suppressed;

	if (log_repeat_pass(
		&s->full_said, s->core->loop.now_ns, FULL_SPAN_NS, &suppressed))
		log_event_to(s->log, LOG_FULL, LOG_TEXT("service", s->name),
		    LOG_TEXT("limit", limit), LOG_COUNT("max", most),
		    LOG_COUNT("suppressed", suppressed));
}

void
say_short(struct core_listener *l, int error)
{
	uint64_t suppressed;

	if (!log_repeat_pass(&l->short_said, l->service->core->loop.now_ns,
		SHORT_SPAN_NS, &suppressed))
		return;
	l->short_told = true;
	log_event_to(l->service->log, LOG_ACCEPT_FAILED,
	    LOG_TEXT("service", l->service->name),
	    LOG_TEXT("error", strerror(error)),
	    LOG_COUNT("suppressed", suppressed));
}

void
say_not_short(struct core_listener *l)
{
	if (!l->short_told)
		return;
	l->short_told = false;
	log_event_to(l->service->log, LOG_ACCEPT_RESUMED,
	    LOG_TEXT("service", l->service->name),
	    LOG_SECONDS(
		"after", l->service->core->loop.now_ns - l->short_since_ns));
}

void
say_findings(const struct conf_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct conf_finding *f = &report->findings[i];

		log_event(f->warning ? LOG_CONFIG_WARNING : LOG_CONFIG_MISTAKE,
		    LOG_TEXT("file", f->err.file),
		    LOG_COUNT("line", f->err.line),
		    LOG_TEXT("text", f->err.text));
	}
}

static void
say_socket(enum log_event_kind event, const struct core_listener *l)
{
	char address[ADDR_TEXT_SIZE];
	struct text t;

	text_init(&t, address, sizeof(address));
	addr_format(&l->socket.bound, &t);
	log_event(event, LOG_TEXT("service", l->service->name),
	    LOG_TEXT("address", address), LOG_TEXT("passed", l->socket.name));
}

void
say_listen(const struct core_listener *l)
{
	say_socket(LOG_LISTEN, l);
}

void
say_unlisten(const struct core_listener *l)
{
	say_socket(LOG_UNLISTEN, l);
}

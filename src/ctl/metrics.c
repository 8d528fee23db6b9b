/* SPDX-License-Identifier: ISC */
/*
 * Numbers for a monitoring system, in the text format of Prometheus (its
 * documentation, "Exposition formats", version 0.0.4).  All samples of a
 * metric stand together, so the services are walked once for each.
 */
#include <string.h>

#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/service.h"
#include "ctl/job.h"
#include "ctl/metrics.h"
#include "gate/verdict.h"

static void
put_value(struct text *out, uint64_t value)
{
	text_char(out, ' ');
	text_unsigned(out, value);
	text_char(out, '\n');
}

/* The label's value, as the format wants it quoted. */
static void
put_quoted(struct text *out, const char *value)
{
	text_char(out, '"');
	for (; *value != '\0'; value++) {
		if (*value == '\n') {
			text_string(out, "\\n");
			continue;
		}
		if (*value == '"' || *value == '\\')
			text_char(out, '\\');
		text_char(out, *value);
	}
	text_char(out, '"');
}

/* NAME{service="x" and an open brace. */
static void
put_name(struct text *out, const char *name, const char *suffix,
    const struct core_service *s)
{
	text_string(out, "superd_");
	text_string(out, name);
	text_string(out, suffix);
	text_string(out, "{service=");
	put_quoted(out, s->name);
}

static void
put_one(struct text *out, const char *name, const struct core_service *s,
    uint64_t value)
{
	put_name(out, name, "", s);
	text_char(out, '}');
	put_value(out, value);
}

/* One of several, told apart by a label. */
static void
put_labeled(struct text *out, const char *name, const struct core_service *s,
    const char *label, const char *label_value, uint64_t value)
{
	put_name(out, name, "", s);
	text_char(out, ',');
	text_string(out, label);
	text_char(out, '=');
	put_quoted(out, label_value);
	text_char(out, '}');
	put_value(out, value);
}

static void
put_up(struct text *out, const char *name, const struct core_service *s)
{
	put_one(out, name, s,
	    s->named && !s->paused && !s->disabled && s->listeners != NULL);
}

static void
put_live(struct text *out, const char *name, const struct core_service *s)
{
	put_one(out, name, s, s->gate.live);
}

static void
put_live_max(struct text *out, const char *name, const struct core_service *s)
{
	put_one(out, name, s, s->conf->max_connections);
}

static void
put_accepted(struct text *out, const char *name, const struct core_service *s)
{
	put_one(out, name, s, s->stats.accepted);
}

static void
put_refused(struct text *out, const char *name, const struct core_service *s)
{
	for (int i = GATE_YES + 1; i < GATE_REASONS; i++) {
		if (s->gate.refused[i] > 0)
			put_labeled(out, name, s, "reason",
			    gate_reason_name((enum gate_reason)i),
			    s->gate.refused[i]);
	}
}

static void
put_failures(struct text *out, const char *name, const struct core_service *s)
{
	for (int i = SPAWN_STEP_NONE + 1; i < SPAWN_STEPS; i++) {
		if (s->stats.failures[i] > 0)
			put_labeled(out, name, s, "step", spawn_step_name(i),
			    s->stats.failures[i]);
	}
}

/* Of thousands of services that nobody uses these would be most lines. */
static bool
is_used(const struct core_service *s)
{
	return s->stats.accepted > 0;
}

static void
put_exits(struct text *out, const char *name, const struct core_service *s)
{
	for (int i = 0; i < STATS_EXITS && is_used(s); i++)
		put_labeled(out, name, s, "status",
		    stats_exit_name((enum stats_exit)i), s->stats.exits[i]);
}

static void
put_bans(struct text *out, const char *name, const struct core_service *s)
{
	put_one(out, name, s, s->gate.bans);
}

static void
put_bytes_in(struct text *out, const char *name, const struct core_service *s)
{
	if (s->stats.bytes_known > 0)
		put_one(out, name, s, s->stats.bytes_in);
}

static void
put_bytes_out(struct text *out, const char *name, const struct core_service *s)
{
	if (s->stats.bytes_known > 0)
		put_one(out, name, s, s->stats.bytes_out);
}

/* Seconds, without the zeros that say nothing. */
static void
put_seconds(struct text *out, uint64_t ns)
{
	uint64_t rest = ns % NUM_NS_PER_S;
	unsigned int digits = 9;

	text_unsigned(out, ns / NUM_NS_PER_S);
	if (rest == 0)
		return;
	for (; rest % 10 == 0; digits--)
		rest /= 10;
	text_char(out, '.');
	text_padded(out, rest, digits);
}

static void
put_histogram(struct text *out, const char *name, const struct core_service *s,
    const struct stats_histogram *h, const uint64_t bounds_ns[STATS_BUCKETS])
{
	uint64_t sum = 0;

	if (!is_used(s))
		return;
	for (int i = 0; i <= STATS_BUCKETS; i++) {
		sum += h->counts[i];
		put_name(out, name, "_bucket", s);
		text_string(out, ",le=\"");
		if (i < STATS_BUCKETS)
			put_seconds(out, bounds_ns[i]);
		else
			text_string(out, "+Inf");
		text_string(out, "\"}");
		put_value(out, sum);
	}
	put_name(out, name, "_sum", s);
	text_string(out, "} ");
	put_seconds(out, h->sum_ns);
	text_char(out, '\n');
	put_name(out, name, "_count", s);
	text_char(out, '}');
	put_value(out, sum);
}

static void
put_spawn(struct text *out, const char *name, const struct core_service *s)
{
	put_histogram(out, name, s, &s->stats.spawn, stats_spawn_bounds_ns);
}

static void
put_duration(struct text *out, const char *name, const struct core_service *s)
{
	put_histogram(
	    out, name, s, &s->stats.duration, stats_duration_bounds_ns);
}

struct family {
	const char *name; /* behind superd_ */
	const char *type, *help;
	void (*put)(
	    struct text *out, const char *name, const struct core_service *s);
};

static const struct family families[] = {
	{ "service_up", "gauge", "Whether the service takes clients.", put_up },
	{ "live", "gauge", "Connections that are open.", put_live },
	{ "live_max", "gauge", "Connections that may be open at once.",
	    put_live_max },
	{ "accepted_total", "counter", "Connections given to a handler.",
	    put_accepted },
	{ "refused_total", "counter",
	    "Connections closed without a handler, by reason.", put_refused },
	{ "spawn_failures_total", "counter",
	    "Handlers that could not be started, by step.", put_failures },
	{ "exits_total", "counter", "Handlers that have ended, by how.",
	    put_exits },
	{ "spawn_latency_seconds", "histogram",
	    "Time from accept to the handler's exec.", put_spawn },
	{ "connection_duration_seconds", "histogram",
	    "Time from accept to the handler's end.", put_duration },
	{ "bans_total", "counter", "Bans that were imposed.", put_bans },
	{ "bytes_received_total", "counter",
	    "Bytes that clients have sent, of connections that have ended.",
	    put_bytes_in },
	{ "bytes_sent_total", "counter",
	    "Bytes that clients were sent, of connections that have ended.",
	    put_bytes_out },
};

#define FAMILIES (sizeof(families) / sizeof(families[0]))

void
metrics_head(
    struct text *out, const char *name, const char *type, const char *help)
{
	text_string(out, "# HELP ");
	text_string(out, name);
	text_char(out, ' ');
	text_string(out, help);
	text_string(out, "\n# TYPE ");
	text_string(out, name);
	text_char(out, ' ');
	text_string(out, type);
	text_char(out, '\n');
}

static void
put_family_head(struct text *out, const struct family *f)
{
	char name[64];
	struct text t;

	text_init(&t, name, sizeof(name));
	text_string(&t, "superd_");
	text_string(&t, f->name);
	metrics_head(out, name, f->type, f->help);
}

/* job->part: the metric; job->at: the number of the next service. */
enum ctl_step
ctl_metrics(struct ctl_job *job, struct text *out)
{
	const struct core_service *s;

	if (!job->begun)
		metrics_daemon(job->core, out);
	job->begun = true;
	while (ctl_has_room(out) && job->part < FAMILIES) {
		const struct family *f = &families[job->part];

		if (job->at == 0)
			put_family_head(out, f);
		s = service_from(job->core, (uint32_t)job->at);
		if (s == NULL) {
			job->part++;
			job->at = 0;
			continue;
		}
		job->at = s->gate.service + UINT64_C(1);
		if (s->conf != NULL)
			f->put(out, f->name, s);
	}
	return job->part < FAMILIES ? CTL_MORE : CTL_DONE;
}

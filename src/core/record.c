/* SPDX-License-Identifier: ISC */
/* The event conn.close; superd(8) describes each of its fields. */
#include <stddef.h>
#include <time.h>

#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/ending.h"
#include "core/listen_text.h"
#include "core/peer_text.h"
#include "core/record.h"
#include "core/service.h"
#include "log/log.h"
#include "log/stamp.h"

static uint64_t
ns_of(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * NUM_NS_PER_S +
	    (uint64_t)time->tv_usec * 1000;
}

/* How often the service has refused somebody since it was last asked. */
static uint64_t
take_refused(struct core_service *s)
{
	uint64_t all = gate_refused(&s->gate);
	uint64_t fresh = all - s->refused_told;

	s->refused_told = all;
	return fresh;
}

void
record_fill(struct core_record *r, const struct core_conn *c,
    const siginfo_t *info, const struct rusage *usage)
{
	struct core_service *s = c->service;

	*r = (struct core_record) {
		.service = s,
		.connection = c->number,
		.cookie = c->cookie,
		.start_ns = c->start_ns,
		.end_ns = s->core->loop.now_ns,
		.user_ns = ns_of(&usage->ru_utime),
		.system_ns = ns_of(&usage->ru_stime),
		.max_rss = (uint64_t)usage->ru_maxrss * 1024,
		.refused = take_refused(s),
		.peer = c->peer,
		.pid = c->pid,
		.code = info->si_code,
		.number = info->si_status,
		.started = c->fault.step == SPAWN_STEP_NONE,
		.end = c->end,
	};
	r->has_spawn = conns_spawn_ns(c, &r->spawn_ns);
	if (c->listen != NULL)
		r->listen = listen_text_use(c->listen);
}

void
record_done(struct core_record *r)
{
	listen_text_leave(r->listen);
	r->listen = NULL;
}

/* What is not known is a text that is not there: it is left out. */
static struct log_field
number_if(bool known, uint64_t number)
{
	if (!known)
		return (struct log_field)LOG_TEXT(NULL, NULL);
	return (struct log_field)LOG_UNSIGNED(NULL, number);
}

static struct log_field
seconds_if(bool known, uint64_t ns)
{
	if (!known)
		return (struct log_field)LOG_TEXT(NULL, NULL);
	return (struct log_field)LOG_SECONDS(NULL, ns);
}

/* On the clock on the wall, which may have been set since. */
static const char *
start_text(const struct core_record *r, struct log_stamp *stamp)
{
	uint64_t ago_ns = r->service->core->loop.now_ns - r->start_ns;
	struct timespec now;
	uint64_t start_ns;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	start_ns = (uint64_t)now.tv_sec * NUM_NS_PER_S + (uint64_t)now.tv_nsec -
	    ago_ns;
	now.tv_sec = (time_t)(start_ns / NUM_NS_PER_S);
	now.tv_nsec = (long)(start_ns % NUM_NS_PER_S);
	return log_stamp_text(stamp, &now);
}

static void
write_chosen(struct log_channel *log, struct log_field all[CONF_CLOSE_FIELDS],
    uint64_t chosen)
{
	struct log_field fields[CONF_CLOSE_FIELDS + 1];
	size_t count = 0;

	for (int i = 0; i < CONF_CLOSE_FIELDS; i++) {
		if ((chosen >> i & 1) == 0)
			continue;
		all[i].name = conf_close_fields[i];
		fields[count++] = all[i];
	}
	fields[count] = (struct log_field)LOG_END;
	log_write(log, LOG_CONN_CLOSE, fields);
}

void
record_say(const struct core_record *r)
{
	struct core *core = r->service->core;
	const struct record_socket *socket = &r->socket;
	bool exited = r->started && r->code == CLD_EXITED;
	bool killed = r->started && r->code != CLD_EXITED;
	char peer[ADDR_TEXT_SIZE], status[ENDING_TEXT_SIZE];
	char signal[ENDING_TEXT_SIZE];

	if (!log_wants(LOG_CONN_CLOSE))
		return;
	struct log_field all[CONF_CLOSE_FIELDS] = {
		[CONF_CLOSE_SERVICE] = LOG_TEXT(NULL, r->service->name),
		[CONF_CLOSE_CONNECTION] = LOG_UNSIGNED(NULL, r->connection),
		[CONF_CLOSE_PID] = LOG_SIGNED(NULL, r->pid),
		[CONF_CLOSE_PEER] =
		    LOG_TEXT(NULL, peer_text(core, &r->peer, peer)),
		[CONF_CLOSE_STATUS] = LOG_TEXT(NULL, ending_status(r, status)),
		[CONF_CLOSE_REASON] = LOG_TEXT(NULL, ending_reason(r->end)),
		[CONF_CLOSE_DURATION] =
		    LOG_SECONDS(NULL, r->end_ns - r->start_ns),
		[CONF_CLOSE_USER] = LOG_SECONDS(NULL, r->user_ns),
		[CONF_CLOSE_SYSTEM] = LOG_SECONDS(NULL, r->system_ns),
		[CONF_CLOSE_MAX_RSS] = LOG_UNSIGNED(NULL, r->max_rss),
		[CONF_CLOSE_LISTEN] =
		    LOG_TEXT(NULL, r->listen != NULL ? r->listen->text : NULL),
		[CONF_CLOSE_START] =
		    LOG_TEXT(NULL, start_text(r, &core->start_stamp)),
		[CONF_CLOSE_SPAWN] = seconds_if(r->has_spawn, r->spawn_ns),
		[CONF_CLOSE_EXIT] = number_if(exited, (uint64_t)r->number),
		[CONF_CLOSE_SIGNAL] = LOG_TEXT(
		    NULL, killed ? ending_signal(r->number, signal) : NULL),
		[CONF_CLOSE_BYTES_IN] =
		    number_if(socket->known, socket->bytes_in),
		[CONF_CLOSE_BYTES_OUT] =
		    number_if(socket->known, socket->bytes_out),
		[CONF_CLOSE_RTT] = seconds_if(socket->known, socket->rtt_ns),
		[CONF_CLOSE_RETRANSMITS] =
		    number_if(socket->known, socket->retransmits),
		[CONF_CLOSE_REFUSED] = LOG_COUNT(NULL, r->refused),
	};
	write_chosen(r->service->log, all, core->conf->daemon.log_fields);
}

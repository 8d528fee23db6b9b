/* SPDX-License-Identifier: ISC */
/* Records that wait for the last words of their sockets; see final.h. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/final.h"
#include "core/record.h"
#include "core/service.h"
#include "log/log.h"
#include "net/diag.h"

/* How long a record waits, and how many do. */
#define HOLD_NS   (200 * NUM_NS_PER_MS)
#define HELD_MOST 2048

/* Ended sockets that are looked at in one turn; others are the kernel's. */
#define READ_MOST    256

#define LOST_SPAN_NS (60 * NUM_NS_PER_S)

static struct core_record *
held_at(const struct core_final *f, uint32_t i)
{
	return &f->held[(f->first + i) % HELD_MOST];
}

static void
say(struct core_record *r)
{
	if (r->socket.known)
		stats_bytes(&r->service->stats, r->socket.bytes_in,
		    r->socket.bytes_out);
	record_say(r);
	record_done(r);
}

/* Its place is free when those before it have gone. */
static void
let_go(struct core_final *f, struct core_record *r)
{
	(void)table_remove(&f->by_cookie, r->cookie);
	say(r);
	r->service = NULL;
	while (f->count > 0 && f->held[f->first].service == NULL) {
		f->first = (f->first + 1) % HELD_MOST;
		f->count--;
	}
}

static void
wait_on(struct core *core)
{
	struct core_final *f = &core->final;

	if (f->count > 0)
		loop_timer_set(
		    &core->loop, &f->timer, held_at(f, 0)->end_ns + HOLD_NS);
	else
		loop_timer_stop(&core->loop, &f->timer);
}

static void
on_timer(struct loop *loop, struct loop_timer *timer)
{
	struct core_final *f = loop_owner(timer, struct core_final, timer);

	while (f->count > 0 && held_at(f, 0)->end_ns + HOLD_NS <= loop->now_ns)
		let_go(f, held_at(f, 0));
	wait_on(loop_owner(f, struct core, final));
}

/*
 * The client's end counts as a byte if it came while there was a whole
 * socket.  If superd's handler ended first, the little that is left of the
 * socket still waits for it.
 */
static uint64_t
bytes_in(struct core *core, const struct net_diag_socket *socket,
    const struct net_diag_info *info)
{
	struct net_diag_info none;

	if (info->bytes_in == 0 ||
	    idle_lookup(&core->idle, socket, &none) == -ESHUTDOWN)
		return info->bytes_in;
	return info->bytes_in - 1;
}

static struct record_socket
last_words(struct core *core, const struct net_diag_socket *socket,
    const struct net_diag_info *info)
{
	return (struct record_socket) {
		.known = true,
		.bytes_in = bytes_in(core, socket, info),
		.bytes_out = info->bytes_out,
		.rtt_ns = info->rtt_us * 1000,
		.retransmits = info->retransmits,
	};
}

/* A socket has ended; most are nobody's here. */
static void
note_end(struct core *core, const struct net_diag_info *info)
{
	struct core_final *f = &core->final;
	struct core_conn *c = conns_by_cookie(&core->conns, info->cookie);
	struct core_record *r;

	if (c != NULL) {
		c->socket = last_words(core,
		    &(struct net_diag_socket) { c->local, c->peer, c->cookie },
		    info);
		return;
	}
	r = table_find(&f->by_cookie, info->cookie);
	if (r == NULL)
		return;
	r->socket = last_words(core,
	    &(struct net_diag_socket) { r->local, r->peer, r->cookie }, info);
	let_go(f, r);
}

static void
say_fault(struct core *core, const char *what, int error, uint64_t suppressed)
{
	(void)core;
	log_event(LOG_FAULT, LOG_TEXT("what", what),
	    LOG_TEXT("error", strerror(error)),
	    LOG_COUNT("suppressed", suppressed));
}

static void
stop(struct core *core)
{
	struct core_final *f = &core->final;
	int fd = f->watch.fd;

	loop_watch_stop(&core->loop, &f->watch);
	fd_close(&fd);
	f->watch.fd = -1;
}

/* Reads what there is, up to so many. */
static void
read_ends(struct core *core, int most)
{
	struct core_final *f = &core->final;
	struct net_diag_info info;
	uint64_t suppressed;
	int got = 1;

	while (most-- > 0 && got != 0) {
		got = net_diag_next(f->watch.fd, &info);
		if (got > 0)
			note_end(core, &info);
		else if (got == -ENOBUFS &&
		    log_repeat_pass(&f->lost_said, core->loop.now_ns,
			LOST_SPAN_NS, &suppressed))
			say_fault(core, "bytes of some connections are lost",
			    ENOBUFS, suppressed);
		else if (got < 0 && got != -ENOBUFS) {
			say_fault(core, "bytes of connections are not known",
			    -got, 0);
			stop(core);
			return;
		}
	}
}

static void
on_ready(struct loop *loop, struct loop_watch *watch)
{
	struct core_final *f = loop_owner(watch, struct core_final, watch);
	struct core *core = loop_owner(f, struct core, final);

	(void)loop;
	read_ends(core, READ_MOST);
	wait_on(core);
}

void
final_init(struct core_final *f)
{
	*f = (struct core_final) {
		.watch = { .fd = -1, .ready = on_ready },
		.timer = { .fire = on_timer },
	};
}

void
final_done(struct core_final *f)
{
	assert(f->count == 0);
	fd_close(&f->watch.fd);
	table_done(&f->by_cookie);
	free(f->held);
	f->held = NULL;
}

static int
start(struct core *core)
{
	struct core_final *f = &core->final;
	int fd = -1, error = 0;

	if (f->held == NULL) {
		f->held = calloc(HELD_MOST, sizeof(*f->held));
		if (f->held == NULL || table_init(&f->by_cookie, HELD_MOST) < 0)
			error = -ENOMEM;
	}
	if (error == 0)
		error = net_diag_watch(&fd);
	if (error == 0)
		error = loop_watch_start(&core->loop, &f->watch, fd, EPOLLIN);
	if (error < 0) {
		fd_close(&fd);
		f->watch.fd = -1;
	}
	return error;
}

void
final_follow(struct core *core)
{
	bool wanted = core->conf->daemon.log_bytes;
	bool runs = core->final.watch.fd >= 0;
	int error = 0;

	if (wanted && !runs)
		error = start(core);
	else if (!wanted && runs)
		stop(core);
	if (error < 0)
		say_fault(
		    core, "bytes of connections are not known", -error, 0);
}

void
final_say(const struct core_conn *c, struct core_record *r)
{
	struct core *core = c->service->core;
	struct core_final *f = &core->final;
	struct core_record *to;

	r->socket = c->socket;
	r->local = c->local;
	if (f->watch.fd < 0 || c->cookie == 0 || c->socket.known ||
	    c->local.family == AF_UNSPEC) {
		say(r);
		return;
	}
	if (f->count == HELD_MOST)
		let_go(f, held_at(f, 0));
	to = held_at(f, f->count);
	if (table_insert(&f->by_cookie, r->cookie, to) < 0) {
		say(r);
		return;
	}
	*to = *r;
	f->count++;
	if (f->timer.place == 0)
		wait_on(core);
}

void
final_flush(struct core *core, const struct core_service *service)
{
	struct core_final *f = &core->final;
	uint32_t first = f->first, count = f->count;

	if (count > 0 && f->watch.fd >= 0)
		read_ends(core, HELD_MOST);
	for (uint32_t i = 0; i < count; i++) {
		struct core_record *r = &f->held[(first + i) % HELD_MOST];

		if (r->service != NULL &&
		    (service == NULL || r->service == service))
			let_go(f, r);
	}
	wait_on(core);
}

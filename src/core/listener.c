/* SPDX-License-Identifier: ISC */
/* Accepting, pausing, going on. */
#include <errno.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "conf/conf.h"
#include "core/connection.h"
#include "core/core.h"
#include "core/listener.h"
#include "core/say.h"
#include "core/service.h"
#include "net/accept.h"
#include "net/refuse.h"

/* Fairness: others get their turn after so many. */
#define ACCEPT_MOST    32

#define SHORT_PAUSE_NS (100 * NUM_NS_PER_MS)
#define RETRY_FIRST_NS (20 * NUM_NS_PER_MS)
#define RETRY_MOST_NS  (500 * NUM_NS_PER_MS)
#define RETRY_BUSY_NS  NUM_NS_PER_MS
/* How long a client is held while no process can be made for it. */
#define HOLD_MOST_NS (5 * NUM_NS_PER_S)

static void
pause_for(struct core_listener *l, enum listener_pause why)
{
	l->paused |= why;
	loop_watch_change(&l->service->core->loop, &l->watch, 0);
}

static void
go_on(struct core_listener *l, unsigned int why)
{
	l->paused &= ~why;
	if (l->paused == 0)
		loop_watch_change(&l->service->core->loop, &l->watch, EPOLLIN);
}

static void
wait_for_daemon(struct core_listener *l)
{
	struct core *core = l->service->core;

	l->next_waiting = NULL;
	*core->waiting_end = l;
	core->waiting_end = &l->next_waiting;
	pause_for(l, LISTENER_FULL_DAEMON);
}

static void
pause_until(struct core_listener *l, enum listener_pause why, uint64_t when_ns)
{
	pause_for(l, why);
	loop_timer_set(&l->service->core->loop, &l->timer, when_ns);
}

/* May the service take one more?  If not, l pauses until it may. */
static bool
may_accept(struct core_listener *l)
{
	struct core_service *s = l->service;
	struct core *core = s->core;
	struct gate_verdict v =
	    gate_may_accept(&s->gate, world_now(&core->world, core));

	if (v.action == GATE_ENTER)
		return true;
	switch (v.reason) {
	case GATE_MAX_CONNECTIONS:
		say_full(s, "max_connections of the service",
		    s->conf->max_connections);
		s->full_listeners++;
		pause_for(l, LISTENER_FULL_SERVICE);
		break;
	case GATE_MAX_DAEMON:
		say_full(s, "max_connections of [superd]", core->conns.max);
		wait_for_daemon(l);
		break;
	default:
		say_full(s, gate_reason_name(v.reason), 0);
		pause_until(l, LISTENER_GATE, v.retry_at_ns);
		break;
	}
	return false;
}

void
listener_room_made(struct core_service *service)
{
	for (size_t i = 0;
	     service->full_listeners > 0 && i < service->listener_count; i++) {
		if ((service->listeners[i].paused & LISTENER_FULL_SERVICE) == 0)
			continue;
		service->full_listeners--;
		go_on(&service->listeners[i], LISTENER_FULL_SERVICE);
	}
}

static void
wake_first(struct core *core)
{
	struct core_listener *l = core->waiting;

	core->waiting = l->next_waiting;
	if (core->waiting == NULL)
		core->waiting_end = &core->waiting;
	l->next_waiting = NULL;
	go_on(l, LISTENER_FULL_DAEMON);
}

void
listener_wake_waiting(struct core *core)
{
	uint32_t room = core->conns.max - core->conns.live;

	if (room == 0)
		return;
	for (; room > 0 && core->waiting != NULL; room--)
		wake_first(core);
	/* Who has no client takes no room: the others are asked in a turn. */
	if (core->waiting != NULL)
		loop_timer_set(&core->loop, &core->wake, core->loop.now_ns);
}

/* Takes l out of those who wait for the daemon. */
static void
leave_waiting(struct core_listener *l)
{
	struct core *core = l->service->core;
	struct core_listener **at = &core->waiting;

	if ((l->paused & LISTENER_FULL_DAEMON) == 0)
		return;
	while (*at != l)
		at = &(*at)->next_waiting;
	*at = l->next_waiting;
	if (*at == NULL)
		core->waiting_end = at;
}

static void
pause_short(struct core_listener *l, int error)
{
	struct core *core = l->service->core;

	if (l->short_since_ns == 0)
		l->short_since_ns = core->loop.now_ns;
	say_short(l, error);
	pause_until(l, LISTENER_SHORT, core->loop.now_ns + SHORT_PAUSE_NS);
}

static void
note_accept_works(struct core_listener *l)
{
	if (l->short_since_ns != 0)
		say_not_short(l);
	l->short_since_ns = 0;
}

/* Tries again in a while, and each time a longer one. */
static void
retry_later(struct core_listener *l, int error)
{
	struct loop *loop = &l->service->core->loop;
	uint64_t wait_ns = error == -EBUSY ? RETRY_BUSY_NS : l->retry_ns;

	loop_timer_set(loop, &l->timer, loop->now_ns + wait_ns);
	if (error != -EBUSY && l->retry_ns < RETRY_MOST_NS)
		l->retry_ns *= 2;
}

/* Keeps the client until a process can be made for it, or too long. */
static void
hold(struct core_listener *l, int fd, const struct addr_peer *peer,
    uint32_t source, int error)
{
	l->held_fd = fd;
	l->held_peer = *peer;
	l->held_source = source;
	l->held_until_ns = l->service->core->loop.now_ns + HOLD_MOST_NS;
	l->retry_ns = RETRY_FIRST_NS;
	pause_for(l, LISTENER_HOLDING);
	if (error != -EBUSY)
		say_no_process(l->service, peer, -error);
	retry_later(l, error);
}

/* The held client goes without having been served. */
static void
let_go(struct core_listener *l, const char *reason)
{
	struct core_service *s = l->service;

	say_let_go(s, &l->held_peer, reason);
	fd_close(&l->held_fd);
	(void)gate_leave(&s->gate, s->core->loop.now_ns, l->held_source, NULL);
	listener_room_made(s);
}

static void
try_held(struct core_listener *l)
{
	struct core_service *s = l->service;
	struct core *core = s->core;
	int error;

	/* Full meanwhile: it waits, as it would in the backlog. */
	if (core->conns.live >= core->conns.max) {
		retry_later(l, -EAGAIN);
		return;
	}
	error = connection_open(s, l->held_fd, &l->held_peer, l->held_source);
	if (error < 0 && core->loop.now_ns < l->held_until_ns) {
		retry_later(l, error);
		return;
	}
	if (error < 0)
		let_go(l, "no process");
	l->held_fd = -1;
	go_on(l, LISTENER_HOLDING);
}

static void
on_timer(struct loop *loop, struct loop_timer *timer)
{
	struct core_listener *l =
	    loop_owner(timer, struct core_listener, timer);

	(void)loop;
	go_on(l, LISTENER_SHORT | LISTENER_GATE);
	if ((l->paused & LISTENER_HOLDING) != 0)
		try_held(l);
}

/* Closes a client whom the gate does not let in, as over_limit says. */
static void
turn_away(struct core_service *s, int fd, const struct addr_peer *peer,
    const struct gate_verdict *v)
{
	const char *message = s->conf->gate.refuse_message;

	say_refuse(s, peer, v);
	if (v->banned_ns != 0)
		say_ban(s, peer, v->banned_ns, gate_reason_name(v->reason));
	if (v->action == GATE_RESET)
		net_reset(fd);
	else
		net_refuse(fd, message);
}

/* The client at the door.  False when the listener has to pause. */
static bool
admit(struct core_listener *l, int fd, const struct addr_peer *peer)
{
	struct core_service *s = l->service;
	struct core *core = s->core;
	struct gate_verdict v =
	    gate_check(&s->gate, world_now(&core->world, core), peer);
	int error;

	if (v.reason != GATE_YES) {
		turn_away(s, fd, peer, &v);
		return true;
	}
	gate_enter(&s->gate, core->loop.now_ns, &v);
	error = connection_open(s, fd, peer, v.source);
	if (error < 0)
		hold(l, fd, peer, v.source, error);
	return error == 0;
}

/* One client.  False when this turn is over for the listener. */
static bool
accept_one(struct core_listener *l, int *lost)
{
	struct addr_peer peer;
	int fd = -1, error = 0;

	switch (net_accept(l->socket.fd, &fd, &peer, &error)) {
	case NET_ACCEPT_EMPTY:
		return false;
	case NET_ACCEPT_NEXT:
		if (++*lost < ACCEPT_MOST)
			return true;
		/* Nobody but failures: do not spin on them. */
		pause_short(l, error);
		return false;
	case NET_ACCEPT_PAUSE:
		pause_short(l, error);
		return false;
	case NET_ACCEPT_OK:
		break;
	}
	note_accept_works(l);
	return admit(l, fd, &peer);
}

static void
on_ready(struct loop *loop, struct loop_watch *watch)
{
	struct core_listener *l =
	    loop_owner(watch, struct core_listener, watch);
	int lost = 0;

	(void)loop;
	/* A hang-up is told to those who pause, too. */
	if (l->paused != 0)
		return;
	for (int i = 0; i < ACCEPT_MOST; i++) {
		if (!may_accept(l) || !accept_one(l, &lost))
			break;
	}
}

int
listener_start(struct core_listener *l, struct core_service *service,
    struct net_listener *made, struct err *e)
{
	int error;

	*l = (struct core_listener) {
		.watch = { .fd = -1, .ready = on_ready },
		.timer = { .fire = on_timer },
		.service = service,
		.socket = *made,
		.held_fd = -1,
	};
	error = loop_watch_start(
	    &service->core->loop, &l->watch, made->fd, EPOLLIN);
	if (error < 0) {
		net_listen_close(made);
		return err_system(e, -error, "cannot watch a socket");
	}
	return 0;
}

void
listener_stop(struct core_listener *l)
{
	struct core *core = l->service->core;

	leave_waiting(l);
	loop_timer_stop(&core->loop, &l->timer);
	loop_watch_stop(&core->loop, &l->watch);
	if (l->held_fd >= 0)
		let_go(l, "stopping");
	net_listen_close(&l->socket);
}

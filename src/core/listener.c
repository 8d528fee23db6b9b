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
go_on(struct core_listener *l, enum listener_pause why)
{
	l->paused &= ~(unsigned int)why;
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

/* Has the service, or the daemon, as many connections as it may? */
static bool
is_full(const struct core_service *s)
{
	return s->live >= s->conf->max_connections ||
	    s->core->conns.live >= s->core->conns.max;
}

/* Is there room for one more?  If not, l pauses until there is. */
static bool
has_room(struct core_listener *l)
{
	struct core_service *s = l->service;

	if (!is_full(s))
		return true;
	if (s->live >= s->conf->max_connections) {
		say_full(s, "max_connections of the service",
		    s->conf->max_connections);
		s->full_listeners++;
		pause_for(l, LISTENER_FULL_SERVICE);
	} else {
		say_full(s, "max_connections of [superd]", s->core->conns.max);
		wait_for_daemon(l);
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
	pause_for(l, LISTENER_SHORT);
	loop_timer_set(
	    &core->loop, &l->timer, core->loop.now_ns + SHORT_PAUSE_NS);
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
hold(struct core_listener *l, int fd, const struct addr_peer *peer, int error)
{
	l->held_fd = fd;
	l->held_peer = *peer;
	l->held_until_ns = l->service->core->loop.now_ns + HOLD_MOST_NS;
	l->retry_ns = RETRY_FIRST_NS;
	pause_for(l, LISTENER_HOLDING);
	if (error != -EBUSY)
		say_no_process(l->service, peer, -error);
	retry_later(l, error);
}

static void
try_held(struct core_listener *l)
{
	struct core_service *s = l->service;
	int error;

	/* Full meanwhile: it waits, as it would in the backlog. */
	if (is_full(s)) {
		retry_later(l, -EAGAIN);
		return;
	}
	error = connection_open(s, l->held_fd, &l->held_peer);
	if (error < 0 && s->core->loop.now_ns < l->held_until_ns) {
		retry_later(l, error);
		return;
	}
	if (error < 0) {
		say_refuse(s, &l->held_peer, "no process");
		fd_close(&l->held_fd);
	}
	l->held_fd = -1;
	go_on(l, LISTENER_HOLDING);
}

static void
on_timer(struct loop *loop, struct loop_timer *timer)
{
	struct core_listener *l =
	    loop_owner(timer, struct core_listener, timer);

	(void)loop;
	if ((l->paused & LISTENER_SHORT) != 0)
		go_on(l, LISTENER_SHORT);
	if ((l->paused & LISTENER_HOLDING) != 0)
		try_held(l);
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
	error = connection_open(l->service, fd, &peer);
	if (error == 0)
		return true;
	hold(l, fd, &peer, error);
	return false;
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
		if (!has_room(l) || !accept_one(l, &lost))
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
		say_refuse(l->service, &l->held_peer, "stopping");
	fd_close(&l->held_fd);
	net_listen_close(&l->socket);
}

/* SPDX-License-Identifier: ISC */
/* Accepting: steps 2 to 6 of a connection's walk. */
#include <errno.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "conf/conf.h"
#include "core/connection.h"
#include "core/core.h"
#include "core/door.h"
#include "core/listener.h"
#include "core/pause.h"
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

/* How a try to accept came out. */
enum outcome {
	OUTCOME_MORE,  /* there may be more */
	OUTCOME_EMPTY, /* nobody waits */
	OUTCOME_PAUSE, /* not now */
};

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
		pause_begin(l, PAUSE_FULL_SERVICE);
		break;
	case GATE_MAX_DAEMON:
		say_full(s, "max_connections of [superd]", core->conns.max);
		pause_begin(l, PAUSE_FULL_DAEMON);
		break;
	default:
		say_full(s, gate_reason_name(v.reason), 0);
		pause_until(l, PAUSE_GATE, v.retry_at_ns);
		break;
	}
	return false;
}

static void
pause_short(struct core_listener *l, int error)
{
	struct core *core = l->core;

	if (l->short_since_ns == 0)
		l->short_since_ns = core->loop.now_ns;
	say_short(l, error);
	pause_until(l, PAUSE_SHORT, core->loop.now_ns + SHORT_PAUSE_NS);
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
	struct loop *loop = &l->core->loop;
	uint64_t wait_ns = error == -EBUSY ? RETRY_BUSY_NS : l->retry_ns;

	loop_timer_set(loop, &l->timer, loop->now_ns + wait_ns);
	if (error != -EBUSY && l->retry_ns < RETRY_MOST_NS)
		l->retry_ns *= 2;
}

static void
no_process(struct core_service *s, const struct addr_peer *peer, int error)
{
	stats_no_process(&s->stats, error);
	say_no_process(s, peer, error);
}

/* Keeps the client until a process can be made for it, or too long. */
static void
hold(struct core_listener *l, int fd, const struct addr_peer *peer,
    uint32_t source, int error)
{
	l->held_fd = fd;
	l->held_peer = *peer;
	l->held_source = source;
	l->held_until_ns = l->core->loop.now_ns + HOLD_MOST_NS;
	l->retry_ns = RETRY_FIRST_NS;
	pause_begin(l, PAUSE_HOLDING);
	if (error != -EBUSY)
		no_process(l->service, peer, -error);
	retry_later(l, error);
}

void
door_let_go(struct core_listener *l, const char *reason)
{
	struct core_service *s = l->service;

	if (l->held_fd < 0)
		return;
	say_let_go(s, &l->held_peer, reason);
	fd_close(&l->held_fd);
	(void)gate_leave(&s->gate, l->core->loop.now_ns, l->held_source, NULL);
	pause_end(l, PAUSE_HOLDING);
	pause_room_made(s);
}

void
door_retry(struct core_listener *l)
{
	struct core *core = l->core;
	int error;

	if (l->held_fd < 0)
		return;
	if (l->service->plan->spawn == NULL) {
		door_let_go(l, "service is gone");
		return;
	}
	/* Full meanwhile: it waits, as it would in the backlog. */
	if (core->conns.live >= core->conns.max) {
		retry_later(l, -EAGAIN);
		return;
	}
	error = connection_open(l, l->held_fd, &l->held_peer, l->held_source);
	if (error < 0 && core->loop.now_ns < l->held_until_ns) {
		retry_later(l, error);
		return;
	}
	if (error < 0) {
		door_let_go(l, "no process");
		return;
	}
	l->held_fd = -1;
	pause_end(l, PAUSE_HOLDING);
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
	error = connection_open(l, fd, peer, v.source);
	if (error < 0)
		hold(l, fd, peer, v.source, error);
	return error == 0;
}

/* One client. */
static enum outcome
accept_one(struct core_listener *l, int *lost)
{
	struct addr_peer peer;
	int fd = -1, error = 0;

	switch (net_accept(l->socket.fd, &fd, &peer, &error)) {
	case NET_ACCEPT_EMPTY:
		return OUTCOME_EMPTY;
	case NET_ACCEPT_NEXT:
		if (++*lost < ACCEPT_MOST)
			return OUTCOME_MORE;
		/* Nobody but failures: do not spin on them. */
		pause_short(l, error);
		return OUTCOME_PAUSE;
	case NET_ACCEPT_PAUSE:
		pause_short(l, error);
		return OUTCOME_PAUSE;
	case NET_ACCEPT_OK:
		break;
	}
	note_accept_works(l);
	if (l->retire_by_ns != 0 && --l->to_serve == 0)
		pause_begin(l, PAUSE_NOT_YET);
	return admit(l, fd, &peer) ? OUTCOME_MORE : OUTCOME_PAUSE;
}

bool
door_serve(struct core_listener *l)
{
	enum outcome outcome = OUTCOME_MORE;
	int lost = 0;

	/* A hang-up is told to those who pause, too. */
	for (int i = 0;
	     i < ACCEPT_MOST && l->paused == 0 && outcome == OUTCOME_MORE; i++)
		outcome = may_accept(l) ? accept_one(l, &lost) : OUTCOME_PAUSE;
	return outcome == OUTCOME_EMPTY;
}

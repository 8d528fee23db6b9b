/* SPDX-License-Identifier: ISC */
/* Callers come and go; see server.h. */
#include <sys/socket.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/num.h"
#include "core/core.h"
#include "ctl/caller.h"
#include "ctl/role.h"
#include "ctl/server.h"

/* How soon a job that waits is asked again. */
#define TICK_NS (50 * NUM_NS_PER_MS)
/* Who takes nothing of what is there for him for so long is let go. */
#define STUCK_NS (30 * NUM_NS_PER_S)
#define LOOK_NS  NUM_NS_PER_S
/* Of one user but root: others shall have places, too. */
#define OF_ONE_USER 16
/* Who has just come has so long to ask; root need not wait for it. */
#define GRACE_NS    (100 * NUM_NS_PER_MS)
#define ACCEPT_MOST 8

static void
let_go(struct ctl_server *server, size_t i)
{
	caller_free(server->callers[i], &server->core->loop);
	server->callers[i] = server->callers[--server->count];
}

static void
tick_in(struct ctl_server *server, uint64_t ns)
{
	struct loop *loop = &server->core->loop;
	uint64_t due_ns = loop->now_ns + ns;

	if (server->tick.place == 0 || server->tick.due_ns > due_ns)
		loop_timer_set(loop, &server->tick, due_ns);
}

static size_t
find(const struct ctl_server *server, const struct ctl_caller *c)
{
	size_t i = 0;

	while (server->callers[i] != c)
		i++;
	return i;
}

static void
serve(struct ctl_server *server, size_t i)
{
	struct ctl_caller *c = server->callers[i];

	if (!caller_serve(c, &server->core->loop))
		let_go(server, i);
	else
		tick_in(server, c->waiting ? TICK_NS : LOOK_NS);
}

/*
 * One caller a turn: however many ask, clients of the services wait for one
 * piece of an answer at most.  The others are told of again in the next turn.
 */
static void
on_caller(struct loop *loop, struct loop_watch *watch)
{
	struct ctl_caller *c = loop_owner(watch, struct ctl_caller, watch);
	struct ctl_server *server = c->server;

	if (server->worked_ns == loop->now_ns)
		return;
	server->worked_ns = loop->now_ns;
	serve(server, find(server, c));
}

/* Jobs that wait are asked again, and who is stuck is let go. */
static void
on_tick(struct loop *loop, struct loop_timer *timer)
{
	struct ctl_server *server = loop_owner(timer, struct ctl_server, tick);

	for (size_t i = server->count; i-- > 0;) {
		struct ctl_caller *c = server->callers[i];

		if (c->out.length > 0 && loop->now_ns - c->active_ns > STUCK_NS)
			let_go(server, i);
		else if (c->waiting)
			serve(server, i);
	}
	/* Those that only take a place need no look. */
	for (size_t i = 0; i < server->count; i++) {
		if (!caller_is_idle(server->callers[i]))
			tick_in(server,
			    server->callers[i]->waiting ? TICK_NS : LOOK_NS);
	}
	/* Without a descriptor it was not heard for a while. */
	if (server->core->control.watch.fd >= 0)
		loop_watch_change(loop, &server->core->control.watch, EPOLLIN);
}

/*
 * The one that has been idle for the longest, of this user or of any, but
 * none that may be about to ask.
 */
static size_t
find_idle(const struct ctl_server *server, const uid_t *uid, uint64_t since_ns)
{
	size_t found = server->count;

	for (size_t i = 0; i < server->count; i++) {
		const struct ctl_caller *c = server->callers[i];

		if (c->active_ns > since_ns || !caller_is_idle(c) ||
		    (uid != NULL && c->job.uid != *uid))
			continue;
		if (found == server->count ||
		    c->active_ns < server->callers[found]->active_ns)
			found = i;
	}
	return found;
}

static size_t
count_of(const struct ctl_server *server, uid_t uid)
{
	size_t count = 0;

	for (size_t i = 0; i < server->count; i++)
		count += server->callers[i]->job.uid == uid;
	return count;
}

/* A place for a newcomer, if need be that of one who does nothing. */
static bool
make_place(struct ctl_server *server, uid_t uid)
{
	uint64_t now_ns = server->core->loop.now_ns, since_ns = now_ns;
	size_t i;

	if (uid != 0)
		since_ns -= GRACE_NS < now_ns ? GRACE_NS : now_ns;
	if (uid != 0 && count_of(server, uid) >= OF_ONE_USER) {
		i = find_idle(server, &uid, since_ns);
		if (i == server->count)
			return false;
		let_go(server, i);
	}
	if (server->count < CTL_CALLERS)
		return true;
	i = find_idle(server, NULL, since_ns);
	if (i == server->count)
		return false;
	let_go(server, i);
	return true;
}

static void
turn_away(int fd, const char *end)
{
	(void)send(fd, end, strlen(end), MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void
take(struct ctl_server *server, int fd, uid_t uid, enum ctl_role role)
{
	struct core *core = server->core;
	struct ctl_caller *c = caller_new(core, fd, uid, role);

	if (c == NULL)
		return;
	c->server = server;
	c->watch.ready = on_caller;
	if (loop_watch_start(&core->loop, &c->watch, fd, EPOLLIN) < 0) {
		c->watch.fd = -1;
		caller_free(c, &core->loop);
		return;
	}
	server->callers[server->count++] = c;
}

/* The caller's descriptor is taken, or closed. */
static void
meet(struct ctl_server *server, int accepted)
{
	auto_fd fd = accepted;
	enum ctl_role role;
	size_t before;
	uid_t uid;

	if (role_ask(server->core, fd, &uid, &role) < 0)
		return;
	if (!make_place(server, uid)) {
		turn_away(
		    fd, ".error refused too many others ask superd just now\n");
		return;
	}
	before = server->count;
	take(server, fd, uid, role);
	if (server->count > before)
		(void)take_fd(&fd);
}

static void
on_control(struct loop *loop, struct loop_watch *watch)
{
	struct core_control *control =
	    loop_owner(watch, struct core_control, watch);
	struct ctl_server *server = control->server;

	for (int i = 0; i < ACCEPT_MOST; i++) {
		int fd = accept4(
		    watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			meet(server, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM) {
			loop_watch_change(loop, watch, 0);
			tick_in(server, TICK_NS);
		}
		return;
	}
}

void
ctl_start(struct ctl_server *server, struct core *core)
{
	*server = (struct ctl_server) {
		.core = core,
		.tick = { .fire = on_tick },
	};
	core->control.server = server;
	core->control.watch.ready = on_control;
	control_serve(core);
}

void
ctl_stop(struct ctl_server *server)
{
	if (server->core == NULL)
		return;
	while (server->count > 0)
		let_go(server, server->count - 1);
	loop_timer_stop(&server->core->loop, &server->tick);
	server->core = NULL;
}

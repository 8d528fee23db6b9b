/* SPDX-License-Identifier: ISC */
/* Steps 6 to 10 of a connection's walk. */
#include <errno.h>
#include <unistd.h>

#include "base/num.h"
#include "conf/conf.h"
#include "core/connection.h"
#include "core/core.h"
#include "core/idle.h"
#include "core/listen_text.h"
#include "core/listener.h"
#include "core/pause.h"
#include "core/say.h"
#include "core/service.h"
#include "net/accept.h"
#include "spawn/start.h"

/* How often it is looked for children that never come to their exec. */
#define LATE_CHECK_NS NUM_NS_PER_S

static void
signal_group(const struct core_conn *c, int number)
{
	/* It may not lead its group yet, or have gone into another one. */
	if (kill(-c->pid, number) < 0 || getpgid(c->pid) != c->pid)
		(void)kill(c->pid, number);
}

/* One timer for both: what comes first. */
static void
set_timer(struct core_conn *c)
{
	uint64_t due_ns = c->deadline_ns;

	if (c->idle_due_ns != 0 && (due_ns == 0 || c->idle_due_ns < due_ns))
		due_ns = c->idle_due_ns;
	if (due_ns != 0)
		loop_timer_set(&c->service->core->loop, &c->timer, due_ns);
}

static void
on_timer(struct loop *loop, struct loop_timer *timer)
{
	struct core_conn *c = loop_owner(timer, struct core_conn, timer);

	if (c->end != CORE_END_NONE) {
		signal_group(c, SIGKILL);
		return;
	}
	if (c->deadline_ns != 0 && loop->now_ns >= c->deadline_ns) {
		say_timeout(c);
		connection_end(c, CORE_END_RUNTIME);
	} else if (c->idle_due_ns != 0 && idle_is_over(c)) {
		say_idle(c);
		connection_end(c, CORE_END_IDLE);
	} else {
		set_timer(c);
	}
}

void
connection_check_late(struct loop *loop, struct loop_timer *timer)
{
	struct core *core = loop_owner(timer, struct core, late);

	if (spawn_check_late(core->pool, loop->now_ns) > 0)
		loop_timer_set(loop, timer, loop->now_ns + LATE_CHECK_NS);
}

int
connection_open(struct core_listener *l, int fd, const struct addr_peer *peer,
    uint32_t source)
{
	struct core_service *s = l->service;
	struct core *core = s->core;
	struct core_conn *c = conns_take(&core->conns);
	struct spawn_request request;
	int pid;

	if (c == NULL)
		return -EBUSY;
	request = (struct spawn_request) {
		.plan = s->plan->spawn,
		.fd = fd,
		.peer = *peer,
		.connection = core->last_connection + 1,
		.now_ns = core->loop.now_ns,
		.slot = c->slot,
		.fault = &c->fault,
	};
	c->service = s;
	c->plan = s->plan;
	/* Whoever starts it has closed fd. */
	c->cookie = peer->family == AF_UNIX ? 0 : net_cookie(fd);
	idle_note(c, fd);
	pid = spawn_start(core->pool, &request);
	if (pid < 0) {
		conns_give(&core->conns, c);
		return pid;
	}
	c->number = ++core->last_connection;
	c->start_ns = core->loop.now_ns;
	generation_use(c->plan->generation);
	c->peer = *peer;
	c->listen = listen_text_use(l->text);
	c->source = source;
	c->timer.fire = on_timer;
	conns_live(&core->conns, c, pid);
	if (core->late.place == 0)
		loop_timer_set(&core->loop, &core->late,
		    core->loop.now_ns + LATE_CHECK_NS);
	stats_opened(&s->stats, c->start_ns);
	stats_rate_note(&core->rate, c->start_ns);
	if (s->conf->max_runtime_ns != 0)
		c->deadline_ns = c->start_ns + s->conf->max_runtime_ns;
	idle_begin(c);
	set_timer(c);
	say_open(c);
	return 0;
}

void
connection_take_over(struct core_conn *c, uint64_t deadline_ns)
{
	c->timer.fire = on_timer;
	c->deadline_ns = deadline_ns;
	set_timer(c);
}

void
connection_follow(struct core_conn *c)
{
	if (c->end != CORE_END_NONE)
		return;
	idle_begin(c);
	set_timer(c);
}

/* Counts it out; how its handler ended may ban its source. */
static void
leave_gate(const struct core_conn *c, const siginfo_t *info)
{
	struct core_service *s = c->service;
	struct gate_end end = {
		.signaled = info->si_code != CLD_EXITED,
		.number = info->si_status,
	};
	/* No client can help that superd stops, or cannot start a handler. */
	bool counts = c->end != CORE_END_STOP && c->end != CORE_END_COMMAND &&
	    c->fault.step == SPAWN_STEP_NONE;
	uint64_t banned_ns = gate_leave(
	    &s->gate, s->core->loop.now_ns, c->source, counts ? &end : NULL);

	if (banned_ns != 0)
		say_ban(s, &c->peer, banned_ns, "handler");
}

void
connection_close(
    struct core_conn *c, const siginfo_t *info, const struct rusage *usage)
{
	struct core_service *s = c->service;
	struct core_generation *generation = c->plan->generation;
	struct core *core = s->core;

	/* What it said before it ended comes before that it ended. */
	stderr_finish(&s->stderr_lines, c);
	say_close(c, info, usage);
	stats_closed(&s->stats, c, info, core->loop.now_ns);
	loop_timer_stop(&core->loop, &c->timer);
	leave_gate(c, info);
	conns_give(&core->conns, c);
	pause_room_made(s);
	service_release(s);
	generation_leave(generation);
}

void
connection_end(struct core_conn *c, int why)
{
	struct core *core = c->service->core;

	if (c->end != CORE_END_NONE)
		return;
	c->end = (uint8_t)why;
	signal_group(c, SIGTERM);
	/* A stopped handler must run to be able to end. */
	signal_group(c, SIGCONT);
	loop_timer_set(&core->loop, &c->timer,
	    core->loop.now_ns + c->plan->conf->kill_grace_ns);
}

void
connection_kill(struct core_conn *c)
{
	signal_group(c, SIGKILL);
}

/* SPDX-License-Identifier: ISC */
/* Shutdown. */
#include <unistd.h>

#include "base/num.h"
#include "conf/conf.h"
#include "core/connection.h"
#include "core/core.h"
#include "core/ready.h"
#include "core/reap.h"
#include "core/say.h"
#include "core/service.h"
#include "core/stop.h"
#include "log/log.h"

/* A handler that a KILL does not end hangs in the kernel: leave it. */
#define AFTER_KILL_NS (2 * NUM_NS_PER_S)

/* Milliseconds for the last ones to be accounted for. */
#define LAST_TRIES 100

/* Calls `act` for every connection. */
static void
for_all(struct core *core, void (*act)(struct core_conn *c))
{
	for (uint32_t i = 0; i < core->conns.used; i++) {
		struct core_conn *c = conns_at(&core->conns, i);

		if (c->pid != 0)
			act(c);
	}
}

static void
end(struct core_conn *c)
{
	connection_end(c, CORE_END_STOP);
}

static void
on_give_up(struct loop *loop, struct loop_timer *timer)
{
	struct core *core = loop_owner(timer, struct core, give_up);

	(void)loop;
	for_all(core, connection_kill);
	log_event(LOG_FAULT, LOG_TEXT("what", "stopping without them"),
	    LOG_UNSIGNED("handlers", core->conns.live));
	core->phase = PHASE_STOPPED;
}

/* The longest grace of all that have a handler running. */
static uint64_t
longest_grace(const struct core *core)
{
	uint64_t longest = 0;

	for (uint32_t i = 0; i < core->conns.used; i++) {
		const struct core_conn *c = conns_at(&core->conns, i);

		if (c->pid != 0 && c->plan->conf->kill_grace_ns > longest)
			longest = c->plan->conf->kill_grace_ns;
	}
	return longest;
}

void
stop_begin(struct core *core, const char *signal)
{
	enum phase_answer answer = phase_answer(core->phase, PHASE_STOP);

	if (answer == PHASE_HURRY) {
		for_all(core, connection_kill);
		for (int i = 0; i < LAST_TRIES && core->conns.live > 0; i++) {
			(void)usleep(1000);
			(void)reap_everybody(core);
		}
		core->phase = PHASE_STOPPED;
	}
	if (answer != PHASE_DO)
		return;
	core->phase = PHASE_STOPPING;
	log_event(LOG_STOPPING, LOG_TEXT("signal", signal),
	    LOG_UNSIGNED("connections", core->conns.live));
	ready_stopping(core->ready, core->conns.live);
	for (size_t i = 0; i < core->service_count; i++)
		service_stop_listening(core->services[i]);
	say_last_counts(core);
	for_all(core, end);
	core->give_up.fire = on_give_up;
	loop_timer_set(&core->loop, &core->give_up,
	    core->loop.now_ns + longest_grace(core) + AFTER_KILL_NS);
}

static void
on_drain_timeout(struct loop *loop, struct loop_timer *timer)
{
	(void)loop;
	stop_begin(loop_owner(timer, struct core, give_up), "drain_timeout");
}

void
stop_drain(struct core *core, const char *signal)
{
	uint64_t timeout_ns = core->conf->daemon.drain_timeout_ns;
	uint64_t by_ns = UINT64_MAX;

	if (phase_answer(core->phase, PHASE_DRAIN) != PHASE_DO)
		return;
	core->phase = PHASE_DRAINING;
	ready_stopping(core->ready, core->conns.live);
	log_event(LOG_DRAINING, LOG_TEXT("signal", signal),
	    LOG_UNSIGNED("connections", core->conns.live));
	if (timeout_ns != 0) {
		by_ns = core->loop.now_ns + timeout_ns;
		core->give_up.fire = on_drain_timeout;
		loop_timer_set(&core->loop, &core->give_up, by_ns);
	}
	for (size_t i = 0; i < core->service_count; i++) {
		struct core_listener *l = core->services[i]->listeners;

		for (; l != NULL; l = l->next)
			listener_retire(l, by_ns);
	}
}

void
stop_if_over(struct core *core)
{
	if (core->conns.live > 0)
		return;
	if (core->phase == PHASE_STOPPING ||
	    (core->phase == PHASE_DRAINING && core->listeners == 0)) {
		say_last_counts(core);
		core->phase = PHASE_STOPPED;
	}
}

/* SPDX-License-Identifier: ISC */
/* Shutdown. */
#include "core/stop.h"
#include "base/num.h"
#include "conf/conf.h"
#include "core/connection.h"
#include "core/core.h"
#include "core/say.h"
#include "core/service.h"
#include "log/log.h"

/* A handler that a KILL does not end hangs in the kernel: leave it. */
#define AFTER_KILL_NS (2 * NUM_NS_PER_S)

static void
kill_all(struct core *core)
{
	for (uint32_t i = 0; i < core->conns.used; i++) {
		if (core->conns.slots[i].pid != 0)
			connection_kill(&core->conns.slots[i]);
	}
}

static void
on_give_up(struct loop *loop, struct loop_timer *timer)
{
	struct core *core = loop_owner(timer, struct core, give_up);

	(void)loop;
	kill_all(core);
	log_event(LOG_FAULT, LOG_TEXT("what", "stopping without them"),
	    LOG_UNSIGNED("handlers", core->conns.live));
	core->state = CORE_STOPPED;
}

/* The longest grace of all that have a handler running. */
static uint64_t
longest_grace(const struct core *core)
{
	uint64_t longest = 0;

	for (size_t i = 0; i < core->service_count; i++) {
		const struct core_service *s = &core->services[i];

		if (s->gate.live > 0 && s->conf->kill_grace_ns > longest)
			longest = s->conf->kill_grace_ns;
	}
	return longest;
}

void
stop_begin(struct core *core, const char *signal)
{
	if (core->state != CORE_RUNNING) {
		kill_all(core);
		core->state = CORE_STOPPED;
		return;
	}
	core->state = CORE_STOPPING;
	log_event(LOG_STOPPING, LOG_TEXT("signal", signal),
	    LOG_UNSIGNED("connections", core->conns.live));
	for (size_t i = 0; i < core->service_count; i++)
		service_stop_listening(&core->services[i]);
	say_last_counts(core);
	for (uint32_t i = 0; i < core->conns.used; i++) {
		if (core->conns.slots[i].pid != 0)
			connection_end(&core->conns.slots[i], CORE_END_STOP);
	}
	core->give_up.fire = on_give_up;
	loop_timer_set(&core->loop, &core->give_up,
	    core->loop.now_ns + longest_grace(core) + AFTER_KILL_NS);
}

void
stop_if_over(struct core *core)
{
	if (core->state == CORE_STOPPING && core->conns.live == 0)
		core->state = CORE_STOPPED;
}

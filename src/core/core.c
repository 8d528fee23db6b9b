/* SPDX-License-Identifier: ISC */
/* Putting superd together, running it, taking it apart. */
#include <sys/random.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/num.h"
#include "base/text.h"
#include "conf/conf.h"
#include "core/connection.h"
#include "core/control.h"
#include "core/core.h"
#include "core/generation.h"
#include "core/next.h"
#include "core/pause.h"
#include "core/save.h"
#include "core/say.h"
#include "core/service.h"
#include "core/signals.h"
#include "core/state.h"
#include "core/stop.h"
#include "log/log.h"
#include "net/adopt.h"
#include "spawn/start.h"

/* How soon a log that took nothing is tried again. */
#define FLUSH_PAUSE_NS (250 * NUM_NS_PER_MS)

/* Patience with a reader of --ready-fd. */
#define READY_TIMEOUT_MS 1000

/* How soon it is looked whether children have a table of their own. */
#define TIDY_NS NUM_NS_PER_MS

/* Before the first configuration asks for more. */
#define TIMERS_FIRST 16

static void
on_turn(struct loop *loop, struct loop_timer *timer)
{
	(void)loop;
	(void)timer; /* the end of each turn does what is due */
}

static int
take_memory(struct core *core, const struct conf *conf,
    const struct core_owner *owner, struct err *e)
{
	const struct state *state = owner->state;
	uint32_t max = (uint32_t)conf->daemon.max_connections;
	uint8_t key[SIPHASH_KEY_SIZE];

	if (conns_init(&core->conns, max) < 0)
		return err_memory(e);
	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key) ||
	    getrandom(&core->instance, sizeof(core->instance), 0) < 0)
		return err_system(e, errno, "cannot get random bytes");
	if (state != NULL)
		core->instance = state->daemon.instance;
	if (gate_sources_init(
		&core->sources, (uint32_t)conf->daemon.max_sources, key) < 0)
		return err_memory(e);
	return spawn_pool_new(core->instance, &core->pool, e);
}

static int
take_over(struct core *core, const struct state *state, struct err *e)
{
	const struct state_daemon *d = &state->daemon;

	if (d->stderr_dir != NULL) {
		core->stderr_dir = strdup(d->stderr_dir);
		core->stderr_lock = d->stderr_lock_fd;
		if (core->stderr_dir == NULL)
			return err_memory(e);
	}
	control_take_over(core, d);
	return restore_state(core, state, e);
}

static int
begin(struct core *core, const struct conf *conf,
    const struct core_owner *owner, struct err *e)
{
	int error = loop_init(&core->loop, TIMERS_FIRST, e);

	core->start_ns = core->loop.now_ns;
	if (error == 0)
		error = take_memory(core, conf, owner, e);
	if (error == 0)
		error = core_signals_start(core, e);
	if (error == 0 && owner->state != NULL)
		error = take_over(core, owner->state, e);
	else if (error == 0)
		stderr_dir_make(core, &conf->daemon.user);
	return error;
}

static void
clear(struct core *core, const struct core_owner *owner)
{
	*core = (struct core) { .source = owner->source,
		.pidfile = owner->pidfile,
		.adopted = owner->adopted,
		.ready = owner->ready,
		.host = *owner->host,
		.loop = { .epoll_fd = -1 },
		.signals = { .fd = -1 },
		.late = { .fire = connection_check_late },
		.tell = { .fire = say_counted },
		.retiring = { .fire = listener_check_retiring },
		.wake = { .fire = on_turn },
		.flush = { .fire = on_turn } };
	core->waiting_end = &core->waiting;
	control_init(&core->control);
	reap_init(&core->reaper);
	idle_init(&core->idle);
	final_init(&core->final);
	upgrade_init(&core->upgrade);
}

/* The first configuration is as any later one, with nothing before it. */
static int
prepare_first(struct core *core, struct conf *conf,
    const struct core_owner *owner, struct core_next *next,
    struct net_listener *control, struct err *e)
{
	int error;

	clear(core, owner);
	error = begin(core, conf, owner, e);
	if (error == 0)
		error = next_prepare(next, core, conf, e);
	if (error < 0)
		return error;
	error = control_prepare(core, conf, control, e);
	if (error < 0)
		next_abandon(next);
	return error;
}

int
core_init(struct core *core, struct conf *conf, const struct core_owner *owner,
    struct err *e)
{
	struct net_listener control;
	struct core_next next;
	int error = prepare_first(core, conf, owner, &next, &control, e);

	if (error < 0)
		return error;
	control_commit(core, conf, &control);
	next_commit(&next);
	final_follow(core);
	restore_follow(core);
	/* Some may have ended while nobody looked. */
	if (owner->state != NULL)
		reap_signal(core, 0);
	return 0;
}

int
core_try(struct core *core, struct conf *conf, const struct core_owner *owner,
    struct err *e)
{
	struct net_listener control;
	struct core_next next;
	int error = prepare_first(core, conf, owner, &next, &control, e);

	if (error == 0) {
		net_listen_close(&control);
		next_abandon(&next);
	}
	/* Of all there is, what they have is found from nowhere else. */
	conns_done(&core->conns);
	return error;
}

void
core_done(struct core *core)
{
	while (core->service_count > 0)
		service_free(core->services[core->service_count - 1]);
	control_close(core);
	upgrade_stop(core);
	core_signals_stop(core);
	stderr_dir_remove(core);
	idle_done(&core->idle);
	final_done(&core->final);
	loop_done(&core->loop);
	/* A child that hangs may still come back to what it shares with us. */
	if (!spawn_pool_free(core->pool))
		return;
	conns_done(&core->conns);
	gate_sources_done(&core->sources);
	free(core->services);
	if (core->generation != NULL)
		generation_leave(core->generation);
}

/* Returns ready_fd, or -1 when its reader has gone or takes no more. */
static int
announce_one(const struct core_listener *l, int ready_fd)
{
	char line[ADDR_TEXT_SIZE + 64];
	struct text t;

	if (ready_fd < 0)
		return -1;
	text_init(&t, line, sizeof(line));
	text_printf(&t, "%s ", l->service->name);
	addr_format(&l->socket.bound, &t);
	text_char(&t, '\n');
	if (fd_write_all(ready_fd, line, t.length, READY_TIMEOUT_MS) < 0)
		return -1;
	return ready_fd;
}

void
core_announce(const struct core *core, int ready_fd)
{
	int to = ready_fd;

	for (size_t i = 0; i < core->service_count; i++) {
		const struct core_listener *l = core->services[i]->listeners;

		for (; l != NULL; l = l->next)
			to = announce_one(l, to);
	}
	log_event(LOG_READY, LOG_UNSIGNED("services", core->service_count));
	if (ready_fd > 2)
		(void)close(ready_fd);
}

/* What children have taken over is closed before the loop waits again. */
static void
tidy(struct core *core)
{
	if (spawn_tidy(core->pool) > 0 && core->wake.place == 0)
		loop_timer_set(
		    &core->loop, &core->wake, core->loop.now_ns + TIDY_NS);
}

int
core_run(struct core *core, struct err *e)
{
	int error = 0;

	while (core->phase != PHASE_STOPPED && error == 0) {
		error = loop_turn(&core->loop);
		pause_wake_waiting(core);
		stop_if_over(core);
		if (!log_flush() && core->flush.place == 0)
			loop_timer_set(&core->loop, &core->flush,
			    core->loop.now_ns + FLUSH_PAUSE_NS);
		tidy(core);
	}
	final_flush(core, NULL);
	return error < 0 ? err_system(e, -error, "cannot wait for events") : 0;
}

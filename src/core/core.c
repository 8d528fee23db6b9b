/* SPDX-License-Identifier: ISC */
/* Putting superd together, running it, taking it apart. */
#include <sys/random.h>
#include <errno.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/num.h"
#include "conf/conf.h"
#include "core/connection.h"
#include "core/core.h"
#include "core/say.h"
#include "core/service.h"
#include "core/signals.h"
#include "core/stop.h"
#include "log/log.h"
#include "spawn/start.h"

/* How soon a log that took nothing is tried again. */
#define FLUSH_PAUSE_NS (250 * NUM_NS_PER_MS)

/* Patience with a reader of --ready-fd. */
#define READY_TIMEOUT_MS 1000

/* Timers besides those of connections, listeners and services. */
#define TIMERS_OTHER 8

/* Every timer that may be set at a time: each owner has one. */
static uint32_t
timers_needed(const struct conf *conf)
{
	size_t count = conf->daemon.max_connections + TIMERS_OTHER;

	for (size_t i = 0; i < conf->service_count; i++)
		count += 1 + 2 * conf->services[i].listen.count;
	return (uint32_t)count;
}

static void
on_turn(struct loop *loop, struct loop_timer *timer)
{
	(void)loop;
	(void)timer; /* the end of each turn does what is due */
}

static int
take_memory(struct core *core, struct err *e)
{
	uint32_t max = (uint32_t)core->conf->daemon.max_connections;
	uint8_t key[SIPHASH_KEY_SIZE];
	int error;

	core->arena = arena_new();
	if (core->arena == NULL || conns_init(&core->conns, max) < 0)
		return err_memory(e);
	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
		return err_system(e, errno, "cannot get random bytes");
	if (gate_sources_init(&core->sources,
		(uint32_t)core->conf->daemon.max_sources, key) < 0)
		return err_memory(e);
	error = hosts_parse(core->conf, core->arena, NULL, &core->hosts);
	if (error < 0)
		return err_set(e, -error, "cannot use hosts.allow, hosts.deny");
	core->services = arena_array(
	    core->arena, core->conf->service_count, sizeof(*core->services));
	if (core->services == NULL)
		return err_memory(e);
	if (getrandom(&core->instance, sizeof(core->instance), 0) < 0)
		return err_system(e, errno, "cannot get random bytes");
	return spawn_pool_new(core->instance, &core->pool, e);
}

static int
open_services(struct core *core, struct err *e)
{
	int error = 0;

	stderr_dir_make(core);
	for (size_t i = 0; error == 0 && i < core->conf->service_count; i++) {
		if (!core->conf->services[i].enabled)
			continue;
		error = service_open(&core->services[core->service_count++],
		    core, &core->conf->services[i], e);
	}
	return error;
}

int
core_init(struct core *core, const struct conf *conf,
    const struct spawn_host *host, struct err *e)
{
	int error;

	*core = (struct core) { .conf = conf,
		.host = *host,
		.loop = { .epoll_fd = -1 },
		.signals = { .fd = -1 },
		.late = { .fire = connection_check_late },
		.tell = { .fire = say_counted },
		.wake = { .fire = on_turn },
		.flush = { .fire = on_turn } };
	core->waiting_end = &core->waiting;
	reap_init(&core->reaper);
	error = loop_init(&core->loop, timers_needed(conf), e);
	if (error == 0)
		error = take_memory(core, e);
	if (error == 0)
		error = core_signals_start(core, e);
	if (error == 0)
		error = open_services(core, e);
	return error;
}

void
core_done(struct core *core)
{
	for (size_t i = 0; i < core->service_count; i++)
		service_close(&core->services[i]);
	core_signals_stop(core);
	stderr_dir_remove(core);
	loop_done(&core->loop);
	/* A child that hangs may still come back to what it shares with us. */
	if (!spawn_pool_free(core->pool))
		return;
	conns_done(&core->conns);
	gate_sources_done(&core->sources);
	arena_free(core->arena);
}

/* Returns ready_fd, or -1 when its reader has gone or takes no more. */
static int
announce_one(const struct core_listener *l, int ready_fd)
{
	char address[ADDR_TEXT_SIZE], line[ADDR_TEXT_SIZE + 64];
	struct text t;

	text_init(&t, address, sizeof(address));
	addr_format(&l->socket.bound, &t);
	log_event(LOG_LISTEN, LOG_TEXT("service", l->service->conf->name),
	    LOG_TEXT("address", address));
	if (ready_fd < 0)
		return -1;
	text_init(&t, line, sizeof(line));
	text_printf(&t, "%s %s\n", l->service->conf->name, address);
	if (fd_write_all(ready_fd, line, t.length, READY_TIMEOUT_MS) < 0)
		return -1;
	return ready_fd;
}

void
core_announce(const struct core *core, int ready_fd)
{
	int to = ready_fd;

	for (size_t i = 0; i < core->service_count; i++) {
		const struct core_service *s = &core->services[i];

		for (size_t j = 0; j < s->listener_count; j++)
			to = announce_one(&s->listeners[j], to);
	}
	log_event(LOG_READY, LOG_UNSIGNED("services", core->service_count));
	if (ready_fd > 2)
		(void)close(ready_fd);
}

int
core_run(struct core *core, struct err *e)
{
	int error = 0;

	while (core->state != CORE_STOPPED && error == 0) {
		error = loop_turn(&core->loop);
		listener_wake_waiting(core);
		stop_if_over(core);
		if (!log_flush() && core->flush.place == 0)
			loop_timer_set(&core->loop, &core->flush,
			    core->loop.now_ns + FLUSH_PAUSE_NS);
	}
	return error < 0 ? err_system(e, -error, "cannot wait for events") : 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * From plain data to a living superd.  Until the configuration is there, all
 * services follow plans that say nothing; those that it does not name keep
 * them.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/num.h"
#include "conf/conf.h"
#include "core/connection.h"
#include "core/core.h"
#include "core/ending.h"
#include "core/generation.h"
#include "core/listen_text.h"
#include "core/partial.h"
#include "core/pause.h"
#include "core/save.h"
#include "core/service.h"
#include "core/state.h"
#include "gate/plan.h"

/* Of handlers whose service is gone. */
#define KILL_GRACE_NS (5 * NUM_NS_PER_S)

#define TIMERS_OTHER  16

/* A configuration with these services, and nothing said of them. */
static int
make_silent_conf(
    const struct state *state, struct conf **ret_conf, struct err *e)
{
	struct arena *arena = arena_new();
	struct conf *conf = NULL;

	if (arena != NULL)
		conf = arena_alloc(arena, sizeof(*conf));
	if (conf != NULL)
		conf->services = arena_array(
		    arena, state->service_count, sizeof(*conf->services));
	if (conf == NULL || conf->services == NULL) {
		arena_free(arena);
		return err_memory(e);
	}
	conf->arena = arena;
	conf->service_count = state->service_count;
	for (size_t i = 0; i < conf->service_count; i++) {
		struct conf_service *s = &conf->services[i];

		s->name = arena_string(arena, state->services[i].name);
		s->kill_grace_ns = KILL_GRACE_NS;
		s->gate.source_prefix_v4 = 32;
		s->gate.source_prefix_v6 = 64;
	}
	*ret_conf = conf;
	return 0;
}

static int
make_silent_generation(
    struct core *core, const struct state *state, struct err *e)
{
	struct conf *conf = NULL;
	int error = make_silent_conf(state, &conf, e);

	if (error < 0)
		return error;
	error = generation_new(
	    conf, state->daemon.generation, &core->generation, e);
	if (error < 0)
		conf_free(conf);
	for (size_t i = 0; error == 0 && i < conf->service_count; i++)
		error = generation_silent_plan(core->generation, i, e);
	return error;
}

static int
reserve(struct core *core, const struct state *state, struct err *e)
{
	size_t count = state->service_count + 1;
	uint32_t slots = core->conns.max;
	size_t timers =
	    TIMERS_OTHER + count + state->listener_count + state->child_count;

	for (size_t i = 0; i < state->child_count; i++) {
		if (state->children[i].slot >= slots)
			slots = state->children[i].slot + 1;
	}
	core->services = calloc(count, sizeof(*core->services));
	if (core->services == NULL || timers > UINT32_MAX ||
	    loop_reserve_timers(&core->loop, (uint32_t)timers) < 0 ||
	    conns_reserve(&core->conns, slots) < 0)
		return err_memory(e);
	core->service_room = count;
	return 0;
}

/* What is found by its name while all is put together. */
struct names {
	struct core_service **at;
	size_t count;
};

static int
by_number(const void *a, const void *b)
{
	uint32_t x = (*(struct core_service *const *)a)->gate.service;
	uint32_t y = (*(struct core_service *const *)b)->gate.service;

	return x < y ? -1 : x > y;
}

static struct core_service *
find(const struct names *names, const char *name)
{
	return service_search(names->at, names->count, name);
}

static int
restore_stderr(
    struct core_service *s, const struct state_service *from, struct err *e)
{
	struct spawn_stderr_at at = { .name.sun_family = AF_UNIX };
	int error;

	if (from->stderr_fd < 0 ||
	    from->stderr_name.length > sizeof(at.name.sun_path))
		return 0;
	memcpy(
	    at.name.sun_path, from->stderr_name.at, from->stderr_name.length);
	at.length = (uint32_t)(offsetof(struct sockaddr_un, sun_path) +
	    from->stderr_name.length);
	error = stderr_adopt(&s->stderr_lines, s, from->stderr_fd, &at);
	return error < 0
	    ? err_system(e, -error, "cannot watch the socket for stderr")
	    : 0;
}

static int
restore_service(struct core *core, const struct state_service *from,
    const struct core_plan *plan, struct err *e)
{
	struct core_service *s = service_new(core, from->name, from->number);

	if (s == NULL)
		return err_memory(e);
	service_follow(s, plan);
	s->stats.accepted = from->accepted;
	s->paused = from->paused != 0;
	s->disabled = from->disabled != 0;
	s->gate.tat_ns = from->tat_ns;
	for (size_t i = 0; i < from->refused.count; i++) {
		const struct state_refusal *r = &from->refused.at[i];

		s->gate.refused[gate_reason_parse(r->reason)] += r->count;
	}
	/* Its predecessor has told of them. */
	s->refused_told = gate_refused(&s->gate);
	return restore_stderr(s, from, e);
}

static int
restore_services(struct core *core, const struct state *state,
    struct names *names, struct err *e)
{
	int error = 0;

	for (size_t i = 0; error == 0 && i < state->service_count; i++)
		error = restore_service(
		    core, &state->services[i], &core->generation->plans[i], e);
	if (error < 0)
		return error;
	qsort(core->services, core->service_count, sizeof(core->services[0]),
	    by_number);
	names->at = calloc(core->service_count + 1, sizeof(names->at[0]));
	if (names->at == NULL)
		return err_memory(e);
	names->count = core->service_count;
	if (names->count > 0)
		memcpy(names->at, core->services,
		    names->count * sizeof(names->at[0]));
	service_sort(names->at, names->count);
	return 0;
}

static int
restore_listener(struct core *core, const struct names *names,
    const struct state_listener *from, struct err *e)
{
	struct core_service *s = find(names, from->service);
	struct net_listener socket = {
		.fd = from->fd,
		.bound = from->bound,
		.device = from->has_path ? from->path.device : 0,
		.inode = from->has_path ? from->path.inode : 0,
	};
	auto_free char *name = NULL;
	struct core_listener *l;
	int error;

	if (from->was_passed) {
		name = strndup(
		    from->passed_name.length > 0 ? from->passed_name.at : "",
		    from->passed_name.length);
		if (name == NULL)
			return err_memory(e);
		socket.name = name;
		socket.number = (int)from->passed_number;
	}
	error = listener_new(core, &from->wanted, &socket, &l, e);
	if (error < 0)
		return error;
	l->service = s;
	l->next = s->listeners;
	s->listeners = l;
	return 0;
}

/* The number of the source that a connection is counted for. */
static uint32_t
source_of(
    struct core_service *s, bool has_source, const struct gate_source_key *key)
{
	const struct gate_source *known;
	struct gate_source fresh = { 0 };

	if (!has_source)
		return GATE_NO_SOURCE;
	known = gate_sources_find(&s->core->sources, key);
	if (known != NULL)
		return gate_sources_number(&s->core->sources, known);
	fresh.key = *key;
	return gate_remember(&s->gate, s->core->loop.now_ns, &fresh);
}

/* A listener of the service keeps the client; without one it goes. */
static void
restore_held(
    struct core *core, const struct names *names, const struct state_held *from)
{
	struct core_service *s = find(names, from->service);
	struct core_listener *l = s->listeners;
	int fd = from->fd;

	while (l != NULL && l->held_fd >= 0)
		l = l->next;
	if (l == NULL) {
		fd_close(&fd);
		return;
	}
	l->held_fd = fd;
	l->held_peer = from->peer;
	l->held_until_ns = from->until_ns;
	l->held_source = source_of(s, from->has_source, &from->source);
	gate_take_over(&s->gate, l->held_source);
	l->retry_ns = NUM_NS_PER_MS;
	pause_until(l, PAUSE_HOLDING, core->loop.now_ns);
}

static void
drop_line(void *context, const char *line, size_t length)
{
	/* There are as many places as there were: nothing overflows. */
	(void)context;
	(void)line;
	(void)length;
}

static int
restore_child(struct core *core, const struct names *names,
    const struct state_child *from, struct err *e)
{
	struct core_conn *c = conns_take_slot(&core->conns, from->slot);

	if (c == NULL)
		return err_set(e, EINVAL, "two connections have one slot");
	c->service = find(names, from->service);
	c->plan = c->service->plan;
	generation_use(c->plan->generation);
	c->number = from->number;
	c->start_ns = from->start_ns;
	c->peer = from->peer;
	c->end = (uint8_t)ending_reason_parse(from->end);
	c->cookie = from->cookie;
	if (from->has_local)
		c->local = from->local;
	c->fault.exec_ns = from->exec_ns;
	if (from->listen.length > 0) {
		c->listen =
		    listen_text_copy(from->listen.at, from->listen.length);
		if (c->listen == NULL)
			return err_memory(e);
	}
	c->source = source_of(c->service, from->has_source, &from->source);
	gate_take_over(&c->service->gate, c->source);
	conns_live(&core->conns, c, from->pid);
	connection_take_over(c, from->deadline_ns);
	partial_add(&core->partials, &c->partial, from->partial.at,
	    from->partial.length, drop_line, NULL);
	return 0;
}

static void
restore_sources(struct core *core, const struct state *state)
{
	for (size_t i = 0; i < state->source_count; i++) {
		const struct state_source *from = &state->sources[i];
		struct gate_source known = {
			.key = from->key,
			.tat_ns = from->tat_ns,
			.banned_until_ns = from->banned_until_ns,
			.keep_until_s = from->keep_until_s,
			.events_since_s = from->events_since_s,
			.events = from->events,
			.strikes = from->strikes,
		};
		struct core_service *s = service_by_number(
		    core, from->key.service & ~GATE_SOURCE_UNIX);

		if (s != NULL)
			(void)gate_remember(
			    &s->gate, core->loop.now_ns, &known);
	}
}

static int
restore_all(struct core *core, const struct state *state, struct names *names,
    struct err *e)
{
	int error = restore_services(core, state, names, e);

	for (size_t i = 0; error == 0 && i < state->listener_count; i++)
		error = restore_listener(core, names, &state->listeners[i], e);
	if (error < 0)
		return error;
	restore_sources(core, state);
	for (size_t i = 0; error == 0 && i < state->child_count; i++)
		error = restore_child(core, names, &state->children[i], e);
	conns_taken_all(&core->conns);
	for (size_t i = 0; error == 0 && i < state->held_count; i++)
		restore_held(core, names, &state->held[i]);
	return error;
}

int
restore_state(struct core *core, const struct state *state, struct err *e)
{
	struct names names = { NULL, 0 };
	int error = reserve(core, state, e);

	core->start_ns = state->daemon.start_ns;
	core->upgrades = state->daemon.upgrades + 1;
	core->last_connection = state->daemon.last_connection;
	core->next_service = state->daemon.next_service_number;
	if (error == 0)
		error = make_silent_generation(core, state, e);
	if (error == 0)
		error = restore_all(core, state, &names, e);
	free(names.at);
	return error;
}

void
restore_follow(struct core *core)
{
	for (uint32_t i = 0; i < core->conns.used; i++) {
		struct core_conn *c = conns_at(&core->conns, i);
		const struct core_plan *before = c->plan;

		if (c->pid == 0 || before == c->service->plan)
			continue;
		c->plan = c->service->plan;
		generation_use(c->plan->generation);
		generation_leave(before->generation);
		connection_follow(c);
	}
}

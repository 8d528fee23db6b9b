/* SPDX-License-Identifier: ISC */
/* Services and memory of the next configuration; see next.h. */
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/generation.h"
#include "core/load.h"
#include "core/next.h"
#include "core/service.h"
#include "spawn/start.h"

/* Timers besides those of connections, listeners and services. */
#define TIMERS_OTHER 16

/*
 * With so many descriptors it costs more to copy their table for each child
 * than to look when the child has its own.
 */
#define FILES_MANY 200
/* Others that are opened meanwhile. */
#define FILES_OTHER 16

/* Every timer that may be set at a time: each owner has one. */
static uint32_t
timers_needed(const struct core_next *next)
{
	const struct core *core = next->core;
	const struct conf *conf = next->generation->conf;
	size_t count = TIMERS_OTHER + core->service_count +
	    conf->service_count + core->listeners;
	uint64_t most = conf->daemon.max_connections;

	/* More may live than may begin now. */
	if (most < core->conns.max)
		most = core->conns.max;
	count += most > core->conns.used ? most : core->conns.used;
	for (size_t i = 0; i < conf->service_count; i++)
		count += 2 * conf->services[i].listen.count;
	return (uint32_t)count;
}

/* More room does no harm if it is not used in the end. */
static int
reserve(struct core_next *next, struct err *e)
{
	struct core *core = next->core;
	const struct conf *conf = next->generation->conf;
	size_t room = core->service_count + conf->service_count + 1;
	struct core_service **services;

	if (room > core->service_room) {
		services =
		    realloc(core->services, room * sizeof(core->services[0]));
		if (services == NULL)
			return err_memory(e);
		core->services = services;
		core->service_room = room;
	}
	if (loop_reserve_timers(&core->loop, timers_needed(next)) < 0 ||
	    conns_reserve(
		&core->conns, (uint32_t)conf->daemon.max_connections) < 0)
		return err_memory(e);
	return 0;
}

static int
list_names(struct core_next *next, struct err *e)
{
	struct core *core = next->core;
	size_t count = core->service_count;

	next->by_name = calloc(count + 1, sizeof(*next->by_name));
	next->services = calloc(
	    next->generation->conf->service_count + 1, sizeof(*next->services));
	if (next->by_name == NULL || next->services == NULL)
		return err_memory(e);
	if (count > 0)
		memcpy(next->by_name, core->services,
		    count * sizeof(core->services[0]));
	next->by_name_count = count;
	service_sort(next->by_name, count);
	return 0;
}

/* The service of that name, which may be there already. */
static struct core_service *
find_or_make(struct core_next *next, const char *name)
{
	struct core *core = next->core;
	struct core_service *found =
	    service_search(next->by_name, next->by_name_count, name);

	if (found != NULL)
		return found;
	return service_new(core, name, core->next_service++);
}

/* Those that stay the same stay open; the others are opened beside them. */
static int
prepare_log(struct core_next *next, struct next_service *n, struct err *e)
{
	const struct conf *conf = next->generation->conf;
	const struct conf_service *service = &conf->services[n->place];
	struct log_options options;
	int error = 0;

	if (load_service_log(next->core->source, conf, service, &options))
		error = log_channel_open(&options, &n->log, e);
	return error == 0
	    ? 0
	    : generation_error(service, &service->log_place, error, e);
}

static int
prepare_service(struct core_next *next, size_t place, struct err *e)
{
	const struct conf_service *conf =
	    &next->generation->conf->services[place];
	struct core_service *s = find_or_make(next, conf->name);
	struct next_service *n = &next->services[next->service_count];
	int error;

	if (s == NULL)
		return err_memory(e);
	n->service = s;
	n->place = place;
	next->service_count++;
	error = prepare_log(next, n, e);
	if (error < 0)
		return error;
	if (conf->stderr_to == CONF_STDERR_LOG &&
	    s->stderr_lines.watch.fd < 0) {
		error = stderr_open(&s->stderr_lines, s, e);
		if (error < 0)
			return generation_error(conf, &conf->place, error, e);
		n->opened_stderr = true;
	}
	return generation_plan(next->generation, place, s, e);
}

static int
prepare_services(struct core_next *next, struct err *e)
{
	const struct conf *conf = next->generation->conf;
	int error = list_names(next, e);

	for (size_t i = 0; error == 0 && i < conf->service_count; i++) {
		if (conf->services[i].enabled)
			error = prepare_service(next, i, e);
	}
	return error;
}

/*
 * All that is open for good: listeners, and for each service a socket for
 * stderr; and a log, but one for all that have it of [defaults].
 */
static uint64_t
files_needed(const struct conf *conf)
{
	uint64_t count = conf->service_count;
	const char *log = NULL;

	for (size_t i = 0; i < conf->service_count; i++) {
		const struct conf_listens *l = &conf->services[i].listen;

		count += conf->services[i].log.path != log;
		log = conf->services[i].log.path;

		for (size_t j = 0; j < l->count; j++)
			count += l->at[j].both_families ? 2 : 1;
	}
	return count;
}

/* The low numbers are for connections, if there are many others. */
static void
keep_low_numbers(struct core_next *next, struct fd_low *low)
{
	uint64_t files = files_needed(next->generation->conf);
	int count = 0;

	if (files >= FILES_MANY)
		count = fd_block_low(low, files + FILES_OTHER);
	if (count > 0)
		(void)spawn_pool_share(next->core->pool, count - 1);
}

int
next_prepare(
    struct core_next *next, struct core *core, struct conf *conf, struct err *e)
{
	uint64_t number =
	    core->generation != NULL ? core->generation->number + 1 : 1;
	struct fd_low low = { 0 };
	int error;

	*next = (struct core_next) { .core = core };
	error = generation_new(conf, number, &next->generation, e);
	if (error < 0)
		return error;
	next->services_before = core->service_count;
	keep_low_numbers(next, &low);
	error = reserve(next, e);
	if (error == 0)
		error = prepare_services(next, e);
	if (error == 0)
		error = next_sockets_prepare(next, e);
	fd_free_low(&low);
	if (error < 0)
		next_abandon(next);
	return error;
}

static void
free_lists(struct core_next *next)
{
	free(next->services);
	free(next->sockets);
	free(next->by_name);
	free(next->present);
	free(next->passed);
}

void
next_abandon(struct core_next *next)
{
	struct core *core = next->core;

	next_sockets_abandon(next);
	for (size_t i = 0; i < next->service_count; i++) {
		if (next->services[i].opened_stderr)
			stderr_close(&next->services[i].service->stderr_lines);
		log_channel_close(next->services[i].log);
	}
	while (core->service_count > next->services_before)
		service_free(core->services[core->service_count - 1]);
	/* Their plans go with the generation, conf stays the caller's. */
	next->generation->conf_kept = true;
	generation_leave(next->generation);
	free_lists(next);
}

/* The services that the present configuration names. */
static int
list_named(struct core_next *next, struct err *e)
{
	const struct conf *conf = next->core->conf;
	int error = list_names(next, e);

	for (size_t i = 0; error == 0 && i < conf->service_count; i++) {
		struct core_service *s = service_search(
		    next->by_name, next->by_name_count, conf->services[i].name);

		if (!conf->services[i].enabled || s == NULL)
			continue;
		next->services[next->service_count++] =
		    (struct next_service) { .service = s, .place = i };
	}
	return error;
}

int
next_refresh(struct core *core, struct err *e)
{
	struct core_next next = {
		.core = core,
		.generation = core->generation,
	};
	int error = list_named(&next, e);

	if (error == 0)
		error = next_sockets_prepare(&next, e);
	if (error < 0)
		next_sockets_abandon(&next);
	else
		next_sockets_commit(&next);
	free_lists(&next);
	return error;
}

/* What the gates of this generation want to know. */
static void
commit_world(struct core_next *next)
{
	struct core_world *w = &next->core->world;

	*w = (struct core_world) { 0 };
	for (size_t i = 0; i < next->service_count; i++)
		world_want(w, &next->services[i].service->conf->gate);
}

static void
follow_log(const struct core_next *next, const struct next_service *n)
{
	struct core_service *s = n->service;
	struct log_options options;

	log_channel_close(s->log);
	s->log = n->log;
	if (load_service_log(
		next->core->source, next->generation->conf, s->conf, &options))
		log_channel_limit(s->log, &options);
}

void
next_commit(struct core_next *next)
{
	struct core *core = next->core;
	struct core_generation *before = core->generation;

	core->generation = next->generation;
	core->conf = next->generation->conf;
	conns_limit(&core->conns, (uint32_t)core->conf->daemon.max_connections);
	for (size_t i = 0; i < core->service_count; i++)
		core->services[i]->named = false;
	for (size_t i = 0; i < next->service_count; i++) {
		const struct next_service *n = &next->services[i];

		service_follow(n->service, &next->generation->plans[n->place]);
		follow_log(next, n);
	}
	commit_world(next);
	next_sockets_commit(next);
	for (size_t i = core->service_count; i-- > 0;)
		service_release(core->services[i]);
	if (before != NULL)
		generation_leave(before);
	free_lists(next);
}

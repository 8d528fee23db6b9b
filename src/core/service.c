/* SPDX-License-Identifier: ISC */
/* Opening and closing services. */
#include "core/service.h"
#include "base/arena.h"
#include "conf/conf.h"
#include "core/core.h"

static size_t
socket_count(const struct conf_listens *listens)
{
	size_t count = 0;

	for (size_t i = 0; i < listens->count; i++)
		count += listens->at[i].both_families ? 2 : 1;
	return count;
}

/* The sockets of one value of `listen`: one, or two for a bare port. */
static int
open_sockets(
    struct core_service *s, const struct conf_listen *listen, struct err *e)
{
	struct net_listener made[2] = { { .fd = -1 }, { .fd = -1 } };
	int error;

	if (listen->both_families)
		error =
		    net_listen_both(s->conf, addr_port(&listen->addr), made, e);
	else
		error = net_listen_open(s->conf, &listen->addr, &made[0], e);
	for (int i = 0; error == 0 && i < 2; i++) {
		if (made[i].fd >= 0)
			error = listener_start(
			    &s->listeners[s->listener_count], s, &made[i], e);
		if (error == 0 && made[i].fd >= 0)
			s->listener_count++;
	}
	return error;
}

static int
open_listeners(struct core_service *s, struct err *e)
{
	const struct conf_listens *listens = &s->conf->listen;
	int error = 0;

	s->listeners = arena_array(
	    s->core->arena, socket_count(listens), sizeof(*s->listeners));
	if (s->listeners == NULL)
		return err_memory(e);
	for (size_t i = 0; error == 0 && i < listens->count; i++)
		error = open_sockets(s, &listens->at[i], e);
	if (error < 0) {
		(void)err_wrap(e, "service '%s'", s->conf->name);
		e->file = s->conf->listen_place.file;
		e->line = s->conf->listen_place.line;
	}
	return error;
}

/* An earlier service with the same rules, to share what they compile to. */
static const struct gate_plan *
alike(const struct core_service *s)
{
	const struct conf_rules *mine = &s->conf->gate.rules;

	if (mine->count == 0)
		return NULL;
	for (const struct core_service *o = s->core->services; o < s; o++) {
		if (o->gate.plan != NULL && o->conf->gate.rules.at == mine->at)
			return o->gate.plan;
	}
	return NULL;
}

static int
open_gate(struct core_service *s, struct err *e)
{
	const struct conf_service *conf = s->conf;
	struct core *core = s->core;
	struct gate_hosts *hosts = NULL;
	struct gate_plan *plan;
	int error = 0;

	if (conf->gate.hosts_access)
		error = hosts_for(&core->hosts, conf, &hosts, e);
	if (error == 0)
		error = gate_plan_new(&conf->gate, conf->max_connections,
		    alike(s), hosts, &plan, e);
	if (error < 0) {
		gate_hosts_free(hosts);
		return error;
	}
	s->gate_plan = plan;
	gate_init(
	    &s->gate, (uint32_t)(s - core->services), &core->sources, plan);
	world_want(&core->world, &conf->gate);
	return 0;
}

int
service_open(struct core_service *s, struct core *core,
    const struct conf_service *conf, struct err *e)
{
	const struct spawn_stderr_at *at = NULL;
	int error = 0;

	s->core = core;
	s->conf = conf;
	stderr_init(&s->stderr_lines);
	if (conf->stderr_to == CONF_STDERR_LOG) {
		error = stderr_open(&s->stderr_lines, s, e);
		at = &s->stderr_lines.at;
	}
	if (error == 0)
		error = open_gate(s, e);
	if (error == 0)
		error = spawn_plan_new(
		    core->arena, conf, &core->host, at, &s->plan, e);
	if (error < 0) {
		(void)err_wrap(e, "service '%s'", conf->name);
		e->file = conf->place.file;
		e->line = conf->place.line;
		return error;
	}
	return open_listeners(s, e);
}

void
service_stop_listening(struct core_service *s)
{
	for (size_t i = 0; i < s->listener_count; i++)
		listener_stop(&s->listeners[i]);
	s->listener_count = 0;
}

void
service_close(struct core_service *s)
{
	if (s->core == NULL)
		return;
	service_stop_listening(s);
	stderr_close(&s->stderr_lines);
	gate_plan_free(s->gate_plan);
	s->gate_plan = NULL;
}

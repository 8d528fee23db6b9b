/* SPDX-License-Identifier: ISC */
/* Compiling plans, counting those who use them. */
#include <stdlib.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/generation.h"
#include "core/service.h"
#include "gate/hosts.h"
#include "gate/plan.h"

static void
generation_free(struct core_generation *g)
{
	for (size_t i = 0; g->conf != NULL && i < g->conf->service_count; i++)
		gate_plan_free(g->plans[i].gate);
	arena_free(g->arena);
	if (!g->conf_kept)
		conf_free(g->conf);
	free(g);
}

int
generation_new(struct conf *conf, uint64_t number,
    struct core_generation **ret_generation, struct err *e)
{
	struct core_generation *g = calloc(1, sizeof(*g));
	int error;

	if (g == NULL)
		return err_memory(e);
	g->number = number;
	g->users = 1;
	g->arena = arena_new();
	if (g->arena != NULL)
		g->plans = arena_array(
		    g->arena, conf->service_count, sizeof(*g->plans));
	if (g->plans == NULL) {
		generation_free(g);
		return err_memory(e);
	}
	error = hosts_parse(conf, g->arena, NULL, &g->hosts);
	if (error < 0) {
		generation_free(g);
		return err_set(e, -error, "cannot use hosts.allow, hosts.deny");
	}
	g->conf = conf;
	*ret_generation = g;
	return 0;
}

/* An earlier service with the same rules, to share what they compile to. */
static const struct gate_plan *
alike(const struct core_generation *g, const struct core_plan *p)
{
	const struct conf_rules *mine = &p->conf->gate.rules;

	if (mine->count == 0)
		return NULL;
	for (const struct core_plan *o = g->plans; o < p; o++) {
		if (o->gate != NULL && o->conf->gate.rules.at == mine->at)
			return o->gate;
	}
	return NULL;
}

static int
plan_gate(struct core_generation *g, struct core_plan *p, struct err *e)
{
	const struct conf_service *conf = p->conf;
	struct gate_hosts *hosts = NULL;
	int error = 0;

	if (conf->gate.hosts_access)
		error = hosts_for(&g->hosts, conf, &hosts, e);
	if (error == 0)
		error = gate_plan_new(&conf->gate, conf->max_connections,
		    alike(g, p), hosts, &p->gate, e);
	if (error < 0)
		gate_hosts_free(hosts);
	return error;
}

int
generation_error(const struct conf_service *conf,
    const struct conf_place *place, int error, struct err *e)
{
	(void)err_wrap(e, "service '%s'", conf->name);
	e->file = place->file;
	e->line = place->line;
	return error;
}

int
generation_plan(struct core_generation *g, size_t place,
    const struct core_service *service, struct err *e)
{
	const struct conf_service *conf = &g->conf->services[place];
	struct core_plan *p = &g->plans[place];
	const struct spawn_stderr_at *at = NULL;
	int error;

	p->generation = g;
	p->conf = conf;
	if (conf->stderr_to == CONF_STDERR_LOG)
		at = &service->stderr_lines.at;
	error = plan_gate(g, p, e);
	if (error == 0)
		error = spawn_plan_new(
		    g->arena, conf, &service->core->host, at, &p->spawn, e);
	return error == 0 ? 0 : generation_error(conf, &conf->place, error, e);
}

int
generation_silent_plan(struct core_generation *g, size_t place, struct err *e)
{
	struct core_plan *p = &g->plans[place];

	p->generation = g;
	p->conf = &g->conf->services[place];
	return plan_gate(g, p, e);
}

void
generation_use(struct core_generation *g)
{
	g->users++;
}

void
generation_leave(struct core_generation *g)
{
	if (--g->users == 0)
		generation_free(g);
}

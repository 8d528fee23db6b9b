/* SPDX-License-Identifier: ISC */
/* What can be worked out at load is; see plan.h. */
#include <stdlib.h>

#include "conf/conf.h"
#include "gate/hosts.h"
#include "gate/plan.h"
#include "gate/rules.h"

static int
take_rules(struct gate_plan *p, const struct gate_plan *like, struct err *e)
{
	const struct conf_rules *list = &p->conf->rules;

	if (like != NULL && like->rules != NULL)
		p->rules = gate_rules_share(like->rules, list);
	if (p->rules != NULL)
		return 0;
	return gate_rules_new(list, &p->rules, e);
}

int
gate_plan_new(const struct conf_gate *conf, uint64_t max_connections,
    const struct gate_plan *like, struct gate_hosts *hosts,
    struct gate_plan **ret_plan, struct err *e)
{
	struct gate_plan *p = calloc(1, sizeof(*p));
	int error;

	if (p == NULL)
		return err_memory(e);
	p->conf = conf;
	p->max_connections = max_connections;
	p->rate = gate_rate_make(&conf->rate);
	p->rate_per_source = gate_rate_make(&conf->rate_per_source);
	p->by_source = conf->max_per_source != 0 ||
	    p->rate_per_source.interval_ns != 0 || conf->ban.after.set;
	error = take_rules(p, like, e);
	if (error < 0) {
		gate_plan_free(p);
		return error;
	}
	if (gate_rules_empty(p->rules)) {
		gate_rules_free(p->rules);
		p->rules = NULL;
	}
	p->hosts = hosts;
	*ret_plan = p;
	return 0;
}

void
gate_plan_free(struct gate_plan *plan)
{
	if (plan == NULL)
		return;
	gate_rules_free(plan->rules);
	gate_hosts_free(plan->hosts);
	free(plan);
}

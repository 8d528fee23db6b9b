/* SPDX-License-Identifier: ISC */
/* The gate of a service as one generation of the configuration wants it. */
#ifndef SUPERD_GATE_PLAN_H
#define SUPERD_GATE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "gate/rate.h"

struct conf_gate;
struct gate_hosts;
struct gate_rules;

struct gate_plan {
	const struct conf_gate *conf;
	uint64_t max_connections;
	struct gate_rules *rules; /* NULL: they let everybody in */
	struct gate_hosts *hosts; /* NULL: not asked */
	struct gate_rate rate, rate_per_source;
	bool by_source; /* something is counted for sources */
};

/*
 * Compiles.  conf is borrowed; `like` (or NULL) is a plan whose rules are
 * shared if they are the same; hosts (NULL without hosts_access) is taken
 * over if all goes well.  Returns 0, -E2BIG or -ENOMEM.
 */
int gate_plan_new(const struct conf_gate *conf, uint64_t max_connections,
    const struct gate_plan *like, struct gate_hosts *hosts,
    struct gate_plan **ret_plan, struct err *e);

/* Accepts NULL. */
void gate_plan_free(struct gate_plan *plan);

#endif

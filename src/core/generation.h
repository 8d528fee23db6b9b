/* SPDX-License-Identifier: ISC */
/*
 * One reading of the configuration, and what the services are by it.  A
 * connection lives under the generation that it began in; an old one is freed
 * when nobody uses it any more.
 */
#ifndef SUPERD_CORE_GENERATION_H
#define SUPERD_CORE_GENERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/hosts.h"

struct arena;
struct conf;
struct conf_place;
struct conf_service;
struct core;
struct core_service;
struct gate_plan;
struct spawn_plan;

/* A service as one generation wants it.  Read-only once made. */
struct core_plan {
	struct core_generation *generation;
	const struct conf_service *conf;
	struct spawn_plan *spawn;
	struct gate_plan *gate;
};

struct core_generation {
	uint64_t number; /* 1 is that of the start */
	size_t users; /* the core, while it is current; services; connections */
	struct conf *conf;   /* owned, as all the rest */
	bool conf_kept;      /* ... but by the caller, after a failure */
	struct arena *arena; /* of the plans */
	struct core_hosts hosts;
	struct core_plan *plans; /* by the place of the service in conf */
};

/*
 * A generation without plans yet, with one user.  On success it owns conf.
 * Returns 0, -EINVAL or -ENOMEM.
 */
int generation_new(struct conf *conf, uint64_t number,
    struct core_generation **ret_generation, struct err *e);

/*
 * Compiles the plan of the service that stands at `place` in conf, in the
 * order of the places.  Returns 0 or -errno with the service's place in the
 * file.
 */
int generation_plan(struct core_generation *g, size_t place,
    const struct core_service *service, struct err *e);

/*
 * An error gets the service's name in front, and its place in the file.
 * Returns error, which is below 0.
 */
int generation_error(const struct conf_service *conf,
    const struct conf_place *place, int error, struct err *e);

/*
 * A plan of a service of which nothing is known but its name: it counts, it
 * limits nothing, and it starts no handler.  Returns 0 or -ENOMEM.
 */
int generation_silent_plan(
    struct core_generation *g, size_t place, struct err *e);

/* One user more. */
void generation_use(struct core_generation *g);

/* One less; with the last one it is freed. */
void generation_leave(struct core_generation *g);

#endif

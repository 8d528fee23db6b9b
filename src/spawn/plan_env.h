/* SPDX-License-Identifier: ISC */
/* The part of a handler's environment that is known at load. */
#ifndef SUPERD_SPAWN_PLAN_ENV_H
#define SUPERD_SPAWN_PLAN_ENV_H

#include "base/err.h"

struct arena;
struct conf_service;
struct spawn_host;
struct spawn_plan;

/*
 * Fills plan->environment, in arena: PATH, who the user is, what
 * pass_environment names and superd has, what `environment` sets (the last
 * word on a name wins), SUPERD_SERVICE.  Returns 0 or -errno.
 */
int plan_env_compile(struct spawn_plan *plan, struct arena *arena,
    const struct conf_service *service, const struct spawn_host *host,
    struct err *e);

#endif

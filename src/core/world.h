/* SPDX-License-Identifier: ISC */
/* What the gate wants to know of the world, read no more often than needed. */
#ifndef SUPERD_CORE_WORLD_H
#define SUPERD_CORE_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "gate/gate.h"

struct conf_gate;
struct core;

struct core_world {
	struct gate_now now;
	uint64_t read_ns; /* when load and memory were looked at */
	bool wants_wall, wants_load, wants_memory;
};

/* A service is there whose gate asks for what conf names. */
void world_want(struct core_world *w, const struct conf_gate *conf);

/*
 * The world in this turn, for the services that are there.  Load average and
 * free memory are at most a second old; what cannot be read is as if all were
 * well.  [hot]
 */
const struct gate_now *world_now(struct core_world *w, const struct core *core);

#endif

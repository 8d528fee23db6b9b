/* SPDX-License-Identifier: ISC */
/* The living superd as plain data, and back; see state.h. */
#ifndef SUPERD_CORE_SAVE_H
#define SUPERD_CORE_SAVE_H

#include "base/err.h"

struct arena;
struct conf;
struct core;
struct state;

/* All that a successor needs, into arena.  Returns 0 or -ENOMEM. */
int save_state(
    const struct core *core, struct arena *arena, struct state *ret_state);

/*
 * Brings services, listeners, handlers and sources of a predecessor into a
 * core that has none yet.  They are under a configuration that says nothing,
 * until next_commit() gives them one.  The descriptors are core's then.
 * Returns 0 or -errno.
 */
int restore_state(struct core *core, const struct state *state, struct err *e);

/* The handlers that were restored follow the plans that are in force now. */
void restore_follow(struct core *core);

#endif

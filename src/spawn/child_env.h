/* SPDX-License-Identifier: ISC */
/* The variables that tell a handler who called; part of the child page. */
#ifndef SUPERD_SPAWN_CHILD_ENV_H
#define SUPERD_SPAWN_CHILD_ENV_H

struct spawn_slot;

/*
 * Fills slot->env: UCSPI's, systemd's and xinetd's names for the connection
 * on descriptor 0, then the plan's own.  Returns 0 or -errno.  [child]
 */
long child_env_build(struct spawn_slot *slot);

#endif

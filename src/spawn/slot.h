/* SPDX-License-Identifier: ISC */
/* What a child on its way to exec shares with the parent; the room's own. */
#ifndef SUPERD_SPAWN_SLOT_H
#define SUPERD_SPAWN_SLOT_H

#include <stdint.h>

#include "spawn/start.h"

#define SLOT_TEXT_SIZE 1024

/*
 * Lies at the top of the child's stack.  `running` is cleared by the kernel
 * when the child has exec'ed or ended (CLONE_CHILD_CLEARTID, clone(2)).
 */
struct spawn_slot {
	uint32_t running;
	int pid;
	/*
	 * With a shared table of descriptors the child keeps those up to
	 * `keep` (0: not shared), and tells when it has a table of its own;
	 * until then held_fd stays open here (-1: it is closed).
	 */
	int keep;
	int held_fd;
	uint32_t has_table;
	struct spawn_slot *next_free;
	uint64_t label;
	struct spawn_request request;
	char *env[SPAWN_ENV_MAX + 1];
	char text[SLOT_TEXT_SIZE]; /* the dynamic variables */
};

/*
 * The child: sets itself up by the request's plan and executes the handler.
 * Returns only into the kernel.  [child]
 */
int spawn_child(void *slot);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * A service that is alive: its sockets, its counts, what it does at present.
 * It is known by its name and outlives configurations; one that the present
 * configuration does not name lives until its last handler has ended.
 */
#ifndef SUPERD_CORE_SERVICE_H
#define SUPERD_CORE_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/generation.h"
#include "core/listener.h"
#include "core/stats.h"
#include "core/stderr.h"
#include "gate/gate.h"
#include "log/log.h"
#include "log/repeat.h"

struct core;

struct core_service {
	struct core *core;
	char *name;
	const struct core_plan *plan;    /* NULL: not in use yet */
	const struct conf_service *conf; /* of plan */
	bool named;                      /* by the present configuration */
	bool paused, disabled;           /* by command */
	struct core_listener *listeners; /* in the order of the file */
	size_t full_listeners;           /* of them wait for room here */
	struct gate gate; /* who may enter, how many live; its number */
	struct core_stats stats;
	/* Where its events go, but for those of superd itself (superd.*,
	 * config.*, adopt.*, ban.*); NULL: the daemon's. */
	struct log_channel *log;
	struct core_stderr stderr_lines;
	struct log_repeat full_said, spawn_said, stderr_said, held_said;
	struct log_repeat refuse_said[GATE_REASONS];
	uint64_t refused_told; /* of gate.refused, by records */
	uint64_t bans_until_ns, bans_said, bans_suppressed;
};

/*
 * Adds a service to core's, without a plan and with a number of its own.
 * core->services has room.  NULL if there is no memory.
 */
struct core_service *service_new(
    struct core *core, const char *name, uint32_t number);

/* By the number of its gate; NULL if it is gone. */
struct core_service *service_by_number(
    const struct core *core, uint32_t number);

/* The first with this number or a higher one; NULL: none. */
struct core_service *service_from(const struct core *core, uint32_t number);

/* By its name, in O(services); NULL if there is none. */
struct core_service *service_by_name(const struct core *core, const char *name);

/* Puts a list in the order of names, and finds one in it; NULL: none. */
void service_sort(struct core_service **list, size_t count);
struct core_service *service_search(
    struct core_service *const *list, size_t count, const char *name);

/* From now on it does what plan says. */
void service_follow(struct core_service *s, const struct core_plan *plan);

/* Frees it if nothing needs it any more. */
void service_release(struct core_service *s);

/* Closes all that it has, and frees it. */
void service_free(struct core_service *s);

/* Closes the listening sockets at once; the handlers go on. */
void service_stop_listening(struct core_service *s);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The living superd: services, their listeners, their connections.  What the
 * rooms below can do, this one does at the right moment, and says.
 */
#ifndef SUPERD_CORE_CORE_H
#define SUPERD_CORE_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/conns.h"
#include "core/hosts.h"
#include "core/partial.h"
#include "core/reap.h"
#include "core/world.h"
#include "gate/source.h"
#include "loop/loop.h"
#include "spawn/plan.h"

struct arena;
struct conf;
struct core_listener;
struct core_service;
struct spawn_pool;

enum core_state {
	CORE_RUNNING,
	CORE_STOPPING,
	CORE_STOPPED
};

struct core {
	enum core_state state;
	struct loop loop;
	struct loop_watch signals;
	const struct conf *conf; /* borrowed from main */
	struct arena *arena;     /* services, listeners, plans */
	struct spawn_host host;
	struct spawn_pool *pool;
	char *stderr_dir;  /* NULL: abstract names */
	int stderr_lock;   /* open as long as stderr_dir is ours */
	uint64_t instance; /* random, in the names of sockets */

	struct gate_sources sources; /* of all services */
	struct core_hosts hosts;
	struct core_world world;
	struct core_service *services;
	size_t service_count;
	struct core_conns conns;
	struct core_reaper reaper;
	struct core_partials partials;
	uint64_t last_connection; /* the number given out last */
	/* Listeners that wait for room in the daemon, first come first. */
	struct core_listener *waiting, **waiting_end;
	struct loop_timer late;    /* children that do not come to exec */
	struct loop_timer wake;    /* more listeners may go on */
	struct loop_timer tell;    /* refusals that were only counted */
	struct loop_timer flush;   /* the log could not take it all */
	struct loop_timer give_up; /* of a stop that takes too long */
};

/*
 * Compiles the plans and opens every socket of conf: all or nothing.  host
 * says what process_take() found out.  conf must outlive core.
 * Returns 0 or -errno; core_done() is due in either case.
 */
int core_init(struct core *core, const struct conf *conf,
    const struct spawn_host *host, struct err *e);
void core_done(struct core *core);

/*
 * Tells what listens where: an event a socket, and to ready_fd (-1: nobody)
 * one line "SERVICE ADDRESS" a socket, then the end of file (not on 0 to 2,
 * which stay open).
 */
void core_announce(const struct core *core, int ready_fd);

/*
 * [blocks] Serves until it is told to stop and all handlers have ended, or
 * were left behind because they could not be.
 */
int core_run(struct core *core, struct err *e);

#endif

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
#include "core/control.h"
#include "core/final.h"
#include "core/idle.h"
#include "core/partial.h"
#include "core/phase.h"
#include "core/reap.h"
#include "core/stats.h"
#include "core/upgrade.h"
#include "core/world.h"
#include "gate/source.h"
#include "log/stamp.h"
#include "loop/loop.h"
#include "spawn/plan.h"

struct conf;
struct core_generation;
struct core_listener;
struct core_ready;
struct core_service;
struct core_source;
struct net_adopted_list;
struct pidfile;
struct spawn_pool;
struct state;

struct core {
	enum phase phase;
	struct loop loop;
	struct loop_watch signals;
	const struct core_source *source; /* borrowed from main, as pidfile */
	struct pidfile *pidfile;
	struct net_adopted_list *adopted;
	struct core_ready *ready;
	struct core_generation *generation; /* the present one */
	const struct conf *conf;            /* of it */
	struct spawn_host host;
	struct spawn_pool *pool;
	char *stderr_dir;  /* NULL: abstract names */
	int stderr_lock;   /* open as long as stderr_dir is ours */
	uint64_t instance; /* random, in the names of sockets */

	struct gate_sources sources; /* of all services */
	struct core_world world;
	/* By their numbers; retired ones too, while they have handlers. */
	struct core_service **services;
	size_t service_count, service_room;
	uint32_t next_service; /* the number given out next */
	size_t listeners;      /* that are open, of all services */
	struct core_conns conns;
	struct core_reaper reaper;
	struct core_idle idle;
	struct core_final final;
	struct core_partials partials;
	struct core_upgrade upgrade;
	struct core_control control;
	struct stats_rate rate;       /* of connections, of all services */
	struct log_stamp start_stamp; /* of the last record */
	uint64_t last_connection;     /* the number given out last */
	uint64_t start_ns;            /* when it was first started */
	uint64_t upgrades;            /* since then */
	/* Listeners that wait for room in the daemon, first come first. */
	struct core_listener *waiting, **waiting_end;
	struct loop_timer late;     /* children that do not come to exec */
	struct loop_timer wake;     /* more listeners may go on */
	struct loop_timer tell;     /* refusals that were only counted */
	struct loop_timer flush;    /* the log could not take it all */
	struct loop_timer retiring; /* listeners that go when they are empty */
	struct loop_timer give_up;  /* of a stop that takes too long */
};

/* What main has and core only uses. */
struct core_owner {
	const struct spawn_host *host; /* of process_take() */
	const struct core_source *source;
	struct pidfile *pidfile;
	struct core_ready *ready; /* NULL: nobody is told */
	/* Of a supervisor; the first configuration takes them. */
	struct net_adopted_list *adopted;
	const struct state *state; /* of a predecessor; NULL: there is none */
};

/*
 * Compiles the plans and opens every socket of conf: all or nothing.  What
 * owner points to must outlive core; conf is core's on success.  Returns 0 or
 * -errno; core_done() is due in either case.
 */
int core_init(struct core *core, struct conf *conf,
    const struct core_owner *owner, struct err *e);
void core_done(struct core *core);

/*
 * As core_init(), but only to see whether it would work; serves nobody, and
 * core is of no other use.  Returns 0 or -errno.
 */
int core_try(struct core *core, struct conf *conf,
    const struct core_owner *owner, struct err *e);

/*
 * Tells that all listens: an event, and to ready_fd (-1: nobody) one line
 * "SERVICE ADDRESS" a socket, then the end of file (not on 0 to 2, which stay
 * open).
 */
void core_announce(const struct core *core, int ready_fd);

/*
 * [blocks] Serves until it is told to stop and all handlers have ended, or
 * were left behind because they could not be.
 */
int core_run(struct core *core, struct err *e);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * The connections that live: one slot each, found by the pid of its handler.
 * All memory is taken at load, and touched only as far as it is used.  Slots
 * never move: children that are being started write into them.
 */
#ifndef SUPERD_CORE_CONNS_H
#define SUPERD_CORE_CONNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/table.h"
#include "core/record.h"
#include "loop/loop.h"
#include "spawn/fault.h"

struct core_partial;
struct core_plan;
struct core_service;
struct listen_text;

/* So many that came last are remembered in their order. */
#define CONNS_YOUNG 64

/* Why superd ends a handler. */
enum core_end {
	CORE_END_NONE,
	CORE_END_RUNTIME, /* max_runtime is over */
	CORE_END_IDLE,    /* nothing came or went for idle_timeout */
	CORE_END_COMMAND, /* somebody said so */
	CORE_END_STOP,
	CORE_ENDS
};

struct core_conn {
	uint64_t number; /* from 1 on, never twice */
	uint64_t start_ns;
	struct core_service *service;
	const struct core_plan *plan; /* by which it began */
	struct core_partial *partial; /* a stderr line not yet ended */
	struct listen_text *listen;   /* where it came in; NULL: not known */
	struct record_socket socket;  /* what it has said, if it has ended */
	uint64_t cookie; /* of its socket, for sock_diag(7); 0: no TCP */
	struct loop_timer timer; /* runtime and idleness, then grace */
	uint64_t deadline_ns;    /* of max_runtime; 0: none */
	uint64_t idle_due_ns;    /* when it is looked at; 0: never */
	struct addr_peer peer;
	struct addr_peer local; /* where idle_timeout wants to know it */
	struct spawn_fault fault;
	uint32_t source; /* whom the gate counts it for */
	int pid;         /* 0: the slot is free */
	uint32_t slot;
	uint32_t next_free;
	uint8_t end;    /* enum core_end */
	bool idle_seen; /* its socket was found once ... */
	bool idle_gone; /* ... and then it was not */
	bool taken;
};

struct core_conns {
	struct core_conn **chunks;
	uint32_t chunk_count;
	uint32_t max; /* that may live */
	uint32_t live;
	uint32_t taken; /* live, or about to be */
	uint32_t used;  /* slots that were ever taken */
	uint32_t free;  /* head of the free list plus 1 */
	struct table by_pid, by_cookie;
	int young[CONNS_YOUNG]; /* their pids, in a ring */
	uint32_t started;       /* its newest comes before this place */
};

/* Returns 0 or -ENOMEM. */
int conns_init(struct core_conns *conns, uint32_t max);
void conns_done(struct core_conns *conns);

/* Room for so many.  Returns 0 or -ENOMEM, then nothing has changed. */
int conns_reserve(struct core_conns *conns, uint32_t count);

/* A new limit, for which there is room; more than that may live already. */
void conns_limit(struct core_conns *conns, uint32_t max);

/* Slot number i, below conns->used. */
struct core_conn *conns_at(const struct core_conns *conns, uint32_t i);

/* A cleared slot, NULL when all are taken.  Not live before conns_live(). */
struct core_conn *conns_take(struct core_conns *conns);

/*
 * That slot, cleared, as conns_take() would have given it: for connections
 * that another superd began, in a table where nobody has been yet.  NULL if
 * it is taken, or there is no room for it.
 */
struct core_conn *conns_take_slot(struct core_conns *conns, uint32_t slot);

/* All of these are there: the slots between them are free. */
void conns_taken_all(struct core_conns *conns);

/* The handler runs as pid. */
void conns_live(struct core_conns *conns, struct core_conn *c, int pid);

/* Gives the slot back, whether it was live or only taken, and c->listen. */
void conns_give(struct core_conns *conns, struct core_conn *c);

/* NULL if it is not a handler's. */
struct core_conn *conns_by_pid(const struct core_conns *conns, int pid);

/* By the cookie of its socket; NULL if it is of no connection here. */
struct core_conn *conns_by_cookie(
    const struct core_conns *conns, uint64_t cookie);

/* The pid that came live `ago` ones before the last, 0 if it has gone. */
int conns_young(const struct core_conns *conns, uint32_t ago);

/*
 * How long it took from the client to the handler's exec.  False: it is not
 * known, or that has not happened.  [pure]
 */
bool conns_spawn_ns(const struct core_conn *c, uint64_t *ret_ns);

/* The connection of that number if it still lives in that slot, or NULL. */
struct core_conn *conns_by_slot(
    const struct core_conns *conns, uint32_t slot, uint64_t number);

#endif

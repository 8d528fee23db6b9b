/* SPDX-License-Identifier: ISC */
/* Every reason for "no", and what follows from it. */
#ifndef SUPERD_GATE_VERDICT_H
#define SUPERD_GATE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "gate/hosts.h"

/* In the order in which they are looked for; see verdict.c. */
enum gate_reason {
	GATE_YES,
	GATE_LOAD,
	GATE_MEMORY,
	GATE_MAX_CONNECTIONS,
	GATE_MAX_DAEMON,
	GATE_RATE,
	GATE_PEER,
	GATE_BANNED,
	GATE_RULE,
	GATE_HOSTS,
	GATE_HOURS,
	GATE_MAX_PER_SOURCE,
	GATE_RATE_PER_SOURCE,
	GATE_TABLE,
	GATE_REASONS
};

enum gate_action {
	GATE_ENTER,
	GATE_QUEUE, /* do not accept: the backlog is the queue */
	GATE_REFUSE,
	GATE_RESET
};

/* A connection whose source is not counted. */
#define GATE_NO_SOURCE UINT32_MAX

struct gate_verdict {
	enum gate_reason reason;
	enum gate_action action;
	uint32_t rule;                 /* of GATE_RULE; see rules.h */
	struct gate_hosts_place place; /* of GATE_HOSTS */
	/* When it would be let in; 0 if no clock can tell. */
	uint64_t retry_at_ns;
	/* Not 0: this refusal has banned the source for so long. */
	uint64_t banned_ns;
	/* Whom it is counted for; GATE_NO_SOURCE for nobody. */
	uint32_t source;
};

/*
 * The name in log and metrics: that of the key which says no, where there is
 * one.  [pure]
 */
const char *gate_reason_name(enum gate_reason reason);

/* The other way round; GATE_YES for a name that is none. */
enum gate_reason gate_reason_parse(const char *name);

/* A sentence for people.  [pure] */
const char *gate_reason_words(enum gate_reason reason);

/* Can it be blamed on the client (ban_on = refused)?  [pure] */
bool gate_reason_blames(enum gate_reason reason);

/* Is it always waited for, whatever over_limit says?  [pure] */
bool gate_reason_waits(enum gate_reason reason);

#endif

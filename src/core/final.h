/* SPDX-License-Identifier: ISC */
/*
 * The last words of a socket.  What went over a connection is known when its
 * socket has ended, about when its handler has: before, or a round trip
 * later.  The kernel tells it of each socket; a record waits for it, a short
 * time, and is then said without.
 */
#ifndef SUPERD_CORE_FINAL_H
#define SUPERD_CORE_FINAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/table.h"
#include "log/repeat.h"
#include "loop/loop.h"

struct core;
struct core_conn;
struct core_record;
struct core_service;

struct core_final {
	struct loop_watch watch;  /* fd -1: nothing is waited for */
	struct loop_timer timer;  /* the first one has waited enough */
	struct core_record *held; /* in a ring, in the order of their ends */
	uint32_t first, count;
	struct table by_cookie; /* of held */
	struct log_repeat lost_said;
};

void final_init(struct core_final *final);
void final_done(struct core_final *final);

/* Begins or ends to listen, as log_bytes now says.  Says what fails. */
void final_follow(struct core *core);

/*
 * Says the record of c, now or when its socket has; takes over what r has.
 * [hot]
 */
void final_say(const struct core_conn *c, struct core_record *r);

/* What waits is said now, of one service or (NULL) of all. */
void final_flush(struct core *core, const struct core_service *service);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * What superd says of its connections.  The words are here, so that the code
 * that acts can be read without them; repeats are counted here too.
 */
#ifndef SUPERD_CORE_SAY_H
#define SUPERD_CORE_SAY_H

#include <sys/resource.h>
#include <signal.h>
#include <stdint.h>

#include "base/addr.h"

struct core_conn;
struct core_listener;
struct core_service;

void say_open(const struct core_conn *c);

/* How it ended; first, if that is so, that it never started.  [hot] */
void say_close(const struct core_conn *c, const siginfo_t *info,
    const struct rusage *usage);

/* max_runtime is over. */
void say_timeout(const struct core_conn *c);

/* No process could be made for a client, for now. */
void say_no_process(
    struct core_service *s, const struct addr_peer *peer, int error);

/* A client goes without having been served. */
void say_refuse(
    struct core_service *s, const struct addr_peer *peer, const char *reason);

/* A limit is reached; clients wait. */
void say_full(struct core_service *s, const char *limit, uint64_t most);

/* accept(2) failed for lack of something; and, if that was told, works. */
void say_short(struct core_listener *l, int error);
void say_not_short(struct core_listener *l);

#endif

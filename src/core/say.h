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

struct conf_report;
struct core;
struct core_conn;
struct core_listener;
struct core_service;
struct gate_source_key;
struct gate_verdict;
struct loop;
struct loop_timer;

void say_open(const struct core_conn *c);

/* What was found in a configuration. */
void say_findings(const struct conf_report *report);

/* A socket listens; it no longer does. */
void say_listen(const struct core_listener *l);
void say_unlisten(const struct core_listener *l);

/* How it ended; first, if that is so, that it never started.  [hot] */
void say_close(const struct core_conn *c, const siginfo_t *info,
    const struct rusage *usage);

/* max_runtime is over. */
void say_timeout(const struct core_conn *c);

/* Nothing came or went for idle_timeout. */
void say_idle(const struct core_conn *c);

/* No process could be made for a client, for now. */
void say_no_process(
    struct core_service *s, const struct addr_peer *peer, int error);

/* A held client goes without having been served. */
void say_let_go(
    struct core_service *s, const struct addr_peer *peer, const char *reason);

/* The gate has said no; repeats of a reason are counted. */
void say_refuse(struct core_service *s, const struct addr_peer *peer,
    const struct gate_verdict *v);

/* Fires while refusals are only counted: tells how many there were. */
void say_counted(struct loop *loop, struct loop_timer *timer);

/* As superd stops: those that are still counted only. */
void say_last_counts(struct core *core);

/* The source of peer is banned for so long, for this. */
void say_ban(struct core_service *s, const struct addr_peer *peer,
    uint64_t for_ns, const char *reason);

/* It is banned no more, because somebody said so. */
void say_unban(struct core_service *s, const struct gate_source_key *key);

/* All bans that last, and how many they are. */
void say_bans(struct core *core);

/* A limit is reached; clients wait.  most may be 0: it has no number. */
void say_full(struct core_service *s, const char *limit, uint64_t most);

/* accept(2) failed for lack of something; and, if that was told, works. */
void say_short(struct core_listener *l, int error);
void say_not_short(struct core_listener *l);

#endif

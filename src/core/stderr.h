/* SPDX-License-Identifier: ISC */
/*
 * What handlers say on stderr, line by line into the log.  Each service has
 * one datagram socket; each child connects one of its own to it, so superd
 * holds no descriptor for a connection and no handler can change the flags
 * of another's.  A flood is slowed down by not reading it.
 */
#ifndef SUPERD_CORE_STDERR_H
#define SUPERD_CORE_STDERR_H

#include <sys/types.h>
#include <stdint.h>

#include "base/err.h"
#include "loop/loop.h"
#include "spawn/plan.h"

struct conf_user;
struct core;
struct core_conn;
struct core_service;

struct core_stderr {
	struct loop_watch watch;
	struct loop_timer timer; /* reads on after a flood */
	struct core_service *service;
	struct spawn_stderr_at at;
	uint64_t full_at_ns; /* when all its lines are allowed again */
	uint64_t dropped;    /* lines, not yet told */
	uint64_t tell_at_ns; /* not before */
	uint64_t read_round; /* of the reaper, behind which it was read */
};

/* Nothing open yet. */
void stderr_init(struct core_stderr *s);

/* Opens the service's socket.  Returns 0 or -errno. */
int stderr_open(
    struct core_stderr *s, struct core_service *service, struct err *e);

/*
 * Goes on with the socket of another superd, as connect(2) finds it; owns fd.
 * Returns 0 or -errno.
 */
int stderr_adopt(struct core_stderr *s, struct core_service *service, int fd,
    const struct spawn_stderr_at *at);

/* Reads what is there, for the last time of a connection. */
void stderr_finish(struct core_stderr *s, struct core_conn *c);

void stderr_close(struct core_stderr *s);

/*
 * The directory of these sockets, which only superd's own user may enter: a
 * child connects before it gives up its ids.  Where none can be made, names
 * are abstract (unix(7)) and core->stderr_dir stays NULL.
 */
void stderr_dir_make(struct core *core, const struct conf_user *own);
void stderr_dir_remove(struct core *core);

/* Gives it to the user that superd becomes.  Returns 0 or -errno. */
int stderr_dir_give(
    const struct core *core, uid_t uid, gid_t gid, struct err *e);

#endif

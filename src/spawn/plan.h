/* SPDX-License-Identifier: ISC */
/*
 * All that a child of a service needs, compiled once at load: nothing is
 * looked up and nothing is allocated for a connection.
 */
#ifndef SUPERD_SPAWN_PLAN_H
#define SUPERD_SPAWN_PLAN_H

#include <sys/un.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct arena;
struct conf_service;

/* Facts of this process that a child must not inherit. */
struct spawn_host {
	bool set_ids;         /* services say who their handlers are */
	bool set_groups;      /* setgroups(2) is allowed */
	bool drop_caps;       /* capabilities outlast a change of ids */
	uint32_t uid, gid;    /* superd's own */
	uint64_t nofile_soft; /* RLIMIT_NOFILE as superd was started */
	uint64_t nofile_hard;
	bool nofile_raised;
	bool oom_protected;       /* superd's oom_score_adj is negative */
	bool terminal;            /* superd has a controlling one */
	int null_fd;              /* /dev/null, open for both */
	char *const *environment; /* superd's own, for pass_environment */
};

struct spawn_limit {
	int resource;
	uint64_t soft, hard; /* as prlimit64 takes them */
};

/* Most variables that a handler's environment has. */
#define SPAWN_ENV_MAX 512
/* Of these, for what differs from connection to connection. */
#define SPAWN_ENV_DYNAMIC 16
#define SPAWN_LIMITS_MAX  16

enum spawn_stderr {
	SPAWN_STDERR_SOCKET,
	SPAWN_STDERR_CLIENT,
	SPAWN_STDERR_NULL
};

/* Where a service's stderr is read: connect(2)'s two arguments. */
struct spawn_stderr_at {
	struct sockaddr_un name;
	uint32_t length;
};

/* Read-only once made: children read it while superd runs on. */
struct spawn_plan {
	const char *file;
	char *const *argv;
	char **environment; /* the part that never differs */
	size_t environment_count;
	const char *directory; /* NULL: / */
	const char *chroot;    /* NULL: none */
	uint32_t *groups;
	size_t group_count;
	uint32_t uid, gid;
	bool new_session, set_ids, drop_caps;
	bool set_nice, set_umask, reset_oom;
	int nice;
	uint32_t umask;
	struct spawn_limit limits[SPAWN_LIMITS_MAX];
	size_t limit_count;
	enum spawn_stderr stderr_to;
	int null_fd;
	struct spawn_stderr_at stderr_at; /* of SPAWN_STDERR_SOCKET */
};

/*
 * Compiles a service into arena.  stderr_at may be NULL unless the service's
 * stderr goes to the log.  The plan keeps pointers into service; both must
 * outlive the children that are being started from it.  Returns 0 or -errno.
 */
int spawn_plan_new(struct arena *arena, const struct conf_service *service,
    const struct spawn_host *host, const struct spawn_stderr_at *stderr_at,
    struct spawn_plan **ret_plan, struct err *e);

#endif

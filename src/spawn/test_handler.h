/* SPDX-License-Identifier: ISC */
/*
 * A handler for the tests of this room, and what it takes to start it. The
 * test program is its own handler: started as "report" it tells on stdout in
 * what state it finds itself, a fact a line.
 */
#ifndef SUPERD_SPAWN_TEST_HANDLER_H
#define SUPERD_SPAWN_TEST_HANDLER_H

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "conf/conf.h"
#include "spawn/start.h"
#include "tap.h"

#define PORT_OF_PEER 4711

/* One handler's life. */
struct handler_try {
	int pid; /* or -errno of spawn_start() */
	int status;
	struct spawn_fault fault;
	char output[16384];
	char words[512]; /* of the fault */
};

struct handler_world {
	struct arena *arena;
	struct spawn_pool *pool;
	struct spawn_host host;
	char file[PATH_MAX]; /* of the handler, for everybody to execute */
	char *argv[2];
};

static struct handler_world world;

/* A copy of this program where nobody, too, may execute it. */
static inline void
handler_copy(void)
{
	const char *tmp = getenv("TMPDIR");
	char bytes[65536];
	ssize_t n;

	snprintf(world.file, sizeof(world.file), "%s/superd-report.%d",
	    tmp ? tmp : "/tmp", (int)getpid());
	auto_fd in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	auto_fd out =
	    open(world.file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	while ((n = read(in, bytes, sizeof(bytes))) > 0)
		if (write(out, bytes, (size_t)n) != n)
			tap_bail("cannot copy this program");
	if (n < 0 || fchmod(out, 0755) < 0)
		tap_bail("cannot read this program");
}

static inline void
handler_world_init(void)
{
	static char name[] = "report";
	struct err e;

	handler_copy();
	world.argv[0] = name;
	world.arena = arena_new();
	world.host = (struct spawn_host) {
		.set_ids = geteuid() == 0,
		.set_groups = geteuid() == 0,
		.null_fd = open("/dev/null", O_RDWR | O_CLOEXEC),
		.environment = environ,
	};
	if (spawn_pool_new(0xabc, &world.pool, &e) < 0)
		tap_bail(e.text);
}

/* A pool whose children share the table; false if the kernel has none. */
static inline bool
handler_share(int keep)
{
	struct err e;

	if (spawn_pool_new(0xdef, &world.pool, &e) < 0)
		tap_bail(e.text);
	return spawn_pool_share(world.pool, keep);
}

static inline void
handler_world_done(void)
{
	(void)unlink(world.file);
	spawn_pool_free(world.pool);
	arena_free(world.arena);
	fd_close(&world.host.null_fd);
}

/* The report's service, with superd's own ids. */
static inline struct conf_service
handler_service(void)
{
	return (struct conf_service) {
		.name = "report",
		.handler = { .word = world.argv, .count = 1 },
		.handler_file = world.file,
		.umask = 022,
		.stderr_to = CONF_STDERR_NULL,
		.user = { .name = "me", .uid = geteuid(), .gid = getegid() },
		.groups = { .set = true },
	};
}

static inline const struct spawn_plan *
handler_plan(
    const struct conf_service *service, const struct spawn_stderr_at *at)
{
	struct spawn_plan *plan = NULL;
	struct err e;

	if (spawn_plan_new(world.arena, service, &world.host, at, &plan, &e) <
	    0)
		tap_bail(e.text);
	return plan;
}

static inline struct spawn_request
handler_request(
    const struct spawn_plan *plan, int fd, struct spawn_fault *fault)
{
	return (struct spawn_request) {
		.plan = plan,
		.fd = fd,
		.peer = { .family = AF_INET,
		    .port = PORT_OF_PEER,
		    .at.v4 = { 192, 0, 2, 7 } },
		.connection = 42,
		.slot = 3,
		.fault = fault,
	};
}

static inline void
handler_socketpair(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		tap_bail("no socketpair");
}

/* All that comes until the end. */
static inline void
handler_read(int fd, char *buffer, size_t size)
{
	size_t length = 0;
	ssize_t n;

	while (length < size - 1 &&
	    (n = read(fd, buffer + length, size - 1 - length)) > 0)
		length += (size_t)n;
	buffer[length] = '\0';
}

/* spawn_start(), and superd's copy of the descriptor is closed. */
static inline int
handler_start(const struct spawn_request *request)
{
	int pid = spawn_start(world.pool, request);

	while (spawn_tidy(world.pool) > 0)
		(void)sched_yield();
	return pid;
}

/* From plan to the handler's end. */
static inline void
handler_run(const struct spawn_plan *plan, struct handler_try *ret_try)
{
	struct spawn_request request;
	struct text t;
	int ends[2];

	handler_socketpair(ends);
	request = handler_request(plan, ends[1], &ret_try->fault);
	ret_try->pid = handler_start(&request);
	if (ret_try->pid < 0)
		tap_bail("cannot start a handler");
	handler_read(ends[0], ret_try->output, sizeof(ret_try->output));
	fd_close(&ends[0]);
	if (waitpid(ret_try->pid, &ret_try->status, 0) != ret_try->pid)
		tap_bail("a handler is gone");
	text_init(&t, ret_try->words, sizeof(ret_try->words));
	spawn_fault_format(&ret_try->fault, plan, &t);
}

/* Did the handler say that line? */
static inline bool
handler_said(const struct handler_try *try, const char *line)
{
	size_t length = strlen(line);

	for (const char *at = try->output; (at = strstr(at, line)) != NULL;
	     at += length) {
		if ((at == try->output || at[-1] == '\n') && at[length] == '\n')
			return true;
	}
	printf("# the handler did not say '%s'\n", line);
	return false;
}

#endif

/* SPDX-License-Identifier: ISC */
/* Starting: faults and their words, storms, shortages, and who owns what. */
#include <sys/resource.h>
#include <signal.h>
#include <time.h>

#include "spawn/test_handler.h"

#define NOBODY   65534
#define IN_A_ROW 1000

static struct handler_try try;

/* A file of the test's own, with a content and a mode. */
static const char *
file_of(const char *content, mode_t mode)
{
	static char path[PATH_MAX + 2];
	int fd;

	snprintf(path, sizeof(path), "%s.x", world.file);
	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, content, strlen(content)) < 0 ||
	    fchmod(fd, mode) < 0)
		tap_bail("cannot write a file");
	(void)close(fd);
	return path;
}

static void
is_fault(const struct conf_service *s, int step, int error, const char *words,
    const char *what)
{
	char line[128];

	handler_run(handler_plan(s, NULL), &try);
	snprintf(line, sizeof(line), "%s: it is not started", what);
	is_int(try.fault.step, step, line);
	snprintf(line, sizeof(line), "%s: the cause is known", what);
	is_int(try.fault.error, error, line);
	snprintf(line, sizeof(line), "%s: the words", what);
	ok(strstr(try.words, words) != NULL && try.output[0] == '\0', line);
	snprintf(line, sizeof(line), "%s: the child ends with 127", what);
	ok(WIFEXITED(try.status) && WEXITSTATUS(try.status) == 127, line);
}

static void
test_faults(void)
{
	struct conf_service s = handler_service();

	s.handler_file = "/no/such/handler";
	is_fault(&s, SPAWN_STEP_EXEC, ENOENT,
	    "cannot execute '/no/such/handler': No such file", "missing file");
	s.handler_file = file_of("#!/bin/sh\n", 0644);
	is_fault(
	    &s, SPAWN_STEP_EXEC, EACCES, "Permission denied", "not executable");
	s.handler_file = "/tmp";
	is_fault(&s, SPAWN_STEP_EXEC, EACCES, "'/tmp': Permission denied",
	    "a directory");
	s.handler_file = file_of("#!/no/such/interpreter\n", 0755);
	is_fault(&s, SPAWN_STEP_EXEC, ENOENT, "the interpreter that it names",
	    "bad interpreter");
	s.handler_file = file_of("echo no first line\n", 0755);
	is_fault(&s, SPAWN_STEP_EXEC, ENOEXEC, "such as #!/bin/sh",
	    "a script without its first line");
	s.handler_file = file_of("\177ELF garbage", 0755);
	is_fault(
	    &s, SPAWN_STEP_EXEC, ENOEXEC, "Exec format error", "a bad binary");
	s.handler_file = file_of("", 0755);
	is_fault(
	    &s, SPAWN_STEP_EXEC, ENOEXEC, "Exec format error", "an empty file");
	s = handler_service();
	s.directory = "/no/such/directory";
	is_fault(&s, SPAWN_STEP_DIRECTORY, ENOENT,
	    "cannot enter the directory '/no/such/directory': No such",
	    "missing directory");
	s = handler_service();
	s.chroot = "/no/such/jail";
	is_fault(&s, SPAWN_STEP_CHROOT, ENOENT,
	    "cannot change the root '/no/such/jail': No such",
	    "missing chroot");
	(void)unlink(file_of("", 0600));
}

static void
test_limit_refused(void)
{
	struct conf_service s = handler_service();

	s.limit[CONF_LIMIT_NOFILE] = (struct conf_limit) { .set = true,
		.limit = { .rlim_cur = 10, .rlim_max = 5 } };
	is_fault(&s, SPAWN_STEP_LIMITS, EINVAL, "limit_*",
	    "a soft limit above the hard one");
}

/* A superd that may not change ids never goes on with its own. */
static void
test_ids_refused(void)
{
	struct conf_service s = handler_service();

	if (geteuid() == 0 && seteuid(NOBODY) < 0)
		tap_bail("cannot become nobody");
	world.host.set_ids = true;
	is_fault(&s, SPAWN_STEP_IDS, EPERM, "cannot become the user",
	    "ids that cannot be set");
	world.host.set_ids = geteuid() == 0;
	if (seteuid(getuid()) < 0)
		tap_bail("cannot become root again");
	world.host.set_ids = geteuid() == 0;
}

/* What a file is when the connection comes counts. */
static void
test_repaired(void)
{
	struct conf_service s = handler_service();
	const struct spawn_plan *plan;

	s.handler_file = file_of("#!/no/such/interpreter\n", 0755);
	plan = handler_plan(&s, NULL);
	handler_run(plan, &try);
	is_int(try.fault.error, ENOENT, "a broken handler does not start");
	(void)file_of("#!/bin/sh\necho well\n", 0755);
	handler_run(plan, &try);
	is_str(try.output, "well\n", "repaired it does, by the same plan");
	is_int(try.fault.step, SPAWN_STEP_NONE, "and the fault is forgotten");
	(void)unlink(file_of("", 0600));
}

static uint64_t
clock_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) +
	    (uint64_t)now.tv_nsec;
}

static void
test_exec_time(void)
{
	struct conf_service s = handler_service();
	uint64_t before_ns = clock_ns();

	s.handler_file = "/bin/true";
	handler_run(handler_plan(&s, NULL), &try);
	ok(try.fault.exec_ns >= before_ns && try.fault.exec_ns <= clock_ns(),
	    "a child tells when it came to its exec");
	s.directory = "/no/such/directory";
	handler_run(handler_plan(&s, NULL), &try);
	is_int((long)try.fault.exec_ns, 0, "or that it never did");
}

/* Children that fail share our memory; errno is ours alone. */
static void
test_errno(void)
{
	struct conf_service s = handler_service();
	const struct spawn_plan *plan;
	unsigned int wrong = 0;

	s.handler_file = "/no/such/handler";
	plan = handler_plan(&s, NULL);
	for (int i = 0; i < 300; i++) {
		struct spawn_request r;
		int ends[2], pid;

		handler_socketpair(ends);
		r = handler_request(plan, ends[1], &try.fault);
		errno = 4242;
		pid = spawn_start(world.pool, &r);
		/* Not a call of libc's until the child has ended. */
		for (volatile int32_t *step = &try.fault.step; *step == 0;)
			continue;
		wrong += errno != 4242;
		(void)waitpid(pid, NULL, 0);
		fd_close(&ends[0]);
	}
	is_int(wrong, 0, "no child has written superd's errno");
}

static int
lowest_free(void)
{
	int fd = dup(0);

	(void)close(fd);
	return fd;
}

static void
test_in_a_row(void)
{
	char sh[] = "sh", c[] = "-c", script[] = "read x; echo $x; exit 3";
	char *words[] = { sh, c, script };
	struct conf_service s = handler_service();
	const struct spawn_plan *plan;
	unsigned int wrong = 0;
	int free_before = lowest_free();

	s.handler = (struct conf_words) { .word = words, .count = 3 };
	s.handler_file = "/bin/sh";
	plan = handler_plan(&s, NULL);
	for (int i = 0; i < IN_A_ROW; i++) {
		struct spawn_request r;
		char answer[16];
		int ends[2], status = 0, pid;

		handler_socketpair(ends);
		r = handler_request(plan, ends[1], &try.fault);
		pid = handler_start(&r);
		wrong += pid < 0 || write(ends[0], "hi\n", 3) != 3;
		handler_read(ends[0], answer, sizeof(answer));
		wrong += strcmp(answer, "hi\n") != 0;
		wrong += waitpid(pid, &status, 0) != pid || status != 3 << 8;
		fd_close(&ends[0]);
	}
	is_int(wrong, 0, "a thousand children answer and are reaped");
	ok(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD,
	    "no child is left");
	is_int(lowest_free(), free_before, "and no descriptor");
}

/* All at once: some must wait for a stack, none gets lost. */
static void
test_storm(void)
{
	struct conf_service s = handler_service();
	static struct spawn_fault faults[200];
	const struct spawn_plan *plan;
	unsigned int wrong = 0, busy = 0, reaped = 0;

	s.handler_file = "/bin/true";
	plan = handler_plan(&s, NULL);
	for (int i = 0; i < 200; i++) {
		struct spawn_request r;
		int ends[2], pid;

		handler_socketpair(ends);
		r = handler_request(plan, ends[1], &faults[i]);
		while ((pid = handler_start(&r)) == -EBUSY)
			busy++;
		wrong += pid < 0 || fcntl(ends[1], F_GETFD) >= 0;
		fd_close(&ends[0]);
	}
	for (int status; waitpid(-1, &status, 0) > 0; reaped++)
		wrong += status != 0 || faults[reaped].step != 0;
	tap_note("busy %u times", busy);
	is_int(wrong, 0, "200 at once all start and all end well");
	is_int(reaped, 200, "each once");
}

/* The same with children that share the table until they have their own. */
static void
test_shared(void)
{
	struct spawn_pool *before = world.pool;
	struct conf_service s = handler_service();

	if (handler_share(20)) {
		s.handler_file = "/no/such/handler";
		handler_run(handler_plan(&s, NULL), &try);
		is_int(try.fault.error, ENOENT, "a fault is told");
		test_in_a_row();
		test_storm();
	} else {
		tap_skip("a shared table", "no close_range here");
	}
	spawn_pool_free(world.pool);
	world.pool = before;
}

/*
 * A file that nobody can open while we hold its lease (fcntl(2)), so that
 * children hang in their exec.
 */
static int
take_lease(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		fd_close(&fd);
	return fd;
}

/* Starts children until there is no stack left. */
static unsigned int
start_until_busy(
    const struct spawn_plan *plan, struct spawn_fault *faults, int *ret_error)
{
	unsigned int count = 0;
	int error = 0;

	while (count <= SPAWN_IN_FLIGHT_PLAN && error >= 0) {
		struct spawn_request r;
		int ends[2];

		handler_socketpair(ends);
		r = handler_request(plan, ends[1], &faults[count]);
		error = spawn_start(world.pool, &r);
		count += error >= 0;
		if (error < 0 && fcntl(ends[1], F_GETFD) < 0)
			error = -EBADF;
		if (error < 0)
			fd_close(&ends[1]);
		fd_close(&ends[0]);
	}
	*ret_error = error;
	return count;
}

static unsigned int
reap_all(void)
{
	unsigned int well = 0;

	for (int status; waitpid(-1, &status, 0) > 0;)
		well += status == 0;
	return well;
}

static void
test_in_flight(void)
{
	struct spawn_fault faults[SPAWN_IN_FLIGHT_PLAN + 1];
	struct conf_service s = handler_service();
	const struct spawn_plan *plan;
	struct timespec before, after;
	int lease, error = 0;
	unsigned int well = 0;

	s.handler_file = file_of("#!/bin/sh\nexit 0\n", 0755);
	plan = handler_plan(&s, NULL);
	for (int round = 0; round < 3; round++) {
		lease = take_lease(s.handler_file);
		if (lease < 0) {
			tap_skip("32 in flight", "no leases here");
			return;
		}
		is_int(start_until_busy(plan, faults, &error),
		    SPAWN_IN_FLIGHT_PLAN,
		    "48 of a plan may be on their way to exec");
		is_int(error, -EBUSY,
		    "the next one has to come again, with its descriptor");
		(void)clock_gettime(CLOCK_MONOTONIC, &before);
		(void)start_until_busy(plan, faults, &error);
		(void)clock_gettime(CLOCK_MONOTONIC, &after);
		after.tv_sec -= before.tv_sec;
		ok(after.tv_sec * 1000 +
			    (after.tv_nsec - before.tv_nsec) / 1000000 <
			4000,
		    "which is told before any child is late");
		(void)close(lease);
		well += reap_all();
	}
	is_int(
	    well, 3 * SPAWN_IN_FLIGHT_PLAN, "all of them arrive, in the end");
	(void)unlink(file_of("", 0600));
}

/* A child that hangs keeps its memory, whatever becomes of the pool. */
static void
test_pool_free(void)
{
	static struct spawn_pool *pool; /* its memory is given up */
	struct conf_service s = handler_service();
	struct spawn_request r;
	struct err e;
	int ends[2], lease;

	if (spawn_pool_new(1, &pool, &e) < 0)
		tap_bail(e.text);
	s.handler_file = file_of("#!/bin/sh\necho alive\n", 0755);
	lease = take_lease(s.handler_file);
	if (lease < 0) {
		tap_skip("a pool with a child in it", "no leases here");
		spawn_pool_free(pool);
		return;
	}
	handler_socketpair(ends);
	r = handler_request(handler_plan(&s, NULL), ends[1], &try.fault);
	try.pid = spawn_start(pool, &r);
	spawn_pool_free(pool);
	ok(true, "a pool does not wait for ever for a child that hangs");
	(void)close(lease);
	handler_read(ends[0], try.output, sizeof(try.output));
	is_str(try.output, "alive\n", "which goes on when it can");
	(void)waitpid(try.pid, NULL, 0);
	fd_close(&ends[0]);
	spawn_pool_free(NULL);
	(void)unlink(file_of("", 0600));
}

/* In a process that may have no children: clone itself fails. */
static int
try_without_processes(void)
{
	struct conf_service s = handler_service();
	const struct spawn_plan *plan = handler_plan(&s, NULL);
	struct rlimit none = { 0 };
	struct spawn_request r;
	int ends[2], error;

	handler_socketpair(ends);
	r = handler_request(plan, ends[1], &try.fault);
	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return 1;
	if (setrlimit(RLIMIT_NPROC, &none) < 0)
		return 2;
	for (int i = 0; i < 2 * SPAWN_IN_FLIGHT_MAX; i++) {
		error = spawn_start(world.pool, &r);
		if (error != -EAGAIN)
			return 3;
		if (fcntl(ends[1], F_GETFD) < 0)
			return 4;
	}
	return 0;
}

static void
test_clone_fails(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(try_without_processes());
	(void)waitpid(pid, &status, 0);
	is_int(
	    status, 0, "a clone that fails keeps the descriptor, and no stack");
}

int
main(void)
{
	(void)signal(SIGIO, SIG_IGN);
	handler_world_init();
	test_faults();
	test_limit_refused();
	test_ids_refused();
	test_repaired();
	test_exec_time();
	test_errno();
	test_in_a_row();
	test_storm();
	test_shared();
	test_in_flight();
	test_pool_free();
	test_clone_fails();
	handler_world_done();
	return done_testing();
}

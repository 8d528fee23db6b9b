/* SPDX-License-Identifier: ISC */
/* The state in which a handler finds itself. */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <grp.h>
#include <signal.h>
#include <stddef.h>

#include "loop/signals.h"
#include "spawn/label.h"
#include "spawn/test_handler.h"

#define NOBODY 65534

/* The handler's part: facts, a line each. */

static void
report_descriptors(void)
{
	struct stat zero, one, two;
	char text[256] = "";

	printf("fds");
	for (int fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf(" %d", fd);
	printf("\n");
	(void)fstat(0, &zero);
	(void)fstat(1, &one);
	(void)fstat(2, &two);
	printf("stdout is %s\n", zero.st_ino == one.st_ino ? "stdin" : "other");
	printf("stderr is %s\n",
	    zero.st_ino == two.st_ino   ? "stdin"
		: S_ISCHR(two.st_mode)  ? "null"
		: S_ISSOCK(two.st_mode) ? "socket"
					: "other");
	printf("stdin %s\n",
	    (fcntl(0, F_GETFL) & O_NONBLOCK) != 0 ? "never waits" : "waits");
	if (getcwd(text, sizeof(text)) != NULL)
		printf("directory %s\n", text);
}

/* Lines of /proc/self/status as they are, but with one blank. */
static void
report_status(void)
{
	auto_file file = fopen("/proc/self/status", "re");
	char line[256], value[200];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		static const char *const wanted[] = { "SigBlk", "SigIgn",
			"SigPnd", "ShdPnd", "CapEff", "CapPrm", "CapInh",
			"CapAmb", "Threads" };

		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			if (strncmp(line, wanted[i], strlen(wanted[i])) == 0 &&
			    sscanf(strchr(line, ':') + 1, "%199s", value) == 1)
				printf("%s %s\n", wanted[i], value);
	}
}

static void
report_ids(void)
{
	uid_t u[3] = { 0 };
	gid_t g[3] = { 0 }, groups[64];
	int count = getgroups(64, groups), death = 0;

	(void)getresuid(&u[0], &u[1], &u[2]);
	(void)getresgid(&g[0], &g[1], &g[2]);
	printf("uid %u %u %u\ngid %u %u %u\ngroups", u[0], u[1], u[2], g[0],
	    g[1], g[2]);
	for (int i = 0; i < count; i++)
		printf(" %u", groups[i]);
	printf("\n");
	(void)prctl(PR_GET_PDEATHSIG, &death);
	printf("session %s\ngroup %s\ndeath %d\n",
	    getsid(0) == getpid() ? "own" : "other",
	    getpgrp() == getpid() ? "own" : "other", death);
}

static void
report_limits(void)
{
	static const struct {
		const char *name;
		int resource;
	} rows[] = { { "nofile", RLIMIT_NOFILE }, { "core", RLIMIT_CORE },
		{ "fsize", RLIMIT_FSIZE }, { "cpu", RLIMIT_CPU } };
	mode_t mask = umask(0);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rlimit l = { 0 };

		(void)getrlimit(rows[i].resource, &l);
		printf("%s %jd %jd\n", rows[i].name, (intmax_t)l.rlim_cur,
		    (intmax_t)l.rlim_max);
	}
	printf("umask %o\nnice %d\n", mask, getpriority(PRIO_PROCESS, 0));
}

static int
report(void)
{
	report_descriptors();
	report_status();
	report_ids();
	report_limits();
	for (char **entry = environ; *entry != NULL; entry++)
		printf("env %s\n", *entry);
	printf("end\n");
	fflush(stdout);
	(void)!write(2, "complaint\n", 10);
	_exit(7);
}

/* superd's part. */

static struct handler_try try;

static void
run(const struct conf_service *service, const struct spawn_stderr_at *at)
{
	handler_run(handler_plan(service, at), &try);
}

static void
test_plain(void)
{
	static const int planted[] = { 9, 13, 77 };
	struct conf_service s = handler_service();
	sigset_t all, before;

	/* What superd's own parent may have left open. */
	for (size_t i = 0; i < 3; i++)
		(void)dup2(world.host.null_fd, planted[i]);
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &before);
	run(&s, NULL);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	for (size_t i = 0; i < 3; i++)
		(void)close(planted[i]);
	is_int(try.fault.step, SPAWN_STEP_NONE, "a handler is started");
	ok(WIFEXITED(try.status) && WEXITSTATUS(try.status) == 7,
	    "and its exit status comes back");
	ok(handler_said(&try, "fds 0 1 2"), "it has 0, 1, 2 and no other");
	ok(handler_said(&try, "stdout is stdin"), "0 and 1 are the connection");
	ok(handler_said(&try, "stderr is null"), "2 is where stderr says");
	ok(handler_said(&try, "stdin waits"), "reading waits");
	ok(handler_said(&try, "SigBlk 0000000000000000") &&
		handler_said(&try, "SigPnd 0000000000000000") &&
		handler_said(&try, "ShdPnd 0000000000000000"),
	    "no signal is blocked or pending");
	ok(handler_said(&try, "SigIgn 0000000000000000"), "none is ignored");
	ok(handler_said(&try, "session other") &&
		handler_said(&try, "group own"),
	    "it has a process group of its own");
	ok(handler_said(&try, "death 0") && handler_said(&try, "Threads 1"),
	    "it is one thread, and outlives superd");
	ok(handler_said(&try, "umask 22") && handler_said(&try, "directory /"),
	    "umask and directory are superd's");
}

/* With a table that is shared at first, of which only 0 to 20 are copied. */
static void
test_shared(void)
{
	static const int planted[] = { 9, 30, 77 };
	struct spawn_pool *before = world.pool;
	struct conf_service s = handler_service();
	unsigned int lost = 0;

	if (!handler_share(20)) {
		tap_skip("a shared table", "no close_range here");
	} else {
		for (size_t i = 0; i < 3; i++)
			(void)dup2(world.host.null_fd, planted[i]);
		run(&s, NULL);
		for (size_t i = 0; i < 3; i++)
			lost += close(planted[i]) < 0;
		ok(handler_said(&try, "fds 0 1 2"),
		    "of a shared table it has 0, 1, 2 and no other");
		is_int(lost, 0, "and superd's own stay open");
	}
	spawn_pool_free(world.pool);
	world.pool = before;
}

static void
test_terminal(void)
{
	struct conf_service s = handler_service();

	world.host.terminal = true;
	run(&s, NULL);
	world.host.terminal = false;
	ok(handler_said(&try, "session own") && handler_said(&try, "group own"),
	    "beside superd's terminal it has a session of its own");
}

static void
test_environment(void)
{
	struct conf_service s = handler_service();
	unsigned int count = 0;

	(void)setenv("NOTIFY_SOCKET", "/run/secret", 1);
	(void)setenv("TCPREMOTEHOST", "stale", 1);
	run(&s, NULL);
	ok(handler_said(&try, "env PROTO=TCP") &&
		handler_said(&try, "env TCPREMOTEIP=192.0.2.7") &&
		handler_said(&try, "env TCPREMOTEPORT=4711") &&
		handler_said(&try, "env REMOTE_ADDR=192.0.2.7") &&
		handler_said(&try, "env REMOTE_PORT=4711") &&
		handler_said(&try, "env REMOTE_HOST=192.0.2.7"),
	    "the environment tells the peer");
	ok(handler_said(&try, "env SUPERD_CONNECTION=42") &&
		handler_said(&try, "env SUPERD_SERVICE=report"),
	    "the connection and the service");
	ok(strstr(try.output, "NOTIFY_SOCKET") == NULL &&
		strstr(try.output, "stale") == NULL &&
		strstr(try.output, "TMPDIR") == NULL,
	    "and nothing of superd's");
	for (const char *at = try.output; (at = strstr(at, "\nenv ")) != NULL;
	     at++)
		count++;
	ok(count >= 9 + 4 && count <= 9 + 6, "it has no more variables");
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("TCPREMOTEHOST");
}

/* Starts with a real connection of a family, and says what it learned. */
static void
test_connection(const char *where, const char *local, bool is_unix)
{
	struct conf_service s = handler_service();
	struct addr at = { 0 }, bound = { .length = sizeof(bound.at) };
	auto_fd client = -1;
	struct spawn_request r;
	char line[200];

	(void)addr_parse(where, &at, NULL);
	auto_fd listens =
	    socket(at.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	client = socket(at.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listens, &at.at.any, at.length) < 0 ||
	    listen(listens, 1) < 0 ||
	    getsockname(listens, &bound.at.any, &bound.length) < 0 ||
	    connect(client, &bound.at.any, bound.length) < 0) {
		tap_skip(where, "cannot listen there");
		return;
	}
	r = handler_request(handler_plan(&s, NULL),
	    accept4(listens, NULL, NULL, SOCK_CLOEXEC), &try.fault);
	if (is_unix)
		r.peer = (struct addr_peer) { .family = AF_UNIX,
			.at.local = { .pid = 11, .uid = 22, .gid = 33 } };
	try.pid = spawn_start(world.pool, &r);
	handler_read(client, try.output, sizeof(try.output));
	(void)waitpid(try.pid, &try.status, 0);
	snprintf(line, sizeof(line), "env TCPLOCALPORT=%u", addr_port(&bound));
	if (is_unix)
		ok(handler_said(&try, local) &&
			handler_said(&try, "env PROTO=UNIX") &&
			handler_said(&try, "env UNIXREMOTEPID=11") &&
			handler_said(&try, "env UNIXREMOTEEUID=22") &&
			handler_said(&try, "env IPCREMOTEEUID=22") &&
			handler_said(&try, "env IPCREMOTEEGID=33"),
		    where);
	else
		ok(handler_said(&try, local) && handler_said(&try, line),
		    where);
}

static void
test_nobody(void)
{
	gid_t mine[] = { 0, 4, 5 }, groups[] = { 1001, 1002 };
	struct conf_service s = handler_service();

	if (geteuid() != 0) {
		tap_skip("another user", "needs root");
		return;
	}
	(void)setgroups(3, mine);
	s.user = (struct conf_user) { .name = "nobody",
		.uid = NOBODY,
		.gid = NOBODY,
		.home = "/nowhere",
		.shell = "/bin/false" };
	run(&s, NULL);
	ok(handler_said(&try, "uid 65534 65534 65534"),
	    "real, effective and saved user are nobody");
	ok(handler_said(&try, "gid 65534 65534 65534"), "so are the groups");
	ok(handler_said(&try, "groups"), "superd's own groups are gone");
	ok(handler_said(&try, "CapEff 0000000000000000") &&
		handler_said(&try, "CapPrm 0000000000000000") &&
		handler_said(&try, "CapInh 0000000000000000") &&
		handler_said(&try, "CapAmb 0000000000000000"),
	    "no capability is left");
	ok(handler_said(&try, "env HOME=/nowhere") &&
		handler_said(&try, "env USER=nobody") &&
		handler_said(&try, "env SHELL=/bin/false"),
	    "the environment says nobody");
	s.group = (struct conf_group) { .name = "g", .gid = 1234 };
	s.groups =
	    (struct conf_groups) { .set = true, .gid = groups, .count = 2 };
	run(&s, NULL);
	ok(handler_said(&try, "gid 1234 1234 1234") &&
		handler_said(&try, "groups 1001 1002"),
	    "group and groups are set");
	ok(geteuid() == 0 && getgroups(0, NULL) == 3, "superd keeps its own");
	(void)setgroups(0, NULL);
}

static void
test_process(void)
{
	struct conf_service s = handler_service();

	s.umask = 077;
	s.directory = "/tmp";
	s.nice = (struct conf_option) { .set = true, .value = 5 };
	s.limit[CONF_LIMIT_NOFILE] = (struct conf_limit) { .set = true,
		.limit = { .rlim_cur = 20, .rlim_max = 40 } };
	s.limit[CONF_LIMIT_CORE] = (struct conf_limit) { .set = true };
	s.limit[CONF_LIMIT_CPU] = (struct conf_limit) { .set = true,
		.limit = { .rlim_cur = 100, .rlim_max = 200 } };
	run(&s, NULL);
	ok(handler_said(&try, "umask 77"), "umask is set");
	ok(handler_said(&try, "directory /tmp"), "directory is set");
	ok(handler_said(&try, "nice 5"), "nice is set");
	ok(handler_said(&try, "nofile 20 40") && handler_said(&try, "core 0 0"),
	    "limits are set, soft and hard");
	ok(handler_said(&try, "cpu 100 200"), "those of time, too");
	ok(getpriority(PRIO_PROCESS, 0) == 0 && umask(022) == 022,
	    "superd's own stay");
}

/* A shell below /usr, which has all it needs where /bin is usr/bin. */
static void
test_chroot(void)
{
	char sh[] = "sh", c[] = "-c",
	     script[] = "pwd; [ -d /bin ] && [ ! -d "
			"/usr/bin ] && echo inside";
	char *words[] = { sh, c, script };
	struct conf_service s = handler_service();

	s.handler = (struct conf_words) { .word = words, .count = 3 };
	s.handler_file = "/bin/sh";
	s.chroot = "/usr";
	if (geteuid() == 0)
		run(&s, NULL);
	if (geteuid() != 0 || try.fault.step == SPAWN_STEP_EXEC) {
		tap_skip("chroot", "needs root, and a shell below /usr");
		return;
	}
	is_str(
	    try.output, "/\ninside\n", "chroot is another root, and / in it");
	s.directory = "/bin";
	run(&s, NULL);
	is_str(try.output, "/bin\ninside\n", "directory is one of that root");
}

static void
test_stderr(void)
{
	struct spawn_stderr_at at = { .name.sun_family = AF_UNIX };
	size_t head = offsetof(struct sockaddr_un, sun_path) + 1;
	struct conf_service s = handler_service();
	struct spawn_label label = { 0 };
	struct sockaddr_un from;
	socklen_t length = sizeof(from);
	char line[64] = "";

	s.stderr_to = CONF_STDERR_CLIENT;
	run(&s, NULL);
	ok(handler_said(&try, "stderr is stdin") &&
		handler_said(&try, "complaint"),
	    "stderr = client is the connection");
	s.stderr_to = CONF_STDERR_LOG;
	at.length = (uint32_t)head +
	    (uint32_t)snprintf(
		at.name.sun_path + 1, 40, "superd-test-%d", (int)getpid());
	run(&s, &at);
	ok(handler_said(&try, "stderr is null") && try.fault.step == 0,
	    "nobody reads the log's socket: it is /dev/null");
	is_int(try.fault.stderr_error, ECONNREFUSED, "and the reason is told");
	auto_fd fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)bind(fd, (struct sockaddr *)&at.name, at.length);
	run(&s, &at);
	ok(handler_said(&try, "stderr is socket") &&
		handler_said(&try, "fds 0 1 2") && !try.fault.stderr_error,
	    "somebody reads it: it is a socket");
	(void)recvfrom(fd, line, sizeof(line) - 1, MSG_DONTWAIT,
	    (struct sockaddr *)&from, &length);
	is_str(line, "complaint\n", "which brings the line");
	ok(length > head &&
		spawn_label_parse(from.sun_path + 1, length - head, &label) &&
		label.instance == 0xabc && label.connection == 42 &&
		label.slot == 3,
	    "and the label of the connection");
}

/* The score of a process that shares our memory is ours, but for vfork. */
static void
test_oom(void)
{
	char sh[] = "sh", c[] = "-c", cat[] = "cat /proc/self/oom_score_adj";
	char *words[] = { sh, c, cat };
	struct conf_service s = handler_service();
	auto_fd fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
	char before[16] = "", now[16] = "";

	/* Up, which needs no privilege, and back. */
	if (pread(fd, before, sizeof(before) - 1, 0) <= 0 ||
	    pwrite(fd, "177", 3, 0) != 3) {
		tap_skip("oom_score_adj", "cannot be set here");
		return;
	}
	s.handler = (struct conf_words) { .word = words, .count = 3 };
	s.handler_file = "/bin/sh";
	run(&s, NULL);
	is_str(try.output, "177\n", "oom_score_adj is superd's");
	world.host.oom_protected = true;
	run(&s, NULL);
	if (try.fault.step != 0)
		tap_skip("what protects superd", "oom_score_adj stays up here");
	else
		is_str(try.output, "0\n", "but what protects superd is not");
	(void)!pread(fd, now, sizeof(now) - 1, 0);
	is_str(now, "177\n", "and superd keeps its own");
	world.host.oom_protected = false;
	ok(pwrite(fd, before, strlen(before), 0) > 0, "which is put back");
}

int
main(int argc, char *argv[])
{
	struct err e;

	if (argc == 1 && strcmp(argv[0], "report") == 0)
		return report();
	/* As superd starts: process_take(). */
	if (chdir("/") < 0)
		tap_bail("no /");
	(void)umask(022);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGUSR1, SIG_IGN);
	if (signals_take(&e) < 0)
		tap_bail(e.text);
	handler_world_init();
	test_plain();
	test_terminal();
	test_shared();
	test_environment();
	test_connection("127.0.0.1:0", "env TCPLOCALIP=127.0.0.1", false);
	test_connection("[::1]:0", "env TCPLOCALIP=::1", false);
	test_connection(
	    "[::ffff:127.0.0.1]:0", "env TCPLOCALIP=127.0.0.1", false);
	test_connection("unix:@superd-test-child",
	    "env UNIXLOCALPATH=@superd-test-child", true);
	test_nobody();
	test_process();
	test_chroot();
	test_stderr();
	test_oom();
	handler_world_done();
	return done_testing();
}

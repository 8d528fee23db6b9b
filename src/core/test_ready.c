/* SPDX-License-Identifier: ISC */
/* What the service manager is told, with a socket of our own as its. */
#include <poll.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "core/ready.h"
#include "log/log.h"
#include "tap.h"

#define NAME "@superd-test-ready"

static struct loop loop;

/* The manager's socket. */
static int
manager(const char *where)
{
	struct addr at;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (addr_parse_unix(where, &at, NULL) < 0 ||
	    bind(fd, &at.at.any, at.length) < 0)
		tap_bail("cannot be the manager");
	return fd;
}

/* The next message, "" if there is none. */
static const char *
heard(int fd)
{
	static char message[READY_MESSAGE_SIZE + 1];
	ssize_t n = recv(fd, message, sizeof(message) - 1, 0);

	message[n < 0 ? 0 : n] = '\0';
	return message;
}

static void
init(struct core_ready *r, const char *where, const char *interval,
    const char *pid)
{
	const char *const is[][2] = { { "NOTIFY_SOCKET", where },
		{ "WATCHDOG_USEC", interval }, { "WATCHDOG_PID", pid } };

	for (int i = 0; i < 3; i++) {
		if (is[i][1] == NULL)
			(void)unsetenv(is[i][0]);
		else
			(void)setenv(is[i][0], is[i][1], 1);
	}
	ready_init(r);
}

static void
test_messages(void)
{
	auto_fd fd = manager(NAME);
	char sent[READY_MESSAGE_SIZE + 1] = "";
	unsigned long long us;
	struct core_ready r;
	int end = 0;

	init(&r, NAME, NULL, NULL);
	ok(getenv("NOTIFY_SOCKET") == NULL, "nobody inherits the socket");
	ready_up(&r, &loop, 12, 0);
	is_str(heard(fd),
	    "READY=1\nSTATUS=serving 12 services, 0 connections\n", "ready");
	ready_up(&r, &loop, 1, 1);
	is_str(heard(fd), "READY=1\nSTATUS=serving 1 service, 1 connection\n",
	    "one of each");
	ready_reloading(&r);
	(void)snprintf(sent, sizeof(sent), "%s", heard(fd));
	ok(sscanf(sent,
	       "RELOADING=1\nMONOTONIC_USEC=%llu\n"
	       "STATUS=reading the configuration\n%n",
	       &us, &end) == 1 &&
		end == (int)strlen(sent),
	    "reloading");
	ok(us <= loop_clock() / 1000 && us + 60000000 > loop_clock() / 1000,
	    "at this time of the monotonic clock");
	ready_status(&r, "a\nREADY=0\x7f");
	is_str(heard(fd), "STATUS=aREADY=0\n", "a status is one line");
	ready_stopping(&r, 3);
	is_str(heard(fd), "STOPPING=1\nSTATUS=stopping, 3 connections to end\n",
	    "stopping");
	r.started = 1;
	ready_up(&r, &loop, 0, 0);
	(void)snprintf(sent, sizeof(sent),
	    "READY=1\nMAINPID=%d\nSTATUS=serving 0 services, 0 "
	    "connections\n",
	    (int)getpid());
	is_str(heard(fd), sent, "who it is, when that is news");
	ready_done(&r);
}

static void
test_long(void)
{
	auto_fd fd = manager(NAME);
	char text[2 * READY_MESSAGE_SIZE];
	struct core_ready r;
	const char *got;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	init(&r, NAME, NULL, NULL);
	ready_status(&r, text);
	got = heard(fd);
	is_int((intmax_t)strlen(got), READY_MESSAGE_SIZE - 1,
	    "a long status is cut");
	ok(got[strlen(got) - 1] == '\n', "and still a line");
	ready_done(&r);
}

static void
test_path(void)
{
	char where[] = "/tmp/superd-test-ready.XXXXXX", path[64];
	struct core_ready r;
	int fd;

	if (mkdtemp(where) == NULL)
		tap_bail("cannot make a directory");
	(void)snprintf(path, sizeof(path), "%s/notify", where);
	fd = manager(path);
	init(&r, path, NULL, NULL);
	ready_up(&r, &loop, 1, 0);
	ok(strncmp(heard(fd), "READY=1\n", 8) == 0, "a path works as well");
	(void)close(fd);
	(void)unlink(path);
	ready_up(&r, &loop, 1, 0);
	ok(r.told, "when it has gone, that is told");
	ready_stopping(&r, 1);
	fd = manager(path);
	ready_stopping(&r, 1);
	ok(strncmp(heard(fd), "STOPPING=1\n", 11) == 0,
	    "and a new one is found");
	ready_done(&r);
	(void)close(fd);
	(void)unlink(path);
	(void)rmdir(where);
}

static void
test_nobody(void)
{
	static const char *const bad[] = { "", "notify", "vsock:2:1234", "@",
		"/" };
	struct core_ready r;

	init(&r, NULL, "1000000", NULL);
	ready_up(&r, &loop, 1, 0);
	ok(r.fd == -1 && !r.told && r.watchdog.place == 0,
	    "without a socket nothing is done");
	for (int i = 0; i < 5; i++) {
		init(&r, bad[i], NULL, NULL);
		ready_up(&r, &loop, 1, 0);
		ready_reloading(&r);
		ready_stopping(&r, 0);
		ready_status(&r, "x");
		ok(r.told == (bad[i][0] != '\0'), bad[i]);
		ready_done(&r);
	}
	ready_up(NULL, &loop, 1, 0);
	ready_reloading(NULL);
	ready_stopping(NULL, 0);
	ready_status(NULL, "x");
	ready_done(NULL);
	ok(true, "nor without anybody to tell");
}

/* Is there a watchdog with this environment, and how often? */
static uint64_t
watchdog(const char *interval, const char *pid)
{
	struct core_ready r;
	uint64_t ns;

	init(&r, NAME, interval, pid);
	ready_up(&r, &loop, 1, 0);
	ns = r.watchdog.place != 0 ? r.watchdog_ns : 0;
	ready_done(&r);
	return ns;
}

static void
test_watchdog(void)
{
	char me[16];

	(void)snprintf(me, sizeof(me), "%d", (int)getpid());
	is_int((intmax_t)watchdog("30000000", NULL), 15000000000, "half");
	is_int((intmax_t)watchdog("30000000", me), 15000000000, "of ours");
	is_int((intmax_t)watchdog("30000000", "1"), 0, "not of others");
	is_int((intmax_t)watchdog("30000000", "x"), 0, "nor of nobody");
	is_int((intmax_t)watchdog(NULL, me), 0, "only if it is asked for");
	is_int((intmax_t)watchdog("0", NULL), 0, "0 is none");
	is_int((intmax_t)watchdog("", NULL), 0, "nothing is none");
	is_int((intmax_t)watchdog("-5", NULL), 0, "less is none");
	is_int((intmax_t)watchdog("18446744073709551615", NULL), 0,
	    "more than there is time is none");
	is_int((intmax_t)watchdog("1", NULL), 10000000, "no faster than this");
}

static void
test_signs(void)
{
	auto_fd fd = manager(NAME);
	uint64_t start = loop_clock();
	struct core_ready r;

	init(&r, NAME, "40000", NULL);
	ready_up(&r, &loop, 1, 0);
	(void)heard(fd);
	is_str(heard(fd), "", "no sign before its time");
	for (int i = 0; i < 3; i++) {
		do
			(void)loop_turn(&loop);
		while (poll(&(struct pollfd) { .fd = fd, .events = POLLIN }, 1,
			   0) == 0);
		is_str(heard(fd), "WATCHDOG=1\n", "a sign of life");
	}
	ok(loop_clock() - start >= 60 * NUM_NS_PER_MS, "each in its time");
	ready_done(&r);
}

/* A manager that does not read: the newest message is what it gets. */
static void
test_full(void)
{
	auto_fd fd = manager(NAME);
	const char *last = "";
	char got[READY_MESSAGE_SIZE + 1] = "";
	struct core_ready r;
	int i;

	init(&r, NAME, NULL, NULL);
	ready_up(&r, &loop, 1, 0);
	for (i = 0; i < 100000 && r.again.place == 0; i++)
		ready_status(&r, "waiting");
	ok(r.again.place != 0 && r.told, "a full socket is told");
	ready_stopping(&r, 0);
	while (*(last = heard(fd)) != '\0')
		(void)snprintf(got, sizeof(got), "%s", last);
	is_str(got, "STATUS=waiting\n", "what did not fit is not there");
	while (r.again.place != 0)
		(void)loop_turn(&loop);
	is_str(heard(fd), "STOPPING=1\nSTATUS=stopping, 0 connections to end\n",
	    "until there is room");
	ready_done(&r);
}

int
main(void)
{
	struct err e;

	log_set_level(LOG_LEVEL_ERROR);
	if (loop_init(&loop, 8, &e) < 0)
		tap_bail(e.text);
	test_messages();
	test_long();
	test_path();
	test_nobody();
	test_watchdog();
	test_signs();
	test_full();
	loop_done(&loop);
	return done_testing();
}

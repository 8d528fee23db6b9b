/* SPDX-License-Identifier: ISC */
/*
 * Sinks that do not take what they get: none of them may hang, lose a line
 * that was queued, or leave half of one behind.
 */
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "log/outlet.h"
#include "tap.h"

static struct log_queue queue;
static char directory[64];
static char path[80];

/* A line that says which it is, 100 bytes long. */
static void
add_line(int number)
{
	char *room = log_queue_room(&queue, 101);

	if (room == NULL)
		tap_bail("the queue is too small for this test");
	snprintf(room, 101, "%-99d\n", number);
	log_queue_add(&queue, 100);
}

static void
add_lines(int count)
{
	log_queue_clear(&queue);
	for (int i = 0; i < count; i++)
		add_line(i);
}

/* Are these the lines that add_lines() made, all of them? */
static bool
are_lines(const char *at, size_t size, int count)
{
	for (int i = 0; i < count; i++, at += 100, size -= 100) {
		if (size < 100 || atoi(at) != i || at[99] != '\n')
			return false;
	}
	return size == 0;
}

static struct log_outlet
open_outlet(const struct log_outlet_kind *kind)
{
	struct log_outlet o = { .kind = kind, .path = path, .fd = -1 };
	struct err e;

	if (kind->open(&o, &e) < 0) {
		tap_note("%s", e.text);
		tap_bail("cannot open");
	}
	return o;
}

static int saved_stderr;

/* From here on fd is stderr. */
static struct log_outlet
open_as_stderr(int fd)
{
	saved_stderr = dup(STDERR_FILENO);
	(void)dup2(fd, STDERR_FILENO);
	return open_outlet(&log_outlet_stderr);
}

static void
restore_stderr(struct log_outlet *o)
{
	log_outlet_close(o);
	(void)dup2(saved_stderr, STDERR_FILENO);
	(void)close(saved_stderr);
}

/* Reads fd while o drains, until all is out; returns how much it was. */
static size_t
drain_and_read(struct log_outlet *o, int fd, char *to, size_t most)
{
	enum log_outlet_state s;
	size_t have = 0;
	ssize_t n;

	do {
		s = o->kind->drain(o, &queue);
		n = read(fd, to + have, most - have);
		if (n > 0)
			have += (size_t)n;
	} while (s == LOG_OUTLET_STUCK || n > 0);
	return have;
}

static void
test_full_pipe(int way, const char *what)
{
	static char got[LOG_QUEUE_BYTES];
	struct log_outlet o;
	int ends[2];
	size_t size;

	if (pipe(ends) < 0 || fcntl(ends[1], F_SETPIPE_SZ, 4096) < 0)
		tap_bail("no pipe");
	tap_note("%s", what);
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	o = open_as_stderr(ends[1]);
	if (way == LOG_OUTLET_POLL) {
		log_outlet_close(&o);
		o.fd = STDERR_FILENO;
		o.way = LOG_OUTLET_POLL;
	}
	add_lines(600);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_STUCK,
	    "a pipe that nobody reads does not hang");
	is_int(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0,
	    "and is not made non-blocking for others");
	size = drain_and_read(&o, ends[0], got, sizeof(got));
	ok(are_lines(got, size, 600), "every line gets out when it is read");
	(void)close(ends[0]);
	add_lines(3);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_LOST,
	    "a pipe that nobody holds is lost");
	restore_stderr(&o);
	(void)close(ends[1]);
}

static void
test_full_socket(void)
{
	static char got[LOG_QUEUE_BYTES];
	struct log_outlet o;
	int ends[2], small = 1;
	size_t size;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		tap_bail("no socket pair");
	(void)setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	(void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
	o = open_as_stderr(ends[1]);
	add_lines(600);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_STUCK,
	    "a socket that nobody reads does not hang");
	size = drain_and_read(&o, ends[0], got, sizeof(got));
	ok(are_lines(got, size, 600), "every line gets out when it is read");
	restore_stderr(&o);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* The terminal's own newlines are "\r\n". */
static void
test_stopped_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), fd = -1;
	struct log_outlet o;
	char got[8192];
	size_t size;

	if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0)
		fd = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (fd < 0) {
		tap_skip("a stopped terminal", "no pseudo terminals");
		return;
	}
	(void)tcflow(fd, TCOOFF);
	o = open_as_stderr(fd);
	add_lines(20);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_STUCK,
	    "a terminal stopped by ^S does not hang");
	(void)tcflow(fd, TCOON);
	size = drain_and_read(&o, master, got, sizeof(got));
	is_int((intmax_t)size, 20 * 101, "and gets its lines after ^Q");
	restore_stderr(&o);
	(void)close(fd);
	(void)close(master);
}

static void
test_dev_full(void)
{
	int fd = open("/dev/full", O_WRONLY);
	struct log_outlet o = open_as_stderr(fd);

	add_lines(3);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_STUCK,
	    "/dev/full takes nothing");
	is_int(queue.count, 3, "and the lines are kept");
	restore_stderr(&o);
	(void)close(fd);
}

static size_t
read_file(char *to, size_t most)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, to, most);

	(void)close(fd);
	return n > 0 ? (size_t)n : 0;
}

/* A "disk" of 250 bytes: the third line does not fit. */
static struct log_outlet
fill_disk(void)
{
	struct rlimit limit = { 250, RLIM_INFINITY };
	struct log_outlet o;

	(void)unlink(path);
	o = open_outlet(&log_outlet_file);
	add_lines(5);
	(void)setrlimit(RLIMIT_FSIZE, &limit);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_STUCK,
	    "a full disk takes no more");
	limit.rlim_cur = RLIM_INFINITY;
	(void)setrlimit(RLIMIT_FSIZE, &limit);
	return o;
}

static void
test_full_disk(void)
{
	struct log_outlet o = fill_disk();
	char got[1024];
	size_t size;

	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_DRAINED,
	    "it takes the rest when there is room");
	size = read_file(got, sizeof(got));
	ok(are_lines(got, size, 5), "and no line is missing or torn");
	log_outlet_close(&o);

	o = fill_disk();
	if (truncate(path, 0) < 0)
		tap_bail("cannot truncate");
	(void)o.kind->drain(&o, &queue);
	size = read_file(got, sizeof(got));
	is_int((intmax_t)size, 300, "emptied meanwhile: whole lines only");
	is_int(atoi(got), 2, "from the one that was torn on");
	log_outlet_close(&o);
}

static void
test_torn_file(void)
{
	struct log_outlet o;
	char got[512];
	size_t size;
	int fd;

	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	(void)!write(fd, "half a li", 9);
	(void)close(fd);
	o = open_outlet(&log_outlet_file);
	add_lines(1);
	(void)o.kind->drain(&o, &queue);
	size = read_file(got, sizeof(got));
	ok(size == 110 && got[9] == '\n' && are_lines(got + 10, 100, 1),
	    "half a line of an earlier run gets its newline");
	log_outlet_close(&o);
}

static void
test_fifo(void)
{
	struct log_outlet o;

	(void)unlink(path);
	(void)mkfifo(path, 0600);
	o = open_outlet(&log_outlet_file);
	add_lines(3);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_DRAINED,
	    "a FIFO needs no reader yet");
	add_lines(650);
	(void)o.kind->drain(&o, &queue);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_STUCK,
	    "and does not hang when it is full");
	log_outlet_close(&o);
}

static int
bind_daemon(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	(void)unlink(path);
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0)
		tap_bail("cannot bind");
	return fd;
}

static int
count_datagrams(int fd)
{
	char got[256];
	int count = 0;

	while (recv(fd, got, sizeof(got), 0) > 0)
		count++;
	return count;
}

static void
test_stuck_daemon(void)
{
	int fd = bind_daemon(), got = 0;
	struct log_outlet o = open_outlet(&log_outlet_syslog);

	add_lines(600);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_STUCK,
	    "a daemon that does not read does not hang");
	while (o.kind->drain(&o, &queue) == LOG_OUTLET_STUCK)
		got += count_datagrams(fd);
	is_int(got + count_datagrams(fd), 600, "and misses no line");
	(void)close(fd);

	add_lines(2);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_STUCK,
	    "one that has gone is waited for");
	fd = bind_daemon();
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_STUCK,
	    "not looked for again at once");
	o.retry_ns = 0; /* as if a second had passed */
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_DRAINED,
	    "but found when it has come back");
	is_int(count_datagrams(fd), 2, "and misses no line");
	log_outlet_close(&o);
	(void)close(fd);
}

static void
test_restarted_daemon(void)
{
	int fd = bind_daemon();
	struct log_outlet o = open_outlet(&log_outlet_syslog);

	(void)close(fd);
	fd = bind_daemon();
	add_lines(2);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_DRAINED,
	    "a daemon that was restarted is found at once");
	is_int(count_datagrams(fd), 2, "and misses no line");
	log_outlet_close(&o);
	(void)close(fd);
}

/* A socket at a port of UDP, 0 for any; *port is which. */
static int
bind_port(in_port_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = *port };
	socklen_t length = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &length) < 0)
		tap_bail("cannot bind a port");
	*port = at.sin_port;
	return fd;
}

static void
test_udp(void)
{
	struct log_outlet o = { .kind = &log_outlet_udp, .fd = -1 };
	in_port_t port = 0;
	int fd = bind_port(&port);
	char to[64];
	struct err e;

	snprintf(to, sizeof(to), "127.0.0.1:%u", ntohs(port));
	o.path = to;
	is_int(o.kind->open(&o, &e), 0, "UDP to a host");
	add_lines(3);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_DRAINED, "takes lines");
	is_int(count_datagrams(fd), 3, "a datagram each");
	(void)close(fd);
	for (int i = 0; i < 5; i++) {
		add_lines(2);
		if (o.kind->drain(&o, &queue) != LOG_OUTLET_DRAINED)
			ok(false, "a port that is closed takes what comes");
	}
	fd = bind_port(&port);
	add_lines(4);
	is_int(o.kind->drain(&o, &queue), LOG_OUTLET_DRAINED,
	    "when it is open again");
	is_int(count_datagrams(fd), 4,
	    "no line is lost by what became of earlier ones");
	(void)close(fd);
	log_outlet_close(&o);
	o.path = "240.0.0.1:514";
	is_int(o.kind->open(&o, &e), 0, "a host that is not reached now");
	log_outlet_close(&o);
}

/* What each datagram sink says of an event. */
static void
test_datagrams(void)
{
	const struct log_field fields[] = { LOG_TEXT("peer", "a b"),
		LOG_TEXT("line", "x\ny"), LOG_UNSIGNED("pid", 7), LOG_END };
	const struct log_line line = {
		.event = LOG_CONN_OPEN, .fields = fields, .time = "NOW"
	};
	static const char want[] =
	    "MESSAGE=conn.open peer=\"a b\" line=\"x\\ny\" pid=7\n"
	    "PRIORITY=6\nSYSLOG_IDENTIFIER=superd\nSUPERD_EVENT=conn.open\n"
	    "SUPERD_PEER=a b\nSUPERD_LINE\n\3\0\0\0\0\0\0\0x\ny\n"
	    "SUPERD_PID=7\n";
	struct log_outlet o = { .kind = &log_outlet_syslog };
	char buffer[512], expected[128];
	struct text t;

	text_init(&t, buffer, sizeof(buffer));
	o.kind->format(&o, &t, &line);
	snprintf(expected, sizeof(expected),
	    "<30>superd[%d]: conn.open peer=\"a b\" line=\"x\\ny\" pid=7",
	    (int)getpid());
	is_str(buffer, expected, "a line for syslog");
	text_init(&t, buffer, sizeof(buffer));
	o.format = LOG_FORMAT_RFC5424;
	o.kind->format(&o, &t, &line);
	ok(strncmp(buffer, "<30>1 NOW ", 10) == 0 &&
		strstr(buffer, " conn.open [superd@32473 peer=\"a b\"") != NULL,
	    "and as RFC 5424 has it");
	text_init(&t, buffer, sizeof(buffer));
	log_outlet_journal.format(&o, &t, &line);
	ok(t.length == sizeof(want) - 1 && memcmp(buffer, want, t.length) == 0,
	    "fields for the journal, a newline in one of them");
}

static void
test_no_daemon(void)
{
	struct log_outlet o = { .kind = &log_outlet_syslog, .path = path };
	struct err e;

	(void)unlink(path);
	is_int(o.kind->open(&o, &e), -ENOENT, "no daemon at all is an error");
	ok(strstr(e.text, "cannot connect to syslog at '") != NULL,
	    "that says where");
}

static void
make_directory(void)
{
	const char *parent = getenv("TMPDIR");

	snprintf(directory, sizeof(directory), "%s/outlet.XXXXXX",
	    parent != NULL && strlen(parent) < 40 ? parent : "/tmp");
	if (mkdtemp(directory) == NULL)
		tap_bail("no directory");
}

int
main(void)
{
	(void)alarm(60);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	make_directory();
	snprintf(path, sizeof(path), "%s/x", directory);
	test_full_pipe(LOG_OUTLET_WRITE, "a description of our own");
	test_full_pipe(LOG_OUTLET_POLL, "without /proc");
	test_full_socket();
	test_stopped_terminal();
	test_dev_full();
	test_full_disk();
	test_torn_file();
	test_fifo();
	test_stuck_daemon();
	test_restarted_daemon();
	test_udp();
	test_datagrams();
	test_no_daemon();
	(void)unlink(path);
	(void)rmdir(directory);
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* Sockets out of the environment: which are taken, which are meant. */
#include <netinet/tcp.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "conf/conf.h"
#include "net/adopt.h"
#include "tap.h"

static struct net_adopted_list list;
static struct err e;

/* fd becomes number. */
static void
put(int fd, int number)
{
	if (fd < 0)
		tap_bail("cannot make a socket");
	if (fd == number)
		return;
	if (dup2(fd, number) != number)
		tap_bail("cannot put a socket where it belongs");
	(void)close(fd);
}

static int
bound(const char *where, int type)
{
	struct addr at;
	int one = 1, fd;

	(void)addr_parse(where, &at, NULL);
	fd = socket(at.at.any.sa_family, type, 0);
	if (at.at.any.sa_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	return bind(fd, &at.at.any, at.length) < 0 ? -errno : fd;
}

static int
listening(const char *where)
{
	int fd = bound(where, SOCK_STREAM);

	return listen(fd, 7) < 0 ? -errno : fd;
}

static void
say(const char *variable, const char *value)
{
	if (value == NULL)
		(void)unsetenv(variable);
	else
		(void)setenv(variable, value, 1);
}

/* What the environment of this process comes to, in list and e. */
static int
take(const char *count, const char *names)
{
	char pid[16];

	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	say("LISTEN_PID", pid);
	say("LISTEN_FDS", count);
	say("LISTEN_FDNAMES", names);
	e.text[0] = '\0';
	return net_adopt_environment(&list, &e);
}

static bool
is_unset(void)
{
	return getenv("LISTEN_PID") == NULL && getenv("LISTEN_FDS") == NULL &&
	    getenv("LISTEN_FDNAMES") == NULL;
}

static const char *
format(const struct net_adopted *a)
{
	static char text[ADDR_TEXT_SIZE];
	struct text t;

	text_init(&t, text, sizeof(text));
	net_adopt_format(a, &t);
	return text;
}

static void
test_nothing(void)
{
	is_int(take(NULL, NULL), 0, "no variables");
	is_int((intmax_t)list.count, 0, "no sockets");
	is_int(take("0", "names"), 0, "none are passed");
	is_int((intmax_t)list.count, 0, "and none found");
	put(listening("127.0.0.1:0"), 3);
	say("LISTEN_PID", "1");
	say("LISTEN_FDS", "1");
	is_int(
	    net_adopt_environment(&list, &e), 0, "what is for another process");
	is_int((intmax_t)list.count, 0, "is left alone");
	ok(is_unset(), "but not in the environment");
	ok(fcntl(3, F_GETFD) == 0, "nor is the descriptor touched");
}

static void
test_hostile(void)
{
	static const char *const counts[] = { "", "-1", "99999999", "65537",
		"1x", " 1", "01", "0x1", "18446744073709551617", "\x1b[2J" };
	char what[80];

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		(void)snprintf(what, sizeof(what), "LISTEN_FDS number %zu", i);
		is_int(take(counts[i], NULL), -EINVAL, what);
		ok(strstr(e.text, "LISTEN_FDS is '") == e.text &&
			strchr(e.text, '\x1b') == NULL,
		    "is told, escaped");
		ok(is_unset() && list.count == 0, "and nothing is taken");
	}
	say("LISTEN_PID", "me");
	say("LISTEN_FDS", "1");
	is_int(net_adopt_environment(&list, &e), -EINVAL, "a bad LISTEN_PID");
	ok(is_unset(), "is unset, too");
	put(listening("127.0.0.1:0"), 3);
	is_int(take("1", "a:b"), -EINVAL, "a name too many");
	is_str(e.text,
	    "LISTEN_FDNAMES has 2 names for the 1 sockets of LISTEN_FDS",
	    "is told");
	net_adopt_done(&list);
}

static void
test_names(void)
{
	put(listening("127.0.0.1:0"), 3);
	put(listening("unix:@superd-test-adopt"), 4);
	(void)close(5);
	put(listening("127.0.0.1:0"), 6);
	is_int(take("4", "web:o\n\xff'dd::last"), 0, "four, one not open");
	is_int((intmax_t)list.count, 4, "four places");
	is_str(list.at[0].socket.name, "web", "a name");
	is_str(list.at[1].socket.name, "o\n\xff'dd", "odd bytes stay");
	is_str(format(&list.at[1]),
	    "4 'o\\n\\xff'dd' at unix:@superd-test-adopt", "and are escaped");
	is_int(list.at[2].socket.fd, -1, "what is not open is nothing");
	is_str(format(&list.at[2]), "5", "without a name or an address");
	is_str(list.at[3].socket.name, "last", "and shifts no name");
	is_int(list.at[3].socket.number, 6, "nor number");
	ok(fcntl(3, F_GETFD) == FD_CLOEXEC &&
		(fcntl(3, F_GETFL) & O_NONBLOCK) != 0,
	    "they close at exec and never wait");
	ok(is_unset(), "nobody inherits the variables");
	net_adopt_done(&list);
	ok(list.count == 0 && fcntl(3, F_GETFD) < 0 && fcntl(6, F_GETFD) < 0,
	    "what nobody takes is closed");
}

/* What stands at 3 is refused with these words. */
static void
refused(const char *what, const char *words)
{
	is_int(take("1", "it"), -EINVAL, what);
	ok(strstr(e.text, "cannot serve passed descriptor 3 'it': ") == e.text,
	    "the message says which");
	if (!ok(strstr(e.text, words) != NULL, "and why"))
		tap_note("%s", e.text);
	net_adopt_done(&list);
}

static void
test_kinds(void)
{
	int ends[2], pair[2];

	put(bound("127.0.0.1:0", SOCK_DGRAM), 3);
	refused("a datagram socket", "it is a datagram socket");
	put(bound("127.0.0.1:0", SOCK_STREAM), 3);
	refused("a socket that does not listen", "it does not listen");
	put(bound("unix:@superd-test-adopt", SOCK_SEQPACKET), 3);
	(void)listen(3, 1);
	refused("a seqpacket socket", "it is no stream socket");
	if (pipe(ends) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		tap_bail("cannot make a pair");
	put(ends[0], 3);
	refused("a pipe", "it is no socket");
	put(pair[0], 3);
	refused("a connection", "Accept=no");
}

static bool
is_meant(const struct net_adopted *a, const char *where)
{
	struct conf_listen listen = { .text = where };

	if (strncmp(where, "fd:", 3) == 0)
		listen.passed = where + 3;
	else
		(void)addr_parse(where, &listen.addr, NULL);
	return net_adopt_is_meant(&a->socket, &listen);
}

static bool
is_meant_by_port(const struct net_adopted *a, uint16_t port)
{
	struct conf_listen listen = { .both_families = true };

	addr_any(AF_INET, &listen.addr);
	addr_set_port(&listen.addr, port);
	return net_adopt_is_meant(&a->socket, &listen);
}

static void
test_meant(void)
{
	struct net_adopted a = { .socket = {
				     .fd = 9, .number = 7, .name = "web" } };

	(void)addr_parse("127.0.0.1:80", &a.socket.bound, NULL);
	ok(is_meant(&a, "127.0.0.1:80"), "by its address");
	ok(!is_meant(&a, "127.0.0.1:81") && !is_meant(&a, "[::1]:80") &&
		!is_meant(&a, "unix:/80"),
	    "and by no other");
	ok(is_meant(&a, "fd:web") && is_meant(&a, "fd:7"),
	    "by its name, and by its number");
	ok(!is_meant(&a, "fd:we") && !is_meant(&a, "fd:webs") &&
		!is_meant(&a, "fd:8") && !is_meant(&a, "fd:77777777777777777"),
	    "and by no other");
	ok(!is_meant_by_port(&a, 80), "a bare port is every address");
	(void)addr_parse("0.0.0.0:80", &a.socket.bound, NULL);
	ok(is_meant_by_port(&a, 80) && !is_meant_by_port(&a, 81), "of IPv4");
	(void)addr_parse("[::]:80", &a.socket.bound, NULL);
	ok(is_meant_by_port(&a, 80) && is_meant(&a, "[::]:80"), "or IPv6");
	(void)addr_parse("unix:/run/a", &a.socket.bound, NULL);
	ok(is_meant(&a, "unix:/run/a") && !is_meant(&a, "unix:/run/b") &&
		!is_meant_by_port(&a, 0),
	    "a path by itself only");
	a.socket.name = NULL;
	ok(!is_meant(&a, "fd:7") && is_meant(&a, "unix:/run/a"),
	    "what superd made itself has neither name nor number");
}

static int
option(int fd, int level, int name)
{
	int value = -1;
	socklen_t length = sizeof(value);

	return getsockopt(fd, level, name, &value, &length) < 0 ? -errno
								: value;
}

static int
backlog_of(int fd)
{
	struct tcp_info info;
	socklen_t length = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0)
		return -errno;
	return (int)info.tcpi_sacked;
}

static void
test_take(void)
{
	struct conf_service s = { .name = "x",
		.backlog = 33,
		.v6only = true,
		.nodelay = true,
		.reuseport = true,
		.freebind = true };
	const struct conf_listen value = { .passed = "a" };
	struct net_listener l;
	int one = 1;

	put(listening("127.0.0.1:0"), 3);
	(void)setsockopt(3, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	is_int(take("1", "a"), 0, "a socket with keepalive");
	is_int(net_adopt_take(&list.at[0], &s, &value, &l, &e), 0,
	    "a service takes it");
	ok(l.fd == 3 && l.inode == 0 && list.at[0].socket.fd == -1 &&
		list.at[0].taken,
	    "it is the service's then");
	is_str(l.name, "a", "and keeps its name");
	is_int(option(3, IPPROTO_TCP, TCP_NODELAY), 1, "nodelay is set");
	is_int(option(3, SOL_SOCKET, SO_KEEPALIVE), 0, "keepalive is not");
	is_int(backlog_of(3), 7, "the backlog is its maker's");
	is_str(list.at[0].differ, "reuseport freebind",
	    "what it is too late for is told");
	net_adopt_done(&list);
	ok(fcntl(3, F_GETFD) >= 0, "the list does not close what was taken");

	s.backlog_set = true;
	s.reuseport = s.freebind = false;
	is_int(take("1", NULL), 0, "again, without a name");
	is_int(net_adopt_take(&list.at[0], &s, &value, &l, &e), 0, "taken");
	is_int(backlog_of(3), 33, "the backlog is the file's");
	is_str(list.at[0].differ, "", "all is as it should be");
	is_str(l.name, "", "no name is an empty one");
	net_listen_close(&l);
	net_adopt_done(&list);
}

/* Which keys of an IPv6 wildcard differ. */
static void
test_v6only(void)
{
	struct conf_service s = { .name = "x", .v6only = true };
	struct conf_listen value = { .passed = "a" };
	struct net_listener l;
	int fd = listening("[::]:0");

	if (fd < 0) {
		tap_skip("v6only", "no IPv6");
		return;
	}
	put(fd, 3);
	is_int(take("1", "a"), 0, "a wildcard of IPv6 only");
	ok(list.at[0].v6only, "is known as such");
	(void)net_adopt_take(&list.at[0], &s, &value, &l, &e);
	is_str(list.at[0].differ, "", "as the file says");
	net_adopt_done(&list);
	is_int(take("1", "a"), 0, "again");
	s.v6only = false;
	(void)net_adopt_take(&list.at[0], &s, &value, &l, &e);
	is_str(list.at[0].differ, "v6only", "or otherwise");
	net_listen_close(&l);
	net_adopt_done(&list);
}

/* A socket that superd made goes to the superd after it. */
static void
test_hand_over(void)
{
	struct net_listener from = {
		.fd = listening("127.0.0.1:0"), .device = 1, .inode = 2
	};
	struct conf_service s = { .name = "x" };
	struct conf_listen value = { .text = "x" };
	struct net_listener l;
	int fd = from.fd;

	is_int(net_adopt_add(&list, &from, &e), 0, "by hand");
	value.addr = list.at[0].socket.bound;
	is_int((intmax_t)net_adopt_count(&list, &value), 1, "found again");
	is_int(net_adopt_take(&list.at[0], &s, &value, &l, &e), 0, "taken");
	ok(l.fd == fd && l.device == 1 && l.inode == 2 && l.name == NULL,
	    "with its path, and no name");
	(void)close(l.fd);
	from.fd = fd;
	is_int(net_adopt_add(&list, &from, &e), -EINVAL, "not when closed");
	net_adopt_done(&list);
}

int
main(void)
{
	test_nothing();
	test_hostile();
	test_names();
	test_kinds();
	test_meant();
	test_take();
	test_v6only();
	test_hand_over();
	return done_testing();
}

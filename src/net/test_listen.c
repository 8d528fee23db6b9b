/* SPDX-License-Identifier: ISC */
/* Listening on IPv4, IPv6, both, and on abstract names. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "conf/conf.h"
#include "net/listen.h"
#include "tap.h"

static const struct conf_service service = { .name = "x", .backlog = 128 };

static bool
can_connect(const struct addr *to)
{
	auto_fd fd = socket(to->at.any.sa_family, SOCK_STREAM, 0);

	return fd >= 0 && connect(fd, &to->at.any, to->length) == 0;
}

static int
open_at(const char *where, struct net_listener *l, struct err *e)
{
	struct addr at;

	(void)addr_parse(where, &at, NULL);
	l->fd = -1;
	return net_listen_open(&service, &at, l, e);
}

static void
test_one(const char *where)
{
	struct net_listener l, second = { .fd = -1 };
	char name[ADDR_TEXT_SIZE], what[ADDR_TEXT_SIZE + 80];
	struct text t;
	struct err e;

	if (open_at(where, &l, &e) < 0) {
		tap_skip(where, e.text);
		return;
	}
	text_init(&t, name, sizeof(name));
	addr_format(&l.bound, &t);
	snprintf(what, sizeof(what), "%s gives %s", where, name);
	ok(addr_port(&l.bound) != 0 || l.bound.at.any.sa_family == AF_UNIX,
	    what);
	ok(can_connect(&l.bound), "where somebody answers");
	ok((fcntl(l.fd, F_GETFL) & O_NONBLOCK) != 0 &&
		fcntl(l.fd, F_GETFD) == FD_CLOEXEC,
	    "the listener never waits and closes at exec");
	is_int(open_at(name, &second, &e), -EADDRINUSE,
	    "a second one does not get it");
	snprintf(what, sizeof(what),
	    "cannot listen on %s: somebody else listens there", name);
	is_str(e.text, what, "and is told why");
	is_int(second.fd, -1, "and gets nothing");
	net_listen_close(&l);
	ok(l.fd == -1 && !can_connect(&l.bound), "closed, nobody answers");
	net_listen_close(&l);
	is_int(open_at(name, &l, &e), 0, "and the next one gets it");
	net_listen_close(&l);
}

static void
test_both(void)
{
	struct net_listener pair[2], again[2];
	struct err e;
	unsigned int wrong = 0;

	if (net_listen_both(&service, 0, pair, &e) < 0)
		tap_bail(e.text);
	if (pair[1].fd < 0) {
		net_listen_close(&pair[0]);
		tap_skip("both families", "no IPv6");
		return;
	}
	ok(addr_port(&pair[0].bound) == addr_port(&pair[1].bound) &&
		addr_port(&pair[0].bound) != 0,
	    "both families get one port");
	ok(addr_is_any(&pair[0].bound) && addr_is_any(&pair[1].bound) &&
		pair[0].bound.at.any.sa_family == AF_INET &&
		pair[1].bound.at.any.sa_family == AF_INET6,
	    "and all addresses, IPv4 first");
	is_int(net_listen_both(&service, addr_port(&pair[0].bound), again, &e),
	    -EADDRINUSE, "a second pair does not get it");
	ok(again[0].fd == -1 && again[1].fd == -1, "nor a half of it");
	net_listen_close(&pair[0]);
	is_int(net_listen_both(&service, addr_port(&pair[1].bound), again, &e),
	    -EADDRINUSE, "nor when only IPv6 is taken");
	ok(again[0].fd == -1 && again[1].fd == -1, "not even the other half");
	net_listen_close(&pair[1]);
	for (int i = 0; i < 200; i++) {
		wrong += net_listen_both(&service, 0, pair, &e) != 0 ||
		    addr_port(&pair[0].bound) != addr_port(&pair[1].bound);
		net_listen_close(&pair[0]);
		net_listen_close(&pair[1]);
	}
	is_int(wrong, 0, "two hundred times any port");
}

static void
test_words(void)
{
	struct net_listener l;
	struct err e;
	int error = open_at("203.0.113.77:7777", &l, &e);

	if (error == 0)
		net_listen_close(&l);
	is_int(error, -EADDRNOTAVAIL, "an address of somebody else's");
	is_str(e.text,
	    "cannot listen on 203.0.113.77:7777: this machine has no such "
	    "address (freebind = yes does not mind)",
	    "the words say what helps");
	is_int(open_at("unix:/no/such/dir/s", &l, &e), -ENOENT,
	    "a directory that is not there");
	ok(strncmp(e.text, "cannot listen on unix:/no/such/dir/s: ", 38) == 0,
	    "the words name the path");
}

static void
test_freebind(void)
{
	struct conf_service s = service;
	struct net_listener l;
	struct addr at;
	struct err e;

	s.freebind = true;
	(void)addr_parse("203.0.113.77:0", &at, NULL);
	if (!is_int(net_listen_open(&s, &at, &l, &e), 0,
		"with freebind it is ours"))
		tap_note("%s", e.text);
	else
		net_listen_close(&l);
}

/* Ports below 1024, for one who is nobody. */
static void
test_low_port(void)
{
	struct net_listener l;
	struct err e;
	int error;

	if (geteuid() == 0 && seteuid(65534) < 0)
		tap_bail("cannot become nobody");
	error = open_at("127.0.0.1:1", &l, &e);
	if (error == 0)
		net_listen_close(&l);
	if (error != -EACCES)
		tap_skip("a low port", "ports from 1 on are free for all here");
	else
		ok(strstr(e.text, "CAP_NET_BIND_SERVICE") != NULL,
		    "who may not have a low port is told who may");
	if (seteuid(getuid()) < 0)
		tap_bail("cannot become root again");
}

static void
test_backlog(void)
{
	struct conf_service s = service;
	struct net_listener l;
	struct addr at;
	struct err e;

	s.backlog = UINT64_MAX;
	(void)addr_parse("127.0.0.1:0", &at, NULL);
	is_int(net_listen_open(&s, &at, &l, &e), 0,
	    "a backlog of any size is the kernel's affair");
	ok(can_connect(&l.bound), "and somebody answers");
	net_listen_close(&l);
}

int
main(void)
{
	test_one("127.0.0.1:0");
	test_one("[::1]:0");
	test_one("unix:@superd-test-listen");
	test_both();
	test_words();
	test_freebind();
	test_low_port();
	test_backlog();
	return done_testing();
}

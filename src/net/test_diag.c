/* SPDX-License-Identifier: ISC */
/* What the kernel says of sockets of this test. */
#include <sys/socket.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "net/accept.h"
#include "net/diag.h"
#include "tap.h"

#define IN  100000
#define OUT 5000

struct pair {
	int listens, client, server;
	struct net_diag_socket which;
};

static int diag = -1;
static struct net_diag_info info;

static struct pair
pair_open(const char *where)
{
	struct addr at;
	struct pair p;

	if (addr_parse(where, &at, NULL) < 0)
		tap_bail("cannot read an address");
	p.listens = socket(at.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(p.listens, &at.at.any, at.length) < 0 ||
	    listen(p.listens, 1) < 0 ||
	    getsockname(p.listens, &at.at.any, &at.length) < 0)
		tap_bail("cannot listen");
	p.client = socket(at.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(p.client, &at.at.any, at.length) < 0)
		tap_bail("cannot connect");
	at.length = sizeof(at.at);
	p.server = accept4(p.listens, &at.at.any, &at.length, SOCK_CLOEXEC);
	addr_to_peer(&at, &p.which.peer);
	p.which.cookie = net_cookie(p.server);
	if (net_diag_local(p.server, &p.which.local) < 0)
		tap_bail("cannot see where a socket is");
	return p;
}

static void
pair_close(struct pair *p)
{
	fd_close(&p->server);
	fd_close(&p->client);
	fd_close(&p->listens);
}

static void
move(int from, int to, size_t count)
{
	static char bytes[IN];
	size_t come = 0;

	if (write(from, bytes, count) != (ssize_t)count)
		tap_bail("cannot write");
	while (come < count) {
		ssize_t n = read(to, bytes, count - come);

		if (n <= 0)
			tap_bail("cannot read");
		come += (size_t)n;
	}
}

static void
test_lookup(const char *where)
{
	struct pair p = pair_open(where);
	char what[80];

	snprintf(what, sizeof(what), "%s: a socket is found", where);
	move(p.client, p.server, IN);
	move(p.server, p.client, OUT);
	is_int(net_diag_lookup(diag, &p.which, &info), 0, what);
	ok(info.cookie == p.which.cookie, "and it is that one");
	is_int((long)info.bytes_in, IN, "what came is counted");
	ok(info.rtt_us > 0 && info.rtt_us < 10000000, "with its round trip");
	ok(info.last_data_sent_ms < 10000 && info.last_data_recv_ms < 10000,
	    "and how long that is ago");
	(void)shutdown(p.client, SHUT_WR);
	ok(read(p.server, what, 1) == 0, "the client half-closes");
	is_int(net_diag_lookup(diag, &p.which, &info), 0, "half closed, too");
	is_int((long)info.bytes_in, IN, "and the end is no byte");
	is_int((long)info.bytes_out, OUT, "all was acknowledged with it");
	pair_close(&p);
	is_int(net_diag_lookup(diag, &p.which, &info), -ENOENT,
	    "it is not found when it is gone");
}

static void
test_others(void)
{
	struct pair p = pair_open("127.0.0.1:0");
	int none;

	info.rtt_us = 77;
	p.which.cookie++;
	is_int(net_diag_lookup(diag, &p.which, &info), -ENOENT,
	    "another's cookie finds nobody");
	ok(info.rtt_us == 77, "and says nothing");
	p.which.cookie--;
	none = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ok(net_diag_lookup(none, &p.which, &info) < 0 &&
		net_diag_lookup(-1, &p.which, &info) == -EBADF,
	    "who is not the kernel does not answer");
	is_int(net_diag_lookup(diag, &p.which, &info), 0,
	    "the next question is answered");
	fd_close(&none);
	pair_close(&p);
}

/* The last words of one among those of all who end on this machine. */
static void
test_watch(void)
{
	struct pair p = pair_open("127.0.0.1:0");
	struct net_diag_info end = { 0 };
	struct pollfd wait = { .events = POLLIN };
	int error = net_diag_watch(&wait.fd);

	if (error < 0) {
		tap_skip("ends are told", "no groups of sock_diag here");
		pair_close(&p);
		return;
	}
	move(p.client, p.server, IN);
	move(p.server, p.client, OUT);
	fd_close(&p.server);
	is_int(net_diag_lookup(diag, &p.which, &info) == 0 ||
		net_diag_lookup(diag, &p.which, &info) == -ESHUTDOWN,
	    1, "who ends first leaves something that waits for the other");
	for (int i = 0; i < 1000 && end.cookie != p.which.cookie; i++) {
		if (net_diag_next(wait.fd, &end) == 0 &&
		    poll(&wait, 1, 10000) <= 0)
			break;
	}
	ok(end.cookie == p.which.cookie, "the end of a socket is told");
	is_int((long)end.bytes_in, IN, "with what came");
	is_int((long)end.bytes_out, OUT, "and what went");
	is_int(net_diag_lookup(diag, &p.which, &info), -ESHUTDOWN,
	    "the client's end has not come");
	pair_close(&p);
	fd_close(&wait.fd);
	is_int(net_diag_next(-1, &end), -EBADF, "who does not listen fails");
}

int
main(void)
{
	int error = net_diag_open(&diag);
	struct pair p;

	if (error < 0) {
		tap_skip("sockets are looked up", "no sock_diag here");
		return done_testing();
	}
	p = pair_open("127.0.0.1:0");
	error = net_diag_lookup(diag, &p.which, &info);
	pair_close(&p);
	if (error == -EPERM || error == -EACCES || error == -ENOENT) {
		tap_skip("sockets are looked up", "no inet_diag here");
		return done_testing();
	}
	test_lookup("127.0.0.1:0");
	test_lookup("[::1]:0");
	test_lookup("[::ffff:127.0.0.1]:0");
	test_others();
	test_watch();
	fd_close(&diag);
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* What accept's errors mean, and who is at the other end. */
#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "net/accept.h"
#include "tap.h"

struct judgement {
	int error;
	enum net_accept verdict;
};

/* accept(2): network errors are the client's, shortages are ours. */
static const struct judgement table[] = {
	{ EAGAIN, NET_ACCEPT_EMPTY },
	{ EWOULDBLOCK, NET_ACCEPT_EMPTY },
	{ EINTR, NET_ACCEPT_NEXT },
	{ ECONNABORTED, NET_ACCEPT_NEXT },
	{ EPROTO, NET_ACCEPT_NEXT },
	{ ENETDOWN, NET_ACCEPT_NEXT },
	{ ENOPROTOOPT, NET_ACCEPT_NEXT },
	{ EHOSTDOWN, NET_ACCEPT_NEXT },
	{ ENONET, NET_ACCEPT_NEXT },
	{ EHOSTUNREACH, NET_ACCEPT_NEXT },
	{ ENETUNREACH, NET_ACCEPT_NEXT },
	{ ETIMEDOUT, NET_ACCEPT_NEXT },
	{ EMFILE, NET_ACCEPT_PAUSE },
	{ ENFILE, NET_ACCEPT_PAUSE },
	{ ENOBUFS, NET_ACCEPT_PAUSE },
	{ ENOMEM, NET_ACCEPT_PAUSE },
	{ EPERM, NET_ACCEPT_PAUSE },
	{ EIO, NET_ACCEPT_PAUSE },
	{ EINVAL, NET_ACCEPT_PAUSE },
};

static void
test_judge(void)
{
	unsigned int wrong = 0, endless = 0;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char what[80];

		snprintf(
		    what, sizeof(what), "accept: %s", strerror(table[i].error));
		is_int(
		    net_accept_judge(table[i].error), table[i].verdict, what);
	}
	for (int error = 1; error < 4096; error++) {
		wrong += net_accept_judge(error) == NET_ACCEPT_OK;
		endless += net_accept_judge(error) == NET_ACCEPT_NEXT;
	}
	is_int(wrong, 0, "no error is a connection");
	is_int(endless, 10, "few errors are tried again at once");
}

static int
listener(const struct addr *at, struct addr *ret_bound)
{
	int fd = socket(at->at.any.sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	*ret_bound = (struct addr) { .length = sizeof(ret_bound->at) };
	if (fd < 0 || bind(fd, &at->at.any, at->length) < 0 ||
	    listen(fd, 16) < 0 ||
	    getsockname(fd, &ret_bound->at.any, &ret_bound->length) < 0)
		fd_close(&fd);
	return fd;
}

static int
client(const struct addr *to, struct addr *ret_me)
{
	int fd = socket(to->at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret_me = (struct addr) { .length = sizeof(ret_me->at) };
	if (fd < 0 || connect(fd, &to->at.any, to->length) < 0 ||
	    getsockname(fd, &ret_me->at.any, &ret_me->length) < 0)
		tap_bail("cannot connect to a socket of our own");
	return fd;
}

static void
test_one(const char *where)
{
	struct addr at, bound, me;
	struct addr_peer peer, want;
	char what[128];
	int error = 0, fd = -1;

	(void)addr_parse(where, &at, NULL);
	auto_fd listens = listener(&at, &bound);

	if (listens < 0) {
		tap_skip(where, "cannot listen there");
		return;
	}
	snprintf(what, sizeof(what), "%s: nobody is waiting", where);
	is_int(net_accept(listens, &fd, &peer, &error), NET_ACCEPT_EMPTY, what);
	auto_fd connects = client(&bound, &me);

	(void)connects;
	snprintf(what, sizeof(what), "%s: somebody is", where);
	is_int(net_accept(listens, &fd, &peer, &error), NET_ACCEPT_OK, what);
	addr_to_peer(&me, &want);
	if (want.family == AF_UNIX) {
		want.at.local.uid = geteuid();
		want.at.local.gid = getegid();
		want.at.local.pid = (uint32_t)getpid();
	}
	snprintf(what, sizeof(what), "%s: and it is known who", where);
	ok(memcmp(&want, &peer, sizeof(peer)) == 0, what);
	snprintf(
	    what, sizeof(what), "%s: its socket waits, closes at exec", where);
	ok((fcntl(fd, F_GETFL) & O_NONBLOCK) == 0 &&
		fcntl(fd, F_GETFD) == FD_CLOEXEC,
	    what);
	snprintf(what, sizeof(what), "%s: its socket keeps its number", where);
	ok(net_cookie(fd) != 0 && net_cookie(fd) == net_cookie(fd), what);
	fd_close(&fd);
}

static void
test_not_a_listener(void)
{
	struct addr_peer peer;
	int error = 0, fd = 77;

	is_int(net_accept(-1, &fd, &peer, &error), NET_ACCEPT_PAUSE,
	    "what is no socket is rested");
	ok(error == EBADF && fd == 77, "with its errno and nothing else");
	ok(net_cookie(-1) == 0, "and has no number");
}

int
main(void)
{
	test_judge();
	test_one("127.0.0.1:0");
	test_one("[::1]:0");
	test_one("[::ffff:127.0.0.1]:0");
	test_one("unix:@superd-test-accept");
	test_not_a_listener();
	return done_testing();
}

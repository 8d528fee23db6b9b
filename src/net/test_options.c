/* SPDX-License-Identifier: ISC */
/* Options of the listening socket arrive at the accepted one. */
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "conf/conf.h"
#include "net/accept.h"
#include "net/listen.h"
#include "net/options.h"
#include "tap.h"

static int
option_of(int fd, int level, int name)
{
	int value = -1;
	socklen_t length = sizeof(value);

	if (getsockopt(fd, level, name, &value, &length) < 0)
		return -errno;
	return value;
}

/* The pair of a connection through a listener of the service's. */
struct pair {
	struct net_listener listener;
	int accepted;
	int client;
};

static bool
open_pair(const struct conf_service *service, const char *where,
    struct pair *ret_pair)
{
	struct pair p = { .accepted = -1, .client = -1 };
	struct addr_peer peer;
	struct addr at;
	struct err e;
	int error;

	(void)addr_parse(where, &at, NULL);
	if (net_listen_open(service, &at, &p.listener, &e) < 0) {
		tap_note("%s", e.text);
		return false;
	}
	p.client = socket(at.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(p.client, &p.listener.bound.at.any,
		p.listener.bound.length) < 0 ||
	    net_accept(p.listener.fd, &p.accepted, &peer, &error) !=
		NET_ACCEPT_OK)
		tap_bail("cannot connect to a listener of our own");
	*ret_pair = p;
	return true;
}

static void
close_pair(struct pair *p)
{
	fd_close(&p->accepted);
	fd_close(&p->client);
	net_listen_close(&p->listener);
}

static void
is_option(
    int fd, int level, int name, int want, const char *where, const char *key)
{
	char what[128];

	snprintf(what, sizeof(what), "%s: %s arrives", where, key);
	is_int(option_of(fd, level, name), want, what);
}

static void
test_all_set(const char *where, bool is_v6)
{
	struct conf_service s = {
		.name = "x",
		.backlog = 16,
		.nodelay = true,
		.keepalive = true,
		.tos = { .set = true, .value = 0x10 },
		.send_buffer = { .set = true, .value = 20000 },
		.receive_buffer = { .set = true, .value = 30000 },
	};
	struct pair p;
	int fd;

	if (!open_pair(&s, where, &p)) {
		tap_skip(where, "cannot listen there");
		return;
	}
	fd = p.accepted;
	is_option(fd, IPPROTO_TCP, TCP_NODELAY, 1, where, "nodelay");
	is_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1, where, "keepalive");
	is_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 120, where, "its idle time");
	is_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 30, where, "its interval");
	is_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 4, where, "its count");
	/* The kernel doubles buffers: socket(7). */
	is_option(fd, SOL_SOCKET, SO_SNDBUF, 40000, where, "send_buffer");
	is_option(fd, SOL_SOCKET, SO_RCVBUF, 60000, where, "receive_buffer");
	if (is_v6)
		is_option(fd, IPPROTO_IPV6, IPV6_TCLASS, 16, where, "tos");
	else
		is_option(fd, IPPROTO_IP, IP_TOS, 16, where, "tos");
	is_option(
	    p.listener.fd, SOL_SOCKET, SO_REUSEADDR, 1, where, "SO_REUSEADDR");
	close_pair(&p);
}

static void
test_none_set(const char *where)
{
	struct conf_service s = { .name = "x", .backlog = 16 };
	struct pair p;

	if (!open_pair(&s, where, &p)) {
		tap_skip(where, "cannot listen there");
		return;
	}
	is_int(option_of(p.accepted, IPPROTO_TCP, TCP_NODELAY), 0,
	    "nodelay = no leaves it off");
	is_int(option_of(p.accepted, SOL_SOCKET, SO_KEEPALIVE), 0,
	    "so does keepalive = no");
	is_int(option_of(p.listener.fd, SOL_SOCKET, SO_REUSEPORT), 0,
	    "so does reuseport = no");
	close_pair(&p);
}

static void
test_listener(const char *where, int family)
{
	struct conf_service s = {
		.name = "x",
		.reuseport = true,
		.freebind = true,
		.v6only = true,
		.defer_accept = { .set = true, .value = NUM_NS_PER_S / 2 },
		.fastopen = { .set = true, .value = 64 },
	};
	auto_fd fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct err e;

	if (fd < 0) {
		tap_skip(where, "no such address family");
		return;
	}
	if (!is_int(net_options_set(fd, family, &s, &e), 0, where))
		tap_note("%s", e.text);
	is_option(fd, SOL_SOCKET, SO_REUSEPORT, 1, where, "reuseport");
	is_option(fd, IPPROTO_IP, IP_FREEBIND, 1, where, "freebind");
	is_option(fd, IPPROTO_TCP, TCP_FASTOPEN, 64, where, "fastopen");
	is_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, 1, where,
	    "half a second of defer_accept, rounded up,");
	if (family == AF_INET6)
		is_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1, where, "v6only");
}

static void
test_unix(void)
{
	struct conf_service s = {
		.nodelay = true,
		.keepalive = true,
		.reuseport = true,
		.freebind = true,
		.device = "lo",
		.defer_accept = { .set = true, .value = NUM_NS_PER_S },
		.tos = { .set = true, .value = 16 },
		.send_buffer = { .set = true, .value = 20000 },
	};
	auto_fd fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int before = option_of(fd, SOL_SOCKET, SO_SNDBUF);
	struct err e;

	is_int(net_options_set(fd, AF_UNIX, &s, &e), 0,
	    "unix sockets pass over all options");
	/* An accepted unix socket would not have it from its listener. */
	is_int(option_of(fd, SOL_SOCKET, SO_SNDBUF), before, "the buffers too");
}

static void
test_privileged(void)
{
	struct conf_service s = {
		.mark = { .set = true, .value = 0xfffffffe },
		.device = "lo",
	};
	struct conf_service nowhere = { .device = "nosuchdev0" };
	auto_fd fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char name[IF_NAMESIZE + 1] = "";
	socklen_t length = IF_NAMESIZE;
	struct err e;

	if (geteuid() != 0 || net_options_set(fd, AF_INET, &s, &e) < 0) {
		tap_skip("mark and device", "needs CAP_NET_ADMIN");
		return;
	}
	is_int((unsigned int)option_of(fd, SOL_SOCKET, SO_MARK), 0xfffffffe,
	    "a mark of 32 bits");
	(void)getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &length);
	is_str(name, "lo", "a device");
	is_int(net_options_set(fd, AF_INET, &nowhere, &e), -ENODEV,
	    "a device that is not there is an error");
	is_str(e.text, "cannot set device = nosuchdev0: No such device",
	    "that names the key");
}

static void
test_words(void)
{
	struct conf_service s = { .nodelay = true };
	struct addr at;
	struct net_listener l = { .fd = -1 };
	struct err e;
	int error;

	is_int(net_options_set(-1, AF_UNIX, &s, &e), 0,
	    "nothing to set cannot fail");
	is_int(net_options_set(-1, AF_INET, &s, &e), -EBADF,
	    "what is no socket has no options");
	is_str(e.text, "cannot set SO_REUSEADDR = 1: Bad file descriptor",
	    "the error names the option");
	s = (struct conf_service) { .device = "nosuchdev0" };
	(void)addr_parse("127.0.0.1:7", &at, NULL);
	error = net_listen_open(&s, &at, &l, &e);
	ok(error == -ENODEV || error == -EPERM, "a listener fails with it");
	ok(strncmp(e.text,
	       "127.0.0.1:7: cannot set device = nosuchdev0: ", 45) == 0 &&
		l.fd == -1,
	    "and the error names the address, too");
}

int
main(void)
{
	test_all_set("127.0.0.1:0", false);
	test_all_set("[::1]:0", true);
	test_none_set("127.0.0.1:0");
	test_listener("IPv4", AF_INET);
	test_listener("IPv6", AF_INET6);
	test_unix();
	test_privileged();
	test_words();
	return done_testing();
}

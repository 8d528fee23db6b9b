/* SPDX-License-Identifier: ISC */
/* What sockets take, and what is kept of it. */
#include "base/caps.h"
#include "conf/conf.h"
#include "core/needs.h"
#include "tap.h"

static struct addr
address(const char *text)
{
	struct addr addr;
	struct err e;

	if (addr_parse(text, &addr, &e) < 0)
		tap_bail(e.text);
	return addr;
}

static const struct needs_here here = { 4242, NEEDS_FIRST_FREE_PORT };

static uint64_t
needs_of(const char *text, bool mark, bool owner)
{
	const struct conf_service s = {
		.mark.set = mark,
		.socket_user = { .name = owner ? "somebody" : NULL },
	};
	struct addr addr = address(text);

	return needs_of_socket(&s, &addr, &here);
}

#define BIND  CAPS_BIT(CAP_NET_BIND_SERVICE)
#define ADMIN CAPS_BIT(CAP_NET_ADMIN)
#define CHOWN CAPS_BIT(CAP_CHOWN)

static const struct {
	const char *address;
	bool mark, owner;
	uint64_t needs;
} cases[] = {
	{ "127.0.0.1:80", false, false, BIND },
	{ "[::1]:1023", false, false, BIND },
	{ "127.0.0.1:1024", false, false, 0 },
	{ "127.0.0.1:0", false, false, 0 },
	{ "127.0.0.1:80", true, true, BIND | ADMIN },
	{ "[::]:8080", true, true, ADMIN },
	{ "unix:/run/x", true, true, CHOWN },
	{ "unix:/run/x", true, false, 0 },
	{ "unix:@x", true, true, 0 },
};

static void
test_sockets(void)
{
	struct addr addr = address("127.0.0.1:80");
	const struct conf_service s = { .name = "x" };
	const struct conf_service own = {
		.socket_user = { .name = "me", .uid = 4242 },
	};
	const struct needs_here free_ports = { 4242, 80 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_int((intmax_t)needs_of(
			   cases[i].address, cases[i].mark, cases[i].owner),
		    (intmax_t)cases[i].needs, cases[i].address);
	is_int((intmax_t)needs_of_socket(&s, &addr, &free_ports), 0,
	    "where privileged ports end is for the system to say");
	addr = address("unix:/run/x");
	is_int((intmax_t)needs_of_socket(&own, &addr, &here), 0,
	    "a path of superd's own user need not be given away");
}

static void
test_keep(void)
{
	struct conf_listen listens[] = { { .addr = address("0.0.0.0:80") },
		{ .addr = address("unix:/run/x") } };
	struct conf_service s = {
		.enabled = true,
		.listen = { listens, 2 },
		.mark.set = true,
		.socket_user.name = "somebody",
	};
	struct conf conf = {
		.services = &s,
		.service_count = 1,
		.needed = CAPS_BIT(CAP_SETUID),
	};

	is_int((intmax_t)needs_to_keep(&conf, &here),
	    (intmax_t)(CAPS_BIT(CAP_SETUID) | BIND),
	    "what handlers take and ports, no more");
	s.enabled = false;
	is_int((intmax_t)needs_to_keep(&conf, &here),
	    (intmax_t)CAPS_BIT(CAP_SETUID), "a disabled service has no port");
	s.enabled = true;
	s.listen.count = 0;
	conf.needed = 0;
	is_int((intmax_t)needs_to_keep(&conf, &here), 0, "nothing is nothing");
}

int
main(void)
{
	test_sockets();
	test_keep();
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* Addresses as text and back, against libc's where it has an opinion. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stddef.h>

#include "base/addr.h"
#include "tap.h"

#define ROUNDS 100000

static const char *
text_of(const struct addr *a)
{
	static char buffer[ADDR_TEXT_SIZE];
	struct text t;

	text_init(&t, buffer, sizeof(buffer));
	addr_format(a, &t);
	return t.cut ? "(cut)" : buffer;
}

/* Zeros in every second group, so that there are runs to shorten. */
static void
random_v6(uint8_t ip[16])
{
	for (int i = 0; i < 16; i += 2) {
		unsigned int group = (unsigned int)tap_random() & 0xffff;

		group >>= 4 * tap_random_below(4);
		if (tap_random_below(2) == 0)
			group = 0;
		ip[i] = (uint8_t)(group >> 8);
		ip[i + 1] = (uint8_t)group;
	}
}

static void
random_path(struct addr *ret_addr)
{
	char path[sizeof(ret_addr->at.local.sun_path)];
	size_t length = 2 + tap_random_below(sizeof(path) - 2);

	path[0] = tap_random_below(2) == 0 ? '/' : '@';
	for (size_t i = 1; i < length; i++)
		path[i] = (char)('#' + tap_random_below('[' - '#'));
	path[length] = '\0';
	if (addr_parse_unix(path, ret_addr, NULL) < 0)
		*ret_addr = (struct addr) { 0 };
}

static void
random_addr(struct addr *ret_addr)
{
	uint64_t bits = tap_random();

	switch (tap_random_below(3)) {
	case 0:
		addr_any(AF_INET, ret_addr);
		memcpy(&ret_addr->at.v4.sin_addr, &bits, 4);
		break;
	case 1:
		addr_any(AF_INET6, ret_addr);
		random_v6(ret_addr->at.v6.sin6_addr.s6_addr);
		if (tap_random_below(4) == 0)
			ret_addr->at.v6.sin6_scope_id =
			    1000000 + (uint32_t)tap_random_below(1000000);
		break;
	default:
		random_path(ret_addr);
		return;
	}
	addr_set_port(ret_addr, (uint16_t)tap_random());
}

static void
test_round_trip(void)
{
	unsigned int wrong = 0, unequal = 0;
	struct addr last = { 0 };

	for (int i = 0; i < ROUNDS; i++) {
		struct addr a, b = { 0 };

		random_addr(&a);
		if (addr_parse(text_of(&a), &b, NULL) < 0 ||
		    !addr_equal(&a, &b) || a.length != b.length) {
			if (wrong++ == 0)
				tap_note("the first: %s", text_of(&a));
		}
		unequal += i > 0 && !addr_equal(&last, &a);
		last = a;
	}
	is_int(wrong, 0, "parse(format(address)) is the address");
	ok(unequal > ROUNDS - 10, "different addresses are not equal");
}

static bool
is_embedded_v4(const uint8_t ip[16])
{
	static const uint8_t zero[10];

	return memcmp(ip, zero, 10) == 0 &&
	    ((ip[10] == 0 && ip[11] == 0) ||
		(ip[10] == 0xff && ip[11] == 0xff));
}

static void
test_rfc5952(void)
{
	unsigned int wrong = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct addr_peer p = { .family = AF_INET6 };
		char ours[ADDR_TEXT_SIZE], libc[INET6_ADDRSTRLEN];
		struct text t;

		random_v6(p.at.v6);
		/* libc writes the last 32 bits of these as IPv4. */
		if (is_embedded_v4(p.at.v6))
			continue;
		text_init(&t, ours, sizeof(ours));
		addr_peer_format_ip(&p, &t);
		(void)inet_ntop(AF_INET6, p.at.v6, libc, sizeof(libc));
		if (strcmp(ours, libc) != 0 && wrong++ == 0)
			tap_note("ours %s, libc's %s", ours, libc);
	}
	is_int(wrong, 0, "IPv6 is written as libc writes it");
}

/* What RFC 5952 section 4 and 5 say, by example. */
static void
test_rfc5952_examples(void)
{
	static const char *const pairs[][2] = {
		{ "2001:0db8:0:0:0:0:0:1", "2001:db8::1" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
		{ "2001:DB8::AAAA", "2001:db8::aaaa" },
		{ "0:0:0:0:0:0:0:0", "::" },
		{ "0:0:0:0:0:0:0:1", "::1" },
		{ "1:0:0:0:0:0:0:0", "1::" },
		{ "ff02:0:0:0:0:0:0:0", "ff02::" },
		{ "0:0:1:2:3:4:5:6", "::1:2:3:4:5:6" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char in[80], out[80];
		struct addr a = { 0 };

		snprintf(in, sizeof(in), "[%s]:0", pairs[i][0]);
		snprintf(out, sizeof(out), "[%s]:0", pairs[i][1]);
		(void)addr_parse(in, &a, NULL);
		is_str(text_of(&a), out, out);
	}
}

static const char *
peer_of(
    const char *text, void (*format)(const struct addr_peer *, struct text *))
{
	static char buffer[ADDR_TEXT_SIZE];
	struct addr_peer p;
	struct addr a = { 0 };
	struct text t;

	if (addr_parse(text, &a, NULL) < 0)
		return "(bad)";
	addr_to_peer(&a, &p);
	text_init(&t, buffer, sizeof(buffer));
	format(&p, &t);
	return buffer;
}

static void
test_peers(void)
{
	struct addr nobody = { .length = 0 };
	struct addr_peer p;

	is_str(peer_of("[::ffff:192.0.2.7]:80", addr_peer_format),
	    "192.0.2.7:80", "a peer of IPv4 in IPv6 is one of IPv4");
	is_str(peer_of("[::ffff:192.0.2.7]:80", addr_peer_format_prefix),
	    "192.0.2.0/24", "also its prefix");
	is_str(peer_of("[2001:db8:1:2::3]:80", addr_peer_format),
	    "[2001:db8:1:2::3]:80", "a peer of IPv6 has brackets");
	is_str(peer_of("[2001:db8:1:2::3]:80", addr_peer_format_ip),
	    "2001:db8:1:2::3", "its address has none");
	is_str(peer_of("[2001:db8:1:2::3]:80", addr_peer_format_prefix),
	    "2001:db8:1::/48", "its prefix is 48 bits");
	is_str(peer_of("[fe80::1%77777]:80", addr_peer_format),
	    "[fe80::1%77777]:80", "the interface of a link-local one");
	is_str(peer_of("unix:/x", addr_peer_format), "unix:uid=0,pid=0",
	    "a peer of a unix socket is a process");
	is_str(peer_of("unix:/x", addr_peer_format_ip), "",
	    "which has no IP address");
	addr_to_peer(&nobody, &p);
	is_int(p.family, AF_UNSPEC, "no address is no peer");
	ok(sizeof(p) <= 28, "a peer is small");
}

struct bad {
	const char *text;
	const char *words; /* to be found in the error */
};

static const struct bad bad[] = {
	{ "", "say ADDRESS:PORT or [V6]:PORT" },
	{ "80", "say ADDRESS:PORT or [V6]:PORT" },
	{ ":", "bad address ''" },
	{ ":80", "bad address ''" },
	{ "[", "say ADDRESS:PORT" },
	{ "[:", "say ADDRESS:PORT" },
	{ "[]:80", "bad IPv6 address ''" },
	{ "[::1]", "say ADDRESS:PORT or [V6]:PORT" },
	{ "[::1:80", "say ADDRESS:PORT or [V6]:PORT" },
	{ "[::1]:", "no port" },
	{ "[::1]x:80", "say ADDRESS:PORT or [V6]:PORT" },
	{ "[127.0.0.1]:80", "bad IPv6 address '127.0.0.1'" },
	{ "[:::1]:80", "bad IPv6 address ':::1'" },
	{ "[fe80::1%nosuch]:80", "no network interface 'nosuch'" },
	{ "[fe80::1%0]:80", "no network interface '0'" },
	{ "[fe80::1%]:80", "no network interface ''" },
	{ "[fe80::1%4294967296]:80", "no network interface '4294967296'" },
	{ "::1:80", "needs brackets, as in [::1]:7" },
	{ "localhost:80", "bad address 'localhost'" },
	{ "127.1:80", "bad address '127.1'" },
	{ "0127.0.0.1:80", "bad address" },
	{ "256.0.0.1:80", "bad address '256.0.0.1'" },
	{ "1.2.3.4:-1", "bad port '-1': a port is a number from 0 to 65535" },
	{ "1.2.3.4:+1", "bad port '+1'" },
	{ "1.2.3.4:65536", "bad port '65536'" },
	{ "1.2.3.4:70000", "bad port '70000'" },
	{ "1.2.3.4:0x50", "bad port '0x50'" },
	{ "1.2.3.4:080", "bad port '080'" },
	{ "1.2.3.4:1e3", "bad port '1e3'" },
	{ "1.2.3.4:99999999999999999999999", "bad port '9999" },
	{ "1.2.3.4: 80", "unknown port ' 80'" },
	{ "1.2.3.4:nosuchservice", "unknown port 'nosuchservice'" },
	{ "unix:", "no path" },
	{ "unix:@", "no path" },
};

static void
test_bad(void)
{
	struct addr a = { .length = 7 };
	char many[400];
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char what[128];
		int error = addr_parse(bad[i].text, &a, &e);

		snprintf(what, sizeof(what), "'%s' is refused", bad[i].text);
		if (!ok(error == -EINVAL &&
			    strstr(e.text, bad[i].words) != NULL,
			what))
			tap_note("%d: %s", error, e.text);
	}
	memset(many, '1', sizeof(many));
	memcpy(many + sizeof(many) - 4, ":80", 4);
	ok(addr_parse(many, &a, &e) == -EINVAL && strstr(e.text, "too long"),
	    "a host of 396 digits is too long");
	is_int(a.length, 7, "a failed parse changes nothing");
}

static void
test_unix(void)
{
	size_t most = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;
	char path[200];
	struct addr a, b;
	struct err e;

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[most] = '\0';
	is_int(addr_parse_unix(path, &a, &e), 0, "the longest path works");
	ok(strcmp(a.at.local.sun_path, path) == 0, "and is not cut");
	path[most] = 'x';
	path[most + 1] = '\0';
	is_int(addr_parse_unix(path, &a, &e), -EINVAL, "one more is refused");
	ok(strstr(e.text, "108 bytes, at most 107 work") != NULL,
	    "with the number of bytes that work");
	path[0] = '@';
	is_int(addr_parse_unix(path, &a, &e), -EINVAL, "also an abstract one");
	(void)addr_parse_unix("@name", &a, &e);
	ok(a.at.local.sun_path[0] == '\0' &&
		a.length == offsetof(struct sockaddr_un, sun_path) + 5,
	    "an abstract name begins with NUL and ends without");
	is_str(text_of(&a), "unix:@name", "and is written with @");
	(void)addr_parse_unix("@nam", &b, &e);
	ok(!addr_equal(&a, &b), "another name is another address");
	(void)addr_parse_unix("/a\n\"b\x1b", &a, &e);
	is_str(text_of(&a), "unix:/a\\n\\\"b\\x1b", "a wild path is tamed");
	memset(path + 1, '\n', most);
	path[0] = '/';
	path[most] = '\0';
	(void)addr_parse_unix(path, &a, &e);
	is_int((intmax_t)strlen(text_of(&a)), 5 + 1 + 2 * (intmax_t)most - 2,
	    "the wildest one fits");
	a = (struct addr) { .length = sizeof(sa_family_t) };
	a.at.any.sa_family = AF_UNIX;
	is_str(text_of(&a), "unix:", "a socket without a name has none");
}

static void
test_ports(void)
{
	const struct servent *http = getservbyname("http", "tcp");
	uint16_t port = 0;
	struct addr a;

	if (http == NULL)
		tap_skip("names of ports", "no http in /etc/services");
	else
		ok(addr_parse_port("http", "tcp", &port, NULL) == 0 &&
			port == ntohs((uint16_t)http->s_port),
		    "a port may be a name");
	ok(addr_parse("*:65535", &a, NULL) == 0 && addr_is_any(&a) &&
		addr_port(&a) == 65535,
	    "* is every address of IPv4");
	ok(addr_parse("[::]:0", &a, NULL) == 0 && addr_is_any(&a) &&
		addr_port(&a) == 0,
	    ":: is every address of IPv6, 0 is any port");
	ok(addr_parse("127.0.0.1:7", &a, NULL) == 0 && !addr_is_any(&a),
	    "127.0.0.1 is not every address");
	(void)addr_parse("unix:/x", &a, NULL);
	addr_set_port(&a, 7);
	ok(addr_port(&a) == 0 && !addr_is_any(&a) &&
		strcmp(text_of(&a), "unix:/x") == 0,
	    "a unix socket has no port");
}

/* No text, however wild, does harm; what is read is written the same. */
static void
test_random_texts(void)
{
	static const char alphabet[] = "0123456789abf:.[]%*unix/@";
	unsigned int wrong = 0, read = 0;

	for (int i = 0; i < 3 * ROUNDS; i++) {
		size_t length = tap_random_below(14);
		struct addr a, b;
		char text[16];

		for (size_t j = 0; j < length; j++)
			text[j] =
			    alphabet[tap_random_below(sizeof(alphabet) - 1)];
		text[length] = '\0';
		if (tap_random_below(3) == 0)
			memcpy(text, tap_random_below(2) ? "[::]:" : "*:12",
			    length < 5 ? length : 4);
		if (addr_parse(text, &a, NULL) < 0)
			continue;
		read++;
		wrong += addr_parse(text_of(&a), &b, NULL) < 0 ||
		    !addr_equal(&a, &b);
	}
	ok(wrong == 0 && read > 100, "what is read is written to be read");
}

int
main(void)
{
	tap_seed(6);
	test_round_trip();
	test_rfc5952();
	test_rfc5952_examples();
	test_peers();
	test_bad();
	test_unix();
	test_ports();
	test_random_texts();
	return done_testing();
}

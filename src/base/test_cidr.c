/* SPDX-License-Identifier: ISC */
/* Networks against a model that looks at each bit by itself. */
#include <errno.h>

#include "base/cidr.h"
#include "tap.h"

#define ROUNDS 100000

static const char *
text_of(const struct cidr *c)
{
	static char buffer[CIDR_TEXT_SIZE];
	struct text t;

	text_init(&t, buffer, sizeof(buffer));
	cidr_format(c, &t);
	return t.cut ? "(cut)" : buffer;
}

static bool
bit(const uint8_t ip[16], unsigned int i)
{
	return (ip[i / 8] >> (7 - i % 8) & 1) != 0;
}

/* Half of them IPv4; many alike, many zeros. */
static void
random_ip(uint8_t ip[16])
{
	static const uint8_t v4[12] = { [10] = 0xff, [11] = 0xff };

	for (int i = 0; i < 16; i++)
		ip[i] = tap_random_below(3) == 0 ? (uint8_t)tap_random() : 0;
	if (tap_random_below(2) == 0)
		memcpy(ip, v4, sizeof(v4));
}

static void
random_cidr(struct cidr *c)
{
	random_ip(c->ip);
	c->length = (uint8_t)tap_random_below(129);
	if (cidr_is_v4(c->ip) && tap_random_below(4) != 0)
		c->length = (uint8_t)(96 + tap_random_below(33));
	cidr_mask(c->ip, c->length);
}

static bool
model_contains(const struct cidr *c, const uint8_t ip[16])
{
	if (cidr_is_v4(ip) && c->length < 96)
		return false;
	for (unsigned int i = 0; i < c->length; i++) {
		if (bit(c->ip, i) != bit(ip, i))
			return false;
	}
	return true;
}

static void
test_model(void)
{
	unsigned int unmasked = 0, unread = 0, wrong = 0, inside = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct cidr c, again;
		uint8_t ip[16];

		random_cidr(&c);
		for (unsigned int b = c.length; b < 128; b++)
			unmasked += bit(c.ip, b);
		memset(&again, 0, sizeof(again));
		if (cidr_parse(text_of(&c), &again, NULL) < 0 ||
		    memcmp(again.ip, c.ip, 16) != 0 ||
		    again.length != c.length) {
			if (unread++ == 0)
				tap_note("the first: %s", text_of(&c));
		}
		random_ip(ip);
		if (tap_random_below(2) == 0) {
			memcpy(ip, c.ip, 16);
			ip[tap_random_below(16)] ^=
			    (uint8_t)(1u << tap_random_below(8));
		}
		wrong += cidr_contains(&c, ip) != model_contains(&c, ip);
		inside += model_contains(&c, ip);
	}
	is_int(unmasked, 0, "a mask clears all bits behind the length");
	is_int(unread, 0, "parse(format(network)) is the network");
	is_int(wrong, 0, "a network contains what the model says");
	ok(inside > ROUNDS / 20 && inside < ROUNDS - ROUNDS / 20,
	    "which is sometimes so, sometimes not");
}

static const char *const written[][2] = {
	{ "10.0.0.0/8", "10.0.0.0/8" },
	{ "192.0.2.7", "192.0.2.7" },
	{ "192.0.2.7/32", "192.0.2.7" },
	{ "0.0.0.0/0", "0.0.0.0/0" },
	{ "::/0", "::/0" },
	{ "2001:DB8::/32", "2001:db8::/32" },
	{ "::1", "::1" },
	{ "::1/128", "::1" },
	{ "::ffff:10.0.0.0/104", "10.0.0.0/8" },
	{ "::ffff:0:0/96", "0.0.0.0/0" },
	{ "::ffff:192.0.2.7", "192.0.2.7" },
	{ "::fffe:0:0/95", "::fffe:0:0/95" },
};

struct bad {
	const char *text;
	const char *words;
};

static const struct bad bad[] = {
	{ "10.0.0.1/8", "10.0.0.1/8 has host bits: the network is 10.0.0.0/8" },
	{ "192.0.2.255/25", "the network is 192.0.2.128/25" },
	{ "1.2.3.4/0", "the network is 0.0.0.0/0" },
	{ "2001:db8::1/32", "the network is 2001:db8::/32" },
	{ "::ffff:10.0.0.0/8", "the network is ::/8" },
	{ "::ffff:10.0.0.1/104", "the network is 10.0.0.0/8" },
	{ "", "no address: say 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32" },
	{ "/8", "bad address '/8'" },
	{ "10.0.0.0/", "bad prefix length '': a number from 0 to 32" },
	{ "10.0.0.0/33", "length 33 is too long: at most 32 for IPv4" },
	{ "::/129", "length 129 is too long: at most 128 for IPv6" },
	{ "::/99999999999999999999999", "is too long: at most 128" },
	{ "10.0.0.0/-1", "bad prefix length '-1'" },
	{ "10.0.0.0/08", "bad prefix length '08'" },
	{ "10.0.0.0/8/8", "bad prefix length '8/8'" },
	{ "10.0.0.0/255.0.0.0", "bad prefix length '255.0.0.0'" },
	{ "10.0.0.0 /8", "bad address" },
	{ "10/8", "bad address '10/8'" },
	{ "010.0.0.0/8", "bad address" },
	{ "256.0.0.0/8", "bad address" },
	{ "localhost", "bad address 'localhost'" },
	{ "fe80::1%eth0", "'fe80::1%eth0' names an interface" },
	{ "fe80::%1/10", "names an interface: a network has no zone" },
	{ "[::1]", "'[::1]': an address without port has no brackets" },
	{ ":::", "bad IPv6 address ':::'" },
	{ "1:2:3:4:5:6:7:8:9", "bad IPv6 address" },
	{ "1111111111111111111111111111111111111111111111111", "bad address" },
	{ "unix", "bad address 'unix'" },
};

static void
test_texts(void)
{
	struct cidr c = { .length = 77 };
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char what[128];
		int error = cidr_parse(bad[i].text, &c, &e);

		snprintf(what, sizeof(what), "'%s' is refused", bad[i].text);
		if (!ok(error == -EINVAL &&
			    strstr(e.text, bad[i].words) != NULL,
			what))
			tap_note("%d: %s", error, e.text);
	}
	is_int(c.length, 77, "a failed parse changes nothing");
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		(void)cidr_parse(written[i][0], &c, NULL);
		is_str(text_of(&c), written[i][1], written[i][0]);
	}
}

static bool
has(const char *net, const char *address)
{
	uint8_t ip[16];
	struct addr_peer p;
	struct addr a;
	struct cidr c;
	char text[80];

	snprintf(text, sizeof(text), "%s:80", address);
	return cidr_parse(net, &c, NULL) == 0 &&
	    addr_parse(text, &a, NULL) == 0 &&
	    (addr_to_peer(&a, &p), cidr_from_peer(&p, ip)) &&
	    cidr_contains(&c, ip);
}

static void
test_peers(void)
{
	struct addr_peer p = { .family = AF_UNIX };
	uint8_t ip[16] = { 7 };

	ok(has("10.0.0.0/8", "10.1.2.3"), "10.1.2.3 is in 10.0.0.0/8");
	ok(!has("10.0.0.0/8", "11.0.0.0"), "11.0.0.0 is not");
	ok(has("10.0.0.0/8", "[::ffff:10.1.2.3]"), "mapped IPv4 is IPv4");
	ok(has("0.0.0.0/0", "10.1.2.3"), "0.0.0.0/0 is all of IPv4");
	ok(!has("0.0.0.0/0", "[::1]"), "and nothing of IPv6");
	ok(has("::/0", "[2001:db8::1]"), "::/0 is all of IPv6");
	ok(!has("::/0", "10.1.2.3"), "and nothing of IPv4");
	ok(!has("::fffe:0:0/95", "10.1.2.3"), "nor is a network around it");
	ok(has("fe80::/10", "[fe80::1%77777]"), "an interface does not count");
	ok(!cidr_from_peer(&p, ip) && ip[0] == 7,
	    "a unix socket has no address");
}

int
main(void)
{
	tap_seed(11);
	test_model();
	test_texts();
	test_peers();
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* Compiled rules against a search from end to end. */
#include <stdlib.h>
#include <time.h>

#include "conf/conf.h"
#include "gate/rules.h"
#include "tap.h"

#define RULES_MOST 300
#define TABLES     1500
#define PROBES     300

static const uint8_t v4[12] = { [10] = 0xff, [11] = 0xff };

struct world {
	struct conf_rule rules[RULES_MOST];
	struct conf_rules list;
	struct gate_rules *compiled;
	unsigned int family; /* 0 IPv4, 1 IPv6, else both */
};

/* Few different bytes, so that networks nest and touch. */
static uint8_t
random_byte(void)
{
	static const uint8_t bytes[] = { 0, 0, 1, 2, 127, 128, 254, 255, 255 };

	if (tap_random_below(8) == 0)
		return (uint8_t)tap_random();
	return bytes[tap_random_below(sizeof(bytes))];
}

static void
random_net(const struct world *w, struct cidr *net)
{
	bool is_v4 =
	    w->family == 0 || (w->family != 1 && tap_random_below(2) == 0);

	for (int i = 0; i < 16; i++)
		net->ip[i] = random_byte();
	net->length = (uint8_t)tap_random_below(129);
	if (is_v4) {
		memcpy(net->ip, v4, sizeof(v4));
		net->length = (uint8_t)(96 + net->length % 33);
	} else if (tap_random_below(2) == 0) {
		/* Around IPv4, and below one /64. */
		memset(net->ip, 0, 9);
	}
	cidr_mask(net->ip, net->length);
}

/* A narrower or wider network with the same beginning. */
static void
related_net(const struct cidr *of, struct cidr *net)
{
	*net = *of;
	if (of->length >= 96 && cidr_is_v4(of->ip))
		net->length = (uint8_t)(96 + tap_random_below(33));
	else
		net->length = (uint8_t)tap_random_below(129);
	cidr_mask(net->ip, net->length);
	if (tap_random_below(4) == 0 && net->length > 96) {
		net->ip[15] = (uint8_t)(net->ip[15] + 1);
		cidr_mask(net->ip, net->length);
	}
}

static void
make_world(struct world *w)
{
	size_t count = tap_random_below(RULES_MOST);

	if (tap_random_below(3) == 0)
		count = tap_random_below(8);
	w->family = (unsigned int)tap_random_below(4);
	w->list = (struct conf_rules) { .at = w->rules, .count = count };
	for (size_t i = 0; i < count; i++) {
		struct conf_rule *rule = &w->rules[i];

		if (i > 0 && tap_random_below(2) == 0)
			related_net(
			    &w->rules[tap_random_below(i)].net, &rule->net);
		else
			random_net(w, &rule->net);
		rule->deny = tap_random_below(2) == 0;
	}
	/* Only deny lists are another world. */
	for (size_t i = 0; tap_random_below(3) == 0 && i < count; i++)
		w->rules[i].deny = true;
	if (gate_rules_new(&w->list, &w->compiled, NULL) < 0)
		tap_bail("no memory");
}

static bool
has_allow(const struct conf_rules *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!list->at[i].deny)
			return true;
	}
	return false;
}

/* The length of the winner in *ret_length, -1 for none. */
static bool
model_check(
    const struct conf_rules *list, const uint8_t ip[16], int *ret_length)
{
	int best = -1;
	bool allowed = !has_allow(list);

	for (size_t i = 0; i < list->count; i++) {
		const struct conf_rule *r = &list->at[i];

		if (!cidr_contains(&r->net, ip) || r->net.length < best)
			continue;
		if (r->net.length > best)
			allowed = !r->deny;
		else if (r->deny)
			allowed = false;
		best = r->net.length;
	}
	*ret_length = best;
	return allowed;
}

/* The address before or behind. */
static void
step(uint8_t ip[16], bool up)
{
	for (int i = 15; i >= 0; i--) {
		ip[i] = (uint8_t)(up ? ip[i] + 1 : ip[i] - 1);
		if (ip[i] != (up ? 0 : 0xff))
			return;
	}
}

/* The first or last of a network, or a neighbour of it, or anything. */
static void
random_probe(const struct world *w, uint8_t ip[16])
{
	struct cidr net;

	random_net(w, &net);
	if (w->list.count > 0 && tap_random_below(4) != 0)
		net = w->rules[tap_random_below(w->list.count)].net;
	memcpy(ip, net.ip, 16);
	if (tap_random_below(2) == 0) {
		for (unsigned int i = net.length; i < 128; i++)
			ip[i / 8] |= (uint8_t)(0x80 >> i % 8);
	}
	switch (tap_random_below(4)) {
	case 0:
		step(ip, true);
		break;
	case 1:
		step(ip, false);
		break;
	default:
		break;
	}
}

static void
peer_of(const uint8_t ip[16], struct addr_peer *p)
{
	*p = (struct addr_peer) { .family = AF_INET6 };
	if (cidr_is_v4(ip) && tap_random_below(2) == 0) {
		p->family = AF_INET;
		memcpy(p->at.v4, ip + 12, 4);
	} else {
		memcpy(p->at.v6, ip, 16);
	}
}

/* Is the rule that is told one that can have decided so? */
static bool
is_right_rule(const struct world *w, uint32_t rule, const uint8_t ip[16],
    int length, bool allowed)
{
	const struct conf_rule *r;

	if (length < 0)
		return rule == GATE_RULE_NONE;
	if (rule >= w->list.count)
		return false;
	r = &w->rules[rule];
	return r->net.length == length && r->deny == !allowed &&
	    cidr_contains(&r->net, ip);
}

static void
test_model(void)
{
	unsigned int wrong = 0, wrong_rule = 0, decided = 0;
	static struct world w;

	for (int i = 0; i < TABLES; i++) {
		make_world(&w);
		for (int j = 0; j < PROBES; j++) {
			struct addr_peer p;
			uint32_t rule = 0;
			uint8_t ip[16];
			int length;
			bool want, got;

			random_probe(&w, ip);
			peer_of(ip, &p);
			want = model_check(&w.list, ip, &length);
			got = gate_rules_check(w.compiled, &p, &rule);
			wrong += got != want;
			wrong_rule +=
			    !is_right_rule(&w, rule, ip, length, want);
			decided += length >= 0;
		}
		gate_rules_free(w.compiled);
	}
	is_int(wrong, 0, "the most specific network decides, deny in a tie");
	is_int(wrong_rule, 0, "and is told");
	ok(decided > TABLES * PROBES / 3, "in many cases there was one");
}

/* Clusters in clusters: each half of what is left, again and again. */
static void
test_contrived(void)
{
	static struct conf_rule rules[4000];
	struct conf_rules list = { .at = rules };
	struct gate_rules *compiled;
	unsigned int wrong = 0;

	for (size_t i = 0; i < 4000; i++) {
		struct cidr *net = &rules[list.count++].net;

		memset(net->ip, 0, 16);
		net->ip[0] = 0x20;
		net->length = 128;
		for (int b = 0; b < 3; b++) {
			uint64_t at = 8 + tap_random_below(120);

			net->ip[at / 8] |= (uint8_t)(0x80 >> at % 8);
		}
		rules[i].deny = true;
	}
	if (gate_rules_new(&list, &compiled, NULL) < 0)
		tap_bail("no memory");
	for (int i = 0; i < 8000; i++) {
		struct addr_peer p;
		uint8_t ip[16];
		uint32_t rule;
		int length;

		memcpy(ip, rules[i % 4000].net.ip, 16);
		if (i >= 4000)
			step(ip, i % 2 == 0);
		peer_of(ip, &p);
		wrong += gate_rules_check(compiled, &p, &rule) !=
		    model_check(&list, ip, &length);
	}
	is_int(wrong, 0, "clusters within clusters are found");
	tap_note("%zu bytes", gate_rules_size(compiled));
	ok(gate_rules_size(compiled) < 4000 * 150, "and cost little memory");
	gate_rules_free(compiled);
}

static const char *
say(const struct gate_rules *r, uint16_t family, const char *address)
{
	static char buffer[128];
	struct addr_peer p = { .family = family };
	struct addr a;
	struct text t;
	uint32_t rule;
	bool allowed;

	if (address != NULL && addr_parse(address, &a, NULL) == 0)
		addr_to_peer(&a, &p);
	allowed = gate_rules_check(r, &p, &rule);
	text_init(&t, buffer, sizeof(buffer));
	text_string(&t, allowed ? "yes: " : "no: ");
	gate_rules_format(r, rule, &t);
	return buffer;
}

static void
test_words(void)
{
	struct conf_rule rules[2] = { { .deny = true }, { .deny = false } };
	struct conf_rules list = { .at = rules, .count = 0 };
	struct gate_rules *r;

	(void)cidr_parse("10.0.0.0/8", &rules[0].net, NULL);
	(void)cidr_parse("10.1.0.0/16", &rules[1].net, NULL);
	(void)gate_rules_new(&list, &r, NULL);
	ok(gate_rules_empty(r), "no rules are none");
	is_str(say(r, AF_UNSPEC, "1.2.3.4:5"), "yes: no deny matches",
	    "and let everybody in");
	gate_rules_free(r);
	list.count = 1;
	(void)gate_rules_new(&list, &r, NULL);
	is_str(say(r, AF_UNSPEC, "10.1.2.3:5"), "no: deny 10.0.0.0/8",
	    "a deny denies");
	is_str(say(r, AF_UNSPEC, "[::1]:5"), "yes: no deny matches",
	    "and all others may enter");
	is_str(say(r, AF_UNIX, NULL), "yes: no deny matches",
	    "who comes by a unix socket too");
	gate_rules_free(r);
	list.count = 2;
	(void)gate_rules_new(&list, &r, NULL);
	is_str(say(r, AF_UNSPEC, "10.1.2.3:5"), "yes: allow 10.1.0.0/16",
	    "a more specific allow allows");
	is_str(say(r, AF_UNSPEC, "11.1.2.3:5"), "no: no allow matches",
	    "where one allows, all others may not enter");
	is_str(say(r, AF_UNIX, NULL), "no: no allow matches",
	    "who comes by a unix socket neither");
	is_str(say(r, AF_UNSPEC, NULL), "no: no allow matches",
	    "nor who has no address");
	gate_rules_free(r);
	list.count = 0;
	list.allow_unix = true;
	(void)gate_rules_new(&list, &r, NULL);
	is_str(say(r, AF_UNIX, NULL), "yes: allow unix", "unix is allowed");
	is_str(say(r, AF_UNSPEC, "1.2.3.4:5"), "no: no allow matches",
	    "then nobody else is");
	gate_rules_free(r);
	list.deny_unix = true;
	(void)gate_rules_new(&list, &r, NULL);
	is_str(say(r, AF_UNIX, NULL), "no: deny unix", "deny wins");
	gate_rules_free(r);
	gate_rules_free(NULL);
}

int
main(void)
{
	tap_seed(12);
	test_words();
	test_model();
	test_contrived();
	return done_testing();
}

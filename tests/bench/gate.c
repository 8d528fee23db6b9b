/* SPDX-License-Identifier: ISC */
/*
 * What the gate's tables cost: lookups in 10, 1,000 and 100,000 rules, and in
 * the table of sources while a million of them come by.  Prints one line for
 * each; nothing is judged here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/conf.h"
#include "gate/rules.h"
#include "gate/source.h"

#define LOOKUPS 500000
#define ROUNDS  9 /* the best one counts: the machine has other work */
#define PROBES  (1 << 16)

static uint64_t state = 1;

static uint64_t
random_number(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static double
now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

enum shape {
	V4_ANYWHERE, /* /8 to /32, as blocklists have them */
	V4_CLUSTER,  /* single addresses of one /12 */
	V6_ANYWHERE, /* /32 to /64 in 2000::/3 */
	V6_CLUSTER,  /* /64 and single addresses of one /32 */
	SHAPES
};

static const char *const shapes[SHAPES] = { "IPv4 anywhere", "IPv4 of one /12",
	"IPv6 anywhere", "IPv6 of one /32" };

static void
random_net(enum shape shape, struct cidr *net)
{
	uint64_t bits = random_number(), more = random_number();

	memset(net, 0, sizeof(*net));
	if (shape == V4_ANYWHERE || shape == V4_CLUSTER) {
		net->ip[10] = net->ip[11] = 0xff;
		memcpy(net->ip + 12, &bits, 4);
		net->length = 128;
		if (shape == V4_CLUSTER) {
			net->ip[12] = 10;
			net->ip[13] &= 15;
		} else {
			net->length =
			    (uint8_t)(more % 4 == 0 ? 104 + bits % 25 : 120);
		}
	} else {
		memcpy(net->ip, &bits, 8);
		net->length = (uint8_t)(32 + more % 33);
		net->ip[0] = (uint8_t)(0x20 | (net->ip[0] & 0x1f));
		if (shape == V6_CLUSTER) {
			memcpy(net->ip, "\x20\x01\x0d\xb8", 4);
			net->length = more % 2 == 0 ? 64 : 128;
			net->ip[15] = (uint8_t)more;
		}
	}
	cidr_mask(net->ip, net->length);
}

/* Half of the peers are in a rule, if there are enough; half are not. */
static struct addr_peer *
make_peers(enum shape shape, const struct conf_rules *list)
{
	struct addr_peer *peers = calloc(PROBES, sizeof(*peers));

	for (size_t i = 0; peers != NULL && i < PROBES; i++) {
		struct cidr net;

		random_net(shape, &net);
		if (i % 2 == 0)
			net = list->at[random_number() % list->count].net;
		if (cidr_is_v4(net.ip)) {
			peers[i].family = AF_INET;
			memcpy(peers[i].at.v4, net.ip + 12, 4);
		} else {
			peers[i].family = AF_INET6;
			memcpy(peers[i].at.v6, net.ip, 16);
		}
	}
	return peers;
}

static void
best(double *so_far, double now)
{
	if (now < *so_far)
		*so_far = now;
}

/* With chained = 1 each waits for the one before: cache misses add up. */
static double
look_up(const struct gate_rules *rules, const struct addr_peer *peers,
    uint32_t chained)
{
	double start = now_ns();
	uint32_t rule, last = 0;

	for (size_t i = 0; i < LOOKUPS; i++) {
		(void)gate_rules_check(
		    rules, &peers[(i + (last & chained)) % PROBES], &rule);
		last = rule;
	}
	return (now_ns() - start) / LOOKUPS;
}

static void
bench_rules(enum shape shape, size_t count)
{
	struct conf_rules list = { .count = count };
	struct gate_rules *rules;
	struct addr_peer *peers;
	double start, compiled, apart = 1e9, chained = 1e9;

	list.at = calloc(count, sizeof(*list.at));
	if (list.at == NULL)
		exit(1);
	for (size_t i = 0; i < count; i++) {
		random_net(shape, &list.at[i].net);
		list.at[i].deny = true;
	}
	start = now_ns();
	if (gate_rules_new(&list, &rules, NULL) < 0)
		exit(1);
	compiled = now_ns() - start;
	peers = make_peers(shape, &list);
	if (peers == NULL)
		exit(1);
	for (int i = 0; i < ROUNDS; i++) {
		best(&apart, look_up(rules, peers, 0));
		best(&chained, look_up(rules, peers, 1));
	}
	printf("%-16s %6zu rules  %5.1f ns, one after another %5.1f ns, "
	       "compiled in %6.2f ms, %8zu bytes\n",
	    shapes[shape], count, apart, chained, compiled / 1e6,
	    gate_rules_size(rules));
	gate_rules_free(rules);
	free(peers);
	free(list.at);
}

static long
resident_kb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	(void)fclose(f);
	return pages * 4;
}

/* A part of a flood of sources that were never seen before. */
static void
bench_sources(struct gate_sources *t, uint64_t *next, size_t count)
{
	struct addr_peer peer = { .family = AF_INET6 };
	struct gate_source_key key;
	double start = now_ns(), flood, again;
	uint64_t first = *next, clock = first * 1000;
	volatile uint64_t sink = 0;

	for (size_t i = 0; i < count; i++, clock += 25000) {
		uint64_t bits = ++*next * UINT64_C(0x9e3779b97f4a7c15);
		struct gate_source *s;

		memcpy(peer.at.v6, &bits, 8);
		(void)gate_source_key(&peer, 1, 32, 64, &key);
		s = gate_sources_take(t, &key, clock);
		gate_sources_enter(t, s);
		s->tat_ns = clock + 20000000;
		gate_sources_leave(t, s);
		gate_sources_rest(t, s, 0, s->tat_ns, clock);
	}
	flood = (now_ns() - start) / (double)count;
	start = now_ns();
	for (size_t i = 0; i < count; i++) {
		uint64_t seen = *next - random_number() % (t->used + 0ull);
		uint64_t bits = seen * UINT64_C(0x9e3779b97f4a7c15);

		memcpy(peer.at.v6, &bits, 8);
		(void)gate_source_key(&peer, 1, 32, 64, &key);
		sink += gate_sources_find(t, &key) != NULL;
	}
	again = (now_ns() - start) / (double)count;
	printf("sources %8ju seen, %6u in the table: new one in and out "
	       "%5.0f ns, found again %5.0f ns (%3.0f %%), %6ld kB resident\n",
	    (uintmax_t)*next, t->used, flood, again,
	    100.0 * (double)sink / (double)count, resident_kb());
}

int
main(void)
{
	static const size_t counts[] = { 10, 1000, 100000 };
	static const uint32_t capacities[] = { 4096, 65536, 1000000 };
	const uint8_t key[SIPHASH_KEY_SIZE] = { 1, 2, 3 };

	for (int shape = 0; shape < SHAPES; shape++) {
		for (size_t i = 0; i < 3; i++)
			bench_rules((enum shape)shape, counts[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		struct gate_sources t;
		uint64_t next = 0;

		if (gate_sources_init(&t, capacities[i], key) < 0)
			return 1;
		printf("a table of %u: %zu bytes\n", t.capacity,
		    gate_sources_size(&t));
		bench_sources(&t, &next, 4000);
		bench_sources(&t, &next, 96000);
		bench_sources(&t, &next, 400000);
		bench_sources(&t, &next, 500000);
		bench_sources(&t, &next, 1000000);
		gate_sources_done(&t);
	}
	return 0;
}

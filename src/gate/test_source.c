/* SPDX-License-Identifier: ISC */
/* The table of sources against an array that is searched from end to end. */
#include <errno.h>
#include <stdlib.h>

#include "base/num.h"
#include "gate/source.h"
#include "tap.h"

#define CAPACITY 40
#define KEYS     120
#define ROUNDS   400000

static const uint8_t hash_key[SIPHASH_KEY_SIZE] = { 42 };

/* What the table should remember of a source. */
struct memory {
	bool there;
	uint32_t live;
	uint64_t banned_until_ns;
	uint64_t keep_until_s;
	int list;
	uint64_t stamp; /* when it came into its list */
};

struct world {
	struct gate_sources table;
	struct memory model[KEYS];
	uint64_t now_ns, stamp;
	unsigned int held, wrong, evicted, shared, lifted;
};

static struct gate_source_key
key_of(size_t i)
{
	struct gate_source_key key = { .ip = { 0x20, 1 }, .service = 1 };

	key.ip[7] = (uint8_t)i;
	if (i % 3 == 0)
		key.service = 2;
	return key;
}

static void
put(struct world *w, size_t i, int list)
{
	w->model[i].list = list;
	w->model[i].stamp = ++w->stamp;
}

/* The one that has been longest in a list, -1 for none. */
static int
oldest_of(const struct world *w, int list)
{
	int oldest = -1;

	for (int i = 0; i < KEYS; i++) {
		const struct memory *m = &w->model[i];

		if (!m->there || m->live > 0 || m->list != list)
			continue;
		if (oldest < 0 || m->stamp < w->model[oldest].stamp)
			oldest = i;
	}
	return oldest;
}

static int
victim_of(const struct world *w)
{
	int lightest = -1;

	for (int list = 0; list < GATE_SOURCE_LISTS; list++) {
		int i = oldest_of(w, list);

		if (i < 0)
			continue;
		if (w->model[i].keep_until_s <= w->now_ns / NUM_NS_PER_S &&
		    w->model[i].banned_until_ns <= w->now_ns)
			return i;
		if (lightest < 0 && list < GATE_SOURCE_WEIGHTS)
			lightest = i;
	}
	return lightest;
}

/* True if the source gets a place. */
static bool
model_take(struct world *w, size_t i)
{
	int victim;

	if (w->model[i].there)
		return true;
	if (w->held == CAPACITY) {
		victim = victim_of(w);
		if (victim < 0)
			return false;
		w->model[victim].there = false;
		w->evicted++;
		w->held--;
	}
	w->held++;
	w->model[i] = (struct memory) { .there = true };
	put(w, i, 0);
	return true;
}

static int
model_ban_list(uint64_t left_ns)
{
	int list = GATE_SOURCE_WEIGHTS;

	for (uint64_t s = left_ns / NUM_NS_PER_S; s > 1; s /= 2)
		list++;
	return list < GATE_SOURCE_LISTS ? list : GATE_SOURCE_LISTS - 1;
}

/* Not more than half of the places for bans. */
static void
model_lift(struct world *w)
{
	int banned = 0, first = -1;

	for (int i = 0; i < KEYS; i++)
		banned += w->model[i].there && w->model[i].live == 0 &&
		    w->model[i].list >= GATE_SOURCE_WEIGHTS;
	if (banned <= CAPACITY / 2)
		return;
	for (int list = GATE_SOURCE_WEIGHTS; list < GATE_SOURCE_LISTS; list++) {
		int i = oldest_of(w, list);

		if (i >= 0 &&
		    (first < 0 ||
			w->model[i].banned_until_ns <
			    w->model[first].banned_until_ns))
			first = i;
	}
	w->lifted += w->model[first].banned_until_ns > w->now_ns;
	if (w->model[first].banned_until_ns > w->now_ns)
		w->model[first].banned_until_ns = w->now_ns;
	put(w, (size_t)first, GATE_SOURCE_WEIGHTS - 1);
}

static void
rest(struct world *w, size_t i, struct gate_source *s)
{
	unsigned int weight =
	    (unsigned int)tap_random_below(GATE_SOURCE_WEIGHTS);
	uint64_t keep_ns = w->now_ns + tap_random_below(20) * NUM_NS_PER_S;
	struct memory *m = &w->model[i];

	if (tap_random_below(4) == 0)
		s->banned_until_ns =
		    w->now_ns + (NUM_NS_PER_S << tap_random_below(8));
	m->banned_until_ns = s->banned_until_ns;
	gate_sources_rest(&w->table, s, weight, keep_ns, w->now_ns);
	if (m->live > 0)
		return;
	m->keep_until_s = (keep_ns + NUM_NS_PER_S - 1) / NUM_NS_PER_S;
	if (m->banned_until_ns > w->now_ns) {
		put(w, i, model_ban_list(m->banned_until_ns - w->now_ns));
		model_lift(w);
	} else {
		put(w, i, (int)weight);
	}
}

static void
come(struct world *w, size_t i)
{
	struct gate_source_key key = key_of(i);
	struct gate_source *s = gate_sources_take(&w->table, &key, w->now_ns);
	bool placed = model_take(w, i);

	w->wrong +=
	    placed == (gate_sources_number(&w->table, s) == GATE_SOURCE_SHARED);
	w->shared += !placed;
	if (!placed)
		return;
	if (tap_random_below(3) == 0) {
		gate_sources_enter(&w->table, s);
		w->model[i].live++;
	} else {
		rest(w, i, s);
	}
}

static void
go(struct world *w, size_t i)
{
	struct gate_source_key key = key_of(i);
	struct gate_source *s = gate_sources_find(&w->table, &key);
	struct memory *m = &w->model[i];

	w->wrong += m->there != (s != NULL);
	if (s == NULL || m->live == 0)
		return;
	w->wrong += s->live != m->live;
	gate_sources_leave(&w->table, s);
	m->live--;
	if (m->live == 0)
		put(w, i, 0);
	rest(w, i, s);
}

static void
compare(struct world *w)
{
	for (size_t i = 0; i < KEYS; i++) {
		struct gate_source_key key = key_of(i);
		const struct gate_source *s =
		    gate_sources_find(&w->table, &key);
		const struct memory *m = &w->model[i];

		w->wrong += m->there != (s != NULL);
		if (s != NULL && m->there)
			w->wrong += s->live != m->live ||
			    s->banned_until_ns != m->banned_until_ns;
	}
}

static void
test_model(void)
{
	static struct world w;

	if (gate_sources_init(&w.table, CAPACITY, hash_key) < 0)
		tap_bail("no memory");
	for (int i = 0; i < ROUNDS && w.wrong == 0; i++) {
		/* The tide: at high water nearly all have connections. */
		uint64_t coming = i / 3000 % 3 == 0 ? 8 : 4;

		w.now_ns += tap_random_below(NUM_NS_PER_S / 5);
		if (tap_random_below(10) < coming)
			come(&w, tap_random_below(KEYS));
		else
			go(&w, tap_random_below(KEYS));
		if (i % 16 == 0)
			compare(&w);
	}
	tap_note("%u evicted, %u without a place, %u lifted", w.evicted,
	    w.shared, w.lifted);
	is_int(w.wrong, 0, "the table is as the model");
	ok(w.evicted > 1000 && w.shared > 1000 && w.lifted > 100,
	    "it was full at times, and had too many bans");
	gate_sources_done(&w.table);
}

static struct gate_source *
new_source(struct gate_sources *t, uint64_t number, uint64_t now_ns)
{
	struct gate_source_key key = { .service = 9 };

	memcpy(key.ip, &number, sizeof(number));
	return gate_sources_take(t, &key, now_ns);
}

/* A million strangers, each with a bucket that is not full yet. */
static void
test_flood(void)
{
	struct gate_sources t;
	uint64_t now = 1000 * NUM_NS_PER_S;
	size_t size;
	int there = 0;

	if (gate_sources_init(&t, 100, hash_key) < 0)
		tap_bail("no memory");
	for (uint64_t i = 0; i < 60; i++) {
		struct gate_source *s = new_source(&t, i, now);

		if (i < 20)
			gate_sources_enter(&t, s);
		else if (i < 40)
			s->banned_until_ns = now + 3600 * NUM_NS_PER_S;
		gate_sources_rest(&t, s, 3, now + 3600 * NUM_NS_PER_S, now);
	}
	size = gate_sources_size(&t);
	for (uint64_t i = 1000; i < 1001000; i++) {
		gate_sources_rest(&t, new_source(&t, i, now), 0,
		    now + 60 * NUM_NS_PER_S, now);
		now += 1000000;
	}
	for (uint64_t i = 0; i < 60; i++) {
		struct gate_source_key key = { .service = 9 };

		memcpy(key.ip, &i, sizeof(i));
		there += gate_sources_find(&t, &key) != NULL;
	}
	is_int(there, 60, "a flood of strangers drives out strangers only");
	ok(t.used == 100 && gate_sources_size(&t) == size,
	    "and the table stays as large as it was");
	gate_sources_done(&t);
}

static void
test_full(void)
{
	struct gate_sources t;
	struct gate_source *first, *shared;

	if (gate_sources_init(&t, 3, hash_key) < 0)
		tap_bail("no memory");
	for (uint64_t i = 0; i < 3; i++)
		gate_sources_enter(&t, new_source(&t, i, 0));
	shared = new_source(&t, 3, 0);
	ok(gate_sources_number(&t, shared) == GATE_SOURCE_SHARED &&
		new_source(&t, 4, 0) == shared && t.shared == 2,
	    "who finds no place shares one");
	gate_sources_enter(&t, shared);
	gate_sources_enter(&t, shared);
	is_int(shared->live, 2, "and is counted there");
	first = new_source(&t, 0, 0);
	gate_sources_leave(&t, first);
	ok(gate_sources_number(&t, new_source(&t, 5, 0)) ==
		gate_sources_number(&t, first),
	    "a place that is left is taken");
	gate_sources_leave(&t, shared);
	gate_sources_rest(&t, shared, 5, NUM_NS_PER_S, 0);
	is_int(shared->live, 1, "the shared one counts down");
	gate_sources_done(&t);
	gate_sources_done(&t);
	is_int(gate_sources_init(&t, 0, hash_key), -EINVAL,
	    "a table without room is refused");
	is_int(gate_sources_init(&t, UINT32_MAX, hash_key), -EINVAL,
	    "so is one of 4 billion");
}

static const char *
key_text(const char *address, uint8_t v4, uint8_t v6)
{
	static char buffer[64];
	struct gate_source_key key;
	struct addr_peer p = { .family = AF_UNIX };
	struct addr a;
	struct text t;

	p.at.local.uid = 1000;
	if (address != NULL && addr_parse(address, &a, NULL) == 0)
		addr_to_peer(&a, &p);
	text_init(&t, buffer, sizeof(buffer));
	if (gate_source_key(&p, 7, v4, v6, &key))
		gate_source_format(&key, v4, v6, &t);
	return buffer;
}

static void
test_keys(void)
{
	struct addr_peer nobody = { .family = AF_UNSPEC };
	struct gate_source_key key;

	is_str(key_text("192.0.2.7:80", 32, 64), "192.0.2.7",
	    "a source of IPv4 is an address");
	is_str(
	    key_text("192.0.2.7:80", 24, 64), "192.0.2.0/24", "or a network");
	is_str(key_text("192.0.2.7:80", 0, 64), "0.0.0.0/0", "or all of IPv4");
	is_str(key_text("[2001:db8:1:2:3::4]:80", 32, 64), "2001:db8:1:2::/64",
	    "one of IPv6 is a network");
	is_str(key_text("[2001:db8:1:2:3::4]:80", 32, 0), "::/0",
	    "or all of IPv6");
	is_str(key_text(NULL, 32, 64), "unix:uid=1000",
	    "one of a unix socket is a user");
	ok(!gate_source_key(&nobody, 7, 32, 64, &key),
	    "without an address there is none");
	is_int(sizeof(struct gate_source), 64, "an entry is a cache line");
}

int
main(void)
{
	tap_seed(14);
	test_keys();
	test_full();
	test_model();
	test_flood();
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* A hash with chains over one array of entries, and lists through it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cidr.h"
#include "base/num.h"
#include "gate/source.h"

#define LINE          64
#define CAPACITY_MOST (UINT32_C(1) << 30)

_Static_assert(sizeof(struct gate_source) == LINE, "one cache line");
_Static_assert(GATE_SOURCE_LISTS <= 64, "lists_filled has 64 bits");

int
gate_sources_init(struct gate_sources *t, uint32_t capacity,
    const uint8_t random[SIPHASH_KEY_SIZE])
{
	size_t entries, buckets = 64;
	uintptr_t at;

	if (capacity == 0 || capacity > CAPACITY_MOST)
		return -EINVAL;
	while (buckets < capacity)
		buckets *= 2;
	entries = ((size_t)capacity + 1) * LINE;
	*t = (struct gate_sources) {
		.bucket_mask = (uint32_t)(buckets - 1),
		.capacity = capacity,
		.banned_most = capacity / 2,
	};
	/* Pages that were never used cost nothing. */
	t->memory = calloc(1, entries + buckets * sizeof(uint32_t) + LINE);
	if (t->memory == NULL)
		return -ENOMEM;
	at = ((uintptr_t)t->memory + LINE - 1) & ~(uintptr_t)(LINE - 1);
	t->at = (struct gate_source *)at;
	t->buckets = (uint32_t *)(at + entries);
	siphash_key(random, &t->hash_key);
	return 0;
}

void
gate_sources_done(struct gate_sources *t)
{
	free(t->memory);
	*t = (struct gate_sources) { 0 };
}

bool
gate_source_key(const struct addr_peer *peer, uint32_t service,
    uint8_t prefix_v4, uint8_t prefix_v6, struct gate_source_key *ret_key)
{
	struct gate_source_key key = { .service = service };

	if (peer->family == AF_UNIX) {
		key.service |= GATE_SOURCE_UNIX;
		memcpy(key.ip, &peer->at.local.uid, sizeof(uint32_t));
	} else if (cidr_from_peer(peer, key.ip)) {
		cidr_mask(key.ip,
		    cidr_is_v4(key.ip) ? CIDR_V4_BITS + prefix_v4 : prefix_v6);
	} else {
		return false;
	}
	*ret_key = key;
	return true;
}

static uint32_t *
bucket_of(const struct gate_sources *t, const struct gate_source_key *key)
{
	uint64_t hash = siphash(&t->hash_key, key, sizeof(*key));

	return &t->buckets[hash & t->bucket_mask];
}

static struct gate_source *
find_in(const struct gate_sources *t, uint32_t at,
    const struct gate_source_key *key)
{
	while (at != 0 && memcmp(&t->at[at].key, key, sizeof(*key)) != 0)
		at = t->at[at].chain;
	return at == 0 ? NULL : &t->at[at];
}

struct gate_source *
gate_sources_find(
    const struct gate_sources *t, const struct gate_source_key *key)
{
	return find_in(t, *bucket_of(t, key), key);
}

uint32_t
gate_sources_number(const struct gate_sources *t, const struct gate_source *s)
{
	return (uint32_t)(s - t->at);
}

struct gate_source *
gate_sources_at(struct gate_sources *t, uint32_t number)
{
	return &t->at[number];
}

static bool
is_shared(const struct gate_sources *t, const struct gate_source *s)
{
	return s == &t->at[GATE_SOURCE_SHARED];
}

/* Who has no connections is in a list at all times. */
static void
unlink_list(struct gate_sources *t, struct gate_source *s)
{
	struct gate_source_list *list = &t->lists[s->list];

	if (s->newer != 0)
		t->at[s->newer].older = s->older;
	else
		list->newest = s->older;
	if (s->older != 0)
		t->at[s->older].newer = s->newer;
	else
		list->oldest = s->newer;
	if (list->newest == 0)
		t->lists_filled &= ~(UINT64_C(1) << s->list);
	if (s->list >= GATE_SOURCE_WEIGHTS)
		t->banned--;
	s->newer = s->older = 0;
}

static void
link_newest(struct gate_sources *t, struct gate_source *s, unsigned int to)
{
	struct gate_source_list *list = &t->lists[to];
	uint32_t number = gate_sources_number(t, s);

	s->list = (uint8_t)to;
	s->older = list->newest;
	if (list->newest != 0)
		t->at[list->newest].newer = number;
	else
		list->oldest = number;
	list->newest = number;
	t->lists_filled |= UINT64_C(1) << to;
	if (to >= GATE_SOURCE_WEIGHTS)
		t->banned++;
}

static bool
is_forgettable(const struct gate_source *s, uint64_t now_ns)
{
	return s->keep_until_s <= now_ns / NUM_NS_PER_S &&
	    s->banned_until_ns <= now_ns;
}

/* Who gives way: see source.h.  0 for nobody. */
static uint32_t
choose_victim(struct gate_sources *t, uint64_t now_ns)
{
	uint64_t filled = t->lists_filled;
	uint32_t lightest = 0;

	for (; filled != 0; filled &= filled - 1) {
		int list = __builtin_ctzll(filled);
		uint32_t oldest = t->lists[list].oldest;

		if (is_forgettable(&t->at[oldest], now_ns))
			return oldest;
		if (lightest == 0 && list < GATE_SOURCE_WEIGHTS)
			lightest = oldest;
	}
	t->evicted += lightest != 0;
	return lightest;
}

static void
unlink_chain(struct gate_sources *t, const struct gate_source *s)
{
	uint32_t *link = bucket_of(t, &s->key);

	while (&t->at[*link] != s)
		link = &t->at[*link].chain;
	*link = s->chain;
}

/* A place for a new source, 0 if there is none. */
static uint32_t
find_place(struct gate_sources *t, uint64_t now_ns)
{
	uint32_t place;

	if (t->used < t->capacity)
		return ++t->used;
	place = choose_victim(t, now_ns);
	if (place != 0) {
		unlink_list(t, &t->at[place]);
		unlink_chain(t, &t->at[place]);
	}
	return place;
}

struct gate_source *
gate_sources_take(
    struct gate_sources *t, const struct gate_source_key *key, uint64_t now_ns)
{
	uint32_t *bucket = bucket_of(t, key);
	struct gate_source *s = find_in(t, *bucket, key);
	uint32_t place;

	if (s != NULL)
		return s;
	place = find_place(t, now_ns);
	if (place == 0) {
		t->shared++;
		return &t->at[GATE_SOURCE_SHARED];
	}
	s = &t->at[place];
	*s = (struct gate_source) { .key = *key, .chain = *bucket };
	*bucket = place;
	link_newest(t, s, 0);
	return s;
}

/* Bans of about one length end in about the order in which they began. */
static unsigned int
ban_list(uint64_t left_ns)
{
	uint64_t left_s = left_ns / NUM_NS_PER_S;
	unsigned int log = 0;

	while ((left_s >>= 1) != 0)
		log++;
	if (log >= GATE_SOURCE_BANS)
		log = GATE_SOURCE_BANS - 1;
	return GATE_SOURCE_WEIGHTS + log;
}

static uint32_t
first_ban_to_end(const struct gate_sources *t)
{
	uint64_t filled = t->lists_filled >> GATE_SOURCE_WEIGHTS
		<< GATE_SOURCE_WEIGHTS;
	uint32_t first = 0;

	for (; filled != 0; filled &= filled - 1) {
		uint32_t oldest = t->lists[__builtin_ctzll(filled)].oldest;

		if (first == 0 ||
		    t->at[oldest].banned_until_ns <
			t->at[first].banned_until_ns)
			first = oldest;
	}
	return first;
}

static void
lift_one(struct gate_sources *t, uint64_t now_ns)
{
	struct gate_source *s = &t->at[first_ban_to_end(t)];

	if (s->banned_until_ns > now_ns)
		t->evicted++;
	s->banned_until_ns =
	    now_ns < s->banned_until_ns ? now_ns : s->banned_until_ns;
	unlink_list(t, s);
	link_newest(t, s, GATE_SOURCE_WEIGHTS - 1);
}

static uint32_t
seconds_up(uint64_t ns)
{
	uint64_t s = ns / NUM_NS_PER_S + (ns % NUM_NS_PER_S != 0);

	return s > UINT32_MAX ? UINT32_MAX : (uint32_t)s;
}

void
gate_sources_rest(struct gate_sources *t, struct gate_source *s,
    unsigned int weight, uint64_t keep_until_ns, uint64_t now_ns)
{
	bool banned = s->banned_until_ns > now_ns;

	if (s->live > 0 || is_shared(t, s))
		return;
	unlink_list(t, s);
	s->keep_until_s = seconds_up(keep_until_ns);
	if (!banned) {
		link_newest(t, s, weight);
		return;
	}
	link_newest(t, s, ban_list(s->banned_until_ns - now_ns));
	if (t->banned > t->banned_most)
		lift_one(t, now_ns);
}

void
gate_sources_enter(struct gate_sources *t, struct gate_source *s)
{
	if (s->live++ == 0 && !is_shared(t, s))
		unlink_list(t, s);
}

void
gate_sources_leave(struct gate_sources *t, struct gate_source *s)
{
	if (--s->live == 0 && !is_shared(t, s))
		link_newest(t, s, 0);
}

void
gate_source_format(const struct gate_source_key *key, uint8_t prefix_v4,
    uint8_t prefix_v6, struct text *t)
{
	struct cidr net;
	uint32_t uid;

	if ((key->service & GATE_SOURCE_UNIX) != 0) {
		memcpy(&uid, key->ip, sizeof(uid));
		text_string(t, "unix:uid=");
		text_unsigned(t, uid);
		return;
	}
	memcpy(net.ip, key->ip, sizeof(net.ip));
	net.length = cidr_is_v4(key->ip) ? (uint8_t)(CIDR_V4_BITS + prefix_v4)
					 : prefix_v6;
	cidr_format(&net, t);
}

size_t
gate_sources_size(const struct gate_sources *t)
{
	return ((size_t)t->capacity + 1) * LINE +
	    ((size_t)t->bucket_mask + 1) * sizeof(uint32_t) + LINE;
}

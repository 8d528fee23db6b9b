/* SPDX-License-Identifier: ISC */
/*
 * The table of sources: what superd remembers of who has come.  A source is
 * a network of clients as one service sees it (or a user, of a unix socket):
 * all that is counted is counted by service and source.
 *
 * The table has a fixed size.  A source is pinned while it has connections,
 * and stays while it is banned.  All others rest in lists by how much is
 * known of them (their weight) and give way when a new one needs a place:
 * first those with nothing to remember, then the lightest, the one seen
 * longest ago first.  So a flood of new sources, each light, drives out its
 * own kind only.  All operations are O(1).
 */
#ifndef SUPERD_GATE_SOURCE_H
#define SUPERD_GATE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/siphash.h"
#include "base/text.h"

/* Weights are below this; a ban is a list of its own kind. */
#define GATE_SOURCE_WEIGHTS 16
#define GATE_SOURCE_BANS    24
#define GATE_SOURCE_LISTS   (GATE_SOURCE_WEIGHTS + GATE_SOURCE_BANS)

/* What all share for whom there is no place; see gate_sources_take(). */
#define GATE_SOURCE_SHARED 0

/* Who: an address cut to the service's prefix, or a user. */
struct gate_source_key {
	uint8_t ip[16];   /* unix: the uid, then zeros */
	uint32_t service; /* GATE_SOURCE_UNIX is set for a user */
};

#define GATE_SOURCE_UNIX UINT32_C(0x80000000)

/* One cache line. */
struct gate_source {
	struct gate_source_key key;
	uint32_t live;            /* connections */
	uint64_t tat_ns;          /* of rate_per_source; see rate.h */
	uint64_t banned_until_ns; /* 0: never was */
	uint32_t keep_until_s;    /* nothing to remember from then on */
	uint32_t events_since_s;  /* the window of ban_after began */
	uint16_t events;          /* in that window */
	uint8_t strikes;          /* bans before the present or last one */
	uint8_t list;             /* where it rests, if it does */
	uint32_t chain;           /* the next of the same hash, 0 for none */
	uint32_t newer, older;    /* in its list, 0 for none */
};

struct gate_source_list {
	uint32_t newest, oldest;
};

struct gate_sources {
	struct gate_source *at; /* [0] is shared, others from 1 on */
	uint32_t *buckets;
	void *memory; /* of both */
	uint32_t bucket_mask;
	uint32_t capacity;
	uint32_t used;         /* entries that ever held a source */
	uint32_t banned;       /* in the lists of bans */
	uint32_t banned_most;  /* half of the capacity */
	uint64_t lists_filled; /* bit N: lists[N] has one */
	uint64_t evicted;      /* that still had something to remember */
	uint64_t shared;       /* how often there was no place */
	struct gate_source_list lists[GATE_SOURCE_LISTS];
	struct siphash_key hash_key;
};

/*
 * A table for `capacity` sources.  With at least twice as many places as
 * there can be connections, there always is one for a new source.  `random`
 * is of getrandom(2).  Returns 0, -EINVAL for a capacity of 0 or over 2^30,
 * or -ENOMEM.
 */
int gate_sources_init(struct gate_sources *t, uint32_t capacity,
    const uint8_t random[SIPHASH_KEY_SIZE]);
void gate_sources_done(struct gate_sources *t);

/*
 * The key of a peer: its address cut to prefix_v4 (0 to 32) or prefix_v6 (0
 * to 128) bits, or its user.  service is below GATE_SOURCE_UNIX.  False for
 * peers without either.  [pure]
 */
bool gate_source_key(const struct addr_peer *peer, uint32_t service,
    uint8_t prefix_v4, uint8_t prefix_v6, struct gate_source_key *ret_key);

/* NULL if it is not there.  [hot] */
struct gate_source *gate_sources_find(
    const struct gate_sources *t, const struct gate_source_key *key);

/*
 * Finds or makes it; never NULL.  Where every place is pinned or banned, it
 * is the shared source, which all who find no place are counted in
 * together: safe for the service, unjust to them.  It is never banned.
 * [hot]
 */
struct gate_source *gate_sources_take(
    struct gate_sources *t, const struct gate_source_key *key, uint64_t now_ns);

/*
 * Files a source without connections after it was used: by weight (below
 * GATE_SOURCE_WEIGHTS) and until when there is something to remember, or if
 * it is banned, by that.  If more than half of the places are banned then,
 * one of the bans that end first is lifted.  Nothing, for one with
 * connections and the shared one.
 */
void gate_sources_rest(struct gate_sources *t, struct gate_source *s,
    unsigned int weight, uint64_t keep_until_ns, uint64_t now_ns);

/* Pins and frees: one connection more, one less (then let it rest). */
void gate_sources_enter(struct gate_sources *t, struct gate_source *s);
void gate_sources_leave(struct gate_sources *t, struct gate_source *s);

/* The number by which a connection remembers its source, and back. */
uint32_t gate_sources_number(
    const struct gate_sources *t, const struct gate_source *s);
struct gate_source *gate_sources_at(struct gate_sources *t, uint32_t number);

/* For people: 192.0.2.7, 2001:db8:1:2::/64, unix:uid=1000. */
void gate_source_format(const struct gate_source_key *key, uint8_t prefix_v4,
    uint8_t prefix_v6, struct text *t);

/* Bytes of memory; constant.  [pure] */
size_t gate_sources_size(const struct gate_sources *t);

#endif

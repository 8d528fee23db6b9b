/* SPDX-License-Identifier: ISC */
/*
 * A map from 64-bit keys to small numbers that is constant over ranges: an
 * array of where the value changes, and an index into it that is as coarse or
 * fine as the array is sparse or dense there.  A find costs about two cache
 * misses for any size.
 */
#ifndef SUPERD_GATE_RANGES_H
#define SUPERD_GATE_RANGES_H

#include <stddef.h>
#include <stdint.h>

/* From `start` up to the next one's the value holds. */
struct gate_range {
	uint64_t start;
	uint32_t value;
};

/* A part of an index; see ranges.c. */
struct gate_ranges_node {
	uint64_t base;
	uint32_t slots; /* where its slots begin */
	uint32_t last;  /* the last of them, counted from there */
	uint32_t shift;
};

struct gate_ranges_slot {
	uint32_t first; /* the first range that starts in it or behind it */
	uint32_t count; /* of ranges; or with NODE set, a node */
};

/* Many maps share the three arrays. */
struct gate_ranges {
	struct gate_range *ranges;
	size_t range_count, range_room;
	struct gate_ranges_node *nodes;
	size_t node_count, node_room;
	struct gate_ranges_slot *slots;
	size_t slot_count, slot_room;
};

/* One map: a slot that holds all of it. */
struct gate_ranges_map {
	struct gate_ranges_slot root;
};

/* Starts a map; ranges follow.  Returns the place of its first range. */
uint32_t gate_ranges_begin(const struct gate_ranges *r);

/*
 * Adds a range to the map that was begun; starts must rise, the first is 0.
 * A value like the one before is not stored.  Returns 0 or -ENOMEM.
 */
int gate_ranges_add(
    struct gate_ranges *r, uint32_t first, uint64_t start, uint32_t value);

/* Ends the map that began at `first`: indexes it.  Returns 0 or -ENOMEM. */
int gate_ranges_end(
    struct gate_ranges *r, uint32_t first, struct gate_ranges_map *ret_map);

/* The value at key.  [pure] [hot] */
uint32_t gate_ranges_find(const struct gate_ranges *r,
    const struct gate_ranges_map *map, uint64_t key);

/* Gives back what was reserved and is not used. */
void gate_ranges_trim(struct gate_ranges *r);
void gate_ranges_done(struct gate_ranges *r);
size_t gate_ranges_size(const struct gate_ranges *r);

#endif

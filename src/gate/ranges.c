/* SPDX-License-Identifier: ISC */
/*
 * A slot holds up to LEAF_MOST ranges, which are looked through, or leads to
 * a node that cuts it into equal parts: as many as half the ranges there,
 * between the first and the last start.  Where starts are spread evenly,
 * one node does it; clusters get nodes of their own.  Below DEPTH_MOST nodes
 * the slots are searched by halving, so that no list of networks, however
 * contrived, needs more than O(log n) time or O(n) memory.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "gate/ranges.h"

#define LEAF_MOST  8
#define DEPTH_MOST 4
#define NODE       UINT32_C(0x80000000)

/* Makes room for `more` behind `count`. */
static int
reserve(void **array, size_t size, size_t count, size_t more, size_t *room)
{
	size_t want = count + more;
	void *grown;

	if (want <= *room)
		return 0;
	if (want < *room + *room / 2)
		want = *room + *room / 2;
	grown = reallocarray(*array, want, size);
	if (grown == NULL)
		return -ENOMEM;
	*array = grown;
	*room = want;
	return 0;
}

uint32_t
gate_ranges_begin(const struct gate_ranges *r)
{
	return (uint32_t)r->range_count;
}

int
gate_ranges_add(
    struct gate_ranges *r, uint32_t first, uint64_t start, uint32_t value)
{
	void *array = r->ranges;
	int error;

	if (r->range_count > first &&
	    r->ranges[r->range_count - 1].value == value)
		return 0;
	error = reserve(
	    &array, sizeof(*r->ranges), r->range_count, 1, &r->range_room);
	if (error < 0)
		return error;
	r->ranges = array;
	r->ranges[r->range_count++] =
	    (struct gate_range) { .start = start, .value = value };
	return 0;
}

/* Cuts the span of the ranges into parts, about two ranges for each. */
static struct gate_ranges_node
cut(const struct gate_ranges *r, uint32_t first, uint32_t count)
{
	uint64_t base = r->ranges[first].start;
	uint64_t span = r->ranges[first + count - 1].start - base;
	struct gate_ranges_node n = { .base = base };

	while (span >> n.shift >= count / 2)
		n.shift++;
	n.last = (uint32_t)(span >> n.shift);
	return n;
}

/* Tells each slot of a node which ranges are its own. */
static void
fill(struct gate_ranges *r, const struct gate_ranges_node *n, uint32_t first,
    uint32_t count)
{
	struct gate_ranges_slot *slot = &r->slots[n->slots];
	uint32_t i = first;

	for (uint32_t at = 0; at <= n->last; at++, slot++) {
		slot->first = i;
		while (i < first + count &&
		    (r->ranges[i].start - n->base) >> n->shift == at)
			i++;
		slot->count = i - slot->first;
	}
}

static int
add_node(
    struct gate_ranges *r, uint32_t first, uint32_t count, uint32_t *ret_node)
{
	struct gate_ranges_node n = cut(r, first, count);
	void *nodes = r->nodes, *slots = r->slots;
	int error;

	error = reserve(&nodes, sizeof(n), r->node_count, 1, &r->node_room);
	if (error < 0)
		return error;
	r->nodes = nodes;
	error = reserve(&slots, sizeof(*r->slots), r->slot_count,
	    (size_t)n.last + 1, &r->slot_room);
	if (error < 0)
		return error;
	r->slots = slots;
	n.slots = (uint32_t)r->slot_count;
	r->slot_count += (size_t)n.last + 1;
	r->nodes[r->node_count] = n;
	*ret_node = (uint32_t)r->node_count++;
	fill(r, &n, first, count);
	return 0;
}

/* Gives a crowded slot a node, and the crowded slots of that. */
static int
divide(struct gate_ranges *r, struct gate_ranges_slot *slot, int depth)
{
	uint32_t node, slots, last;
	int error;

	if (slot->count <= LEAF_MOST || depth == DEPTH_MOST)
		return 0;
	error = add_node(r, slot->first, slot->count, &node);
	if (error < 0)
		return error;
	slot->count = NODE | node;
	slots = r->nodes[node].slots;
	last = r->nodes[node].last;
	for (uint32_t i = 0; i <= last; i++) {
		struct gate_ranges_slot child = r->slots[slots + i];

		error = divide(r, &child, depth + 1);
		if (error < 0)
			return error;
		r->slots[slots + i] = child;
	}
	return 0;
}

int
gate_ranges_end(
    struct gate_ranges *r, uint32_t first, struct gate_ranges_map *ret_map)
{
	struct gate_ranges_map map = {
		.root = { .first = first,
		    .count = (uint32_t)r->range_count - first },
	};
	int error = divide(r, &map.root, 0);

	if (error == 0)
		*ret_map = map;
	return error;
}

/* How many of the ranges start at or before key. */
static uint32_t
count_before(const struct gate_range *range, uint32_t count, uint64_t key)
{
	uint32_t before = 0;

	while (count > LEAF_MOST) {
		uint32_t half = count / 2;

		if (range[before + half].start <= key)
			before += half;
		count -= half;
	}
	for (uint32_t i = 0, at = before; i < count; i++)
		before += range[at + i].start <= key;
	return before;
}

uint32_t
gate_ranges_find(const struct gate_ranges *r, const struct gate_ranges_map *map,
    uint64_t key)
{
	struct gate_ranges_slot slot = map->root;
	uint32_t before;

	while ((slot.count & NODE) != 0) {
		const struct gate_ranges_node *n =
		    &r->nodes[slot.count & ~NODE];
		uint64_t at;

		/* In front of all that the slot has: the one before it. */
		if (key < n->base)
			return r->ranges[slot.first - 1].value;
		at = (key - n->base) >> n->shift;
		slot = r->slots[n->slots + (at < n->last ? at : n->last)];
	}
	before = count_before(&r->ranges[slot.first], slot.count, key);
	return r->ranges[slot.first + before - 1].value;
}

static void
trim(void **array, size_t size, size_t count, size_t *room)
{
	void *less;

	if (count == 0 || count == *room)
		return;
	less = reallocarray(*array, count, size);
	if (less == NULL)
		return;
	*array = less;
	*room = count;
}

void
gate_ranges_trim(struct gate_ranges *r)
{
	void *ranges = r->ranges, *nodes = r->nodes, *slots = r->slots;

	trim(&ranges, sizeof(*r->ranges), r->range_count, &r->range_room);
	trim(&nodes, sizeof(*r->nodes), r->node_count, &r->node_room);
	trim(&slots, sizeof(*r->slots), r->slot_count, &r->slot_room);
	r->ranges = ranges;
	r->nodes = nodes;
	r->slots = slots;
}

void
gate_ranges_done(struct gate_ranges *r)
{
	free(r->ranges);
	free(r->nodes);
	free(r->slots);
	*r = (struct gate_ranges) { 0 };
}

size_t
gate_ranges_size(const struct gate_ranges *r)
{
	return r->range_room * sizeof(*r->ranges) +
	    r->node_room * sizeof(*r->nodes) + r->slot_room * sizeof(*r->slots);
}

/* SPDX-License-Identifier: ISC */
/* Numbers, or names by their hashes, in order; see state_index.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/state_head.h"
#include "core/state_index.h"

int
state_index_init(struct state_index *x, size_t room)
{
	*x = (struct state_index) { .room = room };
	x->cells = calloc(room == 0 ? 1 : room, 2 * sizeof(*x->cells));
	return x->cells == NULL ? -ENOMEM : 0;
}

void
state_index_done(struct state_index *x)
{
	free(x->cells);
	*x = (struct state_index) { 0 };
}

void
state_index_add(struct state_index *x, uint64_t number)
{
	x->cells[x->count++].key = number;
}

void
state_index_add_name(struct state_index *x, const char *name)
{
	x->cells[x->count++] = (struct state_index_cell) {
		.key = state_checksum(name, strlen(name)),
		.name = name,
	};
}

/* By one byte of the key; false if all have the same one. */
static bool
sort_by(const struct state_index_cell *from, struct state_index_cell *to,
    size_t count, unsigned int shift)
{
	size_t starts[256] = { 0 }, next = 0;

	for (size_t i = 0; i < count; i++)
		starts[from[i].key >> shift & 0xff]++;
	for (size_t i = 0; i < 256; i++) {
		size_t here = starts[i];

		if (here == count)
			return false;
		starts[i] = next;
		next += here;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[from[i].key >> shift & 0xff]++] = from[i];
	return true;
}

void
state_index_sort(struct state_index *x)
{
	struct state_index_cell *from = x->cells, *to = x->cells + x->room;

	for (unsigned int shift = 0; shift < 64 && x->count > 0; shift += 8) {
		struct state_index_cell *sorted = to;

		if (!sort_by(from, to, x->count, shift))
			continue;
		to = from;
		from = sorted;
	}
	if (from != x->cells)
		memcpy(x->cells, from, x->count * sizeof(*from));
}

const uint64_t *
state_index_twice(const struct state_index *x)
{
	for (size_t i = 1; i < x->count; i++) {
		if (x->cells[i].key == x->cells[i - 1].key)
			return &x->cells[i].key;
	}
	return NULL;
}

/* The first cell whose key is not below that one. */
static size_t
lower_bound(const struct state_index *x, uint64_t key)
{
	size_t low = 0, high = x->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (x->cells[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Is it among the cells of its hash before `end`? */
static bool
has_before(
    const struct state_index *x, uint64_t key, const char *name, size_t end)
{
	for (size_t i = lower_bound(x, key); i < end && x->cells[i].key == key;
	     i++) {
		if (strcmp(x->cells[i].name, name) == 0)
			return true;
	}
	return false;
}

const char *
state_index_name_twice(const struct state_index *x)
{
	for (size_t i = 1; i < x->count; i++) {
		const struct state_index_cell *c = &x->cells[i];

		if (c->key == c[-1].key && has_before(x, c->key, c->name, i))
			return c->name;
	}
	return NULL;
}

bool
state_index_has_name(const struct state_index *x, const char *name)
{
	return has_before(
	    x, state_checksum(name, strlen(name)), name, x->count);
}

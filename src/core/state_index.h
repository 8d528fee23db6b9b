/* SPDX-License-Identifier: ISC */
/*
 * A set of numbers or names that tells whether one comes twice.  Sorting by
 * radix costs the same whatever somebody has thought up for keys.
 */
#ifndef SUPERD_CORE_STATE_INDEX_H
#define SUPERD_CORE_STATE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct state_index_cell {
	uint64_t key;
	const char *name; /* of names; borrowed */
};

struct state_index {
	struct state_index_cell *cells; /* as many again are for sorting */
	size_t count, room;
};

/* Room for as many as that.  Returns 0 or -ENOMEM. */
int state_index_init(struct state_index *x, size_t room);
void state_index_done(struct state_index *x);

/* In any order, no more than there is room for. */
void state_index_add(struct state_index *x, uint64_t number);
void state_index_add_name(struct state_index *x, const char *name);

/* Once all are in, and before anything below is asked. */
void state_index_sort(struct state_index *x);

/* One that comes twice, NULL if none does. */
const uint64_t *state_index_twice(const struct state_index *x);
const char *state_index_name_twice(const struct state_index *x);

bool state_index_has_name(const struct state_index *x, const char *name);

#endif

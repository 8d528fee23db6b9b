/* SPDX-License-Identifier: ISC */
/*
 * A hash table of fixed capacity from a number to a pointer: open addressing,
 * no allocation after table_init(), never slower as it ages (deletion closes
 * the gap).  Keys come from the kernel (pids), not from clients.
 */
#ifndef SUPERD_BASE_TABLE_H
#define SUPERD_BASE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table {
	struct table_cell *cells;
	uint32_t mask;
	uint32_t capacity; /* most entries that it takes */
	uint32_t count;
};

/* Room for `capacity` entries.  Returns 0 or -ENOMEM. */
int table_init(struct table *t, uint32_t capacity);
void table_done(struct table *t);

/* Returns 0, -ENOSPC when full, -EEXIST.  value must not be NULL. */
int table_insert(struct table *t, uint64_t key, void *value);

/* NULL if there is none. */
void *table_find(const struct table *t, uint64_t key);

/* Takes it out and returns it; NULL if there was none. */
void *table_remove(struct table *t, uint64_t key);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Linear probing at a load of at most one half; removing an entry moves the
 * ones behind it up, so that no tombstones gather.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/table.h"

struct table_cell {
	uint64_t key;
	void *value; /* NULL: free */
};

/* Fibonacci hashing: pids that follow each other land far apart. */
static uint32_t
home(const struct table *t, uint64_t key)
{
	return (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & t->mask;
}

int
table_init(struct table *t, uint32_t capacity)
{
	uint32_t cells = 16;

	while (cells / 2 < capacity && cells < UINT32_C(1) << 30)
		cells *= 2;
	*t = (struct table) { .mask = cells - 1, .capacity = capacity };
	t->cells = calloc(cells, sizeof(*t->cells));
	return t->cells == NULL ? -ENOMEM : 0;
}

void
table_done(struct table *t)
{
	free(t->cells);
	*t = (struct table) { 0 };
}

/* The cell of key, or the free one where it would go. */
static uint32_t
seek(const struct table *t, uint64_t key)
{
	uint32_t i = home(t, key);

	while (t->cells[i].value != NULL && t->cells[i].key != key)
		i = (i + 1) & t->mask;
	return i;
}

int
table_insert(struct table *t, uint64_t key, void *value)
{
	struct table_cell *cell = &t->cells[seek(t, key)];

	if (cell->value != NULL)
		return -EEXIST;
	if (t->count == t->capacity)
		return -ENOSPC;
	cell->key = key;
	cell->value = value;
	t->count++;
	return 0;
}

void *
table_find(const struct table *t, uint64_t key)
{
	return t->cells[seek(t, key)].value;
}

/* May the entry whose home is `wants` stay at `at` once `hole` is free? */
static bool
stays(uint32_t hole, uint32_t wants, uint32_t at)
{
	if (hole <= at)
		return hole < wants && wants <= at;
	return hole < wants || wants <= at;
}

void *
table_remove(struct table *t, uint64_t key)
{
	uint32_t hole = seek(t, key), i = hole;
	void *value = t->cells[hole].value;

	if (value == NULL)
		return NULL;
	for (;;) {
		i = (i + 1) & t->mask;
		if (t->cells[i].value == NULL)
			break;
		if (stays(hole, home(t, t->cells[i].key), i))
			continue;
		t->cells[hole] = t->cells[i];
		hole = i;
	}
	t->cells[hole].value = NULL;
	t->count--;
	return value;
}

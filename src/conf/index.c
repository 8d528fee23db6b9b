/* SPDX-License-Identifier: ISC */
/*
 * base/table maps 64-bit numbers; here a number is the hash of a key, and
 * keys whose hashes are equal hang together in a list.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "conf/index.h"

#define FIRST_CAPACITY 64

struct conf_index_entry {
	struct conf_index_entry *older; /* in order of age */
	struct conf_index_entry *alike; /* of the same hash */
	uint64_t hash;
	void *value;
	size_t length;
	char key[];
};

/* FNV-1a, its bits mixed once more because the table looks at few of them. */
static uint64_t
hash_of(const void *key, size_t length)
{
	const unsigned char *at = key;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	hash ^= hash >> 29;
	hash *= UINT64_C(0xbf58476d1ce4e5b9);
	return hash ^ hash >> 32;
}

int
conf_index_init(struct conf_index *x)
{
	*x = (struct conf_index) { .arena = arena_new() };
	if (x->arena != NULL && table_init(&x->table, FIRST_CAPACITY) == 0)
		return 0;
	conf_index_done(x);
	return -ENOMEM;
}

void
conf_index_done(struct conf_index *x)
{
	if (x->table.cells != NULL)
		table_done(&x->table);
	arena_free(x->arena);
	*x = (struct conf_index) { 0 };
}

void *
conf_index_find(const struct conf_index *x, const void *key, size_t length)
{
	const struct conf_index_entry *entry =
	    table_find(&x->table, hash_of(key, length));

	while (entry != NULL &&
	    (entry->length != length || memcmp(entry->key, key, length) != 0))
		entry = entry->alike;
	return entry == NULL ? NULL : entry->value;
}

/* There is room in the table. */
static void
put(struct table *t, struct conf_index_entry *entry)
{
	struct conf_index_entry *first = table_find(t, entry->hash);

	entry->alike = NULL;
	if (first == NULL) {
		(void)table_insert(t, entry->hash, entry);
	} else {
		entry->alike = first->alike;
		first->alike = entry;
	}
}

static int
grow(struct conf_index *x)
{
	struct table wider;

	if (x->table.capacity > UINT32_MAX / 4 ||
	    table_init(&wider, x->table.capacity * 2) < 0)
		return -ENOMEM;
	for (struct conf_index_entry *e = x->newest; e != NULL; e = e->older)
		put(&wider, e);
	table_done(&x->table);
	x->table = wider;
	return 0;
}

int
conf_index_add(
    struct conf_index *x, const void *key, size_t length, void *value)
{
	struct conf_index_entry *entry;

	if (x->table.count == x->table.capacity && grow(x) < 0)
		return -ENOMEM;
	entry = arena_alloc(x->arena, sizeof(*entry) + length);
	if (entry == NULL)
		return -ENOMEM;
	entry->hash = hash_of(key, length);
	entry->value = value;
	entry->length = length;
	memcpy(entry->key, key, length);
	entry->older = x->newest;
	x->newest = entry;
	put(&x->table, entry);
	return 0;
}

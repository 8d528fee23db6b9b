/* SPDX-License-Identifier: ISC */
/*
 * Things found by name: a map from bytes to pointers that grows as needed,
 * so that no check of a large configuration is slower than linear.
 */
#ifndef SUPERD_CONF_INDEX_H
#define SUPERD_CONF_INDEX_H

#include <stddef.h>

#include "base/table.h"

struct arena;
struct conf_index_entry;

struct conf_index {
	struct table table;              /* from hash to the first entry */
	struct conf_index_entry *newest; /* all of them */
	struct arena *arena;             /* its own */
};

/* Returns 0 or -ENOMEM. */
int conf_index_init(struct conf_index *x);

/* Accepts one that is all zero. */
void conf_index_done(struct conf_index *x);

/* NULL if there is none. */
void *conf_index_find(
    const struct conf_index *x, const void *key, size_t length);

/*
 * Copies the key; value must not be NULL and the key not be there yet.
 * Returns 0 or -ENOMEM.
 */
int conf_index_add(
    struct conf_index *x, const void *key, size_t length, void *value);

#endif

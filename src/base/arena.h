/* SPDX-License-Identifier: ISC */
/*
 * Memory of one lifetime: given out piece by piece, freed whole.  A loaded
 * configuration is one arena.
 */
#ifndef SUPERD_BASE_ARENA_H
#define SUPERD_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* NULL when there is no memory. */
struct arena *arena_new(void);

/* Accepts NULL. */
void arena_free(struct arena *arena);

/*
 * Zeroed memory, aligned for any type, that lives until arena_free().  NULL
 * when there is none; a size of 0 gives a valid pointer.
 */
void *arena_alloc(struct arena *arena, size_t size);

/* As arena_alloc(count * size), NULL if the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Copies; NULL when there is no memory. */
char *arena_string(struct arena *arena, const char *text);
char *arena_string_n(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes taken from the system so far.  [pure] */
size_t arena_size(const struct arena *arena);

#endif

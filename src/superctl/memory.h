/* SPDX-License-Identifier: ISC */
/*
 * Memory of a program that runs for a moment: when there is none it says so
 * and exits, because nothing better can be done.
 */
#ifndef SUPERD_SUPERCTL_MEMORY_H
#define SUPERD_SUPERCTL_MEMORY_H

#include <stddef.h>

#include "base/arena.h"

/* Never NULL; what is new is not zero, and freed with free(3). */
void *memory_new(size_t size);
struct arena *memory_arena(void);
char *memory_string(struct arena *arena, const char *text);
char *memory_bytes(struct arena *arena, const char *bytes, size_t length);

/*
 * Room for one more element of `size` bytes behind `count` in an array that
 * grows by doubling; returns the array, perhaps moved.  To free: free(3).
 */
void *memory_grow(void *array, size_t count, size_t size);

#endif

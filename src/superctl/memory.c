/* SPDX-License-Identifier: ISC */
/* See memory.h. */
#include <stdio.h>
#include <stdlib.h>

#include "superctl/memory.h"
#include "superctl/superctl.h"

static void *
need(void *memory)
{
	if (memory == NULL) {
		(void)fputs("superctl: out of memory\n", stderr);
		exit(EXIT_FAILED_CODE);
	}
	return memory;
}

void *
memory_new(size_t size)
{
	return need(malloc(size));
}

struct arena *
memory_arena(void)
{
	return need(arena_new());
}

char *
memory_string(struct arena *arena, const char *text)
{
	return need(arena_string(arena, text));
}

char *
memory_bytes(struct arena *arena, const char *bytes, size_t length)
{
	return need(arena_string_n(arena, bytes, length));
}

/* Full when the count is 0 or a power of two from 16 on. */
void *
memory_grow(void *array, size_t count, size_t size)
{
	if (count != 0 && (count < 16 || (count & (count - 1)) != 0))
		return array;
	return need(reallocarray(array, count < 16 ? 16 : 2 * count, size));
}

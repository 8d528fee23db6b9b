/* SPDX-License-Identifier: ISC */
/*
 * An arena is a list of blocks that double in size up to a bound; what is
 * larger than a block gets a block of its own.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define BLOCK_FIRST 4096
#define BLOCK_MOST  (256 * 1024)
#define ALIGNMENT   _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t size; /* of the memory behind this header */
	size_t used;
	max_align_t memory[];
};

struct arena {
	struct block *first; /* the one that is being filled */
	size_t next_size;
	size_t total;
};

struct arena *
arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena != NULL)
		arena->next_size = BLOCK_FIRST;
	return arena;
}

void
arena_free(struct arena *arena)
{
	struct block *next;

	if (arena == NULL)
		return;
	for (struct block *b = arena->first; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(arena);
}

static struct block *
block_add(struct arena *arena, size_t at_least)
{
	size_t size = arena->next_size;
	struct block *b;

	if (size < at_least)
		size = at_least;
	if (size > SIZE_MAX - sizeof(*b))
		return NULL;
	b = calloc(1, sizeof(*b) + size);
	if (b == NULL)
		return NULL;
	b->size = size;
	b->next = arena->first;
	arena->first = b;
	arena->total += sizeof(*b) + size;
	if (arena->next_size < BLOCK_MOST)
		arena->next_size *= 2;
	return b;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct block *b = arena->first;
	size_t rounded;

	if (size > SIZE_MAX - ALIGNMENT)
		return NULL;
	rounded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	if (b == NULL || b->size - b->used < rounded)
		b = block_add(arena, rounded);
	if (b == NULL)
		return NULL;
	b->used += rounded;
	return (char *)b->memory + b->used - rounded;
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return arena_alloc(arena, bytes);
}

char *
arena_string_n(struct arena *arena, const char *text, size_t length)
{
	char *copy;

	if (length == SIZE_MAX)
		return NULL;
	copy = arena_alloc(arena, length + 1);
	if (copy != NULL)
		memcpy(copy, text, length);
	return copy;
}

char *
arena_string(struct arena *arena, const char *text)
{
	return arena_string_n(arena, text, strlen(text));
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	char *text = NULL;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	if (n >= 0)
		text = arena_alloc(arena, (size_t)n + 1);
	if (text != NULL)
		(void)vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}

size_t
arena_size(const struct arena *arena)
{
	return arena->total;
}

/* SPDX-License-Identifier: ISC */
/* The arena: zeroed, aligned, apart from each other, freed whole. */
#include <stddef.h>

#include "base/arena.h"
#include "tap.h"

#define PIECES 20000

struct piece {
	unsigned char *at;
	size_t size;
};

static struct piece pieces[PIECES];

static size_t
random_size(void)
{
	uint64_t kind = tap_random_below(1000);

	if (kind == 0)
		return tap_random_below(1024 * 1024);
	return tap_random_below(kind < 100 ? 5000 : 65);
}

/* Every piece is filled with its own byte, and read again at the end. */
static void
test_pieces(void)
{
	struct arena *arena = arena_new();
	unsigned int crooked = 0, dirty = 0, touched = 0;
	size_t total = 0;

	for (size_t i = 0; i < PIECES; i++) {
		struct piece *p = &pieces[i];

		p->size = random_size();
		p->at = arena_alloc(arena, p->size);
		if (p->at == NULL)
			tap_bail("no memory");
		crooked += (uintptr_t)p->at % _Alignof(max_align_t) != 0;
		for (size_t j = 0; j < p->size; j++)
			dirty += p->at[j] != 0;
		memset(p->at, (int)(i % 255 + 1), p->size);
		total += p->size;
	}
	for (size_t i = 0; i < PIECES; i++)
		for (size_t j = 0; j < pieces[i].size; j++)
			touched += pieces[i].at[j] != i % 255 + 1;
	is_int(crooked, 0, "every piece is aligned for any type");
	is_int(dirty, 0, "every piece is zeroed");
	is_int(touched, 0, "no piece overlaps another");
	ok(arena_size(arena) >= total, "the size counts them all");
	arena_free(arena);
}

static void
test_small_ones(void)
{
	struct arena *arena = arena_new();
	size_t before;

	for (int i = 0; i < 100000; i++)
		(void)arena_alloc(arena, 16);
	ok(arena_size(arena) < 2 * 1600000, "many small ones cost little more");
	before = arena_size(arena);
	ok(arena_alloc(arena, 0) != NULL, "a size of 0 gives a pointer");
	is_int((intmax_t)arena_size(arena), (intmax_t)before,
	    "which costs nothing");
	arena_free(arena);
}

static void
test_too_much(void)
{
	struct arena *arena = arena_new();
	size_t before = arena_size(arena);
	char *last;

	ok(arena_alloc(arena, SIZE_MAX) == NULL, "SIZE_MAX is too much");
	ok(arena_alloc(arena, SIZE_MAX - 16) == NULL, "a little less too");
	ok(arena_array(arena, SIZE_MAX / 2, 3) == NULL,
	    "a product that overflows is refused");
	ok(arena_array(arena, (size_t)1 << 33, (size_t)1 << 33) == NULL,
	    "also one that would be small");
	ok(arena_string_n(arena, "", SIZE_MAX) == NULL,
	    "a string of SIZE_MAX has no room for its end");
	is_int((intmax_t)arena_size(arena), (intmax_t)before,
	    "and nothing was taken");
	last = arena_array(arena, 1000, 1000);
	ok(last != NULL && last[999999] == 0, "a big block is one piece");
	ok(arena_alloc(arena, 1) != NULL, "and small ones go on");
	arena_free(arena);
	arena_free(NULL);
}

static void
test_strings(void)
{
	struct arena *arena = arena_new();
	char longest[5000];
	const char *s;

	is_str(arena_string(arena, "hello"), "hello", "a copy of a string");
	is_str(arena_string_n(arena, "hello", 4), "hell", "of a part of it");
	is_str(arena_string_n(arena, "", 0), "", "of nothing");
	is_str(arena_printf(arena, "%s=%d", "x", 7), "x=7", "a printed one");
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	s = arena_printf(arena, "%s!", longest);
	ok(s != NULL && strlen(s) == sizeof(longest) &&
		s[sizeof(longest) - 1] == '!',
	    "a printed one that is longer than a block");
	arena_free(arena);
}

int
main(void)
{
	tap_seed(5);
	test_pieces();
	test_small_ones();
	test_too_much();
	test_strings();
	return done_testing();
}

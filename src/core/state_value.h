/* SPDX-License-Identifier: ISC */
/* The values of a state's fields, each kind of them; pure. */
#ifndef SUPERD_CORE_STATE_VALUE_H
#define SUPERD_CORE_STATE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/state_tables.h"

struct arena;

/* Bytes that somebody else owns. */
struct state_span {
	const uint8_t *at;
	size_t size;
};

/*
 * Little-endian numbers of `width` bytes, at most 8.  Inline, as nearly all
 * that a state is made of are numbers of a width that is known.
 */
static inline void
state_put_number(uint8_t *to, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

static inline uint64_t
state_get_number(const uint8_t *from, size_t width)
{
	uint64_t value = 0;

	for (size_t i = 0; i < width; i++)
		value |= (uint64_t)from[i] << (8 * i);
	return value;
}

/* Printable ASCII without blanks, 1 to `most` bytes. */
bool state_is_name(const char *text, size_t length, size_t most);

/* Has the value at `at` nothing to tell: is it the default of its kind? */
bool state_value_absent(enum state_kind kind, const void *at);

/* Makes it so, in zeroed memory. */
void state_value_clear(enum state_kind kind, void *at);

/* Can it have no value that may not be?  Nearly all fields are such. */
static inline bool
state_value_always_good(enum state_kind kind)
{
	return kind <= STATE_U64;
}

/*
 * May it be?  Values that are absent were not asked for.  Returns 0, -EINVAL
 * or -E2BIG with what is wrong with it.
 */
int state_value_check(enum state_kind kind, const void *at, struct err *e);

/* The bytes of a value that is good, and how many they are, below 65536. */
size_t state_value_size(enum state_kind kind, const void *at);
void state_value_put(enum state_kind kind, const void *at, uint8_t *to);

/* Fewest bytes that a value has, by its kind. */
extern const uint8_t state_value_least[STATE_KINDS];

/*
 * The way back, of no fewer bytes than that; text goes to arena.  What it
 * says may still be no good: see state_value_check().  Returns 0, -EINVAL,
 * -E2BIG or -ENOMEM.
 */
int state_value_get(enum state_kind kind, const struct state_span *from,
    struct arena *arena, void *at, struct err *e);

#endif

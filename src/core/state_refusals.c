/* SPDX-License-Identifier: ISC */
/* Counts of refusals, by the names of their reasons; see state_value.h. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "core/state_value_long.h"

#define COUNT_SIZE 8

_Static_assert(
    STATE_REFUSED_MAX *(1 + STATE_NAME_MAX + COUNT_SIZE) <= UINT16_MAX,
    "the length of a value has 16 bits");
_Static_assert(STATE_NAME_MAX <= UINT8_MAX, "that of a reason has 8");

static int
check_twice(const struct state_refusals *r, size_t at, struct err *e)
{
	for (size_t i = 0; i < at; i++) {
		if (strcmp(r->at[i].reason, r->at[at].reason) == 0)
			return err_set(e, EINVAL, "reason '%s' comes twice",
			    r->at[at].reason);
	}
	return 0;
}

int
state_refusals_check(const struct state_refusals *r, struct err *e)
{
	int error = 0;

	if (r->count > STATE_REFUSED_MAX)
		return err_set(e, E2BIG, "%zu reasons, at most %d can be",
		    r->count, STATE_REFUSED_MAX);
	for (size_t i = 0; i < r->count && error == 0; i++) {
		const char *reason = r->at[i].reason;

		if (!state_is_name(reason, strnlen(reason, STATE_NAME_MAX + 1),
			STATE_NAME_MAX))
			return err_set(
			    e, EINVAL, "reason %zu has no good name", i + 1);
		error = check_twice(r, i, e);
	}
	return error;
}

size_t
state_refusals_size(const struct state_refusals *r)
{
	size_t size = 0;

	for (size_t i = 0; i < r->count; i++)
		size += 1 + strlen(r->at[i].reason) + COUNT_SIZE;
	return size;
}

void
state_refusals_put(const struct state_refusals *r, uint8_t *to)
{
	for (size_t i = 0; i < r->count; i++) {
		size_t length = strlen(r->at[i].reason);

		*to++ = (uint8_t)length;
		memcpy(to, r->at[i].reason, length);
		to += length;
		state_put_number(to, r->at[i].count, COUNT_SIZE);
		to += COUNT_SIZE;
	}
}

/* How many entries there are, -1 if the last one is cut. */
static long
count_entries(const struct state_span *from)
{
	size_t at = 0;
	long count = 0;

	while (at < from->size) {
		at += 1 + (size_t)from->at[at] + COUNT_SIZE;
		count++;
	}
	return at == from->size ? count : -1;
}

int
state_refusals_get(const struct state_span *from, struct arena *arena,
    struct state_refusals *ret_refused, struct err *e)
{
	long count = count_entries(from);
	const uint8_t *at = from->at;
	struct state_refusal *all;

	if (count < 0)
		return err_set(e, EINVAL, "the last entry is cut off");
	if (count > STATE_REFUSED_MAX)
		return err_set(e, E2BIG, "%ld reasons, at most %d can be",
		    count, STATE_REFUSED_MAX);
	all = arena_array(arena, (size_t)count, sizeof(*all));
	if (all == NULL)
		return err_memory(e);
	for (long i = 0; i < count; i++) {
		size_t length = *at++;

		if (memchr(at, '\0', length) != NULL)
			return err_set(
			    e, EINVAL, "reason %ld has a NUL in it", i + 1);
		all[i].reason = arena_string_n(arena, (const char *)at, length);
		if (all[i].reason == NULL)
			return err_memory(e);
		at += length;
		all[i].count = state_get_number(at, COUNT_SIZE);
		at += COUNT_SIZE;
	}
	*ret_refused = (struct state_refusals) { all, (size_t)count };
	return 0;
}

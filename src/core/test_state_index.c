/* SPDX-License-Identifier: ISC */
/* What comes twice is found, whatever the order. */
#include "core/state_index.h"
#include "tap.h"

#define MOST   300
#define ROUNDS 3000

static uint64_t numbers[MOST];

static bool
twice(size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (numbers[i] == numbers[k])
				return true;
	return false;
}

static void
test_numbers(void)
{
	unsigned int wrong = 0, doubles = 0;

	for (int round = 0; round < ROUNDS; round++) {
		size_t count = tap_random_below(round % 2 == 0 ? 20 : MOST);
		unsigned int bits = 1 + (unsigned int)tap_random_below(63);
		struct state_index x;

		if (state_index_init(&x, count) < 0)
			tap_bail("no memory");
		for (size_t i = 0; i < count; i++) {
			numbers[i] = tap_random() >> bits;
			state_index_add(&x, numbers[i]);
		}
		state_index_sort(&x);
		wrong += (state_index_twice(&x) != NULL) != twice(count);
		doubles += state_index_twice(&x) != NULL;
		for (size_t i = 1; i < count; i++)
			wrong += x.cells[i - 1].key > x.cells[i].key;
		state_index_done(&x);
	}
	is_int(wrong, 0, "numbers are sorted, and doubles found");
	ok(doubles > 0 && doubles < ROUNDS, "where there are some");
}

static void
test_names(void)
{
	static char names[MOST][8];
	struct state_index x;
	unsigned int missed = 0;

	if (state_index_init(&x, MOST + 1) < 0)
		tap_bail("no memory");
	for (int i = 0; i < MOST; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "n%d", i);
		state_index_add_name(&x, names[i]);
	}
	state_index_sort(&x);
	ok(state_index_name_twice(&x) == NULL, "no name comes twice");
	for (int i = 0; i < MOST; i++)
		missed += !state_index_has_name(&x, names[i]);
	is_int(missed, 0, "each is found");
	ok(!state_index_has_name(&x, "n300") && !state_index_has_name(&x, ""),
	    "others are not");
	state_index_add_name(&x, "n77");
	state_index_sort(&x);
	is_str(state_index_name_twice(&x), "n77", "a double is found");
	state_index_done(&x);
}

/* Nobody can make such names, but they would not be mixed up. */
static void
test_equal_hashes(void)
{
	struct state_index x;

	if (state_index_init(&x, 3) < 0)
		tap_bail("no memory");
	state_index_add_name(&x, "a");
	state_index_add_name(&x, "b");
	state_index_add_name(&x, "a");
	x.cells[1].key = x.cells[0].key;
	state_index_sort(&x);
	is_str(state_index_name_twice(&x), "a",
	    "a double is found behind another of its hash");
	x.count = 2;
	ok(state_index_name_twice(&x) == NULL, "one hash is not one name");
	state_index_done(&x);
}

static void
test_nothing(void)
{
	struct state_index x;

	if (state_index_init(&x, 0) < 0)
		tap_bail("no memory");
	state_index_sort(&x);
	ok(state_index_twice(&x) == NULL && !state_index_has_name(&x, "a"),
	    "nothing has nothing twice");
	state_index_done(&x);
}

int
main(void)
{
	tap_seed(4);
	test_numbers();
	test_names();
	test_equal_hashes();
	test_nothing();
	return done_testing();
}

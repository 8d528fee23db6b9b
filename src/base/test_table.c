/* SPDX-License-Identifier: ISC */
/* The table against an array that is searched from end to end. */
#include <errno.h>

#include "base/table.h"
#include "tap.h"

#define CAPACITY 100
#define KEYS     300
#define ROUNDS   300000

/* Keys of a kind; most kinds are unkind. */
enum kind {
	KIND_PIDS,   /* in a row */
	KIND_RANDOM, /* all over 64 bits */
	KIND_SAME,   /* all with one home */
	KIND_END,    /* with homes at the end, so that runs wrap around */
	KINDS
};

static const char *const kinds[KINDS] = { "pids in a row", "random keys",
	"keys of one home", "keys at the end" };

struct world {
	struct table table;
	uint64_t keys[KEYS];
	char *model[KEYS]; /* what the table should hold for each */
	unsigned int held, wrong, full;
};

/* The table's own hash, so that the keys can be made to collide. */
static uint32_t
home(const struct table *t, uint64_t key)
{
	return (uint32_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & t->mask;
}

static bool
is_of_kind(const struct table *t, uint64_t key, enum kind kind)
{
	switch (kind) {
	case KIND_SAME:
		return home(t, key) == 3;
	case KIND_END:
		return home(t, key) >= t->mask - 5;
	default:
		return true;
	}
}

static void
make_keys(struct world *w, enum kind kind)
{
	uint64_t key = 1000;

	for (size_t i = 0; i < KEYS; i++) {
		do {
			key = kind == KIND_RANDOM ? tap_random() : key + 1;
		} while (!is_of_kind(&w->table, key, kind));
		w->keys[i] = key;
	}
}

static void
insert(struct world *w, size_t i)
{
	static char values[ROUNDS];
	char *value = &values[tap_random_below(ROUNDS)];
	int error = table_insert(&w->table, w->keys[i], value);
	int want = 0;

	if (w->model[i] != NULL)
		want = -EEXIST;
	else if (w->held == CAPACITY)
		want = -ENOSPC;
	w->wrong += error != want;
	w->full += want == -ENOSPC;
	if (want == 0) {
		w->model[i] = value;
		w->held++;
	}
}

static void
take_out(struct world *w, size_t i)
{
	w->wrong += table_remove(&w->table, w->keys[i]) != w->model[i];
	w->held -= w->model[i] != NULL;
	w->model[i] = NULL;
}

static void
test_kind(enum kind kind)
{
	struct world w = { .held = 0 };
	char what[128];

	if (table_init(&w.table, CAPACITY) < 0)
		tap_bail("no memory");
	make_keys(&w, kind);
	for (int i = 0; i < ROUNDS; i++) {
		size_t k = tap_random_below(KEYS);
		/* The tide: the table is filled, then emptied. */
		uint64_t fill = i / 2000 % 2 == 0 ? 8 : 2;

		if (tap_random_below(10) < fill)
			insert(&w, k);
		else
			take_out(&w, k);
		k = tap_random_below(KEYS);
		w.wrong += table_find(&w.table, w.keys[k]) != w.model[k];
		w.wrong += w.table.count != w.held;
	}
	for (size_t k = 0; k < KEYS; k++)
		w.wrong += table_find(&w.table, w.keys[k]) != w.model[k];
	snprintf(
	    what, sizeof(what), "%s: the table is as the model", kinds[kind]);
	is_int(w.wrong, 0, what);
	snprintf(what, sizeof(what), "%s: it was full at times", kinds[kind]);
	ok(w.full > 100, what);
	table_done(&w.table);
}

static void
test_edges(void)
{
	struct table t;
	char a, b;

	is_int(table_init(&t, 0), 0, "a table may have no room at all");
	is_int(table_insert(&t, 1, &a), -ENOSPC, "then nothing goes in");
	ok(table_find(&t, 1) == NULL && table_remove(&t, 1) == NULL,
	    "and nothing is found");
	table_done(&t);
	table_done(&t);
	ok(t.cells == NULL, "a table can be ended twice");
	(void)table_init(&t, 1);
	is_int(table_insert(&t, 0, &a), 0, "0 is a key");
	is_int(table_insert(&t, 0, &b), -EEXIST, "a key stands there once");
	is_int(table_insert(&t, UINT64_MAX, &b), -ENOSPC, "one is one");
	ok(table_find(&t, 0) == &a, "the first stays");
	ok(table_remove(&t, 0) == &a && t.count == 0, "and leaves");
	table_done(&t);
}

int
main(void)
{
	tap_seed(3);
	test_edges();
	for (int kind = 0; kind < KINDS; kind++)
		test_kind((enum kind)kind);
	return done_testing();
}

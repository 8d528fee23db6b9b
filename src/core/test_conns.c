/* SPDX-License-Identifier: ISC */
/* Connections in slots, against a plain list of who lives. */
#include "core/conns.h"
#include "core/listen_text.h"
#include "tap.h"

#define SLOTS  50
#define ROUNDS 200000

enum life {
	LIFE_NONE,
	LIFE_TAKEN,
	LIFE_LIVE
};

struct one {
	enum life life;
	struct core_conn *conn;
	uint64_t number;
	int pid;
};

static struct core_conns conns;
static struct one ones[SLOTS];
static unsigned int wrong, full;
static uint64_t last_number;

static struct one *
random_one(enum life life)
{
	size_t from = tap_random_below(SLOTS);

	for (size_t i = 0; i < SLOTS; i++)
		if (ones[(from + i) % SLOTS].life == life)
			return &ones[(from + i) % SLOTS];
	return NULL;
}

static bool
is_cleared(const struct core_conn *c)
{
	return c->number == 0 && c->service == NULL && c->partial == NULL &&
	    c->pid == 0 && c->end == 0 && c->timer.place == 0 &&
	    c->fault.step == 0;
}

static void
take(void)
{
	struct one *one = random_one(LIFE_NONE);
	struct core_conn *c = conns_take(&conns);

	wrong += (c == NULL) != (one == NULL);
	full += c == NULL;
	if (c == NULL || one == NULL)
		return;
	wrong += !is_cleared(c);
	for (size_t i = 0; i < SLOTS; i++)
		wrong += ones[i].life != LIFE_NONE && ones[i].conn == c;
	*one = (struct one) {
		.life = LIFE_TAKEN, .conn = c, .number = ++last_number
	};
	c->number = one->number;
}

static bool
is_pid_used(int pid)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (ones[i].life == LIFE_LIVE && ones[i].pid == pid)
			return true;
	return false;
}

/* Pids come back, as the kernel's do. */
static void
live(void)
{
	struct one *one = random_one(LIFE_TAKEN);

	if (one == NULL)
		return;
	do {
		one->pid = 1 + (int)tap_random_below(2 * SLOTS);
	} while (is_pid_used(one->pid));
	conns_live(&conns, one->conn, one->pid);
	one->life = LIFE_LIVE;
}

static void
give(void)
{
	struct one *one =
	    random_one(tap_random_below(5) == 0 ? LIFE_TAKEN : LIFE_LIVE);

	if (one == NULL)
		return;
	/* What superd may have noted meanwhile. */
	one->conn->end = CORE_END_STOP;
	one->conn->fault.step = 7;
	conns_give(&conns, one->conn);
	one->life = LIFE_NONE;
}

static void
compare(const struct one *one)
{
	uint32_t slot = one->conn->slot;
	bool lives = one->life == LIFE_LIVE;

	wrong += conns_by_slot(&conns, slot, one->number) !=
	    (lives ? one->conn : NULL);
	if (lives)
		wrong += conns_by_pid(&conns, one->pid) != one->conn;
	else if (one->pid != 0 && !is_pid_used(one->pid))
		wrong += conns_by_pid(&conns, one->pid) != NULL;
	if (lives)
		wrong += conns_by_slot(&conns, slot, one->number + 1) != NULL;
}

static void
test_model(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		uint32_t lives = 0;
		uint64_t dice = tap_random_below(10);

		if (dice < (round / 500 % 2 == 0 ? 5u : 2u))
			take();
		else if (dice < 7)
			live();
		else
			give();
		for (size_t i = 0; i < SLOTS; i++)
			lives += ones[i].life == LIFE_LIVE;
		wrong += conns.live != lives;
		if (ones[round % SLOTS].conn != NULL)
			compare(&ones[round % SLOTS]);
	}
	is_int(wrong, 0, "slots, pids and numbers are as in the list");
	ok(full > 100, "all slots were taken at times");
}

static void
test_slots(void)
{
	struct core_conns c;
	struct core_conn *first, *second;

	is_int(conns_init(&c, 2), 0, "two slots");
	ok(conns_by_slot(&c, 0, 0) == NULL && conns_by_slot(&c, 1, 1) == NULL &&
		conns_by_slot(&c, UINT32_MAX, 1) == NULL,
	    "nobody lives in them");
	first = conns_take(&c);
	second = conns_take(&c);
	ok(first != NULL && second != NULL && conns_take(&c) == NULL,
	    "are two slots");
	first->number = 1;
	ok(conns_by_slot(&c, 0, 1) == NULL, "who is not alive is not found");
	conns_live(&c, first, 100);
	ok(conns_by_slot(&c, 0, 1) == first && conns_by_pid(&c, 100) == first,
	    "who is alive is, by slot and by pid");
	conns_give(&c, first);
	ok(conns_by_slot(&c, 0, 1) == NULL && conns_by_pid(&c, 100) == NULL,
	    "who has ended is not");
	ok(conns_take(&c) == first,
	    "a slot that was given back is taken first");
	first->number = 2;
	conns_live(&c, first, 100);
	ok(conns_by_slot(&c, 0, 1) == NULL && conns_by_slot(&c, 0, 2) == first,
	    "and an old number is not its new owner's");
	conns_done(&c);
	conns_done(&c);
	ok(c.chunks == NULL, "it can be ended twice");
}

static void
test_young(void)
{
	struct core_conn *all[CONNS_YOUNG + 2];
	unsigned int out_of_order = 0;
	struct core_conns c;

	if (conns_init(&c, CONNS_YOUNG + 2) < 0)
		tap_bail("no memory");
	is_int(conns_young(&c, 0), 0, "nobody is the youngest of none");
	for (int i = 0; i < CONNS_YOUNG + 2; i++) {
		all[i] = conns_take(&c);
		conns_live(&c, all[i], 100 + i);
	}
	for (int i = 0; i < CONNS_YOUNG; i++)
		out_of_order +=
		    conns_young(&c, (uint32_t)i) != 100 + CONNS_YOUNG + 1 - i;
	is_int(out_of_order, 0, "the youngest are told, the last one first");
	conns_give(&c, all[CONNS_YOUNG + 1]);
	ok(conns_young(&c, 0) == 0 && conns_young(&c, 1) == 100 + CONNS_YOUNG,
	    "who has gone is passed over in its place");
	conns_done(&c);
}

/* Where clients came in is told when nobody listens there any more. */
static void
test_listen(void)
{
	struct core_conns c;
	struct core_conn *one, *two;
	struct listen_text *text = listen_text_copy("[::]:7 and more", 6);

	if (text == NULL || conns_init(&c, 2) < 0)
		tap_bail("no memory");
	one = conns_take(&c);
	one->listen = listen_text_use(text);
	two = conns_take(&c);
	two->listen = listen_text_use(text);
	is_int(text->users, 3, "a listener and two connections share a text");
	listen_text_leave(text);
	conns_give(&c, one);
	is_str(two->listen->text, "[::]:7", "the last one still has it");
	is_int(text->users, 1, "and it alone");
	conns_done(&c);
}

int
main(void)
{
	tap_seed(11);
	test_slots();
	test_young();
	test_listen();
	if (conns_init(&conns, SLOTS) < 0)
		tap_bail("no memory");
	test_model();
	conns_done(&conns);
	return done_testing();
}

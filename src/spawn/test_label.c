/* SPDX-License-Identifier: ISC */
/* Labels come back from their names, and from nothing else. */
#include <sys/un.h>

#include "spawn/label.h"
#include "tap.h"

#define ROUNDS 100000

static void
name_of(
    const struct spawn_label *label, struct text *t, char *buffer, size_t size)
{
	text_init(t, buffer, size);
	spawn_label_format(label, t);
}

static bool
is_same(const struct spawn_label *a, const struct spawn_label *b)
{
	return a->instance == b->instance && a->slot == b->slot &&
	    a->connection == b->connection;
}

static void
test_round_trip(void)
{
	unsigned int wrong = 0, cut = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct spawn_label a = {
			.instance = tap_random() >> tap_random_below(64),
			.connection = tap_random() >> tap_random_below(64),
			.slot = (uint32_t)(tap_random() >>
			    (32 + tap_random_below(32))),
		};
		struct spawn_label b = { 0 };
		char buffer[100];
		struct text t;

		name_of(&a, &t, buffer, sizeof(buffer));
		wrong += !spawn_label_parse(buffer, t.length, &b) ||
		    !is_same(&a, &b);
		/* connect(2) takes no more. */
		cut += t.cut ||
		    t.length >= sizeof(((struct sockaddr_un *)0)->sun_path);
	}
	is_int(wrong, 0, "parse(format(label)) is the label");
	is_int(cut, 0, "and its name fits a socket");
}

static void
test_words(void)
{
	struct spawn_label l = { .instance = 1, .connection = 255, .slot = 16 };
	char buffer[100];
	struct text t;

	name_of(&l, &t, buffer, sizeof(buffer));
	is_str(buffer, "superd-0000000000000001-10-ff",
	    "instance, slot, connection");
}

/* What a handler may call its own sockets. */
static const struct {
	const char *name;
	size_t length;
} hostile[] = {
	{ "", 0 },
	{ "\0", 1 },
	{ "superd", 6 },
	{ "superd-", 7 },
	{ "superd--", 8 },
	{ "superd---", 9 },
	{ "superd-1", 8 },
	{ "superd-1-", 9 },
	{ "superd-1-2", 10 },
	{ "superd-1-2-", 11 },
	{ "superd--2-3", 11 },
	{ "superd-1--3", 11 },
	{ "superd-1-2-3-", 13 },
	{ "superd-1-2-3-4", 14 },
	{ "superd-1-2-3 ", 13 },
	{ "superd-1-2-3\n", 13 },
	{ "superd-1-2-3\0", 13 },
	{ "superd-1-2-3\0x", 14 },
	{ "superd-1-2-\0", 12 },
	{ "superd-1-\0-3", 12 },
	{ "superd-\0-2-3", 12 },
	{ "superd-1-2-G", 12 },
	{ "superd-1-2-A", 12 },
	{ "superd-1-2-0x3", 14 },
	{ "superd-1-2-+3", 13 },
	{ "superd-1-100000000-3", 20 },
	{ "superd-11111111111111111-2-3", 28 },
	{ "superd-1-2-11111111111111111", 28 },
	{ " superd-1-2-3", 13 },
	{ "Superd-1-2-3", 12 },
	{ "superd_1-2-3", 12 },
	{ "superd-\xff-2-3", 12 },
};

static void
test_hostile(void)
{
	struct spawn_label l = { .slot = 7 };

	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		char quoted[100], what[140];
		struct text t;

		text_init(&t, quoted, sizeof(quoted));
		text_escaped(&t, hostile[i].name, hostile[i].length);
		snprintf(what, sizeof(what), "'%s' is no label", quoted);
		ok(!spawn_label_parse(hostile[i].name, hostile[i].length, &l),
		    what);
	}
	is_int(l.slot, 7, "what is none changes nothing");
	ok(spawn_label_parse("superd-1-2-3XXX", 12, &l) && l.connection == 3,
	    "what stands behind the name does not count");
}

/* One byte of a good name becomes another. */
static void
test_mutations(void)
{
	unsigned int wrong = 0, read = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct spawn_label a = { .instance = tap_random(),
			.connection = tap_random_below(100000),
			.slot = (uint32_t)tap_random_below(1000) };
		struct spawn_label b;
		char buffer[100], again[100];
		struct text t;
		size_t length;

		name_of(&a, &t, buffer, sizeof(buffer));
		length = t.length - tap_random_below(3);
		buffer[tap_random_below(t.length)] = (char)tap_random();
		if (!spawn_label_parse(buffer, length, &b))
			continue;
		read++;
		name_of(&b, &t, again, sizeof(again));
		wrong += memchr(buffer, '\0', length) != NULL ||
		    !spawn_label_parse(again, t.length, &a) || !is_same(&a, &b);
	}
	ok(wrong == 0 && read > 1000, "what is read at all is a label");
}

int
main(void)
{
	tap_seed(8);
	test_round_trip();
	test_words();
	test_hostile();
	test_mutations();
	return done_testing();
}

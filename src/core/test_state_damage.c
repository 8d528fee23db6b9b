/* SPDX-License-Identifier: ISC */
/* Damaged states fail with words, and hostile ones do no harm. */
#include "base/arena.h"
#include "core/test_state.h"
#include "tap.h"

#include <time.h>

#define MUTATIONS 400000
#define MOST_MS   2000
#define MOST_SIZE 8192

/* Of memory, for a state of that size: the structs are larger, not much. */
#define MOST_MEMORY(size) (16 * (size) + 16384)

static struct sample sample;
static struct state_buffer whole;
static unsigned int silent, unstable, greedy;

/*
 * Decodes a copy that has exactly this size, so that sanitizers and valgrind
 * see the first byte behind it.  What is understood must be good enough to
 * be written again.
 */
static bool
decodes(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size == 0 ? 1 : size);
	struct arena *arena = arena_new();
	struct state_buffer again = { 0 };
	struct state got;
	struct err e = { 0 };
	bool good;

	if (copy == NULL || arena == NULL)
		tap_bail("no memory");
	memcpy(copy, bytes, size);
	good = state_decode(copy, size, arena, &got, &e) == 0;
	free(copy);
	silent += good ? e.code != 0 : e.code == 0 || e.text[0] == '\0';
	greedy += arena_size(arena) > MOST_MEMORY(size);
	if (good)
		unstable += state_encode(&got, &again, &e) < 0;
	state_buffer_done(&again);
	arena_free(arena);
	return good;
}

static void
test_truncation(void)
{
	static uint8_t cut[MOST_SIZE];
	unsigned int good = 0, fixed = 0;

	for (size_t size = 0; size < whole.size; size++) {
		good += decodes(whole.at, size);
		if (size < STATE_HEAD_SIZE + STATE_TAIL_SIZE)
			continue;
		memcpy(cut, whole.at, size);
		state_head_finish(cut, size);
		fixed += decodes(cut, size);
	}
	is_int(good, 0, "no part of a state is a state");
	ok(fixed > 0, "with the sums put right, some are");
}

static void
test_bits(void)
{
	static uint8_t bent[MOST_SIZE];
	unsigned int good = 0, fixed = 0;

	for (size_t bit = 0; bit < 8 * whole.size; bit++) {
		memcpy(bent, whole.at, whole.size);
		bent[bit / 8] ^= (uint8_t)(1 << bit % 8);
		good += decodes(bent, whole.size);
		state_head_finish(bent, whole.size);
		fixed += decodes(bent, whole.size);
	}
	is_int(good, 0, "no bit can change unseen");
	ok(fixed > 0, "with the sums put right, some can");
}

/* Numbers that are the edge of something. */
static uint64_t
edge(void)
{
	static const uint64_t edges[] = { 0, 1, 2, 3, 8, 16, 20, 108, 110, 255,
		256, 4095, 4096, 65535, 0x7fff, 0x8001, 0x7fffffff, 0x80000000,
		0xffffffff, UINT64_MAX };

	return edges[tap_random_below(sizeof(edges) / sizeof(edges[0]))];
}

/* One change somewhere behind the head; returns the new size. */
static size_t
mutate(uint8_t *at, size_t size)
{
	size_t from = STATE_HEAD_SIZE, span = size - from - STATE_TAIL_SIZE;
	size_t to, count;

	if (span < 16)
		return size;
	from += tap_random_below(span - 8);
	to = STATE_HEAD_SIZE + tap_random_below(span - 8);
	count = 1 + tap_random_below(8);
	switch (tap_random_below(6)) {
	case 0:
		at[from] ^= (uint8_t)(1 << tap_random_below(8));
		break;
	case 1:
		at[from] = (uint8_t)tap_random();
		break;
	case 2:
		state_put_number(at + from, edge(), count);
		break;
	case 3: /* from elsewhere */
		memmove(at + to, at + from, count);
		break;
	case 4: /* away */
		memmove(at + from, at + from + count, size - from - count);
		return size - count;
	default: /* twice */
		count = tap_random_below(size - from);
		if (size + count > MOST_SIZE)
			break;
		memmove(at + from + count, at + from, size - from);
		return size + count;
	}
	return size;
}

/* As many records as there can be, each of nothing, or of nothing known. */
static void
test_hollow_records(void)
{
	static struct raw raw;

	for (uint32_t tag = 2; tag <= STATE_RECORDS; tag++) {
		for (size_t filling = 0; filling < 64; filling++) {
			static const uint8_t nothing[64];

			raw_start(&raw);
			raw_daemon(&raw);
			while (raw.size < sizeof(raw.at) - 128) {
				raw_record(&raw, tag);
				raw_bytes(&raw, 99, nothing, filling);
			}
			raw_end(&raw);
			if (decodes(raw.at, raw.size))
				tap_bail("a hollow record is none");
		}
	}
	is_int(greedy, 0, "hollow records take no memory");
}

static uint64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void
test_mutations(void)
{
	static uint8_t at[MOST_SIZE];
	uint64_t end_ms = now_ms() + MOST_MS;
	unsigned int rounds = 0, good = 0;

	/* The clock is asked now and then: valgrind is slow. */
	while (rounds < MUTATIONS && (rounds % 64 != 0 || now_ms() < end_ms)) {
		size_t size = whole.size;

		memcpy(at, whole.at, size);
		for (uint64_t n = 1 + tap_random_below(4); n > 0; n--)
			size = mutate(at, size);
		state_head_finish(at, size);
		good += decodes(at, size);
		rounds++;
	}
	tap_note("%u mutations, %u still a state", rounds, good);
	ok(good > 0 && good < rounds, "some mutations live");
}

int
main(void)
{
	struct err e = { 0 };

	tap_seed(20);
	sample_fill(&sample);
	if (state_encode(&sample.state, &whole, &e) < 0)
		tap_bail(e.text);
	test_truncation();
	test_bits();
	test_hollow_records();
	test_mutations();
	is_int(greedy, 0, "memory is a small multiple of what is read");
	is_int(silent, 0, "who fails says why, who does not is silent");
	is_int(unstable, 0, "whatever is understood can be written");
	state_buffer_done(&whole);
	return done_testing();
}

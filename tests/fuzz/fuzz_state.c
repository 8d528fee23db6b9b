/* SPDX-License-Identifier: ISC */
/*
 * A target of libFuzzer: whatever the bytes are, state_decode() does no harm,
 * and what it understands can be written and read again, the same each time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/state.h"
#include "core/test_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
size_t LLVMFuzzerCustomMutator(
    uint8_t *bytes, size_t size, size_t most, unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t most);

static void
broken(const char *what, const struct err *e)
{
	(void)fprintf(stderr, "%s: %s\n", what, e->text);
	abort();
}

/* What came out keeps its promises, or it could not be written. */
static void
write_again(const struct state *s)
{
	struct state_buffer once = { 0 }, twice = { 0 };
	struct arena *arena = arena_new();
	struct state again;
	struct err e = { 0 };

	if (state_encode(s, &once, &e) < 0)
		broken("what was read cannot be written", &e);
	if (state_decode(once.at, once.size, arena, &again, &e) < 0)
		broken("what was written cannot be read", &e);
	if (state_encode(&again, &twice, &e) < 0 || twice.size != once.size ||
	    memcmp(twice.at, once.at, once.size) != 0)
		broken("what was written twice differs", &e);
	state_buffer_done(&once);
	state_buffer_done(&twice);
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct state s;
	struct err e = { 0 };

	if (state_decode(bytes, size, arena, &s, &e) == 0)
		write_again(&s);
	else if (e.code == 0 || e.text[0] == '\0')
		broken("refused without a word", &e);
	arena_free(arena);
	return 0;
}

static size_t
put_sample(uint8_t *bytes, size_t most)
{
	static struct sample sample;
	struct state_buffer b = { 0 };
	struct err e = { 0 };
	size_t size = 0;

	sample_fill(&sample);
	if (state_encode(&sample.state, &b, &e) < 0)
		broken("the sample cannot be written", &e);
	if (b.size <= most) {
		memcpy(bytes, b.at, b.size);
		size = b.size;
	}
	state_buffer_done(&b);
	return size;
}

/*
 * Nearly always the length and the checksum are put right: no fuzzer finds
 * them by chance, and nothing behind them would be reached.
 */
size_t
LLVMFuzzerCustomMutator(
    uint8_t *bytes, size_t size, size_t most, unsigned int seed)
{
	size_t around = STATE_HEAD_SIZE + STATE_TAIL_SIZE;

	if (size < around || seed % 1024 == 0)
		size = put_sample(bytes, most);
	if (size < around || seed % 64 == 1)
		return LLVMFuzzerMutate(bytes, size, most);
	size = LLVMFuzzerMutate(
	    bytes + STATE_HEAD_SIZE, size - around, most - around);
	size += around;
	state_head_finish(bytes, size);
	return size;
}

/* SPDX-License-Identifier: ISC */
/* Lines out of pieces: however they are cut, the lines are the same. */
#include "core/partial.h"
#include "tap.h"

#define ROUNDS 20000
#define MOST   8192

/* All lines that came, each with a newline behind it. */
struct heard {
	char at[4 * MOST];
	size_t length;
	unsigned int lines, too_long;
};

static struct core_partials all;
static struct heard heard;

static void
hear(void *context, const char *line, size_t length)
{
	struct heard *h = context;

	h->lines++;
	h->too_long += length > PARTIAL_SIZE;
	memcpy(h->at + h->length, line, length);
	h->length += length;
	h->at[h->length++] = '\n';
}

static void
add(struct core_partial **held, const char *piece, size_t length)
{
	partial_add(&all, held, piece, length, hear, &heard);
}

static void
forget(void)
{
	heard.length = 0;
	heard.lines = 0;
}

/* Buffers that are not in use. */
static size_t
count_free(void)
{
	size_t count = PARTIAL_COUNT - all.used;

	for (const struct core_partial *p = all.free; p != NULL;
	     p = p->next_free)
		count++;
	return count;
}

/* Random lines; lengths near the limit are frequent. */
static size_t
random_text(char *text)
{
	size_t length = 0, line;

	for (uint64_t n = tap_random_below(8); n > 0; n--) {
		line = tap_random_below(20);
		if (tap_random_below(4) == 0)
			line += PARTIAL_SIZE - 10;
		else if (tap_random_below(16) == 0)
			line = 2 * PARTIAL_SIZE + tap_random_below(3) - 1;
		for (size_t i = 0; i < line && length < MOST - 1; i++)
			text[length++] = (char)('a' + tap_random_below(26));
		if (length < MOST - 1)
			text[length++] = '\n';
	}
	if (length > 0 && tap_random_below(2) == 0)
		length--;
	return length;
}

/* The definition: lines, of which the long ones are cut. */
static size_t
model(const char *text, size_t length, char *ret_lines)
{
	size_t column = 0, n = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] != '\n' && column == PARTIAL_SIZE) {
			ret_lines[n++] = '\n';
			column = 0;
		}
		ret_lines[n++] = text[i];
		column = text[i] == '\n' ? 0 : column + 1;
	}
	if (column > 0)
		ret_lines[n++] = '\n';
	return n;
}

static void
test_random_splits(void)
{
	static char text[MOST], lines[2 * MOST];
	unsigned int wrong = 0;

	for (int round = 0; round < ROUNDS; round++) {
		size_t length = random_text(text), piece;
		struct core_partial *held = NULL;

		forget();
		for (size_t at = 0; at < length; at += piece) {
			piece =
			    1 + tap_random_below(round % 2 == 0 ? 30 : 2000);
			if (piece > length - at)
				piece = length - at;
			add(&held, text + at, piece);
		}
		partial_end(&all, &held, hear, &heard);
		wrong += held != NULL ||
		    heard.length != model(text, length, lines) ||
		    memcmp(heard.at, lines, heard.length) != 0;
	}
	is_int(wrong, 0, "pieces of any size give the same lines");
	is_int(heard.too_long, 0, "none of which is too long");
	is_int((intmax_t)count_free(), PARTIAL_COUNT, "no buffer is lost");
}

/* Many handlers that talk at the same time do not mix. */
static void
test_many_holders(void)
{
	struct core_partial *held[PARTIAL_COUNT] = { NULL };
	unsigned int wrong = 0;

	forget();
	for (int i = 0; i < 4; i++)
		for (size_t k = 0; k < PARTIAL_COUNT; k++) {
			char byte = (char)('A' + k);

			add(&held[k], &byte, 1);
		}
	is_int(heard.lines, 0, "nothing is said before a newline");
	is_int((intmax_t)count_free(), 0, "every buffer is in use");
	for (size_t k = 0; k < PARTIAL_COUNT; k++) {
		char want[6];

		forget();
		memset(want, (int)('A' + k), 4);
		want[4] = '\n';
		add(&held[k], "\n", 1);
		wrong += heard.length != 5 || memcmp(heard.at, want, 5) != 0 ||
		    held[k] != NULL;
	}
	is_int(wrong, 0, "each gets its own line");
	is_int((intmax_t)count_free(), PARTIAL_COUNT, "all buffers are free");
}

static void
test_no_buffer(void)
{
	struct core_partial *held[PARTIAL_COUNT] = { NULL }, *poor = NULL;

	for (size_t k = 0; k < PARTIAL_COUNT; k++)
		add(&held[k], "x", 1);
	forget();
	add(&poor, "no", 2);
	add(&poor, "room\nwhole\nhere", 15);
	ok(heard.length == 19 && poor == NULL &&
		memcmp(heard.at, "no\nroom\nwhole\nhere\n", 19) == 0,
	    "without a buffer a piece is a line of its own");
	for (size_t k = 0; k < PARTIAL_COUNT; k++)
		partial_end(&all, &held[k], hear, &heard);
	forget();
	add(&poor, "a", 1);
	add(&poor, "b\n", 2);
	ok(heard.length == 3 && memcmp(heard.at, "ab\n", 3) == 0,
	    "with one again it is held again");
}

static void
test_edges(void)
{
	static char longest[PARTIAL_SIZE];
	struct core_partial *held = NULL;

	forget();
	add(&held, "", 0);
	ok(held == NULL && heard.lines == 0, "nothing adds nothing");
	partial_end(&all, &held, hear, &heard);
	is_int(heard.lines, 0, "and ends as nothing");
	add(&held, "\n\n", 2);
	ok(heard.lines == 2 && heard.length == 2, "empty lines are lines");
	forget();
	add(&held, "a\0b\n", 4);
	ok(heard.length == 4 && memcmp(heard.at, "a\0b\n", 4) == 0,
	    "a NUL is a byte like others");
	forget();
	memset(longest, 'x', sizeof(longest));
	add(&held, longest, sizeof(longest));
	add(&held, "\n", 1);
	is_int(heard.lines, 1, "the longest line has its newline, late or not");
	forget();
	add(&held, longest, sizeof(longest));
	add(&held, "y\n", 2);
	is_int(heard.lines, 2, "one more byte is another line");
}

int
main(void)
{
	tap_seed(10);
	test_edges();
	test_many_holders();
	test_no_buffer();
	test_random_splits();
	return done_testing();
}

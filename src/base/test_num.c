/* SPDX-License-Identifier: ISC */
/* Numbers as people write them: what goes out comes back in, the rest not. */
#include <errno.h>
#include <inttypes.h>

#include "base/num.h"
#include "base/text.h"
#include "tap.h"

#define ROUNDS 200000

/* All magnitudes alike, and the neighbours of powers of two. */
static uint64_t
random_number(void)
{
	uint64_t x = tap_random() >> tap_random_below(64);

	if (tap_random_below(4) == 0)
		x = (UINT64_C(1) << tap_random_below(64)) +
		    tap_random_below(3) - 1;
	return x;
}

static void
test_round_trips(void)
{
	unsigned int wrong[4] = { 0 };

	for (int i = 0; i < ROUNDS; i++) {
		char buffer[NUM_TEXT_SIZE];
		uint64_t x = random_number(), y = ~x;
		int64_t s = 0;

		snprintf(buffer, sizeof(buffer), "%" PRIu64, x);
		wrong[0] += num_parse_unsigned(buffer, &y) != 0 || x != y;
		snprintf(buffer, sizeof(buffer), "%" PRId64, (int64_t)x);
		wrong[1] +=
		    num_parse_signed(buffer, &s) != 0 || (int64_t)x != s;
		num_format_size(x, buffer);
		wrong[2] += num_parse_size(buffer, &y) != 0 || x != y;
		x -= x % NUM_NS_PER_MS;
		num_format_duration(x, buffer);
		wrong[3] += num_parse_duration(buffer, &y) != 0 || x != y;
	}
	is_int(wrong[0], 0, "unsigned numbers come back");
	is_int(wrong[1], 0, "signed numbers come back");
	is_int(wrong[2], 0, "sizes come back");
	is_int(wrong[3], 0, "durations of whole milliseconds come back");
}

static void
test_octal(void)
{
	unsigned int wrong = 0;
	uint64_t value = 7;

	for (uint64_t x = 0; x < 010000; x++) {
		char buffer[NUM_TEXT_SIZE];

		snprintf(buffer, sizeof(buffer), "0%" PRIo64, x);
		wrong += num_parse_octal(buffer, &value) != 0 || value != x;
	}
	is_int(wrong, 0, "modes come back");
	is_int(num_parse_octal("08", &value), -EINVAL, "8 is no octal digit");
	is_int(num_parse_octal("", &value), -EINVAL, "no mode is no mode");
	is_int(num_parse_octal("0o77", &value), -EINVAL, "a mode has no 'o'");
	is_int(num_parse_octal("2000000000000000000000", &value), -ERANGE,
	    "a mode of 65 bits is out of range");
	is_int((intmax_t)value, 07777, "a failed parse changes nothing");
}

static void
test_edges(void)
{
	uint64_t u = 0;
	int64_t s = 0;

	ok(num_parse_unsigned("18446744073709551615", &u) == 0 &&
		u == UINT64_MAX,
	    "the largest number is read");
	is_int(num_parse_unsigned("18446744073709551616", &u), -ERANGE,
	    "one more is out of range");
	ok(num_parse_signed("-9223372036854775808", &s) == 0 && s == INT64_MIN,
	    "the smallest signed number is read");
	is_int(num_parse_signed("-9223372036854775809", &s), -ERANGE,
	    "one less is out of range");
	is_int(num_parse_signed("9223372036854775808", &s), -ERANGE,
	    "one above the largest signed number is out of range");
	is_int(num_parse_signed("--1", &s), -EINVAL, "two signs are refused");
	is_int(num_parse_signed("-", &s), -EINVAL, "a lone sign is refused");
	ok(num_parse_size("16777215t", &u) == 0 && u == UINT64_MAX >> 40 << 40,
	    "the largest size in t is read");
	is_int(num_parse_size("16777216t", &u), -ERANGE,
	    "one more is out of range");
	ok(num_parse_size("64K", &u) == 0 && u == 65536, "64K is 65536");
	is_int(num_parse_duration("213504d", &u), -ERANGE,
	    "a duration past 64 bits is out of range");
	is_int(num_parse_duration("213503d23h60000m", &u), -ERANGE,
	    "so is a sum past 64 bits");
}

static void
test_durations(void)
{
	char buffer[NUM_TEXT_SIZE];
	uint64_t ns = 1;

	ok(num_parse_duration("1m30s", &ns) == 0 && ns == 90 * NUM_NS_PER_S,
	    "1m30s is 90 seconds");
	ok(num_parse_duration("90", &ns) == 0 && ns == 90 * NUM_NS_PER_S,
	    "a bare number is seconds");
	ok(num_parse_duration("1d1ms", &ns) == 0 &&
		ns == 86400 * NUM_NS_PER_S + NUM_NS_PER_MS,
	    "units may be left out");
	ok(num_parse_duration("0", &ns) == 0 && ns == 0, "0 is no time");
	is_str(num_format_duration(0, buffer), "0s", "no time is 0s");
	is_str(num_format_duration(90061001 * NUM_NS_PER_MS, buffer),
	    "1d1h1m1s1ms", "all units in their order");
	is_str(num_format_size(65536, buffer), "64k", "65536 is 64k");
	is_str(num_format_size(65537, buffer), "65537", "65537 is itself");
}

/* Each of these is none of the three kinds. */
static void
test_bad_texts(void)
{
	static const char *const bad[] = { "", "-1", "+1", "010", "00", "0x50",
		"1e3", "70000x", "1m1m", "1s1m", "1.5s", "1.5", "  1", "1 ",
		"\t1", "1\n", "k", "s", "1kk", "1kb", "1k1", "1sm", "1mss",
		"1,000", "1m 30s", "1m30", "\xd9\xa1", "infinity", "1w", "-",
		"0b1", "1_000", "1S" };
	uint64_t value = 42;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char quoted[64], what[128];
		struct text t;
		int u, s, d;

		text_init(&t, quoted, sizeof(quoted));
		text_escaped(&t, bad[i], strlen(bad[i]));
		snprintf(
		    what, sizeof(what), "'%s' is no kind of number", quoted);
		u = num_parse_unsigned(bad[i], &value);
		s = num_parse_size(bad[i], &value);
		d = num_parse_duration(bad[i], &value);
		if (!ok(u == -EINVAL && s == -EINVAL && d == -EINVAL, what))
			tap_note("number %d, size %d, duration %d", u, s, d);
	}
	is_int((intmax_t)value, 42, "a failed parse changes nothing");
}

/* What is accepted at all is what comes out again, but for the unit. */
static void
test_random_texts(void)
{
	static const char alphabet[] = "0019 +-xkmgtshd.\n";
	unsigned int wrong = 0, read = 0;

	for (int i = 0; i < ROUNDS; i++) {
		char text[8], again[NUM_TEXT_SIZE];
		size_t length = tap_random_below(sizeof(text));
		uint64_t x, y;

		for (size_t j = 0; j < length; j++)
			text[j] =
			    alphabet[tap_random_below(sizeof(alphabet) - 1)];
		text[length] = '\0';
		if (num_parse_unsigned(text, &x) == 0) {
			snprintf(again, sizeof(again), "%" PRIu64, x);
			wrong += strcmp(text, again) != 0;
			read++;
		}
		if (num_parse_duration(text, &x) == 0) {
			num_format_duration(x, again);
			wrong += num_parse_duration(again, &y) != 0 || x != y;
		}
		if (num_parse_size(text, &x) == 0) {
			num_format_size(x, again);
			wrong += num_parse_size(again, &y) != 0 || x != y;
		}
	}
	ok(wrong == 0 && read > 100, "a number has one spelling only");
}

int
main(void)
{
	tap_seed(1);
	test_round_trips();
	test_octal();
	test_edges();
	test_durations();
	test_bad_texts();
	test_random_texts();
	return done_testing();
}

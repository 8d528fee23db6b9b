/* SPDX-License-Identifier: ISC */
/*
 * TAP for the C unit tests, small enough to read before use. A test is
 *
 *	#include "tap.h"
 *
 *	int
 *	main(void)
 *	{
 *		is_int(2 + 2, 4, "two and two make four");
 *		return done_testing();
 *	}
 *
 * The plan comes last, so a test that dies half-way has none and counts as
 * an error. Each check returns whether it held: `if (!ok(p, "..."))`.
 */
#ifndef SUPERD_TESTS_TAP_H
#define SUPERD_TESTS_TAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tap_state {
	unsigned int run;
	unsigned int failed;
	uint64_t random;
};

/* One per program: a test program is one translation unit. */
static struct tap_state tap_state;

#define ok(test, what) tap_ok((test), (what), #test, __FILE__, __LINE__)
#define is_int(got, want, what)                                                \
	tap_is_int((got), (want), (what), __FILE__, __LINE__)
#define is_str(got, want, what)                                                \
	tap_is_str((got), (want), (what), __FILE__, __LINE__)

/* The line that every check prints. */
static inline bool
tap_result(bool held, const char *what, const char *file, int line)
{
	tap_state.run++;
	if (!held)
		tap_state.failed++;
	printf("%s %u - %s\n", held ? "ok" : "not ok", tap_state.run, what);
	if (!held)
		printf("#   at %s:%d\n", file, line);
	fflush(stdout);
	return held;
}

static inline bool
tap_ok(
    bool held, const char *what, const char *test, const char *file, int line)
{
	if (!tap_result(held, what, file, line))
		printf("#   is false: %s\n", test);
	return held;
}

static inline bool
tap_is_int(
    intmax_t got, intmax_t want, const char *what, const char *file, int line)
{
	if (!tap_result(got == want, what, file, line))
		printf("#   got  %jd\n#   want %jd\n", got, want);
	return got == want;
}

/* NULL equals NULL and nothing else. */
static inline bool
tap_is_str(const char *got, const char *want, const char *what,
    const char *file, int line)
{
	bool same = got && want ? strcmp(got, want) == 0 : got == want;

	if (!tap_result(same, what, file, line)) {
		printf("#   got  '%s'\n", got ? got : "(null)");
		printf("#   want '%s'\n", want ? want : "(null)");
	}
	return same;
}

/* Counts a check that cannot be made here as passed, with the reason. */
static inline void
tap_skip(const char *what, const char *why)
{
	printf("ok %u - %s # SKIP %s\n", ++tap_state.run, what, why);
}

/* A remark in the log. */
__attribute__((format(printf, 1, 2))) static inline void
tap_note(const char *format, ...)
{
	__builtin_va_list ap;

	fputs("# ", stdout);
	__builtin_va_start(ap, format);
	vprintf(format, ap);
	__builtin_va_end(ap);
	putchar('\n');
}

/* Nothing after this can make sense: ends the test program. */
static inline _Noreturn void
tap_bail(const char *why)
{
	printf("Bail out! %s\n", why);
	exit(1);
}

/* Skips the whole program; the first and last thing that main() does. */
static inline int
tap_skip_all(const char *why)
{
	printf("1..0 # SKIP %s\n", why);
	return 0;
}

/* Prints the plan; the value is main()'s. */
static inline int
done_testing(void)
{
	printf("1..%u\n", tap_state.run);
	if (tap_state.failed > 0)
		printf("# %u of %u failed\n", tap_state.failed, tap_state.run);
	return tap_state.failed > 0;
}

/*
 * Random numbers for property tests (splitmix64): the same seed gives the
 * same numbers everywhere. The seed is printed; TAP_SEED in the environment
 * repeats another run's.
 */
static inline void
tap_seed(uint64_t seed)
{
	const char *given = getenv("TAP_SEED");

	if (given)
		seed = strtoull(given, NULL, 0);
	tap_state.random = seed;
	tap_note("TAP_SEED=%#jx", (uintmax_t)seed);
}

static inline uint64_t
tap_random(void)
{
	uint64_t z = tap_state.random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* A number from 0 to limit - 1; `limit` is not 0. */
static inline uint64_t
tap_random_below(uint64_t limit)
{
	return tap_random() % limit;
}

#endif

/* SPDX-License-Identifier: ISC */
/* Distances of names, and "did you mean". */
#include "base/names.h"
#include "tap.h"

#define ROUNDS 20000

/* The definition itself, exponential in time. */
static size_t
naive(const char *a, size_t la, const char *b, size_t lb)
{
	size_t best, d;

	if (la == 0 || lb == 0)
		return la + lb;
	best = naive(a, la - 1, b, lb - 1) + (a[la - 1] != b[lb - 1]);
	d = naive(a, la - 1, b, lb) + 1;
	best = d < best ? d : best;
	d = naive(a, la, b, lb - 1) + 1;
	best = d < best ? d : best;
	if (la > 1 && lb > 1 && a[la - 1] == b[lb - 2] &&
	    a[la - 2] == b[lb - 1]) {
		d = naive(a, la - 2, b, lb - 2) + 1;
		best = d < best ? d : best;
	}
	return best;
}

static void
random_name(char *buffer, size_t most)
{
	size_t length = tap_random_below(most + 1);

	for (size_t i = 0; i < length; i++)
		buffer[i] = (char)('a' + tap_random_below(3));
	buffer[length] = '\0';
}

static void
test_distance(void)
{
	unsigned int wrong = 0;

	is_int((intmax_t)names_distance("listen", "listen"), 0,
	    "a name is near itself");
	is_int((intmax_t)names_distance("listen", "lsiten"), 1,
	    "a swap of neighbours is one edit");
	is_int((intmax_t)names_distance("listen", "listeen"), 1,
	    "an insertion is one edit");
	is_int((intmax_t)names_distance("listen", "isten"), 1,
	    "a deletion is one edit");
	is_int((intmax_t)names_distance("listen", "lixten"), 1,
	    "a change is one edit");
	is_int((intmax_t)names_distance("", "abc"), 3, "all to be inserted");
	for (int i = 0; i < ROUNDS; i++) {
		char a[8], b[8];

		random_name(a, 6);
		random_name(b, 6);
		wrong +=
		    names_distance(a, b) != naive(a, strlen(a), b, strlen(b));
		wrong += names_distance(a, b) != names_distance(b, a);
	}
	is_int(wrong, 0, "distances are those of the definition");
}

static const char *
guess(const char *wanted)
{
	static const char *const known[] = { "listen", "handler", "user",
		"group", "groups", "umask", "limit_nofile", "limit_nproc",
		"max_connections", "nice" };
	struct names_guess g;

	names_guess_init(&g, wanted);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		names_guess_offer(&g, known[i]);
	return g.best;
}

static void
test_guess(void)
{
	char longest[300];

	is_str(guess("lisetn"), "listen", "a swap is guessed");
	is_str(guess("handlr"), "handler", "so is a missing letter");
	is_str(guess("maxconnections"), "max_connections", "a missing _");
	is_str(guess("groupss"), "groups", "the nearest of two");
	is_str(guess("limit_nfile"), "limit_nofile", "the nearest of many");
	is_str(guess("grousp"), "group", "the earliest of the nearest");
	is_str(guess("zebra"), NULL, "nothing is like a zebra");
	is_str(guess("x"), NULL, "one letter is never guessed");
	is_str(guess(""), NULL, "nothing is never guessed");
	for (size_t n = 1; n < sizeof(longest); n++) {
		memset(longest, 'q', n);
		longest[n] = '\0';
		if (guess(longest) != NULL)
			break;
	}
	is_str(guess(longest), NULL, "a long heap of letters is like nothing");
}

static void
test_long_names(void)
{
	char a[66], b[66];

	memset(a, 'a', sizeof(a));
	a[64] = '\0';
	memcpy(b, a, sizeof(a));
	b[63] = 'b';
	is_int((intmax_t)names_distance(a, b), 1, "64 letters are compared");
	a[64] = 'a';
	a[65] = '\0';
	ok(names_distance(a, b) > 1000, "65 letters count as far apart");
}

int
main(void)
{
	tap_seed(4);
	test_distance();
	test_guess();
	test_long_names();
	return done_testing();
}

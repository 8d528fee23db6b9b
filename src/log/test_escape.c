/* SPDX-License-Identifier: ISC */
/* Foreign bytes: what each becomes, and that no escape is ever torn. */
#include "log/escape.h"
#include "tap.h"

struct sample {
	const char *in;
	const char *text; /* NULL: as in */
	const char *json; /* NULL: as text */
	const char *what;
};

static const struct sample samples[] = {
	{ "plain text!", NULL, NULL, "plain text stays" },
	{ "a\nb\tc\r", "a\\nb\\tc\\r", NULL, "line ends" },
	{ "\"\\", "\\\"\\\\", NULL, "quotes and backslashes" },
	{ "\033[2J\177", "\\x1b[2J\\x7f", "\\u001b[2J\\u007f",
	    "what drives a terminal" },
	{ "\xc3\xa4", "\\xc3\\xa4", "\\u00e4", "two bytes of UTF-8" },
	{ "\xe2\x82\xac", "\\xe2\\x82\\xac", "\\u20ac", "three" },
	{ "\xf0\x9f\x98\x80", "\\xf0\\x9f\\x98\\x80", "\\ud83d\\ude00",
	    "four" },
	{ "\xf4\x8f\xbf\xbf", "\\xf4\\x8f\\xbf\\xbf", "\\udbff\\udfff",
	    "the last character" },
	{ "\xff", "\\xff", "\\\\xff", "a byte that is never UTF-8" },
	{ "\xc0\xaf", "\\xc0\\xaf", "\\\\xc0\\\\xaf", "an overlong form" },
	{ "\xe0\x80\x8a", "\\xe0\\x80\\x8a", "\\\\xe0\\\\x80\\\\x8a",
	    "an overlong newline" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80", "\\\\xed\\\\xa0\\\\x80",
	    "a surrogate" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80",
	    "\\\\xf4\\\\x90\\\\x80\\\\x80", "past the last character" },
	{ "\xe2\x82", "\\xe2\\x82", "\\\\xe2\\\\x82", "half a character" },
	{ "\xe2\x82x", "\\xe2\\x82x", "\\\\xe2\\\\x82x",
	    "half a character in the middle" },
};

typedef void escape(struct text *t, const void *bytes, size_t count);

/* Every size of buffer holds a beginning that ends between two escapes. */
static void
test_cuts(escape *f, const char *in, const char *want, const char *what)
{
	char buffer[128];
	unsigned int wrong = 0;
	struct text t;

	for (size_t size = 1; size <= strlen(want) + 1; size++) {
		size_t length;

		text_init(&t, buffer, size);
		f(&t, in, strlen(in));
		length = t.length;
		wrong += strncmp(buffer, want, length) != 0;
		wrong += t.cut != (length < strlen(want));
		wrong += length > 0 && buffer[length - 1] == '\\' &&
		    (length < 2 || buffer[length - 2] != '\\');
	}
	is_int(wrong, 0, what);
}

static void
test_sample(const struct sample *s)
{
	const char *text = s->text == NULL ? s->in : s->text;
	const char *json = s->json == NULL ? text : s->json;
	char buffer[128];
	struct text t;

	text_init(&t, buffer, sizeof(buffer));
	log_escape_text(&t, s->in, strlen(s->in));
	is_str(buffer, text, s->what);
	text_init(&t, buffer, sizeof(buffer));
	log_escape_json(&t, s->in, strlen(s->in));
	is_str(buffer, json, "and in JSON");
	test_cuts(log_escape_text, s->in, text, "cut anywhere");
	test_cuts(log_escape_json, s->in, json, "and in JSON");
}

static void
test_bare(void)
{
	unsigned int wrong = 0;

	for (int c = 0; c < 256; c++) {
		char byte = (char)c;
		bool bare = c > ' ' && c < 127 && c != '"' && c != '\\';

		wrong += log_escape_is_bare(&byte, 1) != bare;
	}
	is_int(wrong, 0, "only visible ASCII stands without quotes");
	ok(!log_escape_is_bare("", 0), "nothing at all needs quotes");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		test_sample(&samples[i]);
	test_bare();
	return done_testing();
}

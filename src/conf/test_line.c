/* SPDX-License-Identifier: ISC */
/* What a line is: keys, continuations, comments, and what is refused. */
#include "conf/line.h"
#include "tap.h"

struct expected {
	const char *line;
	enum conf_line_kind kind;
	const char *name; /* or, of a continuation, all of its text */
	bool after_value, in_ports;
};

#define E CONF_LINE_EMPTY
#define S CONF_LINE_SECTION
#define K CONF_LINE_KEY
#define C CONF_LINE_CONTINUATION

static const struct expected good[] = {
	{ "", E, NULL, false, false },
	{ " \t ", E, NULL, true, false },
	{ "# a = b", E, NULL, false, false },
	{ "   ; a = b", E, NULL, true, false },
	{ "\r", E, NULL, false, false },
	{ "a = b", K, "a", false, false },
	{ "a=b\r", K, "a", true, false },
	{ "a : b", K, "a", true, false },
	{ "a:b=c", K, "a", true, false },
	{ "\tlisten = 80", K, "listen", true, false },
	{ "  max_runtime=1m", K, "max_runtime", true, false },
	{ "  user: nobody", K, "user", true, false },
	{ "  user:nobody", C, "user:nobody", true, false },
	{ "  FOO=bar", C, "FOO=bar", true, false },
	{ "  --a=b", C, "--a=b", true, false },
	{ "  [::1]:80", C, "[::1]:80", true, false },
	{ "  [ -f x ]", C, "[ -f x ]", true, false },
	{ "  [git]", S, "git", true, false },
	{ "  [git] ; really", S, "git", true, false },
	{ "  80 = x", C, "80 = x", true, false },
	{ "  80 = x", K, "80", true, true },
	{ "  http-alt = x", K, "http-alt", true, true },
	{ "  -n = x", C, "-n = x", true, true },
	{ "  x y ; comment", C, "x y", true, false },
	{ "  x;y", C, "x;y", true, false },
	{ "  x y", K, NULL, false, false },
	{ "[a b]", S, "a b", true, false },
	{ "[x]   ", S, "x", false, false },
};

static void
test_good(void)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct expected *x = &good[i];
		const struct conf_line_context context = { x->after_value,
			x->in_ports };
		struct conf_line line;
		struct err e = { 0 };
		char name[64] = "";
		int error = conf_line_read(
		    x->line, strlen(x->line), &context, &line, &e);

		is_int(line.kind, x->kind, x->line);
		if (x->name == NULL)
			continue;
		is_int(error, 0, "is read without a mistake");
		if (x->kind == C)
			memcpy(name, line.text, line.length);
		else
			memcpy(name, line.name, line.name_length);
		is_str(name, x->name, "with the right name or text");
	}
}

static const char *
mistake(const char *bytes, size_t length, bool after_value)
{
	static struct err e;
	const struct conf_line_context context = { after_value, false };
	struct conf_line line;

	e.text[0] = '\0';
	(void)conf_line_read(bytes, length, &context, &line, &e);
	return e.text;
}

#define MISTAKE(text) mistake(text, sizeof(text) - 1, false)

static void
test_bad(void)
{
	is_str(MISTAKE("a = \0b"), "NUL byte in column 5: this is no text file",
	    "a NUL byte");
	is_str(MISTAKE("\xc3\xa4\xc3\xa4 = \xff"),
	    "invalid UTF-8 in column 6 (byte 0xff)",
	    "a column counts characters");
	is_str(MISTAKE("# \xc0\x80"), "invalid UTF-8 in column 3 (byte 0xc0)",
	    "comments are text as well");
	is_str(MISTAKE("a = \x1b[2J"), "control character 0x1b in column 5",
	    "an escape sequence");
	is_str(MISTAKE("a = b\rc"), "control character 0x0d in column 6",
	    "a carriage return inside");
	is_str(MISTAKE("[git"), "section header without ']'", "no ]");
	is_str(
	    MISTAKE("[git ;]"), "section header without ']'", "] in a comment");
	is_str(MISTAKE("= b"), "no key in front of '='", "no key");
	is_str(MISTAKE(": b"), "no key in front of ':'", "no key before :");
	is_str(MISTAKE("just text"),
	    "no '=' in this line: allowed are key = "
	    "value, [section], and comments with # or ;",
	    "no =");
	is_str(MISTAKE("[a] b"),
	    "text behind ']': a comment there starts with "
	    "a blank and ';'",
	    "text behind ]");
}

static void
test_lengths(void)
{
	char line[400];

	memset(line, 'x', sizeof(line));
	memcpy(line, "k = ", 4);
	is_str(mistake(line, 198, false), "", "198 bytes are a line");
	is_str(mistake(line, 199, false),
	    "this line has 199 bytes, at most "
	    "198 are allowed: continue it on the next line, indented",
	    "199 bytes are too many");
	memset(line, ' ', 100);
	is_str(
	    mistake(line, 100 + 197, true), "", "indentation does not count");
	is_str(mistake(line, 100 + 198, true),
	    "this line has 198 bytes, at "
	    "most 197 are allowed: continue it on the next line, indented",
	    "a continuation has one byte less");
	line[0] = '#';
	is_str(
	    mistake(line, sizeof(line), false), "", "a comment may be longer");
	memset(line, 'k', 50);
	line[49] = '=';
	is_str(mistake(line, 60, false), "", "a key of 49 bytes");
	line[49] = 'k';
	line[50] = '=';
	is_str(mistake(line, 60, false),
	    "the name of this key has 50 bytes, "
	    "at most 49 are allowed",
	    "a key of 50 bytes");
}

/* All that a decoder must refuse, and the ends of what it must not. */
static void
test_utf8(void)
{
	static const struct {
		const char *bytes;
		size_t good;
	} cases[] = {
		{ "a\xc2\x80", 3 },
		{ "\xc1\xbf", 0 },
		{ "\xdf\xbf", 2 },
		{ "\xe0\x9f\xbf", 0 },
		{ "\xe0\xa0\x80", 3 },
		{ "\xed\x9f\xbf", 3 },
		{ "\xed\xa0\x80", 0 },
		{ "\xef\xbf\xbf", 3 },
		{ "\xf0\x8f\xbf\xbf", 0 },
		{ "\xf0\x90\x80\x80", 4 },
		{ "\xf4\x8f\xbf\xbf", 4 },
		{ "\xf4\x90\x80\x80", 0 },
		{ "\xf5\x80\x80\x80", 0 },
		{ "\x80", 0 },
		{ "ab\xe2\x82", 2 },
		{ "\xe2\x82z", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_int((intmax_t)conf_line_bad_byte(
			   cases[i].bytes, strlen(cases[i].bytes)),
		    (intmax_t)cases[i].good, "UTF-8 up to the right byte");
}

int
main(void)
{
	test_good();
	test_bad();
	test_lengths();
	test_utf8();
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* The reader of JSON: what it takes, what it refuses, and that it stays in. */
#include <errno.h>

#include "tap.h"
#include "wire/json.h"

#define ROUNDS 40000

static struct json json;

static int
read_string(const char *text)
{
	struct err e = { 0 };

	return json_read(&json, text, strlen(text), &e);
}

/* A member as it is shown. */
static const char *
shown(const char *name)
{
	static char room[256];
	struct text t;

	text_init(&t, room, sizeof(room));
	json_text(&json, json_member(&json, 1, name), &t);
	return room;
}

static void
test_members(void)
{
	double number = 0;
	uint64_t whole = 0;
	uint32_t all, at;

	is_int(read_string("{\"a\":1.5e1,\"b\":\"x\",\"c\":[\"p\",[],\"q\"],"
			   "\"d\":{\"e\":null,\"f\":true},\"g\":false,"
			   "\"h\":18446744073709551615}"),
	    0, "an object is read");
	ok(json_number(&json, json_member(&json, 1, "a"), &number) &&
		number == 15,
	    "a number");
	is_str(shown("b"), "x", "a string");
	is_str(shown("d"), "{\"e\":null,\"f\":true}", "an object as written");
	is_str(shown("nothing"), "", "what is not there is empty");
	all = json_member(&json, 1, "c");
	at = json_first(&json, all);
	ok(json_is(&json, at, "p"), "the first element");
	at = json_next(&json, all, at);
	is_int(json_kind(&json, at), JSON_ARRAY, "the second");
	is_int(json_first(&json, at), JSON_NONE, "an empty array");
	at = json_next(&json, all, at);
	ok(json_is(&json, at, "q"), "the third");
	is_int(json_next(&json, all, at), JSON_NONE, "and no more");
	all = json_member(&json, 1, "d");
	is_int(json_kind(&json, json_member(&json, all, "f")), JSON_TRUE,
	    "a member of a member");
	is_int(json_member(&json, all, "g"), JSON_NONE,
	    "what follows an object is not in it");
	ok(json_unsigned(&json, json_member(&json, 1, "h"), &whole) &&
		whole == UINT64_MAX,
	    "the largest whole number");
	ok(!json_unsigned(&json, json_member(&json, 1, "a"), &whole),
	    "15e-1 is not written as one");
	is_int(json_member(&json, json_member(&json, 1, "b"), "a"), JSON_NONE,
	    "a string has no members");
}

static void
test_strings(void)
{
	static const struct {
		const char *written, *meant;
	} rows[] = {
		{ "", "" },
		{ "\\\"\\\\\\/", "\"\\/" },
		{ "\\b\\f\\n\\r\\t", "\b\f\n\r\t" },
		{ "\\u0041\\u00e9\\u20AC", "A\u00e9\u20ac" },
		{ "\\ud83d\\ude00!", "\U0001F600!" },
		{ "\\ud83d", "\ufffd" },
		{ "\\ud83dx\\u0041", "\ufffdxA" },
		{ "\\ud83d\\u0041", "\ufffdA" },
		{ "\\ude00\\ud83d", "\ufffd\ufffd" },
		{ "a\\u0000b", "a\ufffdb" },
		{ "\x7f\xff", "\x7f\xff" },
	};
	char text[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(
		    text, sizeof(text), "{\"a\":\"%s\"}", rows[i].written);
		if (is_int(read_string(text), 0, text))
			is_str(shown("a"), rows[i].meant, "  and its meaning");
	}
}

static void
test_mistakes(void)
{
	static const char *const wrong[] = { "", " ", "{", "}", "[", "]",
		"{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}",
		"{a:1}", "{\"a\" 1}", "{1:1}", "{,}", "[1,]", "[,1]", "[1 2]",
		"[1}", "{\"a\":1]", "\"", "\"a", "\"\\", "\"\\\"", "\"\\x\"",
		"\"\\u\"", "\"\\u12\"", "\"\\u123\"", "\"\\u12g4\"", "\"a\nb\"",
		"\"\x01\"", "01", "-", "-a", "+1", ".5", "1.", "1.e5", "1e",
		"1e+", "0x1", "1 1", "tru", "truee", "nul", "False", "NaN",
		"Infinity", "'a'", "{} {}", "[1]x" };
	struct err e;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		e = (struct err) { 0 };
		is_int(json_read(&json, wrong[i], strlen(wrong[i]), &e),
		    -EINVAL, wrong[i][0] != '\0' ? "no JSON" : "no text");
		if (e.text[0] == '\0')
			ok(false, "  is told why");
	}
	is_int(json_read(&json, "\"a\\", 3, NULL), -EINVAL,
	    "an escape at the end");
	is_int(
	    json_read(&json, "\"\\\0\"", 4, NULL), -EINVAL, "an escaped NUL");
	is_int(json_read(&json, "12345", 3, NULL), 0,
	    "the text ends where its length says");
	is_int(json.nodes[1].length, 3, "  and the number does, too");
}

static void
test_bounds(void)
{
	static char text[4 * JSON_NODES];
	size_t length;

	memset(text, '[', JSON_DEPTH);
	memset(text + JSON_DEPTH, ']', JSON_DEPTH);
	is_int(json_read(&json, text, 2 * JSON_DEPTH, NULL), 0,
	    "as deep as may be");
	memset(text, '[', JSON_DEPTH + 1);
	is_int(json_read(&json, text, sizeof(text), NULL), -E2BIG,
	    "one more is too deep");
	text[0] = '[';
	for (length = 1; length < 2 * JSON_NODES - 1; length += 2)
		memcpy(text + length, "1,", 2);
	text[length - 1] = ']';
	is_int(json_read(&json, text, length, NULL), 0,
	    "as many values as there are nodes");
	is_int(json.count, JSON_NODES, "  and all are used");
	memcpy(text + length - 1, ",1]", 3);
	is_int(json_read(&json, text, length + 2, NULL), -E2BIG,
	    "one more is too many");
	is_int(read_string("[1,2]"), 0, "and then it reads again");
}

/* Asks for everything that can be asked. */
static void
walk(uint32_t parent)
{
	char room[64];
	struct text t;
	double number;
	uint64_t whole;

	text_init(&t, room, sizeof(room));
	json_text(&json, parent, &t);
	(void)json_number(&json, parent, &number);
	(void)json_unsigned(&json, parent, &whole);
	(void)json_member(&json, parent, "service");
	for (uint32_t at = json_first(&json, parent); at != JSON_NONE;
	     at = json_next(&json, parent, at))
		walk(at);
}

/*
 * What superd sends, with some bytes changed or cut off, each copy as long as
 * its memory, so that a sanitizer sees a byte too far.
 */
static void
test_damage(void)
{
	static const char whole[] =
	    "{\"type\":\"service\",\"service\":\"e\\u00e9\\ud83d\\ude00\","
	    "\"listen\":[\"0.0.0.0:7\",\"[::]:7\"],\"refused\":{\"deny\":2},"
	    "\"rate\":-0.5e-3,\"a\":null,\"b\":true,\"c\":false,\"d\":{},"
	    "\"e\":[],\"f\":[[{\"g\":[1,2.0,\"\\\"\\\\\"]}]]}";
	static const char bytes[] = "{}[]\",:\\u0123456789eE+-.dDa \n\xff";
	unsigned int read = 0;
	size_t length, changes;
	char *text;

	for (int round = 0; round < ROUNDS; round++) {
		length = sizeof(whole) - 1;
		if (tap_random_below(4) == 0)
			length = tap_random_below(length + 1);
		text = malloc(length > 0 ? length : 1);
		if (text == NULL)
			tap_bail("no memory");
		memcpy(text, whole, length);
		changes = length > 0 ? tap_random_below(4) : 0;
		while (changes-- > 0)
			text[tap_random_below(length)] =
			    bytes[tap_random_below(sizeof(bytes) - 1)];
		if (json_read(&json, text, length, NULL) == 0) {
			read++;
			walk(1);
		}
		free(text);
	}
	ok(read > 100, "damaged text is read or refused, without harm");
	tap_note("%u of %d were read", read, ROUNDS);
}

int
main(void)
{
	tap_seed(6);
	test_members();
	test_strings();
	test_mistakes();
	test_bounds();
	test_damage();
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* Bounded text: never past its end, always terminated, foreign bytes tame. */
#include <inttypes.h>

#include "base/text.h"
#include "tap.h"

#define ROUNDS 100000

/* The buffer under test stands between bytes that nobody may write. */
static char room[64 + 2];

static void
start(struct text *t, size_t size)
{
	memset(room, '#', sizeof(room));
	text_init(t, room + 1, size);
}

static void
test_cut(void)
{
	struct text t;

	start(&t, 4);
	ok(t.length == 0 && room[1] == '\0' && !t.cut, "a new text is empty");
	text_string(&t, "abc");
	ok(!t.cut && strcmp(room + 1, "abc") == 0, "what just fits is whole");
	text_char(&t, 'd');
	ok(t.cut && strcmp(room + 1, "abc") == 0, "one more is cut");
	text_printf(&t, "%d", 7);
	ok(t.length == 3 && room[5] == '#', "and nothing is past the end");
	start(&t, 1);
	text_printf(&t, "x");
	text_unsigned(&t, 12345);
	ok(t.cut && t.length == 0 && room[1] == '\0' && room[2] == '#',
	    "a buffer of one byte holds the empty text");
	start(&t, 8);
	text_printf(&t, "%s", "1234567");
	ok(!t.cut && t.length == 7, "printf fills the buffer");
	start(&t, 8);
	text_printf(&t, "%s", "12345678");
	ok(t.cut && strcmp(room + 1, "1234567") == 0, "and is cut after it");
}

/* As when room for an end is taken off the size of a text that is full. */
static void
test_past_its_size(void)
{
	struct text t;

	for (size_t size = 0; size <= 4; size++) {
		start(&t, 5);
		text_string(&t, "abcd");
		t.size = size;
		text_bytes(&t, "", 0);
		text_printf(&t, "%s", "");
		ok(!t.cut && text_room(&t) == 0, "nothing fits into no room");
		text_string(&t, "efgh");
		text_printf(&t, "%d", 7);
		ok(t.cut && t.length == 4 && memcmp(room, "#abcd\0#", 7) == 0,
		    "a text past its size stays as it is");
	}
}

/* One random piece, to the text and, by libc, to the model. */
static void
add_piece(struct text *t, char *model, size_t size)
{
	size_t length = strlen(model);
	char *at = model + length;
	uint64_t value = tap_random() >> tap_random_below(64);
	unsigned int digits = (unsigned int)tap_random_below(20);

	size -= length;
	switch (tap_random_below(6)) {
	case 0:
		text_unsigned(t, value);
		snprintf(at, size, "%" PRIu64, value);
		break;
	case 1:
		text_signed(t, (int64_t)value);
		snprintf(at, size, "%" PRId64, (int64_t)value);
		break;
	case 2:
		text_padded(t, value, 1 + digits);
		snprintf(at, size, "%0*" PRIu64, (int)(1 + digits), value);
		break;
	case 3:
		text_hex(t, value, 1 + digits);
		snprintf(at, size, "%0*" PRIx64, (int)(1 + digits), value);
		break;
	case 4:
		text_printf(t, "<%u>", digits);
		snprintf(at, size, "<%u>", digits);
		break;
	default:
		text_bytes(t, "bytes and more", digits % 14);
		snprintf(
		    at, size, "%.*s", (int)(digits % 14), "bytes and more");
	}
}

static void
test_against_libc(void)
{
	unsigned int wrong = 0, cuts = 0;

	for (int i = 0; i < ROUNDS; i++) {
		size_t size = 1 + tap_random_below(sizeof(room) - 2);
		char model[512] = "";
		struct text t;

		start(&t, size);
		for (uint64_t n = tap_random_below(8); n > 0 && !t.cut; n--)
			add_piece(&t, model, sizeof(model));
		wrong += t.cut != (strlen(model) > size - 1);
		wrong += strlen(room + 1) != t.length;
		wrong += strncmp(room + 1, model, size - 1) != 0;
		wrong += room[0] != '#' || room[1 + size] != '#';
		cuts += t.cut;
	}
	ok(wrong == 0, "texts are as libc's, and cut in the right place");
	ok(cuts > 1000 && cuts < ROUNDS - 1000, "some were cut, some not");
}

/* The bytes that an escaped text stands for. */
static size_t
unescape(const char *at, unsigned char *ret_bytes)
{
	size_t n = 0;

	for (; *at != '\0'; at++) {
		unsigned int value = (unsigned char)*at;

		if (*at == '\\') {
			static const char letters[] = "nrt\\\"";
			static const char bytes[] = "\n\r\t\\\"";

			at++;
			if (*at == 'x') {
				sscanf(at + 1, "%2x", &value);
				at += 2;
			} else {
				value = (unsigned char)
				    bytes[strchr(letters, *at) - letters];
			}
		}
		ret_bytes[n++] = (unsigned char)value;
	}
	return n;
}

static void
test_escapes(void)
{
	unsigned int wild = 0, lost = 0;

	for (int i = 0; i < ROUNDS; i++) {
		unsigned char bytes[16], back[64];
		size_t n = tap_random_below(sizeof(bytes) + 1);
		struct text t;

		for (size_t j = 0; j < n; j++)
			bytes[j] = (unsigned char)tap_random();
		start(&t, 16 * 4 + 1);
		text_escaped(&t, bytes, n);
		for (const char *c = room + 1; *c != '\0'; c++)
			wild += *c < ' ' || *c > '~' || *c == '"';
		for (const char *c = room + 1; *c != '\0'; c++)
			wild -= c[0] == '\\' && c[1] == '"';
		lost += t.cut || unescape(room + 1, back) != n ||
		    memcmp(bytes, back, n) != 0;
	}
	is_int(wild, 0, "escaped bytes are printable ASCII, quotes escaped");
	is_int(lost, 0, "and stand for what they were");
}

static void
test_every_byte(void)
{
	struct text t;

	start(&t, 60);
	text_escaped(&t, "a\"b\\c\n\r\t\x1b[0m\x7f\xff", 14);
	text_escaped(&t, "\0", 1);
	is_str(room + 1, "a\\\"b\\\\c\\n\\r\\t\\x1b[0m\\x7f\\xff\\x00",
	    "escapes have names or two digits");
	start(&t, 60);
	text_signed(&t, INT64_MIN);
	is_str(room + 1, "-9223372036854775808", "the smallest number");
	start(&t, 60);
	text_hex(&t, 0, 0);
	text_padded(&t, 7, 3);
	is_str(room + 1, "007", "no digits of nothing, three of seven");
	start(&t, 60);
	text_hex(&t, 5, 1000);
	is_int((intmax_t)t.length, 24, "more digits than any number has");
}

int
main(void)
{
	tap_seed(2);
	test_cut();
	test_past_its_size();
	test_against_libc();
	test_escapes();
	test_every_byte();
	return done_testing();
}

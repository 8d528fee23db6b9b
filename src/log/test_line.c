/* SPDX-License-Identifier: ISC */
/*
 * Lines: their look, and what holds for any bytes of any length: one line,
 * printable ASCII, at most LOG_LINE_MAX, and every value can be read back.
 */
#include "log/line.h"
#include "log/stamp.h"
#include "tap.h"

#define ROUNDS 20000

static char line_buffer[2 * LOG_LINE_MAX];

static const char *
format(void (*f)(struct text *, const struct log_line *),
    const struct log_field *fields, const char *head, const char *time)
{
	const struct log_line line = {
		.event = LOG_CONN_OPEN,
		.fields = fields,
		.head = head,
		.time = time,
	};
	struct text t;

	text_init(&t, line_buffer, sizeof(line_buffer));
	f(&t, &line);
	return line_buffer;
}

static void
test_look(void)
{
	const struct log_field fields[] = {
		LOG_TEXT("service", "echo"),
		LOG_UNSIGNED("connection", UINT64_MAX),
		LOG_TEXT("missing", NULL),
		LOG_COUNT("nothing", 0),
		LOG_COUNT("some", 3),
		LOG_SIGNED("status", -7),
		LOG_SECONDS("duration", UINT64_C(1234567890)),
		LOG_SECONDS("user", UINT64_C(5999)),
		LOG_TEXT("empty", ""),
		LOG_BYTES("bytes", "a b\0c", 5),
		LOG_END,
	};
	const struct log_field none[] = { LOG_END };

	is_str(format(log_line_text, fields, NULL, "NOW"),
	    "NOW info conn.open service=echo connection=18446744073709551615"
	    " some=3 status=-7 duration=1.234567 user=0.000005 empty=\"\""
	    " bytes=\"a b\\x00c\"\n",
	    "a text line");
	is_str(format(log_line_text, none, "<6>", NULL), "<6>conn.open\n",
	    "one for the journal");
	is_str(format(log_line_json, fields, NULL, "NOW"),
	    "{\"time\":\"NOW\",\"level\":\"info\",\"event\":\"conn.open\","
	    "\"service\":\"echo\",\"connection\":18446744073709551615,"
	    "\"some\":3,\"status\":-7,\"duration\":1.234567,\"user\":0.000005,"
	    "\"empty\":\"\",\"bytes\":\"a b\\u0000c\"}\n",
	    "a JSON line");
	is_str(format(log_line_json, none, NULL, NULL),
	    "{\"level\":\"info\",\"event\":\"conn.open\"}\n",
	    "a JSON line without fields");
}

static bool
is_one_ascii_line(const char *line)
{
	size_t length = strlen(line);

	for (size_t i = 0; i + 1 < length; i++) {
		if (line[i] < ' ' || line[i] > '~')
			return false;
	}
	return length > 0 && length <= LOG_LINE_MAX && line[length - 1] == '\n';
}

/* A JSON string, number or true; returns what follows, NULL if it is none. */
static const char *
skip_value(const char *at)
{
	if (strncmp(at, "true", 4) == 0)
		return at + 4;
	if (*at != '"') {
		size_t n = strspn(at, "-0123456789.");

		return n > 0 ? at + n : NULL;
	}
	for (at++; *at != '"'; at++) {
		if (*at < ' ' || *at > '~')
			return NULL;
		if (*at != '\\')
			continue;
		at++;
		if (*at == 'u') {
			if (strspn(at + 1, "0123456789abcdef") < 4)
				return NULL;
			at += 4;
		} else if (*at == '\0' || strchr("nrt\"\\", *at) == NULL) {
			return NULL;
		}
	}
	return at + 1;
}

/* One flat object and a newline. */
static bool
is_json(const char *at)
{
	if (*at != '{')
		return false;
	do {
		if (*++at != '"' || (at = skip_value(at)) == NULL ||
		    *at++ != ':' || (at = skip_value(at)) == NULL)
			return false;
	} while (*at == ',');
	return strcmp(at, "}\n") == 0;
}

static int
hex(const char *at, int digits)
{
	char buffer[5] = { 0 };

	memcpy(buffer, at, (size_t)digits);
	return (int)strtol(buffer, NULL, 16);
}

/* Reads a value of a text line back; returns its length. */
static size_t
unescape(const char *at, char *ret)
{
	static const char names[] = "n\nr\rt\t\"\"\\\\";
	bool quoted = *at == '"';
	size_t n = 0;

	for (at += quoted; *at != (quoted ? '"' : '\n'); at++) {
		if (*at != '\\') {
			ret[n++] = *at;
		} else if (*++at == 'x') {
			ret[n++] = (char)hex(at + 1, 2);
			at += 2;
		} else {
			ret[n++] = strchr(names, *at)[1];
		}
	}
	return n;
}

/* Likelier than chance: blanks, quotes, UTF-8, line ends, long plain runs. */
static size_t
random_bytes(char *bytes, size_t most)
{
	static const char *const likely[] = { " ", "\"", "\\", "\n", "\xc3\xa4",
		"\xf0\x9f\x98\x80", "\xe2\x82", "plain words",
		"\n2026-11-20T08:47:43.123Z info conn.open forged=1\n",
		"\",\"event\":\"forged" };
	size_t want = tap_random_below(most), n = 0;

	while (n < want) {
		uint64_t kind = tap_random_below(20);
		size_t length = kind < 10 ? strlen(likely[kind]) : 0;

		if (length > 0 && n + length <= want) {
			memcpy(bytes + n, likely[kind], length);
			n += length;
		} else {
			bytes[n++] = (char)tap_random_below(256);
		}
	}
	return n;
}

static void
test_any_bytes(void)
{
	static char bytes[LOG_LINE_MAX + 500], back[LOG_LINE_MAX + 500];
	unsigned int bad_text = 0, bad_json = 0, lost = 0, cut = 0;

	for (int i = 0; i < ROUNDS; i++) {
		size_t most = i % 2 == 0 ? 100 : sizeof(bytes), n, got;
		const char *line;

		n = random_bytes(bytes, most);
		const struct log_field fields[] = {
			LOG_UNSIGNED("number", tap_random()),
			LOG_BYTES("value", bytes, n),
			LOG_END,
		};

		line = format(log_line_json, fields, NULL, "NOW");
		bad_json += !is_one_ascii_line(line) || !is_json(line);
		line = format(log_line_text, fields, NULL, "NOW");
		bad_text += !is_one_ascii_line(line);
		if (strcmp(line + strlen(line) - 5, " ...\n") == 0)
			cut++;
		got = unescape(strstr(line, "value=") + 6, back);
		lost += got > n || memcmp(bytes, back, got) != 0 ||
		    (got < n && strlen(line) < LOG_LINE_MAX - 8);
	}
	is_int(bad_json, 0, "JSON lines are valid, whatever the bytes");
	is_int(bad_text, 0, "text lines are single lines of ASCII");
	is_int(lost, 0, "values can be read back, as far as they fit");
	ok(cut > ROUNDS / 10, "many of them were cut");
	tap_note("%u of %u were cut", cut, ROUNDS);
}

/* The cut falls on every place of a field's name, number and quotes. */
static void
test_cut_anywhere(void)
{
	static char bytes[LOG_LINE_MAX];
	unsigned int bad = 0, unmarked = 0;

	memset(bytes, 'a', sizeof(bytes));
	for (size_t n = LOG_LINE_MAX - 250; n < LOG_LINE_MAX; n++) {
		const struct log_field fields[] = {
			LOG_BYTES("first", bytes, n),
			LOG_TEXT("quoted", "a \n\"b\""),
			LOG_UNSIGNED("number", 1234567890),
			LOG_TEXT("last", "abc"),
			LOG_END,
		};
		const char *line = format(log_line_json, fields, "", "NOW");

		bad += !is_one_ascii_line(line) || !is_json(line);
		unmarked += strstr(line, "\"last\":\"abc\"}") == NULL &&
		    strstr(line, ",\"cut\":true}\n") == NULL;
		line = format(log_line_text, fields, "", "NOW");
		bad += !is_one_ascii_line(line);
		unmarked += strstr(line, " last=abc\n") == NULL &&
		    strstr(line, " ...\n") == NULL;
		unmarked += strstr(line, " number=") != NULL &&
		    strstr(line, " number=1234567890") == NULL;
	}
	is_int(bad, 0, "a cut line is well formed");
	is_int(unmarked, 0, "and says that it was cut");
}

static void
test_stamp(void)
{
	const struct timespec first = { 1795164463, 123456789 };
	const struct timespec same = { 1795164463, 999999999 };
	const struct timespec leap = { 951782400, 0 };
	struct log_stamp s = { 0 };

	is_str(
	    log_stamp_text(&s, &first), "2026-11-20T08:47:43.123Z", "a time");
	is_str(log_stamp_text(&s, &same), "2026-11-20T08:47:43.999Z",
	    "the same second");
	is_str(log_stamp_text(&s, &leap), "2000-02-29T00:00:00.000Z",
	    "a clock that was set back");
}

int
main(void)
{
	tap_seed(4711);
	test_look();
	test_any_bytes();
	test_cut_anywhere();
	test_stamp();
	return done_testing();
}

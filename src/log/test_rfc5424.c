/* SPDX-License-Identifier: ISC */
/*
 * What goes to syslog parses by the grammar of RFC 5424, section 6, whatever
 * the bytes, and says what went in.
 */
#include <unistd.h>

#include "log/escape.h"
#include "log/rfc5424.h"
#include "tap.h"

#define ROUNDS 20000

static char made[LOG_LINE_MAX + 1];

static const char *
format(enum log_event_kind event, const struct log_field *fields, bool json)
{
	const struct log_line line = {
		.event = event,
		.fields = fields,
		.time = "2026-11-20T15:05:40.123Z",
	};
	struct text t;

	text_init(&t, made, sizeof(made));
	log_rfc5424_format(&t, &line, json);
	return made;
}

/* PRINTUSASCII, up to so many, then a blank; moves *at behind it. */
static bool
is_word(const char **at, size_t most, const char *not_in_it)
{
	size_t n = 0;

	while ((*at)[n] > ' ' && (*at)[n] <= '~' &&
	    strchr(not_in_it, (*at)[n]) == NULL)
		n++;
	*at += n;
	return n > 0 && n <= most;
}

static bool
is_value(const char **at)
{
	const char *c = *at;

	for (; *c != '"'; c++) {
		if (*c == ']' || (unsigned char)*c < ' ' || *c > '~')
			return false;
		if (*c == '\\') {
			c++;
			if (strchr("\"\\]", *c) == NULL || *c == '\0')
				return false;
		}
	}
	*at = c + 1;
	return true;
}

static bool
is_data(const char **at)
{
	if (**at == '-') {
		++*at;
		return true;
	}
	if (strncmp(*at, "[superd@32473", 13) != 0)
		return false;
	*at += 13;
	while (**at == ' ') {
		++*at;
		if (!is_word(at, 32, "=\"]") || (*at)[0] != '=' ||
		    (*at)[1] != '"')
			return false;
		*at += 2;
		if (!is_value(at))
			return false;
	}
	return *(*at)++ == ']';
}

/* Is it a line of that grammar?  *ret_message is its MSG. */
static bool
is_line(const char *at, const char **ret_message)
{
	static const size_t most[] = { 32, 255, 48, 128, 32 };
	unsigned int pri;
	int n = 0;

	if (sscanf(at, "<%3u>1 %n", &pri, &n) != 1 || n == 0 || pri > 191)
		return false;
	at += n;
	for (size_t i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		if (!is_word(&at, most[i], "") || *at++ != ' ')
			return false;
	}
	if (!is_data(&at) || *at++ != ' ')
		return false;
	*ret_message = at;
	return at[strcspn(at, "\n")] == '\n' &&
	    at[strcspn(at, "\n") + 1] == '\0';
}

static void
test_form(void)
{
	const struct log_field fields[] = { LOG_TEXT(
						"service", "a \"b\" [c\\d]"),
		LOG_UNSIGNED("connection", 7), LOG_COUNT("suppressed", 0),
		LOG_TEXT("peer", NULL), LOG_SECONDS("duration", 1234567000),
		LOG_TEXT("text", "x\ny\xff"), LOG_END };
	const struct log_field none[] = { LOG_END };
	char want[1024], host[256] = "";

	(void)gethostname(host, sizeof(host) - 1);
	snprintf(want, sizeof(want),
	    "<30>1 2026-11-20T15:05:40.123Z %s superd %d conn.open "
	    "[superd@32473 service=\"a \\\"b\\\" [c\\\\d\\]\" connection=\"7\" "
	    "duration=\"1.234567\" text=\"x\\\\ny\\\\xff\"] "
	    "conn.open service=\"a \\\"b\\\" [c\\\\d]\" connection=7 "
	    "duration=1.234567 text=\"x\\ny\\xff\"\n",
	    host, (int)getpid());
	is_str(format(LOG_CONN_OPEN, fields, false), want, "an event");
	snprintf(want, sizeof(want),
	    "<29>1 2026-11-20T15:05:40.123Z %s superd %d superd.start - "
	    "superd.start\n",
	    host, (int)getpid());
	is_str(format(LOG_START, none, false), want, "one without fields");
	snprintf(want, sizeof(want),
	    "<29>1 2026-11-20T15:05:40.123Z %s superd %d superd.start - "
	    "{\"time\":\"2026-11-20T15:05:40.123Z\",\"level\":\"notice\","
	    "\"event\":\"superd.start\"}\n",
	    host, (int)getpid());
	is_str(format(LOG_START, none, true), want, "and one in JSON");
}

static void
test_any_bytes(void)
{
	static char bytes[6000];
	unsigned int bad = 0, whole = 0;
	const char *message = "";

	for (int round = 0; round < ROUNDS; round++) {
		size_t size = tap_random_below(
		    tap_random_below(4) == 0 ? sizeof(bytes) : 60);
		const struct log_field fields[] = {
			LOG_BYTES("text", bytes, size),
			LOG_UNSIGNED("number", 7),
			LOG_BYTES("again", bytes, size / 2),
			LOG_END,
		};

		for (size_t i = 0; i < size; i++)
			bytes[i] = tap_random_below(3) == 0
			    ? "\\\"] \n["[tap_random_below(6)]
			    : (char)tap_random_below(256);
		(void)format(LOG_HANDLER_STDERR, fields, false);
		bad += !is_line(made, &message);
		bad += strlen(made) > LOG_LINE_MAX;
		whole += strncmp(message, "handler.stderr text=", 20) == 0;
	}
	is_int(bad, 0, "any bytes make a line of the grammar");
	is_int(whole, ROUNDS, "in which there is room for the message");
}

/*
 * The first value ends before, at and behind the last place that it may have;
 * the second would not end before the buffer does.  The size of the buffer is
 * that of a line, but what is behind it is watched.
 */
static void
test_every_length(char last)
{
	static char value[2100], more[4 * LOG_LINE_MAX], room[8 * LOG_LINE_MAX];
	unsigned int bad = 0, past = 0, whole = 0, cut = 0;
	const char *message;

	memset(value, 'x', sizeof(value));
	memset(value + sizeof(value) - 8, last, 8);
	memset(more, 'm', sizeof(more));
	for (size_t length = 1700; length <= sizeof(value); length++) {
		const struct log_field fields[] = {
			LOG_BYTES(
			    "text", value + sizeof(value) - length, length),
			LOG_BYTES("again", more, sizeof(more)),
			LOG_UNSIGNED("number", 7),
			LOG_END,
		};
		const struct log_line line = { .event = LOG_CONN_OPEN,
			.fields = fields,
			.time = "2026-11-20T15:05:40.123Z" };
		struct text t;

		memset(room, '#', sizeof(room));
		text_init(&t, room, LOG_LINE_MAX + 1);
		log_rfc5424_format(&t, &line, false);
		bad += !is_line(room, &message) || strlen(room) != t.length;
		for (size_t i = LOG_LINE_MAX + 1; i < sizeof(room); i++)
			past += room[i] != '#';
		if (strstr(room, " again=\"") != NULL)
			whole++;
		else
			cut++;
	}
	is_int(bad, 0, "a value of any length makes a line of the grammar");
	is_int(past, 0, "and not a byte is written behind the buffer");
	ok(whole > 0 && cut > 0, "the lengths are around the limit");
}

static void
test_names(void)
{
	unsigned int bad = 0;

	for (int i = 0; i < LOG_EVENT_KINDS; i++) {
		const char *message;
		const struct log_field none[] = { LOG_END };

		bad += !is_line(
		    format((enum log_event_kind)i, none, false), &message);
	}
	is_int(bad, 0, "the name of each event can be a MSGID");
}

int
main(void)
{
	tap_seed(5424);
	test_form();
	test_any_bytes();
	test_every_length('x');
	test_every_length(']');
	test_names();
	return done_testing();
}

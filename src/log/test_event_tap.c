/* SPDX-License-Identifier: ISC */
/* Who follows gets whole lines in order, or is told how many are missing. */
#include <fcntl.h>
#include <unistd.h>

#include "log/event_tap.h"
#include "tap.h"

static struct log_tap_reader one, two;

static size_t
next(struct log_tap_reader *r, char *to, uint64_t *ret_lost)
{
	const char *line = "";
	size_t length = log_tap_next(r, &line, ret_lost);

	memcpy(to, line, length);
	to[length] = '\0';
	return length;
}

static bool
has_number(const char *line, uint64_t number)
{
	char want[64];

	snprintf(want, sizeof(want), "\"connection\":%llu}\n",
	    (unsigned long long)number);
	return line[0] == '{' && strstr(line, want) != NULL;
}

static void
say(const char *service, uint64_t number)
{
	log_event(LOG_CONN_OPEN, LOG_TEXT("service", service),
	    LOG_UNSIGNED("connection", number));
}

static void
test_start(void)
{
	char line[LOG_TAP_BYTES];
	uint64_t lost;

	ok(!log_wants(LOG_CONN_OPEN), "nobody follows, nobody wants it");
	say("web", 1);
	is_int(log_tap_start(&one, LOG_LEVEL_INFO, NULL), 0, "one follows");
	ok(log_wants(LOG_CONN_OPEN) && !log_wants(LOG_ORPHAN),
	    "and wants what the log does not, as far as he said");
	is_int((intmax_t)next(&one, line, &lost), 0, "what was is not for him");
	say("web", 2);
	(void)next(&one, line, &lost);
	ok(has_number(line, 2) && lost == 0, "what comes is");
	ok(strstr(line, "\"event\":\"conn.open\",\"service\":\"web\"") != NULL,
	    "as a line of JSON");
	is_int((intmax_t)next(&one, line, &lost), 0, "once");
}

static void
test_filters(void)
{
	char line[LOG_TAP_BYTES];
	uint64_t lost;

	(void)log_tap_start(&two, LOG_LEVEL_NOTICE, "web");
	say("web", 1);
	log_event(LOG_HANDLER_STDERR, LOG_TEXT("service", "webs"));
	log_event(LOG_START);
	log_event(LOG_HANDLER_STDERR, LOG_TEXT("service", "web"),
	    LOG_UNSIGNED("connection", 7));
	(void)next(&two, line, &lost);
	ok(has_number(line, 7), "a service's lines at a level, no others");
	is_int((intmax_t)next(&two, line, &lost), 0, "and no more");
	for (int i = 0; i < 4; i++)
		ok(next(&one, line, &lost) > 0, "all are for who wants all");
	log_tap_stop(&two);
	log_tap_stop(&two);
}

/* Numbers come in at random, and are read at random. */
static void
test_lost(void)
{
	char line[LOG_TAP_BYTES];
	uint64_t in = 0, want = 0, lost, missed = 0, wrong = 0;
	uint64_t of_b = 0, read_b = 0;

	(void)log_tap_start(&two, LOG_LEVEL_INFO, "b");
	for (int round = 0; round < 100000; round++) {
		if (tap_random_below(100) < 60) {
			bool b = tap_random_below(2) == 0;

			say(b ? "b" : "aa", in++);
			of_b += b;
			continue;
		}
		/* Now and then it sleeps. */
		if (tap_random_below(1000) < 2)
			for (int i = 0; i < 2000; i++, of_b++)
				say("b", in++);
		read_b += next(&two, line, &lost) > 0;
		read_b += lost;
		if (next(&one, line, &lost) == 0)
			continue;
		want += lost;
		missed += lost;
		wrong += !has_number(line, want);
		want++;
	}
	for (;; want++) {
		if (next(&one, line, &lost) == 0)
			break;
		want += lost;
		wrong += !has_number(line, want);
	}
	ok(missed > 1000 && wrong == 0, "each line comes or counts as lost");
	is_int((intmax_t)want, (intmax_t)in, "to the last one");
	while (next(&two, line, &lost) > 0 || lost > 0)
		read_b += lost + (line[0] != '\0');
	is_int((intmax_t)read_b, (intmax_t)of_b,
	    "of another's lines none counts as lost");
}

/* The longest there are, so that they wrap in many ways. */
static void
test_long(void)
{
	static char text[8000], line[LOG_TAP_BYTES];
	uint64_t lost;
	size_t length, wrong = 0;

	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 5000; i++) {
		log_event(
		    LOG_START, LOG_BYTES("text", text, tap_random_below(8000)));
		length = next(&one, line, &lost);
		wrong += lost != 0 || length < 2 || length > 4096 ||
		    memcmp(line + length - 2, "}\n", 2) != 0 ||
		    strlen(line) != length;
	}
	is_int((intmax_t)wrong, 0, "long lines come whole");
	log_event(LOG_START);
	log_tap_stop(&one);
	log_tap_stop(&two);
	ok(!log_wants(LOG_CONN_OPEN), "who has stopped wants no more");
	(void)log_tap_start(&one, LOG_LEVEL_INFO, NULL);
	is_int((intmax_t)next(&one, line, &lost), 0,
	    "who starts again begins with what comes");
	log_tap_stop(&one);
}

/* What the log writes is what it wrote before. */
static void
test_sink(const char *path)
{
	const struct log_options options = {
		.sink = LOG_SINK_FILE, .level = LOG_LEVEL_NOTICE, .path = path
	};
	struct err e;
	char got[4096];
	ssize_t n;
	int fd;

	if (log_open(&options, &e) < 0)
		tap_bail("cannot open the log");
	(void)log_tap_start(&one, LOG_LEVEL_DEBUG, NULL);
	say("web", 1);
	log_event(LOG_START, LOG_TEXT("where", "both"));
	log_close();
	log_tap_stop(&one);
	fd = open(path, O_RDONLY);
	n = read(fd, got, sizeof(got) - 1);
	got[n > 0 ? n : 0] = '\0';
	(void)close(fd);
	(void)unlink(path);
	ok(strstr(got, "conn.open") == NULL &&
		strstr(got, "superd.start where=both\n") != NULL,
	    "the log itself gets no more than its level says");
}

int
main(void)
{
	char path[] = "/tmp/tap.XXXXXX";
	int fd = mkstemp(path);

	(void)close(fd);
	tap_seed(7);
	test_sink(path);
	fd = open("/dev/null", O_WRONLY);
	(void)dup2(fd, STDERR_FILENO);
	(void)close(fd);
	log_set_level(LOG_LEVEL_NOTICE);
	test_start();
	test_filters();
	test_lost();
	test_long();
	return done_testing();
}

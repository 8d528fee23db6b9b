/* SPDX-License-Identifier: ISC */
/* The log as others see it: thresholds, sinks that change, and the gaps. */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "log/log.h"
#include "tap.h"

static char directory[64];
static char path[80], moved[80];
static char got[1 << 20];

static void
open_log(enum log_sink sink, enum log_level level)
{
	const struct log_options options = {
		.sink = sink, .level = level, .path = path
	};
	struct err e;

	if (log_open(&options, &e) < 0) {
		tap_note("%s", e.text);
		tap_bail("cannot open the log");
	}
}

static const char *
read_file(const char *name)
{
	int fd = open(name, O_RDONLY);
	ssize_t n = read(fd, got, sizeof(got) - 1);

	(void)close(fd);
	got[n > 0 ? n : 0] = '\0';
	return got;
}

static unsigned int
count_lines(const char *text, const char *with)
{
	unsigned int count = 0;

	for (const char *end; (end = strchr(text, '\n')) != NULL;
	     text = end + 1)
		count += memmem(text, (size_t)(end - text), with,
			     strlen(with)) != NULL;
	return count;
}

static void
test_levels(void)
{
	open_log(LOG_SINK_FILE, LOG_LEVEL_NOTICE);
	ok(log_wants(LOG_START) && log_wants(LOG_FAULT) &&
		!log_wants(LOG_CONN_OPEN),
	    "a level wants what matters more");
	log_event(LOG_CONN_OPEN, LOG_TEXT("service", "no"));
	log_set_level(LOG_LEVEL_INFO);
	log_event(LOG_CONN_OPEN, LOG_TEXT("service", "yes"));
	ok(log_flush(), "a file takes everything");
	(void)read_file(path);
	ok(strstr(got, "=yes\n") != NULL && strstr(got, "=no\n") == NULL,
	    "what the level does not want is not written");
}

static void
test_reopen(void)
{
	struct err e;

	log_event(LOG_START, LOG_TEXT("where", "old"));
	(void)rename(path, moved);
	is_int(log_reopen(&e), 0, "a file that was moved away is reopened");
	log_event(LOG_STOP, LOG_TEXT("where", "new"));
	(void)log_flush();
	ok(strstr(read_file(moved), "=old\n") != NULL,
	    "what was logged before is in the old one");
	is_int(count_lines(read_file(path), ""), 1, "the rest in the new one");

	(void)unlink(path);
	(void)mkdir(path, 0700);
	is_int(log_reopen(&e), -EISDIR, "a file that cannot be is an error");
	ok(strstr(e.text, "cannot open log file '") != NULL, "that names it");
	log_event(LOG_START, LOG_TEXT("where", "on"));
	ok(log_flush(), "and the old one goes on");
	(void)rmdir(path);
}

static void
test_failed_open(void)
{
	const struct log_options options = { .sink = LOG_SINK_FILE,
		.path = "/nowhere/at/all" };
	struct err e;

	(void)unlink(path);
	open_log(LOG_SINK_FILE, LOG_LEVEL_NOTICE);
	is_int(log_open(&options, &e), -ENOENT, "a bad path is an error");
	log_event(LOG_START, LOG_TEXT("where", "here"));
	(void)log_flush();
	is_int(count_lines(read_file(path), "where=here"), 1,
	    "and the old sink stays in use");
}

/* A FIFO that nobody reads, then somebody does. */
static void
test_gap(void)
{
	uint64_t before = log_dropped(), lost;
	unsigned int events = 0, kept;
	int fd;

	(void)unlink(path);
	(void)mkfifo(path, 0600);
	open_log(LOG_SINK_FILE, LOG_LEVEL_INFO);
	while (log_dropped() - before < 500) {
		log_event(LOG_CONN_OPEN, LOG_UNSIGNED("number", events));
		events++;
	}
	ok(!log_flush(), "a full sink has lines left to write");
	fd = open(path, O_RDONLY | O_NONBLOCK);
	got[0] = '\0';
	for (size_t have = 0; !log_flush() || have < 4096;) {
		ssize_t n = read(fd, got + have, sizeof(got) - 1 - have);

		have += n > 0 ? (size_t)n : 0;
		got[have] = '\0';
	}
	log_event(LOG_CONN_OPEN, LOG_TEXT("number", "after"));
	ok(log_flush(), "nothing is left when it was read");
	(void)!read(fd, got + strlen(got), 65536);
	kept = count_lines(got, "conn.open");
	lost = log_dropped() - before;
	is_int((intmax_t)(kept + lost), (intmax_t)events + 1,
	    "each line was written or counted");
	is_int(count_lines(got, "log.dropped"), 1, "the gap is told once");
	ok(strstr(got, " warning log.dropped count=500\n") != NULL,
	    "with its count");
	ok(strstr(strstr(got, "log.dropped"), "number=after\n") != NULL,
	    "before what is newer");
	(void)close(fd);
}

/* Nobody will ever read: no use in trying again at each turn. */
static void
test_lost(void)
{
	uint64_t before = log_dropped();
	int ends[2], saved = dup(STDERR_FILENO);

	if (pipe(ends) < 0)
		tap_bail("no pipe");
	(void)dup2(ends[1], STDERR_FILENO);
	(void)close(ends[0]);
	(void)close(ends[1]);
	open_log(LOG_SINK_STDERR, LOG_LEVEL_INFO);
	for (unsigned int i = 0; i < 10; i++) {
		log_event(LOG_CONN_OPEN, LOG_UNSIGNED("number", i));
		if (!log_flush())
			ok(false, "a broken pipe is not worth a timer");
	}
	is_int((intmax_t)(log_dropped() - before), 10,
	    "lines into a broken pipe are counted");
	(void)log_reopen(NULL); /* tries anew before the second is over */
	log_event(LOG_CONN_OPEN, LOG_UNSIGNED("number", 10));
	(void)log_flush();
	is_int((intmax_t)(log_dropped() - before), 11,
	    "a lost log.dropped is not");
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	(void)unlink(path);
	open_log(LOG_SINK_FILE, LOG_LEVEL_INFO);
	log_event(LOG_START, LOG_TEXT("where", "file"));
	(void)log_flush();
	(void)read_file(path);
	ok(strstr(got, "log.dropped count=11\n") != NULL,
	    "and told by the next sink");
}

static void
test_closed(void)
{
	log_close();
	log_close();
	ok(log_flush(), "a closed log has nothing to write");
}

static void
test_default(void)
{
	int saved = dup(STDERR_FILENO);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	(void)dup2(fd, STDERR_FILENO);
	(void)close(fd);
	log_set_level(LOG_LEVEL_NOTICE);
	log_event(LOG_CONN_OPEN); /* no field at all */
	log_event(LOG_START, LOG_TEXT("where", "stderr"));
	ok(log_flush(), "without log_open() stderr takes the lines");
	log_close();
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	(void)read_file(path);
	ok(count_lines(got, "") == 1 &&
		strstr(got, " notice superd.start where=stderr\n") != NULL,
	    "as text, from notice on");
}

static void
test_events(void)
{
	FILE *to = fopen(path, "w");
	unsigned int unnamed = 0;

	log_print_events(to);
	(void)fclose(to);
	is_int(count_lines(read_file(path), "\t"), LOG_EVENT_KINDS,
	    "each event is printed on a line");
	for (int i = 0; i < LOG_EVENT_KINDS; i++) {
		const struct log_event_row *row =
		    log_event_row((enum log_event_kind)i);

		unnamed += row->name == NULL || row->what == NULL;
	}
	is_int(unnamed, 0, "and has its row");
	ok(strstr(got, "conn.open\tinfo\ta ") != NULL,
	    "name, level and description");
}

static void
make_directory(void)
{
	const char *parent = getenv("TMPDIR");

	snprintf(directory, sizeof(directory), "%s/log.XXXXXX",
	    parent != NULL && strlen(parent) < 40 ? parent : "/tmp");
	if (mkdtemp(directory) == NULL)
		tap_bail("no directory");
}

int
main(void)
{
	(void)alarm(60);
	(void)signal(SIGPIPE, SIG_IGN);
	make_directory();
	snprintf(path, sizeof(path), "%s/log", directory);
	snprintf(moved, sizeof(moved), "%s/log.1", directory);
	test_levels();
	test_reopen();
	test_failed_open();
	test_gap();
	test_lost();
	test_closed();
	test_default();
	test_events();
	(void)unlink(path);
	(void)unlink(moved);
	(void)rmdir(directory);
	return done_testing();
}

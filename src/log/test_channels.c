/* SPDX-License-Identifier: ISC */
/* Logs beside the daemon's: shared, left behind, stuck, one among many. */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "log/log.h"
#include "tap.h"

static char directory[64];
static char daemons[80], own[80], other[80], fifo[80];
static char got[1 << 20];

static const struct log_options *
options_of(const char *path)
{
	static struct log_options options;

	options = (struct log_options) {
		.sink = LOG_SINK_FILE, .level = LOG_LEVEL_INFO, .path = path
	};
	return &options;
}

static struct log_channel *
open_channel(const char *path)
{
	struct log_channel *c;
	struct err e;

	if (log_channel_open(options_of(path), &c, &e) < 0) {
		tap_note("%s", e.text);
		tap_bail("cannot open a channel");
	}
	return c;
}

static const char *
read_file(const char *name)
{
	int fd = open(name, O_RDONLY | O_NONBLOCK);
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

static int
open_files(void)
{
	int count = 0;

	for (int fd = 0; fd < 200; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void
test_apart(void)
{
	struct log_channel *a = open_channel(own), *b;
	int before = open_files();

	b = open_channel(own);
	ok(a == b && open_files() == before,
	    "who names the same file has the same channel");
	log_event(LOG_START, LOG_TEXT("where", "daemon"));
	log_event_to(a, LOG_CONN_OPEN, LOG_TEXT("where", "own"));
	log_event_to(b, LOG_CONN_OPEN, LOG_TEXT("where", "own"));
	log_event_to(NULL, LOG_CONN_OPEN, LOG_TEXT("where", "null"));
	log_event_to(a, LOG_ORPHAN);
	ok(log_flush(), "files take everything");
	(void)read_file(own);
	ok(count_lines(got, "") == 2 && count_lines(got, "=own") == 2,
	    "its lines are in it, as far as the level wants them");
	(void)read_file(daemons);
	ok(count_lines(got, "") == 2 && count_lines(got, "=null") == 1,
	    "no channel is the daemon's log");
	log_channel_close(a);
	log_event_to(b, LOG_CONN_OPEN, LOG_TEXT("where", "late"));
	is_int(open_files(), before, "it stays open for who is left");
	log_channel_close(b);
	is_int(open_files(), before - 1, "and closes with the last");
	is_int(count_lines(read_file(own), "=late"), 1,
	    "what was queued is written by then");
	log_channel_close(NULL);
}

static void
test_failed_open(void)
{
	struct log_channel *c = NULL;
	struct err e;

	is_int(log_channel_open(options_of("/nowhere/at/all"), &c, &e), -ENOENT,
	    "a bad path is an error");
	ok(c == NULL && strstr(e.text, "'/nowhere/at/all'") != NULL,
	    "that names it");
}

static void
test_reopen(void)
{
	struct log_channel *a = open_channel(own), *b = open_channel(other);
	struct err e;

	(void)unlink(own);
	(void)unlink(other);
	(void)mkdir(other, 0700);
	is_int(log_reopen(&e), 0, "one that fails hurts nobody else");
	log_event_to(a, LOG_CONN_OPEN, LOG_TEXT("where", "anew"));
	(void)log_flush();
	is_int(count_lines(read_file(own), "=anew"), 1,
	    "the others are opened anew");
	(void)read_file(daemons);
	ok(count_lines(got, "superd.fault") == 1 && strstr(got, other) != NULL,
	    "and the daemon's log names it");
	(void)rmdir(other);
	log_channel_close(a);
	log_channel_close(b);
}

/* Fills a FIFO that nobody reads; returns how many lines that were. */
static unsigned int
fill(struct log_channel *c)
{
	uint64_t before = log_dropped();
	unsigned int events = 0;

	while (log_dropped() - before < 500) {
		log_event_to(c, LOG_CONN_OPEN, LOG_UNSIGNED("number", events));
		events++;
		(void)log_flush();
	}
	return events;
}

static unsigned int
drain(int fd)
{
	size_t have = 0;
	bool done;
	ssize_t n;

	do {
		done = log_flush();
		n = read(fd, got + have, sizeof(got) - 1 - have);
		have += n > 0 ? (size_t)n : 0;
	} while (!done || n > 0);
	got[have] = '\0';
	return count_lines(got, "conn.open");
}

static void
test_stuck(void)
{
	struct log_channel *c = open_channel(fifo), *a = open_channel(own);
	uint64_t pending;
	unsigned int events;
	int fd;

	(void)!truncate(daemons, 0);
	(void)!truncate(own, 0);
	events = fill(c);
	ok(!log_flush(), "a stuck channel has lines left");
	pending = log_pending();
	ok(pending > 500, "which count as pending");
	log_event_to(a, LOG_CONN_OPEN, LOG_TEXT("where", "own"));
	log_event(LOG_START, LOG_TEXT("where", "daemon"));
	(void)log_flush();
	ok(count_lines(read_file(own), "=own") == 1, "others go on");
	(void)read_file(daemons);
	is_int(count_lines(got, "a log takes no lines"), 1,
	    "the daemon's log tells of it once");
	ok(strstr(got, fifo) != NULL && strstr(got, "=daemon") != NULL,
	    "by name");
	fd = open(fifo, O_RDONLY | O_NONBLOCK);
	is_int(drain(fd) + 500, events, "each line was written or counted");
	is_int(count_lines(got, "log.dropped count=500"), 1,
	    "and the gap is told where it is");
	is_int((intmax_t)log_pending(), 0, "nothing is pending then");
	(void)close(fd);
	log_channel_close(a);
	log_channel_close(c);
}

/* It is closed while lines wait: they are written when that can be. */
static void
test_left_behind(void)
{
	struct log_channel *c = open_channel(fifo), *again;
	unsigned int events = fill(c);
	int before = open_files(), fd;

	log_channel_close(c);
	is_int(
	    open_files(), before, "a closed one that is stuck stays a while");
	again = open_channel(fifo);
	ok(again == c, "and is found again");
	log_channel_close(again);
	fd = open(fifo, O_RDONLY | O_NONBLOCK);
	is_int(drain(fd) + 500, events, "nothing that it had queued is lost");
	is_int(open_files(), before, "then it is closed");
	(void)close(fd);
	c = open_channel(fifo);
	(void)fill(c);
	log_close();
	ok(log_flush(), "at the end nothing is left");
}

static void
make_paths(void)
{
	const char *parent = getenv("TMPDIR");

	snprintf(directory, sizeof(directory), "%s/channels.XXXXXX",
	    parent != NULL && strlen(parent) < 40 ? parent : "/tmp");
	if (mkdtemp(directory) == NULL)
		tap_bail("no directory");
	snprintf(daemons, sizeof(daemons), "%s/daemon", directory);
	snprintf(own, sizeof(own), "%s/own", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	snprintf(fifo, sizeof(fifo), "%s/fifo", directory);
	if (mkfifo(fifo, 0600) < 0)
		tap_bail("no FIFO");
}

int
main(void)
{
	struct err e;

	(void)alarm(60);
	(void)signal(SIGPIPE, SIG_IGN);
	make_paths();
	if (log_open(options_of(daemons), &e) < 0)
		tap_bail("cannot open the log");
	test_apart();
	test_failed_open();
	test_reopen();
	test_stuck();
	test_left_behind();
	(void)unlink(daemons);
	(void)unlink(own);
	(void)unlink(fifo);
	(void)rmdir(directory);
	return done_testing();
}

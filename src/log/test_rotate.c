/* SPDX-License-Identifier: ISC */
/* Files that are large enough make way, and no line is lost or torn by it. */
#include <sys/stat.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "log/log.h"
#include "tap.h"

#define LIMIT 8192

static char directory[64];
static char path[80], daemons[80];
static char got[4 << 20];

static struct log_options
options_of(const char *to, unsigned int keep)
{
	return (struct log_options) {
		.sink = LOG_SINK_FILE,
		.level = LOG_LEVEL_INFO,
		.path = to,
		.max_bytes = to == path ? LIMIT : 0,
		.keep = keep,
	};
}

static struct log_channel *
open_channel(unsigned int keep)
{
	const struct log_options options = options_of(path, keep);
	struct log_channel *c;
	struct err e;

	if (log_channel_open(&options, &c, &e) < 0) {
		tap_note("%s", e.text);
		tap_bail("cannot open a channel");
	}
	return c;
}

static const char *
numbered(unsigned int i)
{
	static char name[96];

	if (i == 0)
		snprintf(name, sizeof(name), "%s", path);
	else
		snprintf(name, sizeof(name), "%s.%u", path, i);
	return name;
}

static size_t
read_file(const char *name, char *to, size_t most)
{
	int fd = open(name, O_RDONLY);
	ssize_t n = fd >= 0 ? read(fd, to, most - 1) : 0;

	(void)close(fd);
	to[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* All files of the log, oldest first; returns how many they are. */
static unsigned int
read_all(void)
{
	unsigned int count = 0, i = 0;
	size_t have = 0;

	while (access(numbered(i), F_OK) == 0)
		i++;
	got[0] = '\0';
	while (i-- > 0) {
		have += read_file(numbered(i), got + have, sizeof(got) - have);
		count++;
	}
	return count;
}

static void
remove_all(void)
{
	for (unsigned int i = 0; unlink(numbered(i)) == 0; i++)
		continue;
}

static off_t
size_of(const char *name)
{
	struct stat st;

	return stat(name, &st) < 0 ? -1 : st.st_size;
}

static void
say(struct log_channel *c, unsigned int number)
{
	log_event_to(c, LOG_CONN_OPEN, LOG_UNSIGNED("number", number));
}

/* Are these the numbers from first on, one a line, in order? */
static unsigned int
count_from(unsigned int first)
{
	const char *line = got;
	unsigned int count = 0;

	for (const char *end; (end = strchr(line, '\n')) != NULL;
	     line = end + 1, count++) {
		char want[32];

		snprintf(
		    want, sizeof(want), "conn.open number=%u\n", first + count);
		if (strstr(line, want) == NULL ||
		    strstr(line, want) + strlen(want) != end + 1)
			break;
	}
	return *line == '\0' ? count : 0;
}

static void
test_order(void)
{
	struct log_channel *c = open_channel(1000);
	unsigned int files, large = 0;

	for (unsigned int i = 0; i < 20000; i++) {
		say(c, i);
		if (tap_random_below(100) == 0)
			(void)log_flush();
	}
	log_channel_close(c);
	files = read_all();
	is_int(count_from(0), 20000, "all files together are every line once");
	tap_note("%u files", files);
	ok(files > 100, "in many files");
	for (unsigned int i = 0; i < files; i++)
		large += size_of(numbered(i)) > LIMIT + 100;
	is_int(large, 0, "of which none is much larger than its limit");
	is_int(log_dropped() > 0, 0, "and nothing counts as lost");
	remove_all();
}

static void
test_keep(void)
{
	struct log_options options = options_of(path, 1);
	struct log_channel *c = open_channel(3);
	unsigned int first;
	struct stat st;

	say(c, 0);
	(void)log_flush();
	(void)chmod(path, 0604);
	for (unsigned int i = 1; i < 2000; i++)
		say(c, i);
	(void)log_flush();
	is_int(read_all(), 4, "as many old files are kept as is said");
	(void)stat(path, &st);
	is_int(st.st_mode & 0777, 0604, "the new one has the same mode");
	first = (unsigned int)atoi(strstr(got, "number=") + 7);
	ok(first > 0 && first + count_from(first) == 2000,
	    "and only the oldest lines are gone");
	log_channel_limit(c, &options);
	for (unsigned int i = 0; i < 2000; i++)
		say(c, i);
	(void)log_flush();
	ok(read_all() == 4, "fewer from now on: what is there already stays");
	options.max_bytes = 0;
	log_channel_limit(c, &options);
	for (unsigned int i = 0; i < 2000; i++)
		say(c, i);
	(void)log_flush();
	ok(size_of(path) > 4 * LIMIT, "without a limit there is none");
	log_channel_close(c);
	remove_all();
	c = open_channel(0);
	for (unsigned int i = 0; i < 2000; i++)
		say(c, i);
	log_channel_close(c);
	is_int(read_all(), 1, "none kept is one file");
	ok(size_of(path) <= LIMIT + 100, "that stays small");
	remove_all();
}

/* What is in the way of the new file makes it fail, for root too. */
static void
test_failing(void)
{
	char blocked[96];
	struct log_channel *c = open_channel(3);
	struct err e;

	snprintf(blocked, sizeof(blocked), "%s.new", path);
	(void)mkdir(blocked, 0700);
	(void)!truncate(daemons, 0);
	for (unsigned int i = 0; i < 1000; i++) {
		say(c, i);
		(void)log_flush();
	}
	is_int(read_all(), 1, "a rotation that fails leaves the file");
	is_int(count_from(0), 1000, "which simply goes on");
	(void)read_file(daemons, got, sizeof(got));
	ok(strstr(got,
	       "superd.fault what=\"a log file grows beyond its "
	       "limit\"") != NULL &&
		strstr(got, path) != NULL,
	    "the daemon's log tells it");
	ok(strchr(got, '\n')[1] == '\0', "once");
	(void)rmdir(blocked);
	say(c, 1000);
	(void)log_flush();
	is_int(read_all(), 1, "it is not tried again at once");
	(void)log_reopen(&e);
	say(c, 1001);
	say(c, 1002);
	log_channel_close(c);
	is_int(read_all(), 2, "but when the log was opened anew");
	is_int(count_from(0), 1003, "and no line is missing");
	remove_all();
}

static void
test_links(void)
{
	struct log_channel *c;
	char target[96], stale[96];

	snprintf(target, sizeof(target), "%s/target", directory);
	snprintf(stale, sizeof(stale), "%s.new", path);
	/* One who may write there waits for the new file. */
	(void)!symlink(target, stale);
	c = open_channel(3);
	for (unsigned int i = 0; i < 200; i++)
		say(c, i);
	log_channel_close(c);
	ok(read_all() == 2 && count_from(0) == 200,
	    "a link in the place of the new file is removed");
	ok(access(target, F_OK) < 0, "and not followed");
	remove_all();

	(void)!symlink(target, path);
	c = open_channel(3);
	for (unsigned int i = 0; i < 200; i++)
		say(c, i);
	log_channel_close(c);
	ok(size_of(target) > LIMIT && access(numbered(1), F_OK) < 0,
	    "a log that is a link is not rotated");
	(void)unlink(target);
	remove_all();
}

static void
test_moved_away(void)
{
	struct log_channel *c = open_channel(3);

	for (unsigned int i = 0; i < 100; i++)
		say(c, i);
	(void)log_flush();
	(void)rename(path, numbered(1));
	for (unsigned int i = 100; i < 200; i++)
		say(c, i);
	log_channel_close(c);
	ok(read_all() == 2 && count_from(0) == 200,
	    "one that somebody else has moved away gets a new file");
	remove_all();
}

static void
make_paths(void)
{
	const char *parent = getenv("TMPDIR");

	snprintf(directory, sizeof(directory), "%s/rotate.XXXXXX",
	    parent != NULL && strlen(parent) < 40 ? parent : "/tmp");
	if (mkdtemp(directory) == NULL)
		tap_bail("no directory");
	snprintf(path, sizeof(path), "%s/log", directory);
	snprintf(daemons, sizeof(daemons), "%s/daemon", directory);
}

int
main(void)
{
	struct log_options options;
	struct err e;

	(void)alarm(60);
	(void)signal(SIGPIPE, SIG_IGN);
	tap_seed(11);
	make_paths();
	options = options_of(daemons, 0);
	if (log_open(&options, &e) < 0)
		tap_bail("cannot open the log");
	test_order();
	test_keep();
	test_failing();
	test_links();
	test_moved_away();
	log_close();
	(void)unlink(daemons);
	(void)rmdir(directory);
	return done_testing();
}

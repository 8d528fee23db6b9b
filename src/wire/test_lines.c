/* SPDX-License-Identifier: ISC */
/* Lines out of a descriptor: whole, bounded, in time. */
#include <sys/socket.h>
#include <errno.h>
#include <unistd.h>

#include "tap.h"
#include "wire/lines.h"

/* In which a loaded machine does what it has been told. */
#define SOON INT64_C(20000000000)
/* In which nothing comes. */
#define WHILE INT64_C(30000000)

static int ends[2];
static struct lines lines;

static void
start(void)
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 ||
	    lines_init(&lines, ends[0]) < 0)
		tap_bail("no socket or memory");
}

static void
stop(void)
{
	lines_done(&lines);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void
put(const char *bytes, size_t length)
{
	if (write(ends[1], bytes, length) != (ssize_t)length)
		tap_bail("cannot write");
}

/* The next line, or the error as a number. */
static const char *
next(int64_t wait_ns)
{
	static char room[128];
	const char *line;
	size_t length;
	struct err e = { 0 };
	int n = lines_next(&lines, lines_now() + wait_ns, &line, &length, &e);

	if (n == 1)
		(void)snprintf(room, sizeof(room), "%.*s", (int)length, line);
	else
		(void)snprintf(room, sizeof(room), "%d", n);
	if (n < 0 && e.text[0] == '\0')
		ok(false, "an error has words");
	return room;
}

static void
test_lines(void)
{
	start();
	put("one\n\nthr", 8);
	is_str(next(SOON), "one", "a line");
	ok(lines_ready(&lines), "the next is ready");
	is_str(next(SOON), "", "an empty line");
	ok(!lines_ready(&lines), "half a line is not ready");
	put("ee\n", 3);
	is_str(next(SOON), "three", "a line in two pieces");
	(void)shutdown(ends[1], SHUT_WR);
	is_str(next(SOON), "0", "the end");
	is_str(next(SOON), "0", "and once more");
	stop();
}

static void
test_waiting(void)
{
	char number[16];

	start();
	put("half", 4);
	(void)snprintf(number, sizeof(number), "%d", -ETIMEDOUT);
	is_str(next(WHILE), number, "half a line is waited for in vain");
	put(" whole\n", 7);
	is_str(next(SOON), "half whole", "and nothing is lost by that");
	put("cut", 3);
	(void)shutdown(ends[1], SHUT_WR);
	(void)snprintf(number, sizeof(number), "%d", -EPIPE);
	is_str(next(SOON), number, "an end in the middle of a line");
	stop();
}

/* More than a socket holds: a child writes. */
static void
feed(size_t length, char last)
{
	static char block[LINES_LONGEST + 16];
	pid_t pid = fork();

	if (pid < 0)
		tap_bail("cannot fork");
	if (pid > 0) {
		(void)close(ends[1]);
		ends[1] = -1;
		return;
	}
	memset(block, 'x', sizeof(block));
	block[length - 1] = last;
	for (size_t done = 0; done < length;) {
		ssize_t n = write(ends[1], block + done, length - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	_exit(0);
}

static void
test_length(size_t length, char last, int want, const char *what)
{
	const char *line;
	size_t got = 0;
	int n;

	start();
	feed(length, last);
	n = lines_next(&lines, lines_now() + SOON, &line, &got, NULL);
	if (is_int(n, want, what) && n == 1)
		is_int((intmax_t)got, (intmax_t)length - 1, "  all of it");
	stop();
}

int
main(void)
{
	test_lines();
	test_waiting();
	test_length(LINES_LONGEST, '\n', 1, "the longest line");
	test_length(LINES_LONGEST + 1, '\n', -EMSGSIZE, "one byte more");
	test_length(LINES_LONGEST + 9, 'x', -EMSGSIZE, "a line without end");
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* See lines.h. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"
#include "wire/lines.h"

/* Ten thousand connections are some two megabytes: eight reads. */
#define BUFFER_SIZE (256 * 1024)

int64_t
lines_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * (int64_t)NUM_NS_PER_S + t.tv_nsec;
}

int
lines_init(struct lines *l, int fd)
{
	*l = (struct lines) { .fd = fd, .buffer = malloc(BUFFER_SIZE) };
	return l->buffer != NULL ? 0 : -ENOMEM;
}

void
lines_done(struct lines *l)
{
	free(l->buffer);
	*l = (struct lines) { .fd = -1 };
}

/* Milliseconds for poll(2), rounded up; -1 is for ever. */
static int
left_ms(int64_t deadline)
{
	int64_t left;

	if (deadline == LINES_FOREVER)
		return -1;
	left = deadline - lines_now();
	if (left <= 0)
		return 0;
	left = left / (int64_t)NUM_NS_PER_MS + 1;
	return left < 60 * 1000 ? (int)left : 60 * 1000;
}

/* Returns 1, or 0 when a piece of the time is over. */
static int
wait_readable(const struct lines *l, int64_t deadline, struct err *e)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	int n = poll(&p, 1, left_ms(deadline));

	if (n < 0 && errno != EINTR)
		return err_system(e, errno, "poll");
	if (n <= 0 && deadline != LINES_FOREVER && lines_now() >= deadline)
		return err_set(e, ETIMEDOUT, "no answer in time");
	return n > 0;
}

/* Reads one piece behind what is there.  Returns 1, or 0 at the end. */
static int
fill(struct lines *l, int64_t deadline, struct err *e)
{
	ssize_t n;
	int ready;

	if (l->start > 0) {
		memmove(l->buffer, l->buffer + l->start, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
	}
	for (;;) {
		ready = wait_readable(l, deadline, e);
		if (ready < 0)
			return ready;
		if (ready == 0)
			continue;
		n = read(l->fd, l->buffer + l->end, BUFFER_SIZE - l->end);
		if (n < 0 && errno == ECONNRESET)
			n = 0; /* ended with something unread: ended */
		if (n >= 0)
			break;
		if (errno != EINTR && errno != EAGAIN)
			return err_system(e, errno, "read");
	}
	l->end += (size_t)n;
	return n > 0;
}

int
lines_next(struct lines *l, int64_t deadline, const char **ret_line,
    size_t *ret_length, struct err *e)
{
	char *line, *stop;
	int n;

	for (;;) {
		line = l->buffer + l->start;
		stop =
		    memchr(line + l->seen, '\n', l->end - l->start - l->seen);
		if (stop != NULL)
			break;
		l->seen = l->end - l->start;
		if (l->seen >= LINES_LONGEST)
			return err_set(e, EMSGSIZE,
			    "a line of more than %d bytes", LINES_LONGEST);
		n = fill(l, deadline, e);
		if (n < 0)
			return n;
		if (n == 0 && l->seen > 0)
			return err_set(
			    e, EPIPE, "it ends in the middle of a line");
		if (n == 0)
			return 0;
	}
	*ret_line = line;
	*ret_length = (size_t)(stop - line);
	if (*ret_length >= LINES_LONGEST)
		return err_set(
		    e, EMSGSIZE, "a line of more than %d bytes", LINES_LONGEST);
	l->start += *ret_length + 1;
	l->seen = 0;
	return 1;
}

bool
lines_ready(const struct lines *l)
{
	return memchr(l->buffer + l->start, '\n', l->end - l->start) != NULL;
}

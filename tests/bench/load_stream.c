/* SPDX-License-Identifier: ISC */
/*
 * One connection with much on it, sent and received at once, and compared.
 * What is sent repeats after a prime number of bytes, so that a block that is
 * lost, doubled or out of place does not go unseen.
 */
#include <sys/socket.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/load.h"

#define PATTERN 1048573 /* a prime, a little less than 2^20 */
#define PIECE   262144  /* most in one call */

struct stream {
	int fd;
	uint64_t total, sent, received;
	char *pattern; /* once and a piece more, so that none wraps */
	char *piece;
};

static size_t
least(uint64_t a, uint64_t b)
{
	return (size_t)(a < b ? a : b);
}

static int
stream_open(struct stream *s, const struct load_options *o)
{
	struct sockaddr_in to = load_target(o->port);
	struct pollfd p = { .events = POLLOUT };
	socklen_t length = sizeof(int);
	int error = 0;

	*s = (struct stream) { .total = o->stream_bytes };
	s->pattern = malloc(PATTERN + PIECE);
	s->piece = malloc(PIECE);
	if (s->pattern == NULL || s->piece == NULL)
		load_give_up("stream");
	for (size_t i = 0; i < PATTERN + PIECE; i++)
		s->pattern[i] = load_byte_at(0, i % PATTERN);
	p.fd = s->fd = load_socket(SOCK_STREAM, 0);
	if (s->fd < 0)
		return s->fd;
	if (connect(s->fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return -errno;
	if (poll(&p, 1, (int)o->limit_seconds * 1000) != 1)
		return -ETIMEDOUT;
	(void)getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &length);
	return -error;
}

static void
stream_close(struct stream *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	free(s->pattern);
	free(s->piece);
}

static int
stream_send(struct stream *s)
{
	ssize_t n = send(s->fd, s->pattern + s->sent % PATTERN,
	    least(s->total - s->sent, PIECE), MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	s->sent += (uint64_t)n;
	if (s->sent == s->total)
		(void)shutdown(s->fd, SHUT_WR);
	return 0;
}

/* True when the stream is over; *how says how. */
static bool
stream_receive(struct stream *s, enum load_outcome *how)
{
	ssize_t n = recv(s->fd, s->piece, PIECE, 0);

	if (n < 0 && errno == EAGAIN)
		return false;
	if (n < 0) {
		*how = load_outcome_of(errno, true);
		return true;
	}
	if (n == 0) {
		*how = s->received == s->total ? LOAD_RIGHT : LOAD_ENDED_EARLY;
		return true;
	}
	if ((uint64_t)n > s->sent - s->received ||
	    memcmp(s->piece, s->pattern + s->received % PATTERN, (size_t)n) !=
		0) {
		*how = LOAD_WRONG_ANSWER;
		return true;
	}
	s->received += (uint64_t)n;
	return false;
}

/* Sees it through; false at the deadline. */
static bool
stream_run(struct stream *s, uint64_t deadline_ns, enum load_outcome *how)
{
	while (load_clock() < deadline_ns) {
		struct pollfd p = { .fd = s->fd, .events = POLLIN };
		int error = 0;

		if (s->sent < s->total)
			p.events |= POLLOUT;
		if (poll(&p, 1, 100) <= 0)
			continue;
		if ((p.revents & ~POLLOUT) != 0 && stream_receive(s, how))
			return true;
		if ((p.revents & POLLOUT) != 0 && s->sent < s->total)
			error = stream_send(s);
		if (error < 0) {
			*how = load_outcome_of(-error, true);
			return true;
		}
	}
	return false;
}

static void
put_stream(const struct stream *s, double seconds, struct load_report *report)
{
	const double gib = 1024.0 * 1024 * 1024;

	load_put_count(report, "bytes", (long long)s->received);
	load_put_real(report, "seconds", seconds);
	load_put_real(report, "mib_per_second",
	    (double)s->received / gib * 1024 / seconds);
	load_put_real(
	    report, "gib_per_second", (double)s->received / gib / seconds);
}

bool
load_stream(const struct load_options *o, struct load_report *report)
{
	enum load_outcome how = LOAD_OTHER;
	long outcomes[LOAD_OUTCOMES] = { 0 };
	struct load_usage before, after;
	uint64_t begin = load_clock(), end;
	struct stream s;
	int error;
	bool has_usage = o->pid > 0 && load_usage_read(o->pid, &before) == 0;

	error = stream_open(&s, o);
	if (error < 0)
		outcomes[load_outcome_of(-error, false)]++;
	else if (stream_run(&s,
		     begin + (uint64_t)o->limit_seconds * LOAD_NS_PER_S, &how))
		outcomes[how]++;
	end = load_clock();
	load_put_count(report, "connections", 1);
	load_put_outcomes(report, outcomes, 1);
	put_stream(&s, (double)(end - begin) / LOAD_NS_PER_S, report);
	stream_close(&s);
	/* What handlers have used is known when they are reaped. */
	if (has_usage)
		load_children_wait(o->pid);
	if (has_usage && load_usage_read(o->pid, &after) == 0)
		load_put_usage(report, &before, &after, 1);
	return outcomes[LOAD_RIGHT] == 1;
}

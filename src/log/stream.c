/* SPDX-License-Identifier: ISC */
/* Writing lines to a descriptor without ever waiting; see stream.h. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "log/stream.h"

/* A pipe that polls writable takes PIPE_BUF, which no line exceeds. */
_Static_assert(LOG_LINE_MAX <= PIPE_BUF, "a line must fit into a pipe");

static bool
polls_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) > 0;
}

/* Returns what was written, or -errno. */
static ssize_t
put(const struct log_outlet *o, const char *bytes, size_t size)
{
	ssize_t n;

	if (o->way == LOG_OUTLET_POLL && !polls_writable(o->fd))
		return -EAGAIN;
	if (o->way == LOG_OUTLET_SEND)
		n = send(o->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		n = write(o->fd, bytes, size);
	return n < 0 ? -errno : n;
}

static enum log_outlet_state
state_after(ssize_t written)
{
	switch (-written) {
	case 0:
	case EAGAIN:
	case EINTR:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case ENOBUFS:
	case ENOMEM:
		return LOG_OUTLET_STUCK;
	case EMSGSIZE:
		return LOG_OUTLET_REFUSED;
	default:
		return LOG_OUTLET_LOST;
	}
}

static off_t
size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? st.st_size : -1;
}

/* Was the file truncated or appended to since we left half a line in it? */
static void
look_at_torn_line(struct log_outlet *o, struct log_queue *q)
{
	off_t size;

	if (!o->regular || q->torn == 0)
		return;
	size = size_of(o->fd);
	if (size == o->size_when_torn)
		return;
	log_queue_untear(q);
	o->needs_newline = size > 0;
}

static ssize_t
put_newline(struct log_outlet *o)
{
	ssize_t n = o->needs_newline ? put(o, "\n", 1) : 1;

	if (n > 0)
		o->needs_newline = false;
	return n;
}

static bool
is_full(const struct log_outlet *o, const struct log_queue *q)
{
	return o->regular && o->full_bytes > 0 && o->size > o->full_bytes &&
	    q->torn == 0;
}

/* The most that may be written at once, but for a line. */
static size_t
most_for(const struct log_outlet *o)
{
	if (!o->regular)
		return PIPE_BUF;
	if (o->full_bytes > 0 && o->size <= o->full_bytes &&
	    o->full_bytes - o->size < LOG_QUEUE_BYTES)
		return (size_t)(o->full_bytes - o->size);
	return LOG_QUEUE_BYTES;
}

enum log_outlet_state
log_stream_drain(struct log_outlet *o, struct log_queue *q)
{
	size_t size;

	look_at_torn_line(o, q);
	while (q->count > 0 && !is_full(o, q)) {
		const char *bytes = log_queue_batch(q, most_for(o), &size);
		ssize_t n = put_newline(o);

		if (n > 0)
			n = put(o, bytes, size);
		if (n <= 0)
			return state_after(n);
		log_queue_take(q, (size_t)n);
		o->size += (uint64_t)n;
		if (q->torn > 0 && o->regular)
			o->size_when_torn = size_of(o->fd);
	}
	return is_full(o, q) ? LOG_OUTLET_FULL : LOG_OUTLET_DRAINED;
}

/* SPDX-License-Identifier: ISC */
/* Requests out of bytes, answers into bytes; see caller.h. */
#include <sys/socket.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "core/core.h"
#include "ctl/caller.h"
#include "ctl/role.h"

/* Room for the end of an answer is always there, escaped or not. */
#define END_SIZE 8192

struct ctl_caller *
caller_new(struct core *core, int fd, uid_t uid, enum ctl_role role)
{
	struct ctl_caller *c = malloc(sizeof(*c) + CTL_OUT_SIZE);

	if (c == NULL)
		return NULL;
	memset(c, 0, sizeof(*c));
	c->watch.fd = fd;
	c->job.core = core;
	c->job.role = role;
	c->job.uid = uid;
	c->active_ns = core->loop.now_ns;
	text_init(&c->out, (char *)(c + 1), CTL_OUT_SIZE);
	return c;
}

void
caller_free(struct ctl_caller *c, struct loop *loop)
{
	int fd = c->watch.fd;

	ctl_end(&c->job);
	loop_watch_stop(loop, &c->watch);
	fd_close(&fd);
	free(c);
}

bool
caller_is_idle(const struct ctl_caller *c)
{
	char byte;

	return c->job.more == NULL && c->out.length == 0 && c->in_length == 0 &&
	    recv(c->watch.fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) <= 0;
}

/* False when the caller has gone. */
static bool
hear(struct ctl_caller *c, uint64_t now_ns)
{
	size_t room = sizeof(c->in) - c->in_length;
	ssize_t n;

	if (c->in_ended || c->closing || room == 0)
		return true;
	n = recv(c->watch.fd, c->in + c->in_length, room, MSG_DONTWAIT);
	if (n > 0) {
		c->in_length += (size_t)n;
		c->active_ns = now_ns;
	} else if (n == 0) {
		c->in_ended = true;
	}
	return n >= 0 || errno == EAGAIN || errno == EINTR;
}

/* Not before he has asked: who is still sending might not read it. */
static void
send_away(struct ctl_caller *c)
{
	(void)ctl_error(&c->out, "denied",
	    "only root, superd's own user and the members of control_group "
	    "and control_admin_group may ask superd");
	c->closing = true;
}

/* Begins the next request that is there whole; false: there is none. */
static bool
next_request(struct ctl_caller *c)
{
	char *end = memchr(c->in, '\n', c->in_length);
	size_t length;

	if (end == NULL && c->in_length == sizeof(c->in)) {
		(void)ctl_error(&c->out, "usage",
		    "a request has at most %d bytes", CTL_REQUEST_SIZE);
		c->closing = true;
	}
	if (end == NULL)
		return false;
	length = (size_t)(end - c->in);
	/* By the groups of now: a reload may have changed them. */
	(void)role_ask(c->job.core, c->watch.fd, &c->job.uid, &c->job.role);
	if (c->job.role == CTL_ROLE_NONE)
		send_away(c);
	else
		(void)ctl_begin(&c->job, c->in, length, &c->out);
	c->in_length -= length + 1;
	memmove(c->in, end + 1, c->in_length);
	return true;
}

/* A line was longer than any should be: better no answer than half of one. */
static void
give_up(struct ctl_caller *c)
{
	text_string(&c->out, "\n.error failed the answer does not fit\n");
	c->closing = true;
	ctl_end(&c->job);
}

/* A piece of the answer to what was asked. */
static void
answer(struct ctl_caller *c)
{
	enum ctl_step step;

	c->waiting = false;
	c->out.size = CTL_OUT_SIZE - END_SIZE;
	step = c->job.more(&c->job, &c->out);
	c->out.size = CTL_OUT_SIZE;
	if (c->out.cut)
		give_up(c);
	else if (step == CTL_DONE)
		text_string(&c->out, ".ok\n");
	if (step == CTL_DONE || step == CTL_ENDED)
		ctl_end(&c->job);
	c->waiting = step == CTL_WAIT;
}

static bool
has_request(const struct ctl_caller *c)
{
	return memchr(c->in, '\n', c->in_length) != NULL;
}

/* One piece of one answer: others want their turn. */
static void
work(struct ctl_caller *c)
{
	if (c->job.more == NULL && !next_request(c))
		return;
	if (c->job.more != NULL)
		answer(c);
}

/* False when the caller has gone. */
static bool
say(struct ctl_caller *c, uint64_t now_ns)
{
	struct text *out = &c->out;
	ssize_t n;

	if (out->length == 0)
		return true;
	n = send(c->watch.fd, out->at + c->out_start,
	    out->length - c->out_start, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR || errno == ENOBUFS;
	c->active_ns = now_ns;
	c->out_start += (size_t)n;
	if (c->out_start == out->length) {
		c->out_start = 0;
		text_init(out, out->at, CTL_OUT_SIZE);
	}
	return true;
}

/* What has to happen before there is anything to do. */
static uint32_t
events_of(const struct ctl_caller *c)
{
	uint32_t events = 0;

	if (!c->in_ended && !c->closing && c->in_length < sizeof(c->in))
		events |= EPOLLIN;
	if (c->out.length > 0 || (c->job.more != NULL && !c->waiting) ||
	    (c->job.more == NULL && !c->closing && has_request(c)))
		events |= EPOLLOUT;
	return events;
}

/* Both ways: nobody is left to read an answer. */
static bool
has_hung_up(const struct ctl_caller *c)
{
	struct pollfd p = { .fd = c->watch.fd };

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

/* All that it asked is answered, and it asks no more. */
static bool
is_through(const struct ctl_caller *c)
{
	if (c->out.length > 0 || c->job.more != NULL)
		return false;
	return c->closing || (c->in_ended && !has_request(c));
}

bool
caller_serve(struct ctl_caller *c, struct loop *loop)
{
	if (!hear(c, loop->now_ns))
		return false;
	/* Who asked and went at once is obeyed all the same. */
	if (c->out.length == 0)
		work(c);
	if (!say(c, loop->now_ns) || has_hung_up(c) || is_through(c))
		return false;
	loop_watch_change(loop, &c->watch, events_of(c));
	return true;
}

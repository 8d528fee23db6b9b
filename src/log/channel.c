/* SPDX-License-Identifier: ISC */
/*
 * Lines into a sink, and what becomes of those that it does not take.  What a
 * line looks like is in line.c, how it gets out in outlet_*.c.
 *
 * One rule for every sink that does not take lines: what is queued stays
 * queued, what comes when the queue is full is counted, and once the queue
 * has drained one log.dropped tells the count before anything newer.  Only
 * where nobody is left to read (a broken pipe) the queue is given up at once.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"
#include "log/channel.h"
#include "log/event_tap.h"
#include "log/stamp.h"

#define RETRY_NS NUM_NS_PER_S
#define SAID_NS  (60 * NUM_NS_PER_S)

/* Queues that wait for their next use; more than these are freed. */
#define SPARE_QUEUES 4

static struct {
	struct log_queue *at[SPARE_QUEUES];
	unsigned int count;
} spare;

static uint64_t dropped;

static const struct log_outlet_kind *const kinds[] = {
	[LOG_SINK_STDERR] = &log_outlet_stderr,
	[LOG_SINK_SYSLOG] = &log_outlet_syslog,
	[LOG_SINK_JOURNAL] = &log_outlet_journal,
	[LOG_SINK_FILE] = &log_outlet_file,
	[LOG_SINK_UDP] = &log_outlet_udp,
};

struct log_outlet
log_channel_outlet(const struct log_options *options)
{
	return (struct log_outlet) {
		.kind = kinds[options->sink],
		.format = options->format,
		.path = options->path,
		.fd = -1,
	};
}

uint64_t
log_channel_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NUM_NS_PER_S + (uint64_t)now.tv_nsec;
}

uint64_t
log_channel_dropped(void)
{
	return dropped;
}

unsigned int
log_channel_waiting(const struct log_channel *c)
{
	return c->queue == NULL ? 0 : c->queue->count;
}

/* A queue is memory for many lines, so it is there while some wait. */
static bool
take_queue(struct log_channel *c)
{
	if (c->queue != NULL)
		return true;
	if (spare.count > 0)
		c->queue = spare.at[--spare.count];
	else
		c->queue = malloc(sizeof(*c->queue));
	if (c->queue != NULL)
		log_queue_clear(c->queue);
	return c->queue != NULL;
}

static void
give_queue_back(struct log_channel *c)
{
	if (c->is_daemons || c->queue == NULL || c->queue->count > 0)
		return;
	if (spare.count < SPARE_QUEUES)
		spare.at[spare.count++] = c->queue;
	else
		free(c->queue);
	c->queue = NULL;
}

/* Before the first log_open(), and if stderr cannot be opened at all. */
static void
open_default(struct log_channel *c)
{
	struct log_outlet o = { .kind = &log_outlet_stderr, .fd = -1 };

	(void)o.kind->open(&o, NULL);
	c->outlet = o;
}

/* Into the queue; false if it is full. */
static bool
add(struct log_channel *c, const struct log_line *line)
{
	const struct log_outlet *o = &c->outlet;
	char *room = NULL;
	struct text t;

	if (take_queue(c))
		room = log_queue_room(c->queue, o->kind->most + 1);
	if (room == NULL)
		return false;
	text_init(&t, room, o->kind->most + 1);
	o->kind->format(o, &t, line);
	log_queue_add(c->queue, t.length);
	if (!c->is_daemons)
		log_channels_due(c);
	return true;
}

/* What the log of a service does not take is told in the daemon's. */
static void
say_failing(struct log_channel *c)
{
	uint64_t suppressed;

	if (!c->is_daemons &&
	    log_repeat_pass(
		&c->said, log_channel_clock(), SAID_NS, &suppressed))
		log_event(LOG_FAULT, LOG_TEXT("what", "a log takes no lines"),
		    LOG_TEXT("log",
			c->path != NULL ? c->path : c->outlet.kind->name),
		    LOG_COUNT("suppressed", suppressed));
}

void
log_channel_drop(struct log_channel *c, uint64_t count)
{
	bool first = c->untold == 0 && count > 0;

	dropped += count;
	c->untold += count;
	if (first)
		say_failing(c);
}

/* A log.dropped among them is not a line that is missed. */
void
log_channel_drop_queue(struct log_channel *c)
{
	uint64_t count = log_channel_waiting(c);

	if (c->told > 0) {
		count--;
		c->untold += c->told;
		c->told = 0;
	}
	if (c->queue != NULL)
		log_queue_clear(c->queue);
	log_channel_drop(c, count);
}

/* Only into an empty queue, so there is never more than one in it. */
static void
tell_dropped(struct log_channel *c)
{
	const struct log_field fields[] = {
		LOG_UNSIGNED("count", c->untold),
		LOG_END,
	};
	const struct log_line line = { .event = LOG_LOG_DROPPED,
		.fields = fields,
		.time = log_stamp_now() };

	if (log_tap_wants(log_event_row(line.event)->level))
		log_tap_add(&line);
	if (log_sinks_want(line.event) && add(c, &line))
		c->told = c->untold;
	c->untold = 0;
}

/* Lines are missing: nothing newer goes in before the gap is told. */
static bool
may_go_on(struct log_channel *c)
{
	if (log_channel_waiting(c) > 0 && !c->stuck)
		(void)log_channel_flush(c);
	if (log_channel_waiting(c) > 0)
		return false;
	if (c->lost_until_ns > 0 && log_channel_clock() < c->lost_until_ns)
		return false;
	if (c->untold > 0)
		tell_dropped(c);
	return true;
}

void
log_channel_write(struct log_channel *c, const struct log_line *line)
{
	if (c->outlet.kind == NULL)
		open_default(c);
	if (c->untold > 0 && !may_go_on(c)) {
		log_channel_drop(c, 1);
		return;
	}
	if (add(c, line))
		return;
	if (!c->stuck)
		(void)log_channel_flush(c);
	if (c->stuck || !add(c, line))
		log_channel_drop(c, 1);
}

/* One round; false when there is nothing more to do now. */
static bool
drain(struct log_channel *c)
{
	struct log_outlet *o = &c->outlet;
	unsigned int before = c->queue->count;
	enum log_outlet_state after;

	log_channel_look_at_limit(c);
	after = o->kind->drain(o, c->queue);
	if (c->queue->count < before)
		c->told = 0; /* it was the first */
	switch (after) {
	case LOG_OUTLET_DRAINED:
		c->stuck = false;
		c->lost_until_ns = 0;
		if (c->untold > 0)
			tell_dropped(c);
		return c->queue->count > 0;
	case LOG_OUTLET_STUCK:
		c->stuck = true;
		return false;
	case LOG_OUTLET_FULL:
		log_channel_rotate(c);
		return true;
	case LOG_OUTLET_REFUSED:
		log_queue_drop_first(c->queue);
		log_channel_drop(c, 1);
		return true;
	case LOG_OUTLET_LOST:
	default:
		c->stuck = false;
		c->lost_until_ns = log_channel_clock() + RETRY_NS;
		log_channel_drop_queue(c);
		return false;
	}
}

bool
log_channel_flush(struct log_channel *c)
{
	if (log_channel_waiting(c) == 0)
		return true;
	while (drain(c))
		continue;
	give_queue_back(c);
	return log_channel_waiting(c) == 0;
}

void
log_channel_use(struct log_channel *c, const struct log_outlet *fresh)
{
	if (c->outlet.kind != NULL)
		log_outlet_close(&c->outlet);
	c->outlet = *fresh;
	c->rotate_again_ns = 0;
	log_channel_arm_limit(c);
	c->stuck = false;
	c->lost_until_ns = 0;
	if (c->queue != NULL)
		log_queue_untear(c->queue);
}

/* What lives long does not take the low numbers, which are for clients. */
static void
keep_number(struct log_outlet *old, struct log_outlet *fresh)
{
	if (old->fd <= STDERR_FILENO || fresh->fd <= STDERR_FILENO ||
	    dup3(fresh->fd, old->fd, O_CLOEXEC) < 0)
		return;
	(void)close(fresh->fd);
	fresh->fd = old->fd;
	old->fd = -1;
}

int
log_channel_reopen(struct log_channel *c, struct err *e)
{
	struct log_outlet fresh = c->outlet;
	int error;

	if (fresh.kind == NULL)
		return 0;
	(void)log_channel_flush(c);
	fresh.fd = -1;
	fresh.needs_newline = false;
	fresh.retry_ns = 0;
	error = fresh.kind->open(&fresh, e);
	if (error < 0)
		return error;
	keep_number(&c->outlet, &fresh);
	log_channel_use(c, &fresh);
	return 0;
}

int
log_channel_give(const struct log_channel *c, uid_t uid)
{
	const struct log_outlet *o = &c->outlet;
	struct stat st;

	if (o->kind != &log_outlet_file || o->fd < 0 || fstat(o->fd, &st) < 0 ||
	    !S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return 0;
	return fchown(o->fd, uid, (gid_t)-1) < 0 ? -errno : 0;
}

void
log_channel_end(struct log_channel *c)
{
	if (c->outlet.kind == NULL)
		return;
	(void)log_channel_flush(c);
	log_channel_drop_queue(c);
	give_queue_back(c);
	log_outlet_close(&c->outlet);
	c->outlet.kind = NULL;
	free(c->path);
	c->path = NULL;
}

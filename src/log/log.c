/* SPDX-License-Identifier: ISC */
/*
 * The state of the log: which sink, which threshold, the lines on their way
 * out, and how many were lost.  What a line looks like is in line.c, how it
 * gets out in outlet_*.c.
 *
 * One rule for every sink that does not take lines: what is queued stays
 * queued, what comes when the queue is full is counted, and once the queue
 * has drained one log.dropped tells the count before anything newer.  Only
 * where nobody is left to read (a broken pipe) the queue is given up at once.
 */
#include <sys/stat.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "log/event_tap.h"
#include "log/outlet.h"
#include "log/stamp.h"

#define RETRY_NS NUM_NS_PER_S

static struct {
	struct log_outlet outlet; /* no kind: not open yet */
	enum log_level level;
	char *path; /* of a file */
	struct log_stamp stamp;
	uint64_t dropped;       /* since start */
	uint64_t untold;        /* of them, not in a log.dropped yet */
	uint64_t told;          /* by the one in the queue, 0: none */
	uint64_t lost_until_ns; /* not to be written to before */
	bool stuck;             /* at the last try */
	struct log_queue queue;
} state = { .level = LOG_LEVEL_NOTICE };

static const struct log_outlet_kind *const kinds[] = {
	[LOG_SINK_STDERR] = &log_outlet_stderr,
	[LOG_SINK_SYSLOG] = &log_outlet_syslog,
	[LOG_SINK_JOURNAL] = &log_outlet_journal,
	[LOG_SINK_FILE] = &log_outlet_file,
};

static uint64_t
now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NUM_NS_PER_S + (uint64_t)now.tv_nsec;
}

/* Before the first log_open(), and if stderr cannot be opened at all. */
static void
open_default(void)
{
	struct log_outlet o = { .kind = &log_outlet_stderr, .fd = -1 };

	(void)o.kind->open(&o, NULL);
	state.outlet = o;
}

static bool
sink_wants(enum log_event_kind event)
{
	return log_event_row(event)->level <= (int)state.level;
}

bool
log_wants(enum log_event_kind event)
{
	return sink_wants(event) || log_tap_wants(log_event_row(event)->level);
}

static const char *
stamp(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return log_stamp_text(&state.stamp, &now);
}

/* Into the queue; false if it is full. */
static bool
add(const struct log_line *line)
{
	const struct log_outlet *o = &state.outlet;
	char *room = log_queue_room(&state.queue, o->kind->most + 1);
	struct text t;

	if (room == NULL)
		return false;
	text_init(&t, room, o->kind->most + 1);
	o->kind->format(o, &t, line);
	log_queue_add(&state.queue, t.length);
	return true;
}

static void
drop(uint64_t count)
{
	state.dropped += count;
	state.untold += count;
}

/* All that is queued; a log.dropped among it is not a line that is missed. */
static void
drop_queue(void)
{
	uint64_t count = state.queue.count;

	if (state.told > 0) {
		count--;
		state.untold += state.told;
		state.told = 0;
	}
	drop(count);
	log_queue_clear(&state.queue);
}

/* Only into an empty queue, so there is never more than one in it. */
static void
tell_dropped(void)
{
	const struct log_field fields[] = {
		LOG_UNSIGNED("count", state.untold),
		LOG_END,
	};

	const struct log_line line = {
		.event = LOG_LOG_DROPPED, .fields = fields, .time = stamp()
	};

	if (log_tap_wants(log_event_row(line.event)->level))
		log_tap_add(&line);
	if (sink_wants(line.event) && add(&line))
		state.told = state.untold;
	state.untold = 0;
}

/* Lines are missing: nothing newer goes in before the gap is told. */
static bool
may_go_on(void)
{
	if (state.queue.count > 0 && !state.stuck)
		(void)log_flush();
	if (state.queue.count > 0)
		return false;
	if (state.lost_until_ns > 0 && now_ns() < state.lost_until_ns)
		return false;
	if (state.untold > 0)
		tell_dropped();
	return true;
}

void
log_write(enum log_event_kind event, const struct log_field *fields)
{
	const struct log_line line = { event, fields, stamp(), NULL };

	if (log_tap_wants(log_event_row(event)->level))
		log_tap_add(&line);
	if (!sink_wants(event))
		return;
	if (state.outlet.kind == NULL)
		open_default();
	if (state.untold > 0 && !may_go_on()) {
		drop(1);
		return;
	}
	if (add(&line))
		return;
	if (!state.stuck)
		(void)log_flush();
	if (state.stuck || !add(&line))
		drop(1);
}

/* One round; false when there is nothing more to do now. */
static bool
drain(void)
{
	struct log_outlet *o = &state.outlet;
	unsigned int before = state.queue.count;
	enum log_outlet_state after = o->kind->drain(o, &state.queue);

	if (state.queue.count < before)
		state.told = 0; /* it was the first */
	switch (after) {
	case LOG_OUTLET_DRAINED:
		state.stuck = false;
		state.lost_until_ns = 0;
		if (state.untold > 0)
			tell_dropped();
		return state.queue.count > 0;
	case LOG_OUTLET_STUCK:
		state.stuck = true;
		return false;
	case LOG_OUTLET_REFUSED:
		log_queue_drop_first(&state.queue);
		drop(1);
		return true;
	case LOG_OUTLET_LOST:
	default:
		drop_queue();
		state.lost_until_ns = now_ns() + RETRY_NS;
		return false;
	}
}

bool
log_flush(void)
{
	if (state.queue.count == 0)
		return true;
	while (drain())
		continue;
	return state.queue.count == 0;
}

static void
use(const struct log_outlet *fresh)
{
	if (state.outlet.kind != NULL)
		log_outlet_close(&state.outlet);
	state.outlet = *fresh;
	state.stuck = false;
	state.lost_until_ns = 0;
	log_queue_untear(&state.queue);
}

int
log_open(const struct log_options *options, struct err *e)
{
	struct log_outlet fresh = {
		.kind = kinds[options->sink],
		.format = options->format,
		.fd = -1,
	};
	auto_free char *path = NULL;
	int error;

	if (options->sink == LOG_SINK_FILE) {
		path = strdup(options->path);
		if (path == NULL)
			return err_memory(e);
		fresh.path = path;
	}
	error = fresh.kind->open(&fresh, e);
	if (error < 0)
		return error;
	(void)log_flush();
	drop_queue(); /* what is left has the old sink's form */
	use(&fresh);
	free(state.path);
	state.path = take_ptr(&path);
	state.level = options->level;
	return 0;
}

int
log_reopen(struct err *e)
{
	struct log_outlet fresh = state.outlet;
	int error;

	if (fresh.kind == NULL)
		return 0;
	(void)log_flush();
	fresh.fd = -1;
	fresh.needs_newline = false;
	fresh.retry_ns = 0;
	error = fresh.kind->open(&fresh, e);
	if (error < 0)
		return error;
	use(&fresh);
	return 0;
}

void
log_close(void)
{
	if (state.outlet.kind == NULL)
		return;
	(void)log_flush();
	drop_queue();
	log_outlet_close(&state.outlet);
	state.outlet.kind = NULL;
	free(state.path);
	state.path = NULL;
}

enum log_level
log_get_level(void)
{
	return state.level;
}

void
log_set_level(enum log_level level)
{
	state.level = level;
}

uint64_t
log_dropped(void)
{
	return state.dropped;
}

int
log_give(uid_t uid)
{
	struct stat st;

	if (state.outlet.kind != &log_outlet_file || state.outlet.fd < 0 ||
	    fstat(state.outlet.fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid())
		return 0;
	return fchown(state.outlet.fd, uid, (gid_t)-1) < 0 ? -errno : 0;
}

void
log_add_lost(uint64_t count)
{
	drop(count);
}

uint64_t
log_pending(void)
{
	return state.queue.count + state.untold;
}

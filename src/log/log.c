/* SPDX-License-Identifier: ISC */
/*
 * The log: one threshold for all, the daemon's channel, and those of
 * services.  How lines get from there to a sink is in channel.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "log/channel.h"
#include "log/event_tap.h"
#include "log/stamp.h"

static struct log_queue queue;

static struct {
	enum log_level level;
	struct log_channel own; /* the daemon's */
} state = {
	.level = LOG_LEVEL_NOTICE,
	.own = { .is_daemons = true, .queue = &queue },
};

bool
log_sinks_want(enum log_event_kind event)
{
	return log_event_row(event)->level <= (int)state.level;
}

bool
log_wants(enum log_event_kind event)
{
	return log_sinks_want(event) ||
	    log_tap_wants(log_event_row(event)->level);
}

void
log_write(struct log_channel *channel, enum log_event_kind event,
    const struct log_field *fields)
{
	const struct log_line line = { event, fields, log_stamp_now(), NULL };

	if (log_tap_wants(log_event_row(event)->level))
		log_tap_add(&line);
	if (log_sinks_want(event))
		log_channel_write(
		    channel != NULL ? channel : &state.own, &line);
}

bool
log_options_are_same(const struct log_options *a, const struct log_options *b)
{
	return a->sink == b->sink && a->format == b->format &&
	    text_same(a->path, b->path);
}

bool
log_flush(void)
{
	/* What fails there is told here. */
	bool rest = log_channels_flush();

	return log_channel_flush(&state.own) && rest;
}

void
log_channel_limit(
    struct log_channel *channel, const struct log_options *options)
{
	log_channel_set_limit(channel != NULL ? channel : &state.own, options);
}

int
log_open(const struct log_options *options, struct err *e)
{
	struct log_outlet fresh = log_channel_outlet(options);
	auto_free char *path = NULL;
	int error;

	if (fresh.path != NULL) {
		path = strdup(fresh.path);
		if (path == NULL)
			return err_memory(e);
		fresh.path = path;
	}
	error = fresh.kind->open(&fresh, e);
	if (error < 0)
		return error;
	(void)log_channel_flush(&state.own);
	/* What is left has the old sink's form. */
	log_channel_drop_queue(&state.own);
	log_channel_use(&state.own, &fresh);
	free(state.own.path);
	state.own.path = take_ptr(&path);
	log_channel_set_limit(&state.own, options);
	state.level = options->level;
	return 0;
}

int
log_reopen(struct err *e)
{
	int error = log_channel_reopen(&state.own, e);

	log_channels_reopen();
	return error;
}

void
log_close(void)
{
	log_channels_end();
	log_channel_end(&state.own);
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
	return log_channel_dropped();
}

int
log_give(uid_t uid)
{
	int error = log_channel_give(&state.own, uid);

	return error < 0 ? error : log_channels_give(uid);
}

void
log_add_lost(uint64_t count)
{
	log_channel_drop(&state.own, count);
}

uint64_t
log_pending(void)
{
	return log_channel_waiting(&state.own) + state.own.untold +
	    log_channels_pending();
}

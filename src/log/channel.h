/* SPDX-License-Identifier: ISC */
/*
 * One log: its sink, the lines on their way out, and how many were lost.  The
 * daemon's is one, and a service may have its own; channels.c keeps those.
 */
#ifndef SUPERD_LOG_CHANNEL_H
#define SUPERD_LOG_CHANNEL_H

#include "log/outlet.h"
#include "log/repeat.h"

struct log_channel {
	struct log_outlet outlet; /* no kind: not open yet */
	char *path;               /* of a file */
	struct log_queue *queue;  /* NULL: nothing waits */
	bool is_daemons;          /* it has a queue of its own, for ever */
	bool stuck;               /* at the last try */
	uint64_t untold;          /* lost lines, not in a log.dropped yet */
	uint64_t told;            /* by the one in the queue, 0: none */
	uint64_t lost_until_ns;   /* not to be written to before */
	struct log_repeat said;   /* in the daemon's log, that it fails */
	uint64_t max_bytes;       /* of a file; 0: it is not rotated */
	unsigned int keep;        /* so many old ones */
	uint64_t rotate_again_ns; /* it failed; 0: it did not */

	/* Of channels.c. */
	size_t users;
	uint64_t give_up_ns;          /* when nobody uses it any more */
	struct log_channel **bucket;  /* of those that are open */
	struct log_channel *next;     /* in it */
	struct log_channel *next_due; /* of those with lines */
	bool is_due;
};

/* Its file is rotated as options say. */
void log_channel_set_limit(
    struct log_channel *c, const struct log_options *options);

/*
 * channel_limit.c: a fresh outlet gets the limit; one that could not be rotated
 * gets it again after a minute; it is full, and rotated if that works.
 */
void log_channel_arm_limit(struct log_channel *c);
void log_channel_look_at_limit(struct log_channel *c);
void log_channel_rotate(struct log_channel *c);

/* The clock of the log: CLOCK_MONOTONIC. */
uint64_t log_channel_clock(void);

/* An outlet as options say, not open yet; path is borrowed. */
struct log_outlet log_channel_outlet(const struct log_options *options);

/* Lines that wait.  [pure] */
unsigned int log_channel_waiting(const struct log_channel *c);

/* One line more, or one lost more.  [hot] */
void log_channel_write(struct log_channel *c, const struct log_line *line);

/*
 * Hands out what can be handed out without waiting.  Returns true if nothing
 * is left.
 */
bool log_channel_flush(struct log_channel *c);

/* All that waits is lost; so many lines were. */
void log_channel_drop_queue(struct log_channel *c);
void log_channel_drop(struct log_channel *c, uint64_t count);

/* It has another, open outlet from now on; the old one is closed. */
void log_channel_use(struct log_channel *c, const struct log_outlet *fresh);

/* As log_reopen(), of one. */
int log_channel_reopen(struct log_channel *c, struct err *e);

/* As log_give(), of one. */
int log_channel_give(const struct log_channel *c, uid_t uid);

/* Flushes what can be, counts the rest as lost, closes. */
void log_channel_end(struct log_channel *c);

/* Lines lost since start, in all channels.  [pure] */
uint64_t log_channel_dropped(void);

/* Does the sinks' threshold want it?  In log.c.  [hot] [pure] */
bool log_sinks_want(enum log_event_kind event);

/* channels.c: c has lines, and is to be flushed. */
void log_channels_due(struct log_channel *c);

/* channels.c: of all but the daemon's, as the functions without "s". */
bool log_channels_flush(void);
void log_channels_reopen(void);
int log_channels_give(uid_t uid);
uint64_t log_channels_pending(void);
void log_channels_end(void);

#endif

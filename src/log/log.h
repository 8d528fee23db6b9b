/* SPDX-License-Identifier: ISC */
/*
 * The voice: named events with typed fields, written as one line each by the
 * daemon's sink, or by that of a channel of its own.  Nothing here ever blocks
 * or fails towards the caller: what cannot be written is counted, and the
 * count is logged when writing works again.
 *
 *	log_event(LOG_START, LOG_SIGNED("pid", getpid()));
 *	log_event_to(channel, LOG_CONN_OPEN, LOG_TEXT("service", name),
 *	    LOG_UNSIGNED("connection", id));
 */
#ifndef SUPERD_LOG_LOG_H
#define SUPERD_LOG_LOG_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "log/events.h"

enum log_level {
	LOG_LEVEL_ERROR,   /* someone must act */
	LOG_LEVEL_WARNING, /* we coped */
	LOG_LEVEL_NOTICE,  /* life cycle */
	LOG_LEVEL_INFO,    /* each connection */
	LOG_LEVEL_DEBUG,
};

enum log_format {
	LOG_FORMAT_TEXT,
	LOG_FORMAT_JSON,
	LOG_FORMAT_RFC5424
};

enum log_sink {
	LOG_SINK_STDERR,
	LOG_SINK_SYSLOG,
	LOG_SINK_JOURNAL,
	LOG_SINK_FILE,
	LOG_SINK_UDP
};

struct log_channel;

enum log_field_kind {
	LOG_FIELD_END,
	LOG_FIELD_TEXT,  /* trusted or not: escaped by the sink */
	LOG_FIELD_BYTES, /* the same with a length */
	LOG_FIELD_UNSIGNED,
	LOG_FIELD_COUNT, /* unsigned, left out when it is 0 */
	LOG_FIELD_SIGNED,
	LOG_FIELD_SECONDS, /* from nanoseconds, printed as 1.234567 */
};

struct log_field {
	const char *name; /* snake_case; a field with NULL text is left out */
	enum log_field_kind kind;
	size_t length;
	union {
		const char *text;
		uint64_t number;
		int64_t signed_number;
	} is;
};

#define LOG_TEXT(n, v)                                                         \
	{                                                                      \
		.name = (n), .kind = LOG_FIELD_TEXT, .is.text = (v)            \
	}
#define LOG_BYTES(n, v, l)                                                     \
	{                                                                      \
		.name = (n), .kind = LOG_FIELD_BYTES, .length = (l),           \
		.is.text = (v)                                                 \
	}
#define LOG_UNSIGNED(n, v)                                                     \
	{                                                                      \
		.name = (n), .kind = LOG_FIELD_UNSIGNED, .is.number = (v)      \
	}
#define LOG_COUNT(n, v)                                                        \
	{                                                                      \
		.name = (n), .kind = LOG_FIELD_COUNT, .is.number = (v)         \
	}
#define LOG_SIGNED(n, v)                                                       \
	{                                                                      \
		.name = (n), .kind = LOG_FIELD_SIGNED, .is.signed_number = (v) \
	}
#define LOG_SECONDS(n, ns)                                                     \
	{                                                                      \
		.name = (n), .kind = LOG_FIELD_SECONDS, .is.number = (ns)      \
	}
#define LOG_END                                                                \
	{                                                                      \
		.kind = LOG_FIELD_END                                          \
	}

/*
 * Says it, if the event's level is at or above the threshold: to channel, or
 * to the daemon's log if that is NULL.  [hot]
 */
#define log_event_to(channel, event, ...)                                      \
	do {                                                                   \
		if (log_wants(event))                                          \
			log_write(channel, event,                              \
			    (const struct log_field[]) {                       \
				__VA_ARGS__ __VA_OPT__(, ) LOG_END });         \
	} while (0)

#define log_event(event, ...) log_event_to(NULL, event, __VA_ARGS__)

struct log_options {
	enum log_sink sink;
	enum log_format format;
	enum log_level level; /* the least important that is written */
	const char *path;     /* of a file; or ADDRESS:PORT for UDP; copied */
	uint64_t max_bytes;   /* of a regular file; then rotated; 0: never */
	unsigned int keep;    /* old files */
};

/* Do both write the same lines to the same place?  [pure] */
bool log_options_are_same(
    const struct log_options *a, const struct log_options *b);

/*
 * Opens the sink that options name and, if that worked, makes it the one in
 * use; before the first call events go to stderr as text at LOG_LEVEL_NOTICE.
 * Called again it switches over: the old sink is flushed and closed.  A
 * missing syslog or journal socket is an error here; later it is coped with.
 * stderr is opened a second time where that can be: who puts something else
 * on descriptor 2, or forks, calls log_flush() before and log_reopen() after.
 * Returns 0 or -errno, the old sink still in use.
 */
int log_open(const struct log_options *options, struct err *e);

/*
 * A log beside the daemon's, with a sink of its own; the threshold is one for
 * all.  Options that name the same sink and format get the same channel,
 * however many ask.  It has memory for lines while some wait only, and no
 * part of an error: what it does not take is counted and told in it later,
 * and that it fails is told in the daemon's log (superd.fault), once a
 * minute.  Returns 0 or -errno.
 */
int log_channel_open(const struct log_options *options,
    struct log_channel **ret_channel, struct err *e);

/*
 * How large its file may become, and how many old ones are kept, is from now
 * on as in options; NULL is the daemon's.
 */
void log_channel_limit(
    struct log_channel *channel, const struct log_options *options);

/*
 * One user less; NULL is none.  The last one closes it, once what it has
 * queued is written, or a minute later.
 */
void log_channel_close(struct log_channel *channel);

/*
 * A log file that is superd's own becomes uid's, so that he can open it
 * anew; other sinks, and files of others, are left alone.  Of all channels.
 * Returns 0 or -errno.
 */
int log_give(uid_t uid);

/* So many lines were lost before this log was opened. */
void log_add_lost(uint64_t count);

/* Lines that are in memory only, or lost and not told yet, of all channels.
 * [pure] */
uint64_t log_pending(void);

/* Flushes what can be written at once, and closes all; no channel is of use
 * any more. */
void log_close(void);

void log_set_level(enum log_level level);
enum log_level log_get_level(void); /* [pure] */

/* Is an event of this kind for anybody: the sink, or a tap?  [hot] [pure] */
bool log_wants(enum log_event_kind event);

/* Adds one line to the buffer; use log_event(), log_event_to().  [hot] */
void log_write(struct log_channel *channel, enum log_event_kind event,
    const struct log_field *fields);

/*
 * Hands the buffered lines to the sink, as far as it takes them without
 * waiting.  Returns true if nothing is left to write; with false, call again
 * in a while.  Called once a turn of the loop.
 */
bool log_flush(void);

/*
 * Opens a log file anew (it was moved away by a rotation).  Others: connects
 * again.  Returns 0, or -errno and the old file goes on.  So do channels, but
 * each of those that fails is told in the daemon's log (superd.fault).
 */
int log_reopen(struct err *e);

/* Lines lost since start because the sink did not take them.  [pure] */
uint64_t log_dropped(void);

/* "error", "warning" ...  [pure] */
const char *log_level_name(enum log_level level);

/* NAME<TAB>LEVEL<TAB>DESCRIPTION of each event, a line each. */
void log_print_events(FILE *to);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Following events while they happen, by pulling: who follows asks for the
 * next line when he likes, and nobody is called.  The lines are JSON, kept in
 * one ring for all; a reader who is slower than the events loses the oldest,
 * and is told how many.  While nobody follows nothing is made or kept.
 *
 *	log_tap_start(&reader, LOG_LEVEL_INFO, "web");
 *	while ((length = log_tap_next(&reader, &line, &lost)) > 0 || lost > 0)
 *		...
 */
#ifndef SUPERD_LOG_EVENT_TAP_H
#define SUPERD_LOG_EVENT_TAP_H

#include <stddef.h>
#include <stdint.h>

#include "log/log.h"

#define LOG_TAP_BYTES 65536

struct log_line;

/* Of one who follows; stays where it is from start to stop. */
struct log_tap_reader {
	struct log_tap_reader *next;
	const char *service; /* only its events; NULL: all */
	enum log_level level;
	uint64_t at;   /* in the stream of all lines */
	uint64_t lost; /* of the lines that it wanted, not told yet */
};

/*
 * From now on the events at or above level that carry this service, or all if
 * it is NULL, are for r, even if the log itself does not want them.  service
 * is borrowed until log_tap_stop().  Returns 0, or -ENOMEM and r is not
 * started.
 */
int log_tap_start(
    struct log_tap_reader *r, enum log_level level, const char *service);

/* Ends that; nothing happens if r is not started. */
void log_tap_stop(struct log_tap_reader *r);

/*
 * The next line for r: returns its length with the newline, 0 if there is
 * none now.  *ret_line is valid until the next event.  *ret_lost is how many
 * lines were lost before this one, or in front of those to come, since it was
 * told last; it can be above 0 without a line.
 */
size_t log_tap_next(
    struct log_tap_reader *r, const char **ret_line, uint64_t *ret_lost);

/* The room's own: does anybody follow events of this level?  [hot] [pure] */
bool log_tap_wants(int level);

/* The room's own: for whoever follows.  [hot] */
void log_tap_add(const struct log_line *line);

#endif

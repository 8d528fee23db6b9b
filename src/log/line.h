/* SPDX-License-Identifier: ISC */
/*
 * One event as one line.  Pure: the time comes with the line.
 *
 *	TIME LEVEL EVENT NAME=VALUE NAME="VALUE" ...
 *	{"time":"TIME","level":"LEVEL","event":"EVENT","NAME":VALUE, ...}
 */
#ifndef SUPERD_LOG_LINE_H
#define SUPERD_LOG_LINE_H

#include "base/text.h"
#include "log/log.h"

/* With its newline; no more than a pipe takes at once (PIPE_BUF). */
#define LOG_LINE_MAX 4096

struct log_line {
	enum log_event_kind event;
	const struct log_field *fields;
	const char *time; /* NULL: neither time nor level is written */
	const char *head; /* put in front as it is, or NULL */
};

/*
 * Each appends one line with its newline to t, at most LOG_LINE_MAX bytes and
 * what t has room for (at least 256).  Nothing in it but the final newline
 * is outside printable ASCII.  Of a longer one the end is missing, never half
 * an escape: a text line then has "..." as its last word, a JSON line
 * "cut":true as its last member.  [hot]
 */
void log_line_text(struct text *t, const struct log_line *line);
void log_line_json(struct text *t, const struct log_line *line);

/* In the form that a file or a terminal gets: one of those, or RFC 5424. */
void log_line_format(
    struct text *t, const struct log_line *line, enum log_format format);

/* Left out: text without text, and a count of nothing.  [pure] */
bool log_field_is_text(const struct log_field *f);
bool log_field_is_left_out(const struct log_field *f);

/* The bytes of a text.  [pure] */
size_t log_field_length(const struct log_field *f);

/* A number in digits. */
void log_field_put_number(struct text *t, const struct log_field *f);

/* What syslog(3) calls it: 3 for errors to 7 for debug.  [pure] */
unsigned int log_line_priority(enum log_event_kind event);

#endif

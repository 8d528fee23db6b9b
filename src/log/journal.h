/* SPDX-License-Identifier: ISC */
/*
 * One event in the native protocol of the systemd journal: lines of
 * NAME=VALUE, or, for a value with a newline in it, NAME, newline, its length
 * in 64 bits (little end first), value, newline.  Pure.
 */
#ifndef SUPERD_LOG_JOURNAL_H
#define SUPERD_LOG_JOURNAL_H

#include "base/text.h"
#include "log/line.h"

/* One datagram. */
#define LOG_JOURNAL_MAX 16384

/*
 * Appends MESSAGE (the text line without time and level), PRIORITY,
 * SYSLOG_IDENTIFIER, SUPERD_EVENT and each field as SUPERD_<NAME>.  The bytes
 * of values stand as they are: the journal keeps any.  A field for which
 * there is no room is left out.  [hot]
 */
void log_journal_format(struct text *t, const struct log_line *line);

#endif

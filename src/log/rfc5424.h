/* SPDX-License-Identifier: ISC */
/*
 * One event as RFC 5424 has it:
 *
 *	<PRI>1 TIME HOST superd PID EVENT [superd@32473 NAME="VALUE" ...] MSG
 *
 * superd has no enterprise number of its own; 32473 is the one that RFC 5612
 * keeps for examples.
 */
#ifndef SUPERD_LOG_RFC5424_H
#define SUPERD_LOG_RFC5424_H

#include "base/text.h"
#include "log/line.h"

/* Of a text line for the local daemon: 3, as <PRI> counts it. */
#define LOG_FACILITY_DAEMON (3u << 3)

/*
 * Appends a line as log_line_text() does, with its newline.  MSG is the text
 * line without time and level; or, if json, the object of a JSON line, and
 * there is no structured data beside it.  Structured data that have no room
 * are cut or left out, so that MSG has some.  [hot]
 */
void log_rfc5424_format(struct text *t, const struct log_line *line, bool json);

#endif

/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_HANDLERS_WEB_EXPOSITION_H
#define SUPERD_HANDLERS_WEB_EXPOSITION_H

/*
 * From Prometheus' text format 0.0.4, which superd speaks, to OpenMetrics
 * 1.0.0.  Samples are the same in both; the lines about them are not: there a
 * counter is called without its _total, a unit is told, a quote in a help text
 * is escaped, nothing else may stand between, and "# EOF" is the end.
 */

#include <stddef.h>

struct bytes;

void exposition_to_openmetrics(
    struct bytes *out, const char *text, size_t size);

#endif

/* SPDX-License-Identifier: ISC */
/* The metrics of the daemon, and what both kinds are made with. */
#ifndef SUPERD_CTL_METRICS_H
#define SUPERD_CTL_METRICS_H

#include "base/text.h"

struct core;

/* The lines in front of a metric's samples. */
void metrics_head(
    struct text *out, const char *name, const char *type, const char *help);

/* All that is not of a service. */
void metrics_daemon(const struct core *core, struct text *out);

#endif

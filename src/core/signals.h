/* SPDX-License-Identifier: ISC */
/* What each signal means to a running superd. */
#ifndef SUPERD_CORE_SIGNALS_H
#define SUPERD_CORE_SIGNALS_H

#include "base/err.h"

struct core;

/* Returns 0 or -errno. */
int core_signals_start(struct core *core, struct err *e);
void core_signals_stop(struct core *core);

#endif

/* SPDX-License-Identifier: ISC */
/* Numbers as people like to read them: short, with a unit. */
#ifndef SUPERD_SUPERCTL_UNITS_H
#define SUPERD_SUPERCTL_UNITS_H

#include "base/text.h"

/* 9999, 12.3k, 4.56M, 789G: three figures from ten thousand on. */
void units_count(struct text *t, double count);

/* 812 B, 3.4 KiB, 12 MiB. */
void units_bytes(struct text *t, double bytes);

/* A time in seconds: 0, 123us, 4.5ms, 12.3s, 2m13s, 3h12m, 3d2h. */
void units_span(struct text *t, double seconds);

/* Per second: 0, 0.25, 1.3, 450, 12.3k. */
void units_rate(struct text *t, double rate);

#endif

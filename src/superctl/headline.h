/* SPDX-License-Identifier: ISC */
/* superd's own object of `status`, in words. */
#ifndef SUPERD_SUPERCTL_HEADLINE_H
#define SUPERD_SUPERCTL_HEADLINE_H

#include "superctl/view.h"

/* How a state of superd or of a service is painted.  [pure] */
enum paint headline_paint(const char *state);

/*
 * Two lines for the screen, the second without an end: what superd is and how
 * long it runs; what it does.
 */
void headline_put(const struct view *v, struct text *t);

/* "3/256"; NULL if neither is known. */
const char *headline_live(const struct view *v);

#endif

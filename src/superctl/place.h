/* SPDX-License-Identifier: ISC */
/* Where the control socket is. */
#ifndef SUPERD_SUPERCTL_PLACE_H
#define SUPERD_SUPERCTL_PLACE_H

#include "base/text.h"

/*
 * Writes the path that is meant: `wanted` (which may be NULL), or else
 * $SUPERD_CONTROL, or else what `control = auto` makes: below RUNSTATEDIR for
 * root; for others below $XDG_RUNTIME_DIR, if there is one, and then root's.
 */
void place_find(const char *wanted, struct text *t);

#endif

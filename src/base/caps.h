/* SPDX-License-Identifier: ISC */
/*
 * Sets of capabilities, capabilities(7): a bit each.  Those that superd has a
 * use for have names here.
 */
#ifndef SUPERD_BASE_CAPS_H
#define SUPERD_BASE_CAPS_H

#include <linux/capability.h>
#include <stdint.h>

#include "base/text.h"

#define CAPS_BIT(capability) (UINT64_C(1) << (capability))

/* "CAP_KILL"; "a capability" for one without a name here.  [pure] */
const char *caps_name(int capability);

/* "CAP_KILL CAP_SETUID": lowest number first, or "none". */
void caps_format(uint64_t set, struct text *t);

#endif

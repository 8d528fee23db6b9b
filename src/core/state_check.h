/* SPDX-License-Identifier: ISC */
/*
 * The promises of state.h, kept on both ways: what is written is judged as
 * what is read.
 */
#ifndef SUPERD_CORE_STATE_CHECK_H
#define SUPERD_CORE_STATE_CHECK_H

#include <stdbool.h>

#include "base/err.h"

struct state;
struct state_field;
struct state_record;

/* Has the record at `at` something to tell in that field?  [pure] */
bool state_has(const struct state_field *field, const void *at);

/* Is each value of the record at `at` good?  Returns 0, -EINVAL, -E2BIG. */
int state_check_record(
    const struct state_record *record, const void *at, struct err *e);

/*
 * Do the records, each of them good, fit together: is nothing named twice,
 * nothing missing?  Returns 0, -EINVAL or -ENOMEM.
 */
int state_check_whole(const struct state *s, struct err *e);

#endif

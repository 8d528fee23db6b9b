/* SPDX-License-Identifier: ISC */
/*
 * What is around the records of a state, and the same in every version of
 * the format; see state.h.
 */
#ifndef SUPERD_CORE_STATE_HEAD_H
#define SUPERD_CORE_STATE_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "core/state_value.h"

#define STATE_HEAD_SIZE 64 /* magic, length, version, writer */
#define STATE_TAIL_SIZE 8  /* the checksum */

/* All of the head but the length.  Returns 0, or -EINVAL: no good writer. */
int state_head_put(
    uint8_t to[STATE_HEAD_SIZE], const char *writer, struct err *e);

/* The length and the checksum of `size` bytes, head and tail among them. */
void state_head_finish(uint8_t *bytes, size_t size);

/*
 * Is that a whole, undamaged state of a version that is understood, and who
 * wrote it?  Returns 0, -EINVAL, -E2BIG, -ENOTSUP or -ENOMEM.
 */
int state_head_get(const struct state_span *from, struct arena *arena,
    const char **ret_writer, struct err *e);

/* [pure] */
uint64_t state_checksum(const void *bytes, size_t size);

#endif

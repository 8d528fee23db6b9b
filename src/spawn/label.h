/* SPDX-License-Identifier: ISC */
/*
 * The name of a child's stderr socket.  It comes with every datagram, and so
 * tells the connection, whichever process of the handler's wrote it.
 */
#ifndef SUPERD_SPAWN_LABEL_H
#define SUPERD_SPAWN_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct spawn_label {
	uint64_t instance; /* of this superd, from spawn_pool_new() */
	uint64_t connection;
	uint32_t slot;
};

/* The abstract name (unix(7)) without its leading NUL. */
void spawn_label_format(const struct spawn_label *label, struct text *t);

/* False if it is no such name.  [pure] */
bool spawn_label_parse(
    const char *name, size_t length, struct spawn_label *ret_label);

#endif

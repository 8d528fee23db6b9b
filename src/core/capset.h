/* SPDX-License-Identifier: ISC */
/* This process's capabilities, capget(2) and capset(2), without a library. */
#ifndef SUPERD_CORE_CAPSET_H
#define SUPERD_CORE_CAPSET_H

#include <stdint.h>

struct capset {
	uint64_t effective, permitted, inheritable;
};

/* Both return 0 or -errno. */
int capset_read(struct capset *ret_set);
int capset_write(const struct capset *set);

#endif

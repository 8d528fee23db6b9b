/* SPDX-License-Identifier: ISC */
/* This process's capabilities, capget(2) and capset(2), without a library. */
#ifndef SUPERD_CORE_CAPSET_H
#define SUPERD_CORE_CAPSET_H

#include <stdbool.h>
#include <stdint.h>

struct capset {
	uint64_t effective, permitted, inheritable;
};

/* Both return 0 or -errno. */
int capset_read(struct capset *ret_set);
int capset_write(const struct capset *set);

/*
 * Whether what is permitted now is so after an execve, too, for a user who is
 * not root: by inheritable and ambient capabilities, capabilities(7).  Until
 * it is taken back, nothing else may be executed.  Returns 0 or -errno.
 */
int capset_outlive_exec(bool outlive);

#endif

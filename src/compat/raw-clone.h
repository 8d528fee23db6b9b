/* SPDX-License-Identifier: ISC */
/*
 * clone(2) with a word that the kernel clears.  libc's wrapper is not used:
 * musl's refuses CLONE_CHILD_CLEARTID since 1.2.5, because a thread of libc's
 * could not live with it; our children are no threads and call no libc.
 */
#ifndef SUPERD_COMPAT_RAW_CLONE_H
#define SUPERD_COMPAT_RAW_CLONE_H

#include <stdint.h>

#include "compat/raw-syscall.h"

/* 1 where compat_raw_clone() can share memory with a parent that goes on. */
#define COMPAT_RAW_CLONE SUPERD_RAW_SYSCALL

/*
 * Runs run(argument) in a child on the stack that ends at stack_top; the
 * child exits with what run returns.  With CLONE_CHILD_CLEARTID in flags
 * *cleared becomes 0 when the child has left this memory.  Where
 * COMPAT_RAW_CLONE is 0, CLONE_VFORK is added and *cleared is 0 on return.
 * Returns the pid or -errno.
 */
long compat_raw_clone(unsigned long flags, void *stack_top, uint32_t *cleared,
    int (*run)(void *), void *argument);

#endif

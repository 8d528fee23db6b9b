/* SPDX-License-Identifier: ISC */
/* superd -d: the starting process ends when the started one is ready. */
#ifndef SUPERD_DETACH_H
#define SUPERD_DETACH_H

#include "base/err.h"

/*
 * Goes on in a new process, in a session of its own.  The starting process
 * waits for detach_ready() and then exits 0, or with the status of the new
 * one if that ended before.  ret_fd is the new one's way to tell.  Returns 0
 * in the new process, or -errno in the old one.
 */
int detach_start(int *ret_fd, struct err *e);

/* It serves: lets the starter go, and the terminal.  fd -1: does nothing. */
void detach_ready(int *fd);

#endif

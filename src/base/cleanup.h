/* SPDX-License-Identifier: ISC */
/*
 * Scope-exit cleanup.  A variable marked auto_fd, auto_free or auto_file is
 * released when its scope ends, on every path; take_fd() and take_ptr() hand
 * the thing on and leave nothing behind to release.
 */
#ifndef SUPERD_BASE_CLEANUP_H
#define SUPERD_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"

static inline void
cleanup_fd(int *fd)
{
	fd_close(fd);
}

static inline void
cleanup_free(void *where)
{
	free(*(void **)where);
}

static inline void
cleanup_file(FILE **file)
{
	if (*file != NULL)
		(void)fclose(*file);
}

#define auto_fd   __attribute__((cleanup(cleanup_fd))) int
#define auto_free __attribute__((cleanup(cleanup_free)))
#define auto_file __attribute__((cleanup(cleanup_file))) FILE *

/* Hands over *fd: returns it and leaves -1. */
static inline int
take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Hands over *where: returns the pointer and leaves NULL. */
#define take_ptr(where)                                                        \
	__extension__({                                                        \
		__typeof__(*(where)) taken_ = *(where);                        \
		*(where) = NULL;                                               \
		taken_;                                                        \
	})

#endif

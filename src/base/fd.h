/* SPDX-License-Identifier: ISC */
/*
 * File descriptors: -1 is none, each has one owner, each is close-on-exec
 * from birth.
 */
#ifndef SUPERD_BASE_FD_H
#define SUPERD_BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Closes *fd if it is one, and leaves -1.  Keeps errno. */
void fd_close(int *fd);

/*
 * Writes all of it, waiting for room at most timeout_ms for each piece; never
 * changes the description's flags (it may be shared with other programs) and
 * never raises SIGPIPE on its own: the caller has it blocked.
 * [blocks] Returns 0, or -errno (-ETIMEDOUT when nobody reads).
 */
int fd_write_all(int fd, const void *bytes, size_t size, int timeout_ms);

/*
 * Opens /dev/null on each of 0, 1 and 2 that is closed, so that no socket of
 * ours can ever become somebody's stdin.  Returns 0 or -errno.
 */
int fd_fill_standard(void);

/*
 * Descriptors get the lowest free number.  fd_block_low() takes the low
 * numbers that are free, so that what is opened next, and lives long, is above
 * them; fd_free_low() gives them back to what comes and goes.  The low ones
 * are those below FD_LOW, fewer where the limit of open files would leave less
 * than `needed` above, but not less than FD_LOW_LEAST.  Returns how many are
 * low, 0 if nothing was taken.
 */
#define FD_LOW       256
#define FD_LOW_LEAST 96
struct fd_low {
	int count;
	int fds[FD_LOW];
};
int fd_block_low(struct fd_low *low, uint64_t needed);
void fd_free_low(struct fd_low *low);

/*
 * Makes every inherited descriptor above 2 close-on-exec; on a kernel before
 * 5.11 and without /proc, those below 65536.  Returns 0 or -errno.
 */
int fd_cloexec_inherited(void);

#endif

/* SPDX-License-Identifier: ISC */
/* Descriptors: closing, filling, writing with patience. */
#include <sys/resource.h>
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "compat/raw-syscall.h"
#include "compat/syscall-numbers.h"

/* CLOSE_RANGE_CLOEXEC, which not every libc's headers know. */
#define RANGE_CLOEXEC (1U << 2)

/*
 * Without a better way, every number below this is tried.  The limit of open
 * files is no bound: it may be a thousand million, which takes minutes, and
 * may have been lowered since a higher number was opened.  The kernel gives
 * out the lowest free number, so that higher ones than this are rare; to try
 * this many takes some milliseconds.
 */
#define FD_TRIED 65536

void
fd_close(int *fd)
{
	int kept = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = kept;
}

static int
wait_for_room(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int n;

	do {
		n = poll(&p, 1, timeout_ms);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return n == 0 ? -ETIMEDOUT : 0;
}

int
fd_write_all(int fd, const void *bytes, size_t size, int timeout_ms)
{
	const char *at = bytes;

	while (size > 0) {
		/* A pipe that polls writable takes this much at once. */
		size_t piece = size < 4096 ? size : 4096;
		int error = wait_for_room(fd, timeout_ms);
		ssize_t n;

		if (error < 0)
			return error;
		n = write(fd, at, piece);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n > 0) {
			at += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

int
fd_fill_standard(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest free number is fd: all below it are taken. */
		if (open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) < 0)
			return -errno;
	}
	return 0;
}

int
fd_block_low(struct fd_low *low, uint64_t needed)
{
	int most = FD_LOW, fd;
	struct rlimit limit;

	low->count = 0;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur < FD_LOW_LEAST + needed)
		return 0;
	if (limit.rlim_cur < FD_LOW + needed)
		most = (int)(limit.rlim_cur - needed);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd < most) {
		low->fds[low->count++] = fd;
		fd = fcntl(fd, F_DUPFD_CLOEXEC, fd + 1);
	}
	if (fd < 0)
		fd_free_low(low);
	else
		(void)close(fd);
	return fd < 0 ? 0 : most;
}

void
fd_free_low(struct fd_low *low)
{
	while (low->count > 0)
		(void)close(low->fds[--low->count]);
}

static int
cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0)
		return errno == EBADF ? 0 : -errno;
	return 0;
}

static int
cloexec_by_number(void)
{
	int error = 0;

	for (int fd = 3; fd < FD_TRIED && error == 0; fd++)
		error = cloexec(fd);
	return error;
}

static int
cloexec_by_list(DIR *dir)
{
	const struct dirent *entry;
	int error = 0;

	while (error == 0 && (entry = readdir(dir)) != NULL) {
		int fd = atoi(entry->d_name);

		if (fd > 2)
			error = cloexec(fd);
	}
	return error;
}

int
fd_cloexec_inherited(void)
{
	DIR *dir;
	int error;

	/* Linux 5.11; older ones, and some sandboxes, have other errors. */
	if (raw_syscall3(COMPAT_SYS_CLOSE_RANGE, 3, ~0U, RANGE_CLOEXEC) == 0)
		return 0;
	dir = opendir("/proc/self/fd");
	if (dir == NULL)
		return cloexec_by_number();
	error = cloexec_by_list(dir);
	(void)closedir(dir);
	return error;
}

/* SPDX-License-Identifier: ISC */
/* Descriptors: closing, filling, writing with patience. */
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"

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

static int
cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0)
		return errno == EBADF ? 0 : -errno;
	return 0;
}

/* Where /proc is not mounted: every number that may be in use. */
static int
cloexec_up_to_limit(void)
{
	long most = sysconf(_SC_OPEN_MAX);
	int error = 0;

	for (int fd = 3; fd < most && error == 0; fd++)
		error = cloexec(fd);
	return error;
}

int
fd_cloexec_inherited(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	int error = 0;

	if (dir == NULL)
		return cloexec_up_to_limit();
	while (error == 0 && (entry = readdir(dir)) != NULL) {
		int fd = atoi(entry->d_name);

		if (fd > 2)
			error = cloexec(fd);
	}
	(void)closedir(dir);
	return error;
}

/* SPDX-License-Identifier: ISC */
/*
 * openat2(2) knows how to resolve links inside of a directory; where it is
 * missing, the paths are put together, which is right for all but absolute
 * links.
 */
#include <sys/syscall.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "base/cleanup.h"
#include "conf/rooted.h"

static int
open_joined(const char *root, const char *path, int flags)
{
	char joined[PATH_MAX];
	int n = snprintf(joined, sizeof(joined), "%s/%s", root, path);
	int fd;

	if (n < 0 || (size_t)n >= sizeof(joined))
		return -ENAMETOOLONG;
	fd = open(joined, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int
conf_rooted_open(const char *root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned int)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};
	auto_fd directory = -1;
	long fd;

	if (root == NULL) {
		int plain = open(path, flags | O_CLOEXEC);

		return plain < 0 ? -errno : plain;
	}
	directory = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return -errno;
	fd = syscall(SYS_openat2, directory, path, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_joined(root, path, flags);
	return fd < 0 ? -errno : (int)fd;
}

int
conf_rooted_stat(const char *root, const char *path, struct stat *ret_st)
{
	auto_fd fd = -1;

	if (root == NULL)
		return stat(path, ret_st) < 0 ? -errno : 0;
	fd = conf_rooted_open(root, path, O_PATH);
	if (fd < 0)
		return fd;
	return fstat(fd, ret_st) < 0 ? -errno : 0;
}

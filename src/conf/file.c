/* SPDX-License-Identifier: ISC */
/*
 * Files are opened without waiting (a FIFO would block) and looked at before
 * they are read.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "conf/file.h"

static int
check_kind(const struct stat *st, struct err *e)
{
	if (S_ISDIR(st->st_mode))
		return err_set(e, EISDIR, "is a directory, not a file");
	if (S_ISFIFO(st->st_mode))
		return err_set(e, EINVAL, "is a FIFO, not a regular file");
	if (!S_ISREG(st->st_mode))
		return err_set(e, EINVAL,
		    "is a device or socket, not a "
		    "regular file");
	if (st->st_size > CONF_FILE_MAX)
		return err_set(e, EFBIG,
		    "has %jd bytes, at most %d (16 MiB) "
		    "are read",
		    (intmax_t)st->st_size, CONF_FILE_MAX);
	return 0;
}

static int
check_directory(const char *path, const struct stat *file, struct err *e)
{
	auto_free char *real = realpath(path, NULL);
	struct stat st;
	char *slash;

	if (real == NULL)
		return err_system(e, errno, "cannot be found");
	slash = strrchr(real, '/');
	slash[slash == real ? 1 : 0] = '\0';
	if (stat(real, &st) < 0)
		return err_system(e, errno, "cannot look at '%s'", real);
	if ((st.st_mode & S_IWOTH) == 0)
		return 0;
	if ((st.st_mode & S_ISVTX) == 0)
		return err_set(e, EPERM,
		    "anybody may replace it, which root "
		    "does not trust: chmod o-w '%s'",
		    real);
	if (file->st_uid != 0 && file->st_uid != geteuid())
		return err_set(e, EPERM,
		    "belongs to user id %u in a directory "
		    "where anybody may make files ('%s'), which root does not "
		    "trust: chown it, or move it",
		    file->st_uid, real);
	return 0;
}

static int
check_trust(const char *path, const struct stat *st, struct err *e)
{
	if ((st->st_mode & S_IWOTH) != 0)
		return err_set(e, EPERM,
		    "anybody may write to it, which root "
		    "does not trust: chmod o-w '%s'",
		    path);
	return check_directory(path, st, e);
}

/* The file may grow or shrink meanwhile: what counts is what was read. */
static int
read_all(int fd, size_t expected, struct conf_file *f, struct err *e)
{
	size_t room = expected + 1;
	auto_free char *bytes = malloc(room);
	size_t length = 0;
	ssize_t n;

	if (bytes == NULL)
		return err_memory(e);
	while (length < room) {
		n = read(fd, bytes + length, room - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_system(e, errno, "cannot be read");
		if (n == 0)
			break;
		length += (size_t)n;
	}
	if (length == room)
		return err_set(e, EBUSY, "is being written to");
	f->bytes = take_ptr(&bytes);
	f->length = length;
	return 0;
}

int
conf_file_read(
    const char *path, bool as_root, struct conf_file *ret_file, struct err *e)
{
	struct conf_file f = { 0 };
	struct stat st;
	auto_fd fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int error;

	if (fd < 0 && errno == ENXIO)
		return err_set(e, EINVAL, "is a socket, not a regular file");
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_system(e, errno, "cannot be read");
	error = check_kind(&st, e);
	if (error == 0 && as_root)
		error = check_trust(path, &st, e);
	if (error == 0)
		error = read_all(fd, (size_t)st.st_size, &f, e);
	if (error < 0)
		return error;
	f.device = st.st_dev;
	f.inode = st.st_ino;
	*ret_file = f;
	return 0;
}

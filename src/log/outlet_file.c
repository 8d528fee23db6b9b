/* SPDX-License-Identifier: ISC */
/* Lines to a file of our own: a regular one, a FIFO or a device. */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "log/stream.h"

#define OPEN_FLAGS (O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/*
 * Root follows links that root has made, such as /dev/stdout: one who owns the
 * directory of a log must not choose what root writes into.
 */
static bool
may_follow(const char *path)
{
	struct stat st;

	return geteuid() != 0 || lstat(path, &st) < 0 || !S_ISLNK(st.st_mode) ||
	    st.st_uid == 0;
}

/*
 * Reading too: to see how the file ends; and a FIFO opened for both needs no
 * reader to be there yet.
 */
static int
open_path(const char *path)
{
	int flags = OPEN_FLAGS | O_NOFOLLOW;
	int fd = open(path, O_RDWR | flags, 0640);

	if (fd < 0 && errno == ELOOP && may_follow(path)) {
		flags = OPEN_FLAGS;
		fd = open(path, O_RDWR | flags, 0640);
	}
	if (fd < 0 && errno == EACCES)
		fd = open(path, O_WRONLY | flags, 0640);
	return fd;
}

/* Did whoever wrote last, before a power cut maybe, leave half a line? */
static bool
ends_torn(int fd, off_t size)
{
	char last;

	return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

static int
open_file(struct log_outlet *o, struct err *e)
{
	auto_fd fd = open_path(o->path);
	struct stat st;

	if (fd < 0 && errno == ELOOP && !may_follow(o->path))
		return err_set(e, ELOOP,
		    "cannot open log file '%s': it is a symbolic link that "
		    "root has not made",
		    o->path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_system(
		    e, errno, "cannot open log file '%s'", o->path);
	o->way = LOG_OUTLET_WRITE;
	o->regular = S_ISREG(st.st_mode);
	o->size = (uint64_t)st.st_size;
	o->needs_newline = o->regular && ends_torn(fd, st.st_size);
	o->fd = take_fd(&fd);
	return 0;
}

static void
format_line(
    const struct log_outlet *o, struct text *t, const struct log_line *line)
{
	log_line_format(t, line, o->format);
}

const struct log_outlet_kind log_outlet_file = {
	.name = "file",
	.most = LOG_LINE_MAX,
	.open = open_file,
	.format = format_line,
	.drain = log_stream_drain,
};

/* SPDX-License-Identifier: ISC */
/* Lines to a file of our own: a regular one, a FIFO or a device. */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "log/place.h"
#include "log/stream.h"

#define OPEN_FLAGS (O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/*
 * Reading too: to see how the file ends; and a FIFO opened for both needs no
 * reader to be there yet.
 */
static int
open_path(const char *path, struct err *e)
{
	int fd = log_place_open(path, O_RDWR | OPEN_FLAGS, e);

	return fd == -EACCES ? log_place_open(path, O_WRONLY | OPEN_FLAGS, e)
			     : fd;
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
	auto_fd fd = open_path(o->path, e);
	struct stat st;

	if (fd < 0) {
		(void)err_wrap(e, "cannot open log file '%s'", o->path);
		return fd;
	}
	if (fstat(fd, &st) < 0)
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

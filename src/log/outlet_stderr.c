/* SPDX-License-Identifier: ISC */
/*
 * Lines to stderr, whatever that is.  Its description is shared with other
 * programs, so O_NONBLOCK must not be set on it; but a pipe or terminal can
 * be opened a second time through /proc, and that description is ours alone.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "log/stream.h"

void
log_outlet_close(struct log_outlet *o)
{
	if (o->fd != STDERR_FILENO)
		fd_close(&o->fd);
	o->fd = -1;
}

/* JOURNAL_STREAM is DEVICE:INODE of the socket; see systemd.exec(5). */
static bool
is_journal(const struct stat *st)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char buffer[2 * NUM_TEXT_SIZE];
	struct text t;

	if (stream == NULL)
		return false;
	text_init(&t, buffer, sizeof(buffer));
	text_unsigned(&t, st->st_dev);
	text_char(&t, ':');
	text_unsigned(&t, st->st_ino);
	return strcmp(stream, buffer) == 0;
}

static int
open_own_description(void)
{
	return open(
	    "/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static int
open_stderr(struct log_outlet *o, struct err *e)
{
	struct stat st;
	int fd = -1;

	if (fstat(STDERR_FILENO, &st) < 0)
		return err_system(e, errno, "cannot log to stderr");
	o->way = LOG_OUTLET_WRITE;
	o->regular = S_ISREG(st.st_mode);
	o->journal = is_journal(&st);
	if (S_ISSOCK(st.st_mode)) {
		o->way = LOG_OUTLET_SEND;
	} else if (S_ISFIFO(st.st_mode) || isatty(STDERR_FILENO)) {
		fd = open_own_description();
		if (fd < 0)
			o->way = LOG_OUTLET_POLL;
	}
	o->fd = fd >= 0 ? fd : STDERR_FILENO;
	return 0;
}

/* The journal stamps lines itself and reads the level off their heads. */
static void
format_line(
    const struct log_outlet *o, struct text *t, const struct log_line *line)
{
	struct log_line changed = *line;
	char head[] = "<N>";

	if (o->journal && o->format != LOG_FORMAT_RFC5424) {
		head[1] = (char)('0' + log_line_priority(line->event));
		changed.head = head;
	}
	if (o->journal && o->format == LOG_FORMAT_TEXT)
		changed.time = NULL;
	log_line_format(t, &changed, o->format);
}

const struct log_outlet_kind log_outlet_stderr = {
	.name = "stderr",
	.most = LOG_LINE_MAX,
	.open = open_stderr,
	.format = format_line,
	.drain = log_stream_drain,
};

/* SPDX-License-Identifier: ISC */
/*
 * Lines out of a descriptor, read in large pieces, with a time by which each
 * must have come.
 */
#ifndef SUPERD_WIRE_LINES_H
#define SUPERD_WIRE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A line with its end; superd promises less than a third of it. */
#define LINES_LONGEST (64 * 1024)

struct lines {
	int fd;       /* borrowed */
	char *buffer; /* own */
	size_t start; /* of what has been read and not given out */
	size_t end;
	size_t seen; /* from start on, holds no end of line */
};

/* "Without limit", as a deadline. */
#define LINES_FOREVER INT64_MAX

/* Nanoseconds of CLOCK_MONOTONIC, as deadlines are. */
int64_t lines_now(void);

/* Returns 0 or -ENOMEM. */
int lines_init(struct lines *l, int fd);

/* Accepts what was never initialized, if it is all zero. */
void lines_done(struct lines *l);

/*
 * The next line, without its end and not terminated, valid until the next
 * call.  [blocks] Returns 1; 0 at the end of the stream; -ETIMEDOUT when
 * `deadline` has come; -EMSGSIZE for a line that is too long, -EPIPE for an
 * end in the middle of one, or -errno, with words.
 */
int lines_next(struct lines *l, int64_t deadline, const char **ret_line,
    size_t *ret_length, struct err *e);

/* Has the next line come already, so that lines_next() will not wait? */
bool lines_ready(const struct lines *l);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Lines out of pieces: a handler writes to stderr as it likes, the log takes
 * whole lines.  What has no newline yet waits in one of a few buffers; when
 * all are taken, a piece passes as a line of its own.
 */
#ifndef SUPERD_CORE_PARTIAL_H
#define SUPERD_CORE_PARTIAL_H

#include <stddef.h>

#define PARTIAL_SIZE  1024
#define PARTIAL_COUNT 32

struct core_partial {
	struct core_partial *next_free;
	size_t length;
	char at[PARTIAL_SIZE];
};

struct core_partials {
	struct core_partial *free;
	size_t used; /* that were ever taken */
	struct core_partial all[PARTIAL_COUNT];
};

/* Gets each line without its newline, at most PARTIAL_SIZE bytes. */
typedef void partial_line(void *context, const char *line, size_t length);

/*
 * Adds a piece to *held (NULL: nothing is held), gives every line that is now
 * complete to `line`, and keeps the rest in *held.
 */
void partial_add(struct core_partials *all, struct core_partial **held,
    const char *piece, size_t length, partial_line *line, void *context);

/* Gives what is held to `line` as the last one, and frees it. */
void partial_end(struct core_partials *all, struct core_partial **held,
    partial_line *line, void *context);

#endif

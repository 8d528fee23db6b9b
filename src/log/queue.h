/* SPDX-License-Identifier: ISC */
/*
 * Lines on their way out, oldest first, in one block of memory that never
 * grows.  It knows where each ends, so that a sink can take whole ones.
 */
#ifndef SUPERD_LOG_QUEUE_H
#define SUPERD_LOG_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#define LOG_QUEUE_BYTES 65536
#define LOG_QUEUE_LINES 1024

struct log_queue {
	size_t start, end; /* of what waits, in bytes */
	size_t torn;       /* so much of the first line is already out */
	unsigned int first, count;
	uint16_t lengths[LOG_QUEUE_LINES];
	char bytes[LOG_QUEUE_BYTES];
};

/* A place for a line of up to size bytes, or NULL when full.  [hot] */
char *log_queue_room(struct log_queue *q, size_t size);

/* The line that was written there has this length, not 0.  [hot] */
void log_queue_add(struct log_queue *q, size_t length);

/*
 * What to write next: the rest of the first line and as many whole ones
 * behind it as fit in most; at least one.  q is not empty.
 */
const char *log_queue_batch(
    const struct log_queue *q, size_t most, size_t *ret_size);

/* So many bytes of the batch are out. */
void log_queue_take(struct log_queue *q, size_t size);

/* The first line goes out from its beginning again. */
void log_queue_untear(struct log_queue *q);

/* Forgets the first line, or all. */
void log_queue_drop_first(struct log_queue *q);
void log_queue_clear(struct log_queue *q);

#endif

/* SPDX-License-Identifier: ISC */
/* Lines on their way out; see queue.h. */
#include <assert.h>
#include <string.h>

#include "log/queue.h"

static void
move_to_front(struct log_queue *q)
{
	memmove(q->bytes, q->bytes + q->start, q->end - q->start);
	memmove(q->lengths, q->lengths + q->first,
	    q->count * sizeof(q->lengths[0]));
	q->end -= q->start;
	q->start = 0;
	q->first = 0;
}

static size_t
bytes_left(const struct log_queue *q)
{
	return sizeof(q->bytes) - q->end;
}

char *
log_queue_room(struct log_queue *q, size_t size)
{
	if (q->start > 0 &&
	    (bytes_left(q) < size || q->first + q->count == LOG_QUEUE_LINES))
		move_to_front(q);
	if (bytes_left(q) < size || q->first + q->count == LOG_QUEUE_LINES)
		return NULL;
	return q->bytes + q->end;
}

void
log_queue_add(struct log_queue *q, size_t length)
{
	assert(length > 0 && length <= bytes_left(q) && length <= UINT16_MAX);
	q->lengths[q->first + q->count] = (uint16_t)length;
	q->count++;
	q->end += length;
}

const char *
log_queue_batch(const struct log_queue *q, size_t most, size_t *ret_size)
{
	size_t size = q->lengths[q->first] - q->torn;

	assert(q->count > 0);
	for (unsigned int i = 1; i < q->count; i++) {
		size_t next = q->lengths[q->first + i];

		if (size + next > most)
			break;
		size += next;
	}
	*ret_size = size;
	return q->bytes + q->start + q->torn;
}

void
log_queue_drop_first(struct log_queue *q)
{
	assert(q->count > 0);
	q->start += q->lengths[q->first];
	q->torn = 0;
	q->first++;
	q->count--;
	if (q->count == 0)
		log_queue_clear(q);
}

void
log_queue_take(struct log_queue *q, size_t size)
{
	size += q->torn;
	while (q->count > 0 && size >= q->lengths[q->first]) {
		size -= q->lengths[q->first];
		log_queue_drop_first(q);
	}
	q->torn = size;
}

void
log_queue_untear(struct log_queue *q)
{
	q->torn = 0;
}

void
log_queue_clear(struct log_queue *q)
{
	q->start = q->end = 0;
	q->torn = 0;
	q->first = q->count = 0;
}

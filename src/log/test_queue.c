/* SPDX-License-Identifier: ISC */
/* The queue hands out what went in, whole lines, in order. */
#include "log/queue.h"
#include "tap.h"

static struct log_queue queue;

static bool
put(const char *line)
{
	char *room = log_queue_room(&queue, 4096);

	if (room == NULL)
		return false;
	memcpy(room, line, strlen(line));
	log_queue_add(&queue, strlen(line));
	return true;
}

static void
test_batches(void)
{
	const char *bytes;
	size_t size;

	put("one\n");
	put("two\n");
	put("three\n");
	bytes = log_queue_batch(&queue, 9, &size);
	ok(size == 8 && memcmp(bytes, "one\ntwo\n", 8) == 0,
	    "a batch is the whole lines that fit");
	(void)log_queue_batch(&queue, 1, &size);
	is_int((intmax_t)size, 4, "and at least one");
	log_queue_take(&queue, 5);
	is_int(queue.count, 2, "a line that is out is forgotten");
	bytes = log_queue_batch(&queue, 3, &size);
	ok(size == 3 && memcmp(bytes, "wo\n", 3) == 0,
	    "a torn line goes on where it was torn");
	log_queue_untear(&queue);
	bytes = log_queue_batch(&queue, 4, &size);
	ok(size == 4 && memcmp(bytes, "two\n", 4) == 0,
	    "or from its beginning again");
	log_queue_drop_first(&queue);
	log_queue_drop_first(&queue);
	ok(queue.count == 0 && queue.end == 0, "an empty queue is as new");
}

static void
test_full(void)
{
	unsigned int added = 0;

	while (put("x\n"))
		added++;
	is_int(added, LOG_QUEUE_LINES, "short lines: the count is the limit");
	log_queue_take(&queue, 20);
	for (added = 0; put("y\n"); added++)
		continue;
	is_int(added, 10, "what went out makes room");
	log_queue_clear(&queue);
	for (added = 0; log_queue_room(&queue, 4096) != NULL; added++)
		log_queue_add(&queue, 4096);
	is_int(added, LOG_QUEUE_BYTES / 4096, "long ones: the bytes are");
	log_queue_clear(&queue);
}

/* Numbers go in and come out, in pieces of any size. */
static void
test_order(void)
{
	unsigned int in = 0, out = 0, wrong = 0;
	char line[32];
	char left[LOG_QUEUE_BYTES];
	size_t have = 0, size;

	for (int round = 0; round < 200000; round++) {
		if (tap_random_below(2) == 0) {
			snprintf(line, sizeof(line), "%u\n", in);
			in += put(line);
			continue;
		}
		if (queue.count == 0)
			continue;
		const char *bytes =
		    log_queue_batch(&queue, tap_random_below(300), &size);
		size = 1 + tap_random_below(size);
		memcpy(left + have, bytes, size);
		have += size;
		log_queue_take(&queue, size);
		for (char *end; (end = memchr(left, '\n', have)) != NULL;) {
			wrong += (unsigned int)strtoul(left, NULL, 10) != out;
			out++;
			have -= (size_t)(end + 1 - left);
			memmove(left, end + 1, have);
		}
	}
	ok(out > 1000 && wrong == 0, "lines leave in the order they came");
}

int
main(void)
{
	tap_seed(42);
	test_batches();
	test_full();
	test_order();
	return done_testing();
}

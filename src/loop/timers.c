/* SPDX-License-Identifier: ISC */
/*
 * Timers in a binary heap of pointers; each timer knows its place, so that
 * stopping one costs no search.
 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "loop/loop.h"
#include "loop/timers.h"

static void
put(struct loop *loop, uint32_t place, struct loop_timer *timer)
{
	loop->heap[place] = timer;
	timer->place = place + 1;
}

static void
sift_up(struct loop *loop, uint32_t place)
{
	struct loop_timer *timer = loop->heap[place];

	while (place > 0) {
		uint32_t parent = (place - 1) / 2;

		if (loop->heap[parent]->due_ns <= timer->due_ns)
			break;
		put(loop, place, loop->heap[parent]);
		place = parent;
	}
	put(loop, place, timer);
}

static void
sift_down(struct loop *loop, uint32_t place)
{
	struct loop_timer *timer = loop->heap[place];

	for (;;) {
		uint32_t child = 2 * place + 1;

		if (child >= loop->timers)
			break;
		if (child + 1 < loop->timers &&
		    loop->heap[child + 1]->due_ns < loop->heap[child]->due_ns)
			child++;
		if (timer->due_ns <= loop->heap[child]->due_ns)
			break;
		put(loop, place, loop->heap[child]);
		place = child;
	}
	put(loop, place, timer);
}

int
loop_reserve_timers(struct loop *loop, uint32_t timers_max)
{
	struct loop_timer **heap;

	if (timers_max <= loop->timers_max)
		return 0;
	heap = realloc(loop->heap, timers_max * sizeof(*heap));
	if (heap == NULL)
		return -ENOMEM;
	loop->heap = heap;
	loop->timers_max = timers_max;
	return 0;
}

void
loop_timer_set(struct loop *loop, struct loop_timer *timer, uint64_t due_ns)
{
	if (loop->firing && due_ns <= loop->now_ns)
		due_ns = loop->now_ns + 1;
	timer->due_ns = due_ns;
	if (timer->place == 0) {
		assert(loop->timers < loop->timers_max);
		put(loop, loop->timers++, timer);
	}
	sift_up(loop, timer->place - 1);
	sift_down(loop, timer->place - 1);
}

void
loop_timer_stop(struct loop *loop, struct loop_timer *timer)
{
	uint32_t place = timer->place;
	struct loop_timer *last;

	if (place == 0)
		return;
	timer->place = 0;
	last = loop->heap[--loop->timers];
	if (last == timer)
		return;
	put(loop, place - 1, last);
	sift_up(loop, place - 1);
	sift_down(loop, last->place - 1);
}

void
timers_fire_due(struct loop *loop)
{
	/* A timer that sets itself to "now" waits for the next turn. */
	loop->firing = true;
	while (loop->timers > 0 && loop->heap[0]->due_ns <= loop->now_ns) {
		struct loop_timer *timer = loop->heap[0];

		loop_timer_stop(loop, timer);
		timer->fire(loop, timer);
	}
	loop->firing = false;
}

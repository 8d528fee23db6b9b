/* SPDX-License-Identifier: ISC */
/* Turns: wait, read the clock, call the ready, fire the due. */
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/num.h"
#include "compat/syscall-numbers.h"
#include "loop/loop.h"
#include "loop/timers.h"

uint64_t
loop_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NUM_NS_PER_S + (uint64_t)now.tv_nsec;
}

int
loop_init(struct loop *loop, uint32_t timers_max, struct err *e)
{
	*loop = (struct loop) { .epoll_fd = -1, .timers_max = timers_max };
	loop->heap = calloc(timers_max, sizeof(*loop->heap));
	if (loop->heap == NULL)
		return err_memory(e);
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0) {
		int error = errno;

		loop_done(loop);
		return err_system(e, error, "cannot create an epoll instance");
	}
	loop->now_ns = loop_clock();
	return 0;
}

void
loop_done(struct loop *loop)
{
	fd_close(&loop->epoll_fd);
	free(loop->heap);
	loop->heap = NULL;
}

static int
control(struct loop *loop, int operation, struct loop_watch *w)
{
	/* A hang-up is told even to those who want nothing: then only once. */
	struct epoll_event ev = {
		.events = w->events != 0 ? w->events : (uint32_t)EPOLLET,
		.data.ptr = w,
	};

	if (epoll_ctl(loop->epoll_fd, operation, w->fd, &ev) < 0)
		return -errno;
	return 0;
}

int
loop_watch_start(
    struct loop *loop, struct loop_watch *w, int fd, uint32_t events)
{
	int error;

	w->fd = fd;
	w->events = events;
	error = control(loop, EPOLL_CTL_ADD, w);
	if (error < 0)
		w->fd = -1;
	return error;
}

/* What this turn still holds of a watch that no longer wants it. */
static void
forget(struct loop *loop, const struct loop_watch *w)
{
	for (int i = 0; i < loop->batch_count; i++) {
		if (loop->batch[i].data.ptr == w)
			loop->batch[i].data.ptr = NULL;
	}
}

void
loop_watch_change(struct loop *loop, struct loop_watch *w, uint32_t events)
{
	int error;

	if (w->fd < 0 || w->events == events)
		return;
	w->events = events;
	error = control(loop, EPOLL_CTL_MOD, w);
	assert(error == 0);
	(void)error;
	if (events == 0)
		forget(loop, w);
}

void
loop_watch_stop(struct loop *loop, struct loop_watch *w)
{
	if (w->fd < 0)
		return;
	(void)control(loop, EPOLL_CTL_DEL, w);
	forget(loop, w);
	w->fd = -1;
}

/* Until the first timer is due; UINT64_MAX without one. */
static uint64_t
time_left(const struct loop *loop)
{
	uint64_t now;

	if (loop->timers == 0)
		return UINT64_MAX;
	now = loop_clock();
	return loop->heap[0]->due_ns <= now ? 0 : loop->heap[0]->due_ns - now;
}

/* epoll_wait(2), whose milliseconds are rounded up. */
static int
wait_ms(struct loop *loop, uint64_t left_ns)
{
	uint64_t ms = left_ns / NUM_NS_PER_MS + (left_ns % NUM_NS_PER_MS != 0);
	int timeout = ms > INT_MAX ? INT_MAX : (int)ms;

	return epoll_wait(loop->epoll_fd, loop->batch, LOOP_BATCH,
	    left_ns == UINT64_MAX ? -1 : timeout);
}

/* epoll_pwait2(2): to the nanosecond, so that rates wake up when it is time. */
static int
wait_for_events(struct loop *loop)
{
	uint64_t left_ns = time_left(loop);
	int64_t timeout[2] = { (int64_t)(left_ns / NUM_NS_PER_S),
		(int64_t)(left_ns % NUM_NS_PER_S) };
	int n;

	if (loop->only_ms)
		return wait_ms(loop, left_ns);
	n = (int)syscall(COMPAT_SYS_EPOLL_PWAIT2, loop->epoll_fd, loop->batch,
	    LOOP_BATCH, left_ns == UINT64_MAX ? NULL : timeout, NULL, 0);
	if (n >= 0 || (errno != ENOSYS && errno != EPERM))
		return n;
	loop->only_ms = true;
	return wait_ms(loop, left_ns);
}

static void
dispatch(struct loop *loop)
{
	struct loop_watch *w;
	int late = -1;

	for (int i = 0; i < loop->batch_count; i++) {
		w = loop->batch[i].data.ptr;
		if (w == NULL)
			continue;
		if (w == loop->late)
			late = i;
		else
			w->ready(loop, w);
	}
	/* The others may have stopped or paused it. */
	w = late < 0 ? NULL : loop->batch[late].data.ptr;
	if (w != NULL)
		w->ready(loop, w);
	loop->batch_count = 0;
}

int
loop_turn(struct loop *loop)
{
	int n = wait_for_events(loop);

	if (n < 0 && errno != EINTR)
		return -errno;
	loop->batch_count = n < 0 ? 0 : n;
	loop->now_ns = loop_clock();
	dispatch(loop);
	timers_fire_due(loop);
	return 0;
}

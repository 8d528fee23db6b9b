/* SPDX-License-Identifier: ISC */
/* Watches: called when ready, and never after they were stopped or paused. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "loop/loop.h"
#include "tap.h"

#define MANY 100

/* A pipe with a watch at its reading end. */
struct end {
	struct loop_watch watch;
	int writes;
	unsigned int calls, order;
	void (*then)(struct end *);
};

static struct loop loop;
static struct end ends[MANY];
static unsigned int calls; /* of all */

static void
on_ready(struct loop *l, struct loop_watch *watch)
{
	struct end *end = loop_owner(watch, struct end, watch);

	(void)l;
	end->calls++;
	end->order = ++calls;
	if (end->then != NULL)
		end->then(end);
}

static void
open_ends(size_t count)
{
	for (struct end *end = ends; end < ends + count; end++) {
		int fds[2];

		if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
			tap_bail("no pipe");
		*end =
		    (struct end) { .writes = fds[1], .watch.ready = on_ready };
		if (loop_watch_start(&loop, &end->watch, fds[0], EPOLLIN) < 0)
			tap_bail("cannot watch a pipe");
	}
	calls = 0;
}

static void
close_ends(size_t count)
{
	for (struct end *end = ends; end < ends + count; end++) {
		int fd = end->watch.fd;

		loop_watch_stop(&loop, &end->watch);
		fd_close(&fd);
		fd_close(&end->writes);
	}
	loop.late = NULL;
}

static void
fill(const struct end *end)
{
	if (write(end->writes, "x", 1) != 1)
		tap_bail("cannot write to a pipe");
}

static void
drain(struct end *end)
{
	char byte;

	if (read(end->watch.fd, &byte, 1) != 1)
		tap_bail("cannot read from a pipe");
}

static void
nothing(struct loop *l, struct loop_timer *timer)
{
	(void)l;
	(void)timer;
}

/* One that does not wait: something is always due. */
static void
turn(void)
{
	struct loop_timer due = { .fire = nothing };

	loop_timer_set(&loop, &due, 0);
	if (loop_turn(&loop) < 0)
		tap_bail("epoll failed");
	loop_timer_stop(&loop, &due);
}

static void
test_ready(void)
{
	struct loop_watch second = { .ready = on_ready };

	open_ends(2);
	fill(&ends[0]);
	turn();
	turn();
	is_int(ends[0].calls, 2, "a watch is called until it has read");
	is_int(ends[1].calls, 0, "another one is not");
	drain(&ends[0]);
	fill(&ends[1]);
	turn();
	ok(ends[0].calls == 2 && ends[1].calls == 1, "then the other one is");
	is_int(loop_watch_start(&loop, &second, ends[0].watch.fd, EPOLLIN),
	    -EEXIST, "a descriptor has one watch");
	is_int(second.fd, -1, "a watch that was not started has none");
	loop_watch_stop(&loop, &second);
	loop_watch_change(&loop, &second, EPOLLIN);
	is_int(loop_watch_start(&loop, &second, 9999, EPOLLIN), -EBADF,
	    "what is not open cannot be watched");
	close_ends(2);
}

static void
stop_all_others(struct end *me)
{
	for (struct end *end = ends; end < ends + MANY; end++)
		if (end != me)
			loop_watch_stop(&loop, &end->watch);
}

static void
pause_all_others(struct end *me)
{
	for (struct end *end = ends; end < ends + MANY; end++)
		if (end != me)
			loop_watch_change(&loop, &end->watch, 0);
}

/* Whoever comes first silences the others, of the same turn and later. */
static void
test_silenced(void (*silence)(struct end *), bool late, const char *what)
{
	int fds[MANY];

	open_ends(MANY);
	for (size_t i = 0; i < MANY; i++) {
		fds[i] = ends[i].watch.fd;
		ends[i].then = silence;
		fill(&ends[i]);
	}
	/* The one that is put off is silenced, too. */
	loop.late = late ? &ends[0].watch : NULL;
	turn();
	is_int(calls, 1, what);
	turn();
	turn();
	is_int(calls, 3, "nor in later turns");
	close_ends(MANY);
	for (size_t i = 0; i < MANY; i++)
		(void)close(fds[i]);
}

static void
stop_me(struct end *me)
{
	int fd = me->watch.fd;

	loop_watch_stop(&loop, &me->watch);
	fd_close(&fd);
}

static void
pause_me(struct end *me)
{
	loop_watch_change(&loop, &me->watch, 0);
}

static void
test_itself(void)
{
	open_ends(2);
	ends[0].then = stop_me;
	ends[1].then = pause_me;
	fill(&ends[0]);
	fill(&ends[1]);
	turn();
	turn();
	is_int(ends[0].calls, 1, "a watch can stop itself");
	is_int(ends[1].calls, 1, "and pause itself");
	loop_watch_change(&loop, &ends[1].watch, EPOLLIN);
	turn();
	is_int(ends[1].calls, 2, "one that goes on is called again");
	loop_watch_change(&loop, &ends[1].watch, EPOLLIN);
	turn();
	is_int(ends[1].calls, 3, "and again, for what is still there");
	loop_watch_change(&loop, &ends[1].watch, EPOLLIN);
	drain(&ends[1]);
	turn();
	is_int(ends[1].calls, 3, "not for what has been read");
	close_ends(2);
}

static void
test_late(void)
{
	unsigned int wrong = 0;

	open_ends(20);
	for (size_t i = 0; i < 20; i++)
		fill(&ends[i]);
	for (size_t i = 0; i < 20; i++) {
		loop.late = &ends[i].watch;
		calls = 0;
		turn();
		wrong += calls != 20 || ends[i].order != 20;
	}
	is_int(wrong, 0, "the late one is called last, whichever it is");
	close_ends(20);
}

/* More are ready than fit in a turn: nobody starves. */
static void
test_many(void)
{
	unsigned int starved = 0;

	open_ends(MANY);
	for (size_t i = 0; i < MANY; i++)
		fill(&ends[i]);
	turn();
	is_int(calls, LOOP_BATCH, "a turn has its limit");
	turn();
	for (size_t i = 0; i < MANY; i++)
		starved += ends[i].calls == 0;
	is_int(starved, 0, "who did not fit comes in the next one");
	close_ends(MANY);
}

static struct end *newcomer;

/* The number of a closed descriptor comes back as another's. */
static void
replace_last(struct end *me)
{
	struct end *last = &ends[me == ends ? 1 : 0];
	int fds[2];

	if (newcomer->watch.fd >= 0)
		return;
	stop_me(last);
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		tap_bail("no pipe");
	newcomer->writes = fds[1];
	(void)loop_watch_start(&loop, &newcomer->watch, fds[0], EPOLLIN);
}

static void
test_number_reused(void)
{
	open_ends(2);
	newcomer = &ends[2];
	*newcomer = (struct end) { .watch.fd = -1, .watch.ready = on_ready };
	for (size_t i = 0; i < 2; i++) {
		ends[i].then = replace_last;
		fill(&ends[i]);
	}
	turn();
	is_int(newcomer->calls, 0, "a newcomer gets no old news");
	fill(newcomer);
	turn();
	is_int(newcomer->calls, 1, "but its own");
	close_ends(3);
}

int
main(void)
{
	struct err e;

	if (loop_init(&loop, 4, &e) < 0)
		tap_bail(e.text);
	test_ready();
	test_silenced(stop_all_others, false,
	    "a watch that another one stopped is not called");
	test_silenced(pause_all_others, false,
	    "a watch that another one paused is not called");
	test_silenced(stop_all_others, true, "nor the late one when stopped");
	test_silenced(pause_all_others, true, "nor the late one when paused");
	test_itself();
	test_late();
	test_many();
	test_number_reused();
	loop_done(&loop);
	loop_done(&loop);
	return done_testing();
}

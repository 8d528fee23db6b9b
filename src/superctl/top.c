/* SPDX-License-Identifier: ISC */
/*
 * top: looks at `status` again and again.  Answers are awaited by
 * poll(2), so that keys work while superd is stuck; it may go and come back.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "superctl/commands.h"
#include "superctl/top.h"

#define SECOND ((int64_t)NUM_NS_PER_S)

/* One that went away is looked for so often. */
#define RETRY_NS SECOND

/* Where so many ask that superd does not come to us, keys wait so long. */
#define CONNECT_NS (SECOND / 2)

struct watch {
	struct top top;
	struct session s;
	struct look fresh;  /* what has come of the answer that is awaited */
	bool connected;     /* s is open */
	bool asked;         /* an answer is awaited */
	bool seen;          /* there was an answer once */
	bool wanted;        /* there is a terminal to take */
	bool window;        /* it is ours */
	int64_t next;       /* when to ask, or to connect */
	int64_t limit;      /* when the answer is late */
	uint64_t looks;     /* answers so far */
	struct fault fault; /* why it cannot go on, or is waiting */
};

static void
show(struct watch *w)
{
	if (w->window)
		top_draw(&w->top);
}

/* Nothing is heard of superd: waits for it, once it has been there. */
static int
lose(struct watch *w)
{
	session_close(&w->s);
	w->connected = w->asked = false;
	look_done(&w->fresh);
	look_init(&w->fresh);
	w->next = lines_now() + RETRY_NS;
	if (w->top.lost == NULL && w->seen && !w->window) {
		(void)fflush(stdout);
		(void)fprintf(
		    stderr, "superctl: %s; waiting\n", w->s.fault.text);
	}
	w->fault = w->s.fault;
	w->top.lost = w->fault.text;
	if (!w->seen || w->fault.exit == EXIT_DENIED_CODE ||
	    w->fault.exit == EXIT_MISSING_CODE)
		return -1;
	show(w);
	return 0;
}

static int
ask(struct watch *w)
{
	const char *request[2] = { "status" };
	int count = w->top.c.word_count;
	struct ctl quick = w->top.c;

	if (quick.timeout_ns > CONNECT_NS)
		quick.timeout_ns = CONNECT_NS;
	if (!w->connected && session_open(&w->s, &quick) < 0)
		return lose(w);
	w->s.silence_ns = w->top.c.timeout_ns;
	w->connected = true;
	if (count > 0)
		request[1] = w->top.c.words[0];
	if (session_ask(&w->s, request, count + 1) < 0)
		return lose(w);
	w->asked = true;
	w->next = lines_now() + w->top.c.delay_ns;
	w->limit = lines_now() + w->top.c.timeout_ns;
	return 0;
}

/* The answer is whole.  Returns 1 when it was the last that is wanted. */
static int
finish(struct watch *w)
{
	w->asked = false;
	w->seen = true;
	w->top.lost = NULL;
	look_take(&w->top.look, &w->fresh);
	if (w->wanted && !w->window)
		w->window = terminal_enter() == 0;
	if (w->window)
		show(w);
	else if (!w->top.c.json)
		top_print(&w->top);
	else
		(void)fflush(stdout);
	return ++w->looks == w->top.c.count || ferror(stdout);
}

/* All that has come. */
static int
receive(struct watch *w)
{
	const char *line;
	size_t length;
	int n;

	while (w->asked) {
		n = session_poll(&w->s, &line, &length);
		if (n == SESSION_LATER)
			return 0;
		if (n == 0)
			return finish(w);
		if (n == 1 && w->top.c.json)
			printf("%.*s\n", (int)length, line);
		if (n == 1)
			n = look_add(&w->fresh, &w->top.v, &w->s, line, length);
		if (n < 0)
			return lose(w);
	}
	return 0;
}

/* What is due now. */
static int
turn(struct watch *w)
{
	int64_t now = lines_now();

	if (w->asked && now >= w->limit) {
		session_late(&w->s);
		return lose(w);
	}
	if (!w->asked && now >= w->next)
		return ask(w);
	return 0;
}

/* Milliseconds until something is due. */
static int
wait_ms(const struct watch *w)
{
	int64_t left = (w->asked ? w->limit : w->next) - lines_now();

	if (left <= 0)
		return 0;
	left = left / (int64_t)NUM_NS_PER_MS + 1;
	return left < 60000 ? (int)left : 60000;
}

/* Returns false for the end. */
static bool
hear_keys(struct watch *w)
{
	enum terminal_event event = terminal_key();

	if (event == TERMINAL_NOTHING)
		return true;
	if (!top_move(&w->top, event))
		return false;
	show(w);
	return true;
}

static int
watch(struct watch *w)
{
	struct pollfd fds[3];
	int n = 0;

	while (n == 0 && (n = turn(w)) == 0) {
		fds[0] = (struct pollfd) { .fd = w->asked ? w->s.fd : -1,
			.events = POLLIN };
		fds[1] = (struct pollfd) { .fd = -1, .events = POLLIN };
		fds[2] = fds[1];
		if (w->window) {
			fds[1].fd = terminal_key_fd();
			fds[2].fd = terminal_signal_fd();
		}
		if (poll(fds, 3, wait_ms(w)) < 0 && errno != EINTR)
			return -errno;
		if (fds[2].revents != 0 &&
		    terminal_signal() == TERMINAL_REDRAW) {
			screen_measure(&w->top.c.screen);
			show(w);
		}
		if (fds[1].revents != 0 && !hear_keys(w))
			return 1;
		if (fds[0].revents != 0)
			n = receive(w);
	}
	return n;
}

int
command_top(const struct ctl *c)
{
	struct watch w = { .top = { .c = *c }, .s = { .fd = -1 } };
	int n;

	if (w.top.c.delay_ns == 0)
		w.top.c.delay_ns = SECOND;
	w.wanted = c->screen.moves && !c->json;
	view_init(&w.top.v, &w.top.c.screen);
	look_init(&w.top.look);
	look_init(&w.fresh);
	n = watch(&w);
	if (w.window)
		terminal_leave();
	session_close(&w.s);
	look_done(&w.fresh);
	look_done(&w.top.look);
	view_done(&w.top.v);
	return n < 0 ? fault_say(c, &w.fault) : EXIT_DONE_CODE;
}

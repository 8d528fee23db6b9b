/* SPDX-License-Identifier: ISC */
/* See follow.h. */
#include <stdio.h>
#include <time.h>

#include "base/num.h"
#include "superctl/follow.h"
#include "superctl/ping.h"

#define SECOND ((int64_t)NUM_NS_PER_S)

/* How long superd may be away, unless --timeout says. */
#define PATIENCE_NS (10 * SECOND)
/* One that has answered so long has come to stay. */
#define SETTLED_NS SECOND
/* It is looked for so often, */
#define PAUSE_NS 50000000
/* and each time has so long to answer. */
#define TRY_NS (2 * SECOND)

static int64_t
patience(const struct follow *f)
{
	return f->c->timeout_ns > 0 ? f->c->timeout_ns : PATIENCE_NS;
}

/* The ping in front tells who answers, and that somebody does. */
static int
ask(struct follow *f, const struct ctl *c)
{
	const char *line;
	size_t length;

	view_forget(&f->v);
	if (session_open(&f->s, c) < 0 ||
	    ping_ask(&f->s, &f->v, &line, &length) < 0)
		return -1;
	f->pid = f->upgrades = 0;
	(void)view_number(&f->v, "pid", &f->pid);
	(void)view_number(&f->v, "upgrades", &f->upgrades);
	if (f->ask(&f->s, f->c) < 0)
		return -1;
	f->s.silence_ns = f->silence_ns;
	f->since = lines_now();
	return 0;
}

int
follow_open(struct follow *f, const struct ctl *c, follow_ask *request,
    const char *after, int64_t silence_ns)
{
	*f = (struct follow) { .c = c,
		.ask = request,
		.after = after,
		.silence_ns = silence_ns,
		.s.fd = -1 };
	view_init(&f->v, &c->screen);
	if (ask(f, c) < 0)
		return -1;
	f->limit = f->since + patience(f);
	return 0;
}

void
follow_close(struct follow *f)
{
	session_close(&f->s);
	view_done(&f->v);
}

/* Waiting does not help against these. */
static bool
is_final(const struct fault *f)
{
	return f->exit == EXIT_USAGE_CODE || f->exit == EXIT_DENIED_CODE ||
	    f->exit == EXIT_MISSING_CODE;
}

static void
say_back(const struct follow *f, double pid, double upgrades)
{
	const char *what = "closed the connection";

	if (f->pid != pid)
		what = "was restarted";
	else if (f->upgrades > upgrades)
		what = "was upgraded";
	(void)fprintf(stderr, "superctl: superd %s; %s\n", what, f->after);
}

/* Until superd answers again. */
static int
come_back(struct follow *f)
{
	struct timespec pause = { .tv_nsec = PAUSE_NS };
	double pid = f->pid, upgrades = f->upgrades;
	struct ctl each = *f->c;

	session_ended(&f->s);
	if (lines_now() - f->since >= SETTLED_NS)
		f->limit = lines_now() + patience(f);
	each.timeout_ns = patience(f) < TRY_NS ? patience(f) : TRY_NS;
	while (lines_now() < f->limit) {
		(void)nanosleep(&pause, NULL);
		session_close(&f->s);
		if (ask(f, &each) == 0) {
			say_back(f, pid, upgrades);
			return 0;
		}
		if (is_final(&f->s.fault))
			return -1;
	}
	f->gone = true;
	return -1;
}

int
follow_next(struct follow *f, const char **ret_line, size_t *ret_length)
{
	int n;

	do {
		n = session_next_or_end(&f->s, ret_line, ret_length);
		if (n < 0 && f->s.cut)
			n = 2; /* what did not fit into the socket is lost */
	} while (n == 2 && (n = come_back(f)) == 0);
	return n;
}

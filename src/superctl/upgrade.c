/* SPDX-License-Identifier: ISC */
/* upgrade: asks for it, and finds out whether it was done. */
#include <stdio.h>
#include <time.h>

#include "base/num.h"
#include "superctl/commands.h"
#include "superctl/memory.h"
#include "superctl/ping.h"
#include "superctl/superctl.h"

/* The new superd reads its file first; meanwhile it is asked so often. */
#define PAUSE_NS 50000000
/* And each time is given so long to answer. */
#define TRY_NS (2 * (int64_t)NUM_NS_PER_S)

struct upgrade {
	const struct ctl *c;
	struct session s;
	struct view v;
	const char *line; /* the answer of the last ping */
	size_t length;
	double upgrades; /* before */
};

static int
ping(struct upgrade *u)
{
	if (ping_ask(&u->s, &u->v, &u->line, &u->length) < 0)
		return -1;
	return 0;
}

/*
 * Asks.  Returns 0 when superd has left the connection to become another;
 * -1 with the fault.
 */
static int
ask(struct upgrade *u)
{
	static const char *const request[] = { "upgrade" };
	const char *line;
	size_t length;
	int n;

	if (session_ask(&u->s, request, 1) < 0)
		return -1;
	do {
		n = session_next_or_end(&u->s, &line, &length);
		if (n == 1 && u->c->json) {
			printf("%.*s\n", (int)length, line);
			(void)fflush(stdout);
		}
	} while (n == 1);
	return n < 0 ? -1 : 0;
}

static bool
has_grown(struct upgrade *u)
{
	double now = 0;

	return view_number(&u->v, "upgrades", &now) && now > u->upgrades;
}

/* Until another one answers. */
static int
await(struct upgrade *u)
{
	int64_t end = lines_now() + u->c->timeout_ns;
	struct timespec pause = { .tv_nsec = PAUSE_NS };
	struct ctl each = *u->c;
	int n;

	if (each.timeout_ns > TRY_NS)
		each.timeout_ns = TRY_NS;
	for (;;) {
		session_close(&u->s);
		n = session_open(&u->s, &each);
		if (n == 0)
			n = ping(u);
		if (n == 0 && has_grown(u))
			return 0;
		if (lines_now() > end)
			break;
		(void)nanosleep(&pause, NULL);
	}
	if (n == 0)
		fault_set(&u->s.fault, EXIT_FAILED_CODE, "failed",
		    "superd %s is still the same: its log tells why "
		    "(superd.upgrade.refused)",
		    view_known(&u->v, "version"));
	return -1;
}

static int
run(struct upgrade *u)
{
	const char *before;

	if (session_open(&u->s, u->c) < 0 || ping(u) < 0)
		return -1;
	(void)view_number(&u->v, "upgrades", &u->upgrades);
	before = view_known(&u->v, "version");
	if (ask(u) < 0 || await(u) < 0)
		return -1;
	if (u->c->json)
		printf("%.*s\n", (int)u->length, u->line);
	else
		printf("superd %s has become superd %s (pid %s, upgrades "
		       "%s)\n",
		    before, view_known(&u->v, "version"),
		    view_known(&u->v, "pid"), view_known(&u->v, "upgrades"));
	return 0;
}

int
command_upgrade(const struct ctl *c)
{
	struct upgrade u = { .c = c };
	int n;

	view_init(&u.v, &c->screen);
	n = run(&u);
	session_close(&u.s);
	view_done(&u.v);
	return n < 0 ? fault_say(c, &u.s.fault) : EXIT_DONE_CODE;
}

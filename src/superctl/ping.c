/* SPDX-License-Identifier: ISC */
/* See ping.h; and the command for health checks. */
#include <stdio.h>

#include "superctl/commands.h"
#include "superctl/memory.h"
#include "superctl/ping.h"
#include "superctl/superctl.h"
#include "superctl/units.h"

int
ping_ask(struct session *s, struct view *v, const char **ret_line,
    size_t *ret_length)
{
	static const char *const request[] = { "ping" };
	const char *line, *end;
	size_t length, end_length;
	int n;

	if (session_ask(s, request, 1) < 0)
		return -1;
	n = session_next(s, &line, &length);
	if (n < 0)
		return -1;
	if (n == 0)
		return view_read(v, s, "", 0);
	line = memory_bytes(v->arena, line, length);
	if (view_read(v, s, line, length) < 0)
		return -1;
	n = session_next(s, &end, &end_length);
	if (n < 0)
		return -1;
	if (n == 1)
		return view_read(v, s, "", 0);
	*ret_line = line;
	*ret_length = length;
	return 0;
}

static void
print_ping(const struct view *v)
{
	const char *uptime = view_units(v, "uptime", units_span);

	printf("superd %s (pid %s) is %s for %s, generation %s, upgrades %s; "
	       "you may %s\n",
	    view_known(v, "version"), view_known(v, "pid"),
	    view_known(v, "state"), uptime != NULL ? uptime : "?",
	    view_known(v, "generation"), view_known(v, "upgrades"),
	    view_known(v, "role"));
}

int
command_ping(const struct ctl *c)
{
	struct session s;
	struct view v;
	const char *line;
	size_t length;
	int n = session_open(&s, c);

	view_init(&v, &c->screen);
	if (n == 0)
		n = ping_ask(&s, &v, &line, &length);
	if (n == 0 && c->json)
		printf("%.*s\n", (int)length, line);
	else if (n == 0)
		print_ping(&v);
	session_close(&s);
	view_done(&v);
	return n < 0 ? fault_say(c, &s.fault) : EXIT_DONE_CODE;
}

/* SPDX-License-Identifier: ISC */
/* reload: what superd found in its file, and what came of it. */
#include <stdio.h>
#include <string.h>

#include "superctl/commands.h"
#include "superctl/session.h"
#include "superctl/superctl.h"
#include "superctl/view.h"

static bool
is_mistake(const struct view *v)
{
	uint32_t node = json_member(v->json, 1, "mistake");

	return json_kind(v->json, node) == JSON_TRUE;
}

/* "file:line: text", as compilers say it, so that editors understand. */
static void
print_finding(const struct view *v)
{
	const char *file = view_text(v, "file"), *line = view_text(v, "line");
	double number = 0;

	(void)view_number(v, "line", &number);
	if (file != NULL && number > 0)
		(void)fprintf(stderr, "%s:%s: ", file, line);
	else if (file != NULL)
		(void)fprintf(stderr, "%s: ", file);
	(void)fprintf(stderr, "%s%s\n",
	    is_mistake(v) ? "" : "warning: ", view_known(v, "text"));
}

static void
print_object(const struct view *v)
{
	if (view_text(v, "generation") == NULL)
		print_finding(v);
	else
		printf("generation %s: services %s; sockets opened %s, kept "
		       "%s, retired %s\n",
		    view_known(v, "generation"), view_known(v, "services"),
		    view_known(v, "opened"), view_known(v, "kept"),
		    view_known(v, "retired"));
}

static int
receive(const struct ctl *c, struct session *s, struct view *v, bool *mistaken)
{
	static const char *const request[] = { "reload" };
	const char *line;
	size_t length;
	int n = session_ask(s, request, 1);

	while (n == 0) {
		n = session_next(s, &line, &length);
		if (n <= 0)
			break;
		n = view_read(v, s, line, length);
		if (n < 0)
			break;
		*mistaken = *mistaken || is_mistake(v);
		if (c->json)
			printf("%.*s\n", (int)length, line);
		else
			print_object(v);
	}
	return n;
}

int
command_reload(const struct ctl *c)
{
	struct session s;
	struct view v;
	bool mistaken = false;
	int n = session_open(&s, c);

	view_init(&v, &c->screen);
	if (n == 0)
		n = receive(c, &s, &v, &mistaken);
	session_close(&s);
	view_done(&v);
	if (n == 0)
		return EXIT_DONE_CODE;
	if (mistaken && strcmp(s.fault.code, "refused") == 0)
		s.fault.exit = EXIT_CONFIG_CODE;
	return fault_say(c, &s.fault);
}

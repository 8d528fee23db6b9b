/* SPDX-License-Identifier: ISC */
/* drain: counts down, whatever becomes of superd meanwhile. */
#include <stdio.h>
#include <string.h>

#include "superctl/commands.h"
#include "superctl/follow.h"

static int
ask(struct session *s, const struct ctl *c)
{
	const char *request[] = { "drain", c->words[0] };

	return session_ask(s, request, 2);
}

/* Keeps in `left` what it says. */
static int
take_line(struct follow *f, const char *line, size_t length, struct text *left)
{
	const char *live;

	view_forget(&f->v);
	if (view_read(&f->v, &f->s, line, length) < 0)
		return -1;
	live = view_counted(&f->v, "live", "connection");
	text_init(left, left->at, left->size);
	text_string(left, live != NULL ? live : "?");
	if (f->c->json)
		printf("%.*s\n", (int)length, line);
	else
		printf("%s: %s left\n", view_known(&f->v, "service"), left->at);
	if (!lines_ready(&f->s.lines))
		(void)fflush(stdout);
	return 0;
}

/* How far it had come. */
static void
fail_gone(struct follow *f, const struct text *left)
{
	char room[256];
	struct text name;

	text_init(&name, room, sizeof(room));
	screen_foreign(
	    &f->c->screen, &name, f->c->words[0], strlen(f->c->words[0]));
	fault_set(&f->s.fault, EXIT_UNREACHABLE_CODE, "unreachable",
	    "superd has ended; '%s' had %s left", room, left->at);
}

static int
follow(struct follow *f)
{
	char room[64];
	struct text left;
	const char *line;
	size_t length;
	int n;

	text_init(&left, room, sizeof(room));
	text_string(&left, "an unknown number of connections");
	while ((n = follow_next(f, &line, &length)) == 1) {
		n = take_line(f, line, length, &left);
		if (n < 0)
			break;
	}
	if (n < 0 && f->gone)
		fail_gone(f, &left);
	return n;
}

int
command_drain(const struct ctl *c)
{
	struct follow f;
	int n = follow_open(&f, c, ask, "draining goes on", c->timeout_ns);

	if (n == 0)
		n = follow(&f);
	follow_close(&f);
	if (n < 0)
		return fault_say(c, &f.s.fault);
	if (!c->json)
		printf("%s has no connection left\n", c->words[0]);
	return EXIT_DONE_CODE;
}

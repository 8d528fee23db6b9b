/* SPDX-License-Identifier: ISC */
/* See answer.h. */
#include <stdio.h>

#include "superctl/answer.h"
#include "superctl/commands.h"
#include "superctl/grid.h"

/* A command and a source with a time and a service are four. */
#define WORDS_MOST 8

static int
take_line(const struct answer *a, const char *line, size_t length)
{
	if (a->c->json) {
		(void)fwrite(line, 1, length, stdout);
		(void)putchar('\n');
		return 0;
	}
	if (view_read(a->v, a->s, line, length) < 0)
		return -1;
	a->show(a->v, a->data);
	return 0;
}

int
answer_get(const struct answer *a, const char *name, char **words, int count)
{
	const char *request[WORDS_MOST] = { name };
	const char *line;
	size_t length;
	int n, all = 1;

	while (all < WORDS_MOST && all <= count) {
		request[all] = words[all - 1];
		all++;
	}
	if (session_ask(a->s, request, all) < 0)
		return -1;
	while ((n = session_next(a->s, &line, &length)) == 1) {
		if (take_line(a, line, length) < 0)
			return -1;
		if (!lines_ready(&a->s->lines))
			(void)fflush(stdout);
	}
	return n;
}

static int
answer_with(const struct ctl *c, struct view *v, answer_show *show, void *data)
{
	struct session s;
	struct answer a = { c, &s, v, show, data };
	int n = session_open(&s, c);

	if (n == 0)
		n = answer_get(&a, c->command->name, c->words, c->word_count);
	session_close(&s);
	return n < 0 ? fault_say(c, &s.fault) : EXIT_DONE_CODE;
}

int
answer_command(const struct ctl *c, answer_show *show, void *data)
{
	struct view v;
	int status;

	view_init(&v, &c->screen);
	status = answer_with(c, &v, show, data);
	view_done(&v);
	return status;
}

int
answer_table(const struct ctl *c, answer_show *show, struct grid *grid,
    const char *empty)
{
	struct view v;
	int status;

	view_init(&v, &c->screen);
	status = answer_with(c, &v, show, grid);
	if (status == EXIT_DONE_CODE && !c->json) {
		if (grid_lines(grid) > 1)
			grid_print(grid, &c->screen, stdout);
		else
			puts(empty);
	}
	grid_done(grid);
	view_done(&v);
	return status;
}

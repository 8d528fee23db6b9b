/* SPDX-License-Identifier: ISC */
/* Answers that are printed as they come: metrics, events. */
#include <stdio.h>
#include <string.h>

#include "superctl/answer.h"
#include "superctl/commands.h"

/* Prints a line in the way of the command.  Returns 0, or -1 with s->fault. */
typedef int print_line(
    struct session *s, struct view *v, const char *line, size_t length);

static int
print_as_it_is(
    struct session *s, struct view *v, const char *line, size_t length)
{
	(void)s;
	(void)v;
	(void)fwrite(line, 1, length, stdout);
	(void)putchar('\n');
	return 0;
}

/* Until the answer ends, or nobody reads what is printed. */
static int
print_answer(struct session *s, struct view *v, print_line *print)
{
	const char *line;
	size_t length;
	int n;

	while ((n = session_next(s, &line, &length)) == 1) {
		n = print(s, v, line, length);
		if (n < 0)
			return n;
		if (!lines_ready(&s->lines) && fflush(stdout) == EOF)
			return 0;
	}
	return n;
}

/* Metrics are lines of their own kind, with --json too. */
int
command_metrics(const struct ctl *c)
{
	static const char *const request[] = { "metrics" };
	struct session s;
	int n = session_open(&s, c);

	if (n == 0)
		n = session_ask(&s, request, 1);
	if (n == 0)
		n = print_answer(&s, NULL, print_as_it_is);
	session_close(&s);
	return n < 0 ? fault_say(c, &s.fault) : EXIT_DONE_CODE;
}

static enum paint
level_paint(const char *level)
{
	if (level == NULL || strcmp(level, "info") == 0)
		return PAINT_NONE;
	if (strcmp(level, "error") == 0)
		return PAINT_BAD;
	if (strcmp(level, "warning") == 0)
		return PAINT_WARN;
	return strcmp(level, "debug") == 0 ? PAINT_DIM : PAINT_GOOD;
}

/* The time of the day out of 2026-11-20T15:05:40.123456Z. */
static void
print_time(const char *time)
{
	const char *day = time != NULL ? strchr(time, 'T') : NULL;

	if (day != NULL)
		printf("%.12s ", day + 1);
}

/*
 * What is not in the columns in front.  A handler chooses some of it: quoted
 * as in the log, no text can look like a field.
 */
static void
print_members(const struct view *v)
{
	static const char *const shown[] = { "time", "level", "event" };
	const struct json *j = v->json;
	const char *value;
	uint32_t at;
	bool skip;

	for (at = json_first(j, 1); at != JSON_NONE;
	     at = json_next(j, 1, at + 1)) {
		skip = false;
		for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
			skip = skip || json_is(j, at, shown[i]);
		value = skip ? NULL : view_value(v, at + 1);
		if (value != NULL)
			printf(" %s=%s", view_node(v, at), value);
	}
}

static int
print_event(struct session *s, struct view *v, const char *line, size_t length)
{
	const char *level, *event;
	enum paint paint;

	view_forget(v);
	if (view_read(v, s, line, length) < 0)
		return -1;
	level = view_text(v, "level");
	event = view_text(v, "event");
	paint = level_paint(level);
	print_time(view_text(v, "time"));
	printf("%s%-7s%s %s", screen_paint(v->screen, paint),
	    level != NULL ? level : "", screen_plain(v->screen, paint),
	    event != NULL ? event : "");
	print_members(v);
	(void)putchar('\n');
	return 0;
}

/* "-" is each service. */
static int
ask_events(struct session *s, const struct ctl *c)
{
	const char *request[] = { "events", "-", c->level };

	if (c->word_count > 0)
		request[1] = c->words[0];
	if (c->service != NULL)
		request[1] = c->service;
	return session_ask(s, request, c->level != NULL ? 3 : 2);
}

int
command_events(const struct ctl *c)
{
	struct session s;
	struct view v;
	int n = session_open(&s, c);

	view_init(&v, &c->screen);
	if (n == 0)
		n = ask_events(&s, c);
	if (n == 0) {
		s.silence_ns = 0;
		n = print_answer(
		    &s, &v, c->json ? print_as_it_is : print_event);
	}
	session_close(&s);
	view_done(&v);
	return n < 0 ? fault_say(c, &s.fault) : EXIT_DONE_CODE;
}

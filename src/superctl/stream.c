/* SPDX-License-Identifier: ISC */
/* Answers that are printed as they come: metrics, events. */
#include <stdio.h>
#include <string.h>

#include "superctl/commands.h"
#include "superctl/follow.h"

static void
print_as_it_is(const char *line, size_t length)
{
	(void)fwrite(line, 1, length, stdout);
	(void)putchar('\n');
}

/* Returns false when nobody reads what is printed. */
static bool
is_read(const struct session *s)
{
	return lines_ready(&s->lines) || fflush(stdout) != EOF;
}

/* Metrics are lines of their own kind, with --json too. */
int
command_metrics(const struct ctl *c)
{
	static const char *const request[] = { "metrics" };
	struct session s;
	const char *line;
	size_t length;
	int n = session_open(&s, c);

	if (n == 0)
		n = session_ask(&s, request, 1);
	while (n == 0 && (n = session_next(&s, &line, &length)) == 1) {
		print_as_it_is(line, length);
		if (!is_read(&s))
			break;
		n = 0;
	}
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
print_event(struct view *v, struct session *s, const char *line, size_t length)
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

/* Until the answer ends, or nobody reads what is printed. */
static int
print_events(struct follow *f)
{
	const char *line;
	size_t length;
	int n;

	while ((n = follow_next(f, &line, &length)) == 1) {
		if (f->c->json)
			print_as_it_is(line, length);
		else if (print_event(&f->v, &f->s, line, length) < 0)
			return -1;
		if (!is_read(&f->s))
			return 0;
	}
	return n;
}

int
command_events(const struct ctl *c)
{
	struct follow f;
	int n = follow_open(&f, c, ask_events, "events may be missing", 0);

	if (n == 0)
		n = print_events(&f);
	follow_close(&f);
	return n < 0 ? fault_say(c, &f.s.fault) : EXIT_DONE_CODE;
}

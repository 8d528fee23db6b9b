/* SPDX-License-Identifier: ISC */
/* From the text of hosts.allow or hosts.deny to its lines. */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "gate/hosts.h"
#include "gate/hosts_file.h"

#define WORD_MOST 80

enum token {
	TOKEN_WORD,
	TOKEN_COLON,
	TOKEN_END /* of the line, continued ones included */
};

struct scan {
	struct arena *arena;
	const char *at, *end;
	unsigned int line;
	char word[WORD_MOST + 1];
};

typedef int parse_word(
    const char *word, struct hosts_item *ret_item, struct err *e);

static bool
at_end(const struct scan *s)
{
	return s->at == s->end || *s->at == '\n';
}

/* A backslash in front of the end of the line. */
static bool
at_continuation(const struct scan *s)
{
	return s->end - s->at >= 2 && s->at[0] == '\\' && s->at[1] == '\n';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == ',';
}

static void
skip_continuation(struct scan *s)
{
	s->at += 2;
	s->line++;
}

static void
skip_blanks(struct scan *s)
{
	while (!at_end(s)) {
		if (at_continuation(s))
			skip_continuation(s);
		else if (is_blank(*s->at))
			s->at++;
		else
			return;
	}
}

static void
skip_line(struct scan *s)
{
	while (!at_end(s)) {
		if (at_continuation(s))
			skip_continuation(s);
		else
			s->at++;
	}
	if (s->at < s->end)
		s->at++;
	s->line++;
}

static size_t
word_span(const struct scan *s)
{
	const char *p = s->at;
	bool bracket = false;

	for (; p < s->end && *p != '\n' && *p != '\\' && !is_blank(*p); p++) {
		if (*p == ':' && !bracket)
			break;
		bracket = (bracket || *p == '[') && *p != ']';
	}
	return (size_t)(p - s->at);
}

/* Returns enum token or -EINVAL. */
static int
next_token(struct scan *s, struct err *e)
{
	size_t span;

	skip_blanks(s);
	if (at_end(s))
		return TOKEN_END;
	if (*s->at == ':') {
		s->at++;
		return TOKEN_COLON;
	}
	span = word_span(s);
	if (span > WORD_MOST)
		return err_set(
		    e, EINVAL, "'%.40s...': this word is too long", s->at);
	memcpy(s->word, s->at, span);
	s->word[span] = '\0';
	s->at += span;
	if (s->at < s->end && *s->at == '\\' && !at_continuation(s))
		return err_set(
		    e, EINVAL, "a backslash in a line is not supported");
	if (at_continuation(s) && s->at + 2 < s->end && s->at[2] != '\n' &&
	    !is_blank(s->at[2]))
		return err_set(e, EINVAL,
		    "the word '%.40s' is continued on the next line: begin "
		    "that with a blank",
		    s->word);
	return TOKEN_WORD;
}

static int
add_item(
    struct scan *s, struct hosts_item ***end, parse_word *parse, struct err *e)
{
	struct hosts_item *item = arena_alloc(s->arena, sizeof(*item));
	char *word = arena_string(s->arena, s->word);
	int error;

	if (item == NULL || word == NULL)
		return err_memory(e);
	error = parse(word, item, e);
	if (error < 0)
		return error;
	**end = item;
	*end = &item->next;
	return 0;
}

/* Opens the list behind EXCEPT, which is what ret_list becomes. */
static int
begin_except(struct scan *s, struct hosts_list **ret_list, struct err *e)
{
	struct hosts_list *list = *ret_list;

	if (list->first == NULL)
		return err_set(e, EINVAL, "nothing in front of EXCEPT");
	list->except = arena_alloc(s->arena, sizeof(*list));
	if (list->except == NULL)
		return err_memory(e);
	*ret_list = list->except;
	return 0;
}

/* Returns the token that ended the list, or an error. */
static int
parse_list(
    struct scan *s, struct hosts_list *list, parse_word *parse, struct err *e)
{
	const struct hosts_list *whole = list;
	struct hosts_item **end = &list->first;
	int token, error;

	while ((token = next_token(s, e)) == TOKEN_WORD) {
		if (strcasecmp(s->word, "EXCEPT") == 0) {
			error = begin_except(s, &list, e);
			end = &list->first;
		} else {
			error = add_item(s, &end, parse, e);
		}
		if (error < 0)
			return error;
	}
	if (token >= 0 && list != whole && list->first == NULL)
		return err_set(e, EINVAL, "nothing behind EXCEPT");
	return token;
}

static int
parse_line(struct scan *s, struct hosts_line *line, struct err *e)
{
	int token = parse_list(s, &line->daemons, hosts_parse_daemon, e);

	if (token < 0)
		return token;
	if (token != TOKEN_COLON)
		return err_set(
		    e, EINVAL, "no ':' in this line: say DAEMONS : CLIENTS");
	if (line->daemons.first == NULL)
		return err_set(e, EINVAL, "no daemons in front of ':'");
	token = parse_list(s, &line->clients, hosts_parse_client, e);
	if (token == TOKEN_COLON)
		return err_set(e, EINVAL,
		    "a second ':': options are not supported, and IPv6 needs "
		    "brackets, as in [::1]");
	if (token >= 0 && line->clients.first == NULL)
		return err_set(e, EINVAL, "no clients behind ':'");
	return token < 0 ? token : 0;
}

static bool
at_comment(struct scan *s)
{
	skip_blanks(s);
	return at_end(s) || *s->at == '#';
}

int
gate_hosts_parse(struct arena *arena, const struct gate_hosts_text *text,
    const struct gate_hosts_report *report, struct gate_hosts_file **ret_file)
{
	struct gate_hosts_file *file = arena_alloc(arena, sizeof(*file));
	struct scan s = { .arena = arena, .at = text->text, .line = 1 };
	struct hosts_line **end;
	int error = 0;

	if (file == NULL)
		return -ENOMEM;
	file->name = text->file;
	end = &file->first;
	s.end = s.at + text->length;
	for (; s.at < s.end; skip_line(&s)) {
		struct err e = { .file = text->file };
		struct hosts_line *line;
		int failed;

		if (at_comment(&s))
			continue;
		line = arena_alloc(arena, sizeof(*line));
		if (line == NULL)
			return -ENOMEM;
		line->line = s.line;
		failed = parse_line(&s, line, &e);
		if (failed == -ENOMEM)
			return failed;
		if (failed == 0) {
			*end = line;
			end = &line->next;
			continue;
		}
		e.file = text->file;
		e.line = s.line;
		report->mistake(report->context, &e);
		error = failed;
	}
	*ret_file = file;
	return error;
}

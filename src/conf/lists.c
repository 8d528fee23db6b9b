/* SPDX-License-Identifier: ISC */
/*
 * A line is a network; blanks and comments around it do not matter.  So the
 * block lists that are in use can be taken as they are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "conf/file.h"
#include "conf/line.h"
#include "conf/lists.h"
#include "conf/report.h"

/* No network is as long. */
#define WORD_SIZE 80

int
conf_lists_init(struct conf_lists *lists, struct arena *arena)
{
	lists->arena = arena;
	if (conf_index_init(&lists->files) == 0 &&
	    conf_index_init(&lists->values) == 0)
		return 0;
	conf_lists_done(lists);
	return -ENOMEM;
}

void
conf_lists_done(struct conf_lists *lists)
{
	struct conf_list *list;

	while ((list = lists->newest) != NULL) {
		lists->newest = list->older;
		free(list->at);
		free(list);
	}
	conf_index_done(&lists->files);
	conf_index_done(&lists->values);
}

static int
add(struct conf_list *list, const struct cidr *net)
{
	struct cidr *wider;
	size_t room = list->room + list->room / 2 + 64;

	if (list->count == list->room) {
		wider = reallocarray(list->at, room, sizeof(*wider));
		if (wider == NULL)
			return -ENOMEM;
		list->at = wider;
		list->room = room;
	}
	list->at[list->count++] = *net;
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* What stands in the line, without comment and blanks around it. */
static const char *
content(const char *line, size_t *length)
{
	const char *end = line + *length, *p = line;

	while (p < end && *p != '#' && *p != ';')
		p++;
	while (p > line && is_blank(p[-1]))
		p--;
	while (line < p && is_blank(*line))
		line++;
	*length = (size_t)(p - line);
	return line;
}

/* 1 for a network, 0 for a line without one. */
static int
read_line(const char *line, size_t length, struct cidr *ret_net, struct err *e)
{
	char word[WORD_SIZE], quoted[CONF_QUOTED_SIZE];
	size_t whole = length;
	int error;

	if (whole > 0 && line[whole - 1] == '\r')
		whole--;
	error = conf_line_check_bytes(line, whole, e);
	if (error < 0)
		return error;
	line = content(line, &length);
	if (length == 0)
		return 0;
	memcpy(word, line, length < WORD_SIZE ? length : WORD_SIZE - 1);
	word[length < WORD_SIZE ? length : WORD_SIZE - 1] = '\0';
	if (strcspn(word, " \t,") < strlen(word) || length >= WORD_SIZE)
		return err_set(e, EINVAL,
		    "'%s' is more than one network: one a line is wanted",
		    conf_quoted(word, quoted));
	if (strcmp(word, "unix") == 0 || strcmp(word, "all") == 0 ||
	    word[0] == '@')
		return err_set(e, EINVAL,
		    "'%s' belongs in the key itself: a file holds networks "
		    "and addresses only",
		    conf_quoted(word, quoted));
	error = cidr_parse(word, ret_net, e);
	return error < 0 ? error : 1;
}

static int
read_lines(struct conf_lists *lists, const char *name,
    const struct conf_file *file, struct conf_list *list)
{
	struct conf_place place = { .file = name };
	const char *at = file->bytes, *end = at + file->length, *newline;
	struct cidr net;
	struct err e;
	int n;

	if (file->length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	for (; at < end; at = newline + 1) {
		newline = memchr(at, '\n', (size_t)(end - at));
		if (newline == NULL)
			newline = end;
		place.line++;
		n = read_line(at, (size_t)(newline - at), &net, &e);
		if (n < 0)
			conf_mistake(lists->findings, &place, "%s", e.text);
		else if (n > 0 && add(list, &net) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Its mistakes come behind those of all files that are known before. */
static int
read_file(struct conf_lists *lists, const char *path,
    const struct conf_file *file, struct conf_list *list)
{
	struct conf_place place = { .file = arena_string(lists->arena, path) };
	size_t mistakes = lists->findings->mistakes;
	int error;

	if (place.file == NULL ||
	    conf_findings_add_file(lists->findings, place.file) < 0)
		return -ENOMEM;
	error = read_lines(lists, place.file, file, list);
	if (error == 0 && list->count == 0 &&
	    lists->findings->mistakes == mistakes)
		conf_warning(lists->findings, &place, "has no network in it");
	return error;
}

int
conf_lists_read(struct conf_lists *lists, const char *path,
    const struct conf_list **ret_list, struct err *e)
{
	struct conf_list *list =
	    conf_index_find(&lists->files, path, strlen(path));
	struct conf_file file;
	int error;

	*ret_list = list;
	if (list != NULL)
		return 0;
	error = conf_file_read(path, lists->as_root, &file, e);
	if (error < 0)
		return error;
	list = calloc(1, sizeof(*list));
	if (list == NULL) {
		free(file.bytes);
		return err_memory(e);
	}
	list->older = lists->newest;
	lists->newest = list;
	*ret_list = list;
	error = read_file(lists, path, &file, list);
	free(file.bytes);
	if (error == 0)
		error = conf_index_add(&lists->files, path, strlen(path), list);
	return error < 0 ? err_memory(e) : 0;
}

/* SPDX-License-Identifier: ISC */
/* The first line of a handler, read as the kernel reads it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "conf/find.h"
#include "conf/report.h"
#include "conf/rooted.h"

#define HEAD_SIZE 256

/* What the file begins with; 0 for nothing that could be read. */
static ssize_t
read_head(
    const struct conf_find *find, const char *file, char head[HEAD_SIZE + 1])
{
	auto_fd fd = conf_rooted_open(find->root, file, O_RDONLY | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, head, HEAD_SIZE);
	head[n < 0 ? 0 : n] = '\0';
	return n;
}

/* Text, and no #!: execve(2) would refuse it, a shell would not. */
static int
check_unmarked(const char *file, const char *head, ssize_t n, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];

	(void)conf_quoted(file, quoted);
	if (n == 0)
		return err_set(e, ENOEXEC, "'%s' is empty", quoted);
	for (ssize_t i = 0; i < n && i < 4; i++) {
		if ((head[i] < ' ' || head[i] > '~') && head[i] != '\n' &&
		    head[i] != '\t' && head[i] != '\r')
			return 0;
	}
	return err_set(e, ENOEXEC,
	    "'%s' is a script without #! in its first "
	    "line, such as #!/bin/sh",
	    quoted);
}

static int
is_env(const char *interpreter)
{
	const char *slash = strrchr(interpreter, '/');

	return strcmp(slash == NULL ? interpreter : slash + 1, "env") == 0;
}

/* #!/usr/bin/env [-S] [NAME=VALUE] program */
static int
check_env(const struct conf_find *find, char *arguments, struct err *e)
{
	struct conf_find in_path = *find;
	const char *file;
	char *state = NULL;
	char *word = strtok_r(arguments, " \t", &state);

	while (word != NULL && (word[0] == '-' || strchr(word, '=') != NULL))
		word = strtok_r(NULL, " \t", &state);
	if (word == NULL)
		return 0;
	in_path.handler_path = NULL;
	return conf_find_program(&in_path, word, &file, e);
}

static int
check_line(const struct conf_find *find, char *line, struct err *e)
{
	struct conf_find here = *find;
	char *end, *interpreter = line + strspn(line, " \t");
	const char *file;
	int error;

	end = interpreter + strcspn(interpreter, " \t");
	if (*end != '\0')
		*end++ = '\0';
	if (interpreter[0] == '\0')
		return err_set(e, ENOEXEC, "no interpreter behind #!");
	if (strchr(interpreter, '\r') != NULL)
		return err_set(e, ENOENT,
		    "its first line ends in a carriage "
		    "return (CRLF), which the kernel takes for a part of the "
		    "interpreter's name");
	/* The kernel starts a relative one in the handler's directory. */
	if (interpreter[0] != '/')
		return 0;
	here.directory = "/";
	error = conf_find_program(&here, interpreter, &file, e);
	if (error == 0 && is_env(interpreter))
		error = check_env(find, end, e);
	return error;
}

int
conf_find_interpreter(
    const struct conf_find *find, const char *file, struct err *e)
{
	char head[HEAD_SIZE + 1], quoted[CONF_QUOTED_SIZE];
	ssize_t n = read_head(find, file, head);
	int error;

	if (n < 0)
		return 0;
	if (strncmp(head, "#!", 2) != 0)
		return check_unmarked(file, head, n, e);
	head[strcspn(head, "\n")] = '\0';
	error = check_line(find, head + 2, e);
	if (error == -ENOMEM)
		return error;
	if (error < 0)
		return err_wrap(
		    e, "interpreter of script '%s'", conf_quoted(file, quoted));
	return 1;
}

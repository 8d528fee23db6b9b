/* SPDX-License-Identifier: ISC */
/* The command line of superd. */
#ifndef SUPERD_OPTIONS_H
#define SUPERD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum options_action {
	OPTIONS_RUN,
	OPTIONS_TEST,
	OPTIONS_DUMP,
	OPTIONS_RELOAD,
	OPTIONS_KEYS,
	OPTIONS_EVENTS,
	OPTIONS_VERSION,
	OPTIONS_HELP
};

struct options {
	enum options_action action;
	const char *path; /* -c, NULL: not given */
	char **sets;      /* --set, in order; room for all of argv */
	size_t set_count;
	char **listens; /* -l, likewise */
	size_t listen_count;
	char **handler; /* behind --, NULL without */
	bool detach;
	int ready_fd; /* -1: none */
	int louder;   /* -v less -q */
	bool resumes; /* set before: what was for a start only is past */
};

/*
 * Reads argv; ret_options->resumes is looked at.  Returns 0, or -EINVAL after
 * it has said on stderr what is wrong and how to get help.  The caller ends it
 * with options_done().
 */
int options_parse(int argc, char **argv, struct options *ret_options);
void options_done(struct options *options);

/* The text of -h. */
void options_print_help(FILE *to);

#endif

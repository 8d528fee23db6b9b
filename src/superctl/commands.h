/* SPDX-License-Identifier: ISC */
/* The table of all commands: the help, completions and the page follow it. */
#ifndef SUPERD_SUPERCTL_COMMANDS_H
#define SUPERD_SUPERCTL_COMMANDS_H

#include <stddef.h>
#include <stdio.h>

#include "superctl/superctl.h"

/* Runs the command.  Returns the exit status, having said what failed. */
typedef int command_run(const struct ctl *c);

struct command {
	const char *name;
	const char *arguments; /* as in the usage, "" for none */
	int least, most;       /* how many; most -1: any number */
	int silence_s;         /* superd may say nothing for so long, 0: ever */
	command_run *run;
	const char *what; /* for the help, in a line */
};

extern const struct command commands[];
extern const size_t command_count;

/* NULL if there is none of that name. */
const struct command *command_find(const char *name);

/* The name that may have been meant, or NULL. */
const char *command_guess(const char *name);

/* One line for each: name, arguments, what; separated by tabs. */
void command_print_table(FILE *to);

/* Status, tables. */
command_run command_status, command_list, command_show, command_bans,
    command_ban, command_ping;

/* One object or line in the answer, one sentence for people. */
command_run command_simple, command_kill, command_drain, command_reload,
    command_upgrade, command_log_level;

/* Streams. */
command_run command_events, command_metrics, command_top;

#endif

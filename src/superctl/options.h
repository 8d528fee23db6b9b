/* SPDX-License-Identifier: ISC */
/* The command line of superctl. */
#ifndef SUPERD_SUPERCTL_OPTIONS_H
#define SUPERD_SUPERCTL_OPTIONS_H

#include <stdio.h>

#include "superctl/superctl.h"

/* What to do: a command, or one of these. */
enum options_action {
	OPTIONS_COMMAND,
	OPTIONS_HELP,
	OPTIONS_VERSION,
	OPTIONS_COMMANDS
};

/*
 * Fills c; its pointers borrow from argv.  Options may stand on either side
 * of the command; behind one, its own letters go before those of superctl.
 * Returns an action, or -1 having said on stderr what is wrong.
 */
int options_parse(int argc, char **argv, struct ctl *c);

void options_print_help(FILE *to);

#endif

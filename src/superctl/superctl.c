/* SPDX-License-Identifier: ISC */
/* The program: what is asked for, and whether all of it was printed. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fd.h"
#include "superctl/commands.h"
#include "superctl/options.h"
#include "superctl/place.h"
#include "superctl/superctl.h"

/* Ten thousand connections in some ten writes. */
#define OUTPUT_SIZE (256 * 1024)

static void
print_version(void)
{
	char room[4096];
	struct text path;

	text_init(&path, room, sizeof(room));
	place_find(NULL, &path);
	printf("superctl %s\ncontrol socket: %s\n", PACKAGE_VERSION, room);
}

static int
act(int action, const struct ctl *c)
{
	switch (action) {
	case OPTIONS_COMMAND:
		return c->command->run(c);
	case OPTIONS_HELP:
		options_print_help(stdout);
		return EXIT_DONE_CODE;
	case OPTIONS_VERSION:
		print_version();
		return EXIT_DONE_CODE;
	case OPTIONS_COMMANDS:
		command_print_table(stdout);
		return EXIT_DONE_CODE;
	default:
		return EXIT_USAGE_CODE;
	}
}

int
main(int argc, char **argv)
{
	static char output[OUTPUT_SIZE];
	struct ctl c = { 0 };
	int status;

	(void)fd_fill_standard();
	(void)setlocale(LC_CTYPE, "");
	(void)setvbuf(stdout, output, _IOFBF, sizeof(output));
	screen_look(&c.screen);
	status = act(options_parse(argc, argv, &c), &c);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (status == EXIT_DONE_CODE) {
		perror("superctl: cannot write to stdout");
		status = EXIT_FAILED_CODE;
	}
	return status;
}

/* SPDX-License-Identifier: ISC */

/*
 * upper: a filter, as an example.  ASCII letters become capitals, all other
 * bytes (UTF-8 too) stay as they are.  Each piece is answered as it comes: no
 * buffer waits to be filled while the client waits for the answer.
 */

#include "tiny.h"

enum {
	BLOCK = 16 * 1024,
};

const char tiny_name[] = "upper";

static void
capitalise(char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		bool small = text[i] >= 'a' && text[i] <= 'z';

		/* Without a branch the compiler takes 16 bytes at a time. */
		text[i] = (char)(text[i] - small * ('a' - 'A'));
	}
}

int
tiny_main(int argc, char **argv, char **envp)
{
	char buf[BLOCK];
	size_t n;

	(void)envp;
	tiny_check_arguments(argc, argv, 0, "");
	while ((n = tiny_read(buf, sizeof(buf))) > 0) {
		capitalise(buf, n);
		tiny_write(buf, n);
	}
	return TINY_DONE;
}

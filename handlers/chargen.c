/* SPDX-License-Identifier: ISC */

/*
 * chargen (RFC 864): lines of 72 characters, each starting one further in the
 * ring of the 95 printable ones, until the client goes.
 */

#include "tiny.h"

#include <sys/socket.h>

enum {
	RING = '~' - ' ' + 1,
	LINE = 72,
	PATTERN = RING * (LINE + 2), /* after it all repeats */
	BLOCK = TINY_BLOCK / PATTERN * PATTERN,
};

const char tiny_name[] = "chargen";

static void
fill(char *block)
{
	for (int line = 0; line < BLOCK / (LINE + 2); line++) {
		for (int i = 0; i < LINE; i++)
			*block++ = (char)(' ' + (line + i) % RING);
		*block++ = '\r';
		*block++ = '\n';
	}
}

/* A datagram costs its forged sender nothing and this flood hits the one who
 * was named: not over UDP. */
static void
refuse_datagrams(void)
{
	int type = 0;
	unsigned int size = sizeof(type);

	raw_syscall5(SYS_getsockopt, TINY_OUT, SOL_SOCKET, SO_TYPE,
	    RAW_PTR(&type), RAW_PTR(&size));
	if (type == SOCK_DGRAM)
		tiny_usage("(on a stream socket, not on a datagram socket)");
}

int
tiny_main(int argc, char **argv, char **envp)
{
	char block[BLOCK];

	(void)envp;
	tiny_check_arguments(argc, argv, 0, "");
	refuse_datagrams();
	fill(block);
	for (;;)
		tiny_write(block, sizeof(block));
}

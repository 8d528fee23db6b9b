/* SPDX-License-Identifier: ISC */

/*
 * discard (RFC 863): takes all and says nothing.
 */

#include "tiny.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>

const char tiny_name[] = "discard";

/* On a TCP socket MSG_TRUNC drops the bytes in the kernel, uncopied. */
static size_t
drop_some(char *buf, size_t size)
{
	for (;;) {
		long n = raw_syscall6(SYS_recvfrom, TINY_IN, RAW_PTR(buf),
		    (long)size, MSG_TRUNC, 0, 0);

		if (n == -ENOTSOCK)
			return tiny_read(buf, size);
		if (n >= 0)
			return (size_t)n;
		tiny_recover(n, TINY_IN, POLLIN);
	}
}

int
tiny_main(int argc, char **argv, char **envp)
{
	char buf[TINY_BLOCK];

	(void)envp;
	tiny_check_arguments(argc, argv, 0, "");
	while (drop_some(buf, sizeof(buf)) > 0)
		continue;
	return TINY_DONE;
}

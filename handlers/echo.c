/* SPDX-License-Identifier: ISC */

/*
 * echo (RFC 862): sends back what it gets, until the client has sent all.
 *
 * A short request costs read, write, read, exit and one page of memory.  The
 * first read that fills that page leads to larger reads, and some of those
 * that are full too lead to splice(2), which does not copy.
 */

#include "tiny.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

enum {
	SMALL_BLOCK = 4096,
	FULL_READS_BEFORE_SPLICE = 4,
	/* Larger pipes are hardly faster, and all pipes of a user together
	 * get 64 MiB (fs.pipe-user-pages-soft). */
	PIPE_SIZE = 256 * 1024,
};

const char tiny_name[] = "echo";

/* Passes on by copying; returns after the given number of full reads, true,
 * or at the end of input, false.  A patience of 0 never ends. */
static __attribute__((noinline)) bool
copy(int patience)
{
	char buf[TINY_BLOCK];
	size_t n;
	int full = 0;

	while ((n = tiny_read(buf, sizeof(buf))) > 0) {
		tiny_write(buf, n);
		full = n == sizeof(buf) ? full + 1 : 0;
		if (full == patience && patience > 0)
			return true;
	}
	return false;
}

/* Empties the pipe by hand: stdout takes no splice. */
static __attribute__((noinline)) void
copy_pipe(int pipe_out, size_t size)
{
	char buf[SMALL_BLOCK];

	while (size > 0) {
		size_t part = size < sizeof(buf) ? size : sizeof(buf);
		long n =
		    raw_syscall3(SYS_read, pipe_out, RAW_PTR(buf), (long)part);

		if (n <= 0)
			tiny_fail("cannot read the pipe", NULL, n);
		tiny_write(buf, (size_t)n);
		size -= (size_t)n;
	}
}

/* From the pipe to stdout.  True: all is sent.  False: stdout takes no
 * splice, and what was in the pipe has been copied. */
static bool
drain(int pipe_out, size_t size)
{
	while (size > 0) {
		long n = raw_syscall6(SYS_splice, pipe_out, 0, TINY_OUT, 0,
		    (long)size, SPLICE_F_MOVE);

		if (n == -EINVAL) {
			copy_pipe(pipe_out, size);
			return false;
		}
		if (n < 0)
			tiny_recover(n, TINY_OUT, POLLOUT);
		else
			size -= (size_t)n;
	}
	return true;
}

/* Passes on without copying.  True: this is the end of input.  False: one of
 * the two sides cannot do it. */
static bool
splice_all(int pipe_out, int pipe_in)
{
	for (;;) {
		long n = raw_syscall6(SYS_splice, TINY_IN, 0, pipe_in, 0,
		    PIPE_SIZE, SPLICE_F_MOVE);

		if (n == 0)
			return true;
		if (n == -EINVAL)
			return false;
		if (n < 0)
			tiny_recover(n, TINY_IN, POLLIN);
		else if (!drain(pipe_out, (size_t)n))
			return false;
	}
}

/* For when there is much.  Returns at the end of input. */
static void
pass_on_bulk(void)
{
	int ends[2];

	if (!copy(FULL_READS_BEFORE_SPLICE))
		return;
	if (raw_syscall2(SYS_pipe2, RAW_PTR(ends), O_CLOEXEC) == 0 &&
	    raw_syscall3(SYS_fcntl, ends[1], F_SETPIPE_SZ, PIPE_SIZE) > 0) {
		tiny_ignore_sigpipe();
		if (splice_all(ends[0], ends[1]))
			return;
	}
	copy(0);
}

int
tiny_main(int argc, char **argv, char **envp)
{
	char buf[SMALL_BLOCK];
	size_t n;

	(void)envp;
	tiny_check_arguments(argc, argv, 0, "");
	while ((n = tiny_read(buf, sizeof(buf))) > 0) {
		tiny_write(buf, n);
		if (n == sizeof(buf)) {
			pass_on_bulk();
			break;
		}
	}
	return TINY_DONE;
}

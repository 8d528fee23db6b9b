/* SPDX-License-Identifier: ISC */

/*
 * Reading, writing and giving up, on whatever stdin and stdout are: sockets,
 * pipes, files, terminals, blocking or not.
 */

#include "tiny.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>

struct cause {
	short code;
	char text[30];
};

static const struct cause causes[] = {
	{ EACCES, "permission denied" },
	{ EBADF, "not open" },
	{ EDESTADDRREQ, "no peer to write to" },
	{ EFBIG, "file too large" },
	{ EINVAL, "invalid argument" },
	{ EIO, "input/output error" },
	{ EISDIR, "is a directory" },
	{ ELOOP, "too many symbolic links" },
	{ EMFILE, "too many open files" },
	{ ENAMETOOLONG, "name too long" },
	{ ENFILE, "too many open files" },
	{ ENOBUFS, "out of memory" },
	{ ENODEV, "no such device" },
	{ ENOENT, "no such file or directory" },
	{ ENOMEM, "out of memory" },
	{ ENOSPC, "no space left on device" },
	{ ENOTCONN, "not connected" },
	{ ENOTDIR, "not a directory" },
	{ ENXIO, "no such device" },
	{ EPERM, "operation not permitted" },
	{ ESPIPE, "cannot seek" },
};

/* The errors by which a connection tells that nobody is there any more. */
static bool
client_has_gone(long result)
{
	switch (-result) {
	case EPIPE:
	case ECONNRESET:
	case ECONNABORTED:
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENETDOWN:
		return true;
	default:
		return false;
	}
}

/* No SIGPIPE: a socket is told so with each call, which saves a system call,
 * and the rest (pipes) by ignoring the signal. */
static long
write_some(int fd, const void *data, size_t size)
{
	long n = raw_syscall6(
	    SYS_sendto, fd, RAW_PTR(data), (long)size, MSG_NOSIGNAL, 0, 0);

	if (n != -ENOTSOCK)
		return n;
	tiny_ignore_sigpipe();
	return raw_syscall3(SYS_write, fd, RAW_PTR(data), (long)size);
}

size_t
tiny_read(void *buf, size_t size)
{
	for (;;) {
		long n =
		    raw_syscall3(SYS_read, TINY_IN, RAW_PTR(buf), (long)size);

		if (n >= 0)
			return (size_t)n;
		tiny_recover(n, TINY_IN, POLLIN);
	}
}

void
tiny_write(const void *data, size_t size)
{
	const char *rest = data;

	while (size > 0) {
		long n = write_some(TINY_OUT, rest, size);

		if (n < 0) {
			tiny_recover(n, TINY_OUT, POLLOUT);
			continue;
		}
		rest += n;
		size -= (size_t)n;
	}
}

void
tiny_write_error(const void *data, size_t size)
{
	(void)write_some(TINY_ERR, data, size);
}

void
tiny_wait(int fd, short events)
{
	struct pollfd poll = { .fd = fd, .events = events };

	raw_syscall5(SYS_ppoll, RAW_PTR(&poll), 1, 0, 0, 8);
}

void
tiny_discard_input(void)
{
	char scrap[4096];
	int turns = 64;

	/* On TCP MSG_TRUNC throws away without copying. */
	while (turns-- > 0)
		if (raw_syscall6(SYS_recvfrom, TINY_IN, RAW_PTR(scrap),
			sizeof(scrap), MSG_DONTWAIT | MSG_TRUNC, 0, 0) <= 0)
			return;
}

void
tiny_recover(long result, int fd, short events)
{
	if (result == -EINTR)
		return;
	if (result == -EAGAIN) {
		tiny_wait(fd, events);
		return;
	}
	if (client_has_gone(result))
		tiny_exit(TINY_DONE);
	tiny_fail(fd == TINY_IN ? "cannot read" : "cannot write", NULL, result);
}

static void
add_cause(struct tiny_out *out, long code)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (causes[i].code == code) {
			tiny_out_text(out, causes[i].text);
			return;
		}
	}
	tiny_out_text(out, "error ");
	tiny_out_number(out, (uint64_t)code, 1);
}

/* One line, one write: superd's log takes it as one event. */
static _Noreturn void
end_with_line(struct tiny_out *line, enum tiny_exit_code code)
{
	tiny_out_char(line, '\n');
	tiny_out_flush(line);
	tiny_exit(code);
}

_Noreturn void
tiny_fail(const char *what, const char *object, long result)
{
	struct tiny_out line;

	tiny_out_init(&line, TINY_ERR);
	tiny_out_text(&line, tiny_name);
	tiny_out_text(&line, ": ");
	tiny_out_text(&line, what);
	if (object != NULL) {
		tiny_out_text(&line, " '");
		tiny_out_escaped(&line, object);
		tiny_out_char(&line, '\'');
	}
	if (result < 0) {
		tiny_out_text(&line, ": ");
		add_cause(&line, -result);
	}
	end_with_line(&line, TINY_FAILED);
}

_Noreturn void
tiny_usage(const char *arguments)
{
	struct tiny_out line;

	tiny_out_init(&line, TINY_ERR);
	tiny_out_text(&line, "usage: ");
	tiny_out_text(&line, tiny_name);
	if (*arguments != '\0')
		tiny_out_char(&line, ' ');
	tiny_out_text(&line, arguments);
	end_with_line(&line, TINY_MISUSED);
}

void
tiny_check_arguments(int argc, char **argv, int most, const char *arguments)
{
	/* "-x" is none of ours; "./-x" is a file of that name. */
	if (argc > most + 1 || (argc > 1 && argv[1][0] == '-'))
		tiny_usage(arguments);
}

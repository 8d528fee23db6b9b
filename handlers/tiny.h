/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_HANDLERS_TINY_H
#define SUPERD_HANDLERS_TINY_H

/*
 * What our handlers have in place of a libc.  A handler lives for one
 * connection and often answers in microseconds, so most of its life is its
 * own start; libc's start is longer than all that these programs do.
 *
 * tiny-io.c and tiny-out.c are always there.  Below them stands either
 * tiny-bare.c (no libc at all: TINY_HANDLERS in the Makefile) or tiny-libc.c
 * (other machines, sanitizers, coverage).  A handler sees no difference.
 *
 * These functions end the process when they cannot do their work; that is
 * right for a program that lives for one connection.  The client's leaving is
 * no failure: it ends the process with TINY_DONE and without a word.
 *
 * Nothing here has state: without .data and .bss the program is one mapping.
 * Tables hold no pointers, so nothing needs relocating either.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compat/raw-syscall.h"

enum tiny_exit_code {
	TINY_DONE = 0,
	TINY_MISUSED = 100,
	TINY_FAILED = 111,
};

enum {
	TINY_IN = 0,
	TINY_OUT = 1,
	TINY_ERR = 2,
	TINY_BLOCK = 64 * 1024, /* a good size for one read in bulk */
};

/* Text under construction; goes to fd whenever it is full. */
struct tiny_out {
	int fd;
	size_t len;
	char buf[1024];
};

/* ---- each handler defines these two ---- */

/* Its name, for messages. */
extern const char tiny_name[];

/* The program.  Returns the exit code. */
int tiny_main(int argc, char **argv, char **envp);

/* ---- tiny-bare.c or tiny-libc.c ---- */

_Noreturn void tiny_exit(int code);

/* From now on a write to a pipe without a reader is EPIPE. */
void tiny_ignore_sigpipe(void);

/* The time of day in seconds since 1970. */
int64_t tiny_now(void);

/* ---- tiny-io.c ---- */

/* Waits for the next bytes of stdin, also when it is non-blocking.  Returns
 * their number, 0 at the end of input. */
size_t tiny_read(void *buf, size_t size);

/* Writes all of it to stdout, in several parts if need be. */
void tiny_write(const void *data, size_t size);

/* One attempt to say something on stderr; its failing is not seen. */
void tiny_write_error(const void *data, size_t size);

/* Waits until fd has one of the poll(2) events. */
void tiny_wait(int fd, short events);

/* Takes away what the client has sent without being asked: closing a TCP
 * socket with unread input resets it, and the answer could be lost. */
void tiny_discard_input(void);

/* Sees to the negative result of a system call on stdin or stdout: returns if
 * trying again makes sense (having waited for `events` of fd if it was not
 * ready), otherwise ends the process. */
void tiny_recover(long result, int fd, short events);

/* "NAME: WHAT 'OBJECT': cause" on stderr, then the end with TINY_FAILED.
 * `object` may be NULL; `result` is the negative result of a system call, or
 * 0 where there is none to blame. */
_Noreturn void tiny_fail(const char *what, const char *object, long result);

/* "usage: NAME ARGUMENTS" on stderr, then the end with TINY_MISUSED. */
_Noreturn void tiny_usage(const char *arguments);

/* tiny_usage() if there are more than `most` arguments, or options. */
void tiny_check_arguments(
    int argc, char **argv, int most, const char *arguments);

/* ---- tiny-out.c ---- */

/* Starts empty; fd is TINY_OUT or TINY_ERR. */
void tiny_out_init(struct tiny_out *out, int fd);
void tiny_out_char(struct tiny_out *out, char c);
void tiny_out_text(struct tiny_out *out, const char *text);
/* Padded with zeros to `width` digits. */
void tiny_out_number(struct tiny_out *out, uint64_t number, int width);
/* Bytes outside printable ASCII, and the backslash, become \xNN. */
void tiny_out_escaped(struct tiny_out *out, const char *text);
/* Sends what is there, as tiny_write() or tiny_write_error() do. */
void tiny_out_flush(struct tiny_out *out);

/* The value of an environment variable or NULL. [pure] */
const char *tiny_getenv(char **envp, const char *name);

#endif

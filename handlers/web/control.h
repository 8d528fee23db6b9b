/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_HANDLERS_WEB_CONTROL_H
#define SUPERD_HANDLERS_WEB_CONTROL_H

/*
 * Asking superd: a client of its control socket, whose language stands in
 * superctl(8).  One connection, one question at a time.
 */

#include <stdbool.h>
#include <stddef.h>

enum {
	CONTROL_LINE_MAX = 16 * 1024,
	CONTROL_WAIT_MS = 20000, /* for a whole answer */
};

/* All zeros is closed; `why` holds a sentence after a failure. */
struct control {
	const char *path;
	int fd; /* 0: none, since ours begin at 3 */
	size_t len;
	size_t taken;
	char code[16]; /* superd's word for its refusal, or "" */
	char why[512];
	char buf[CONTROL_LINE_MAX + 2];
};

/* Takes one line of an answer, without its LF, NUL-terminated. */
typedef void control_line_fn(const char *line, size_t len, void *arg);

/* Where the socket is: what the option says, or $SUPERD_CONTROL, or the place
 * of `control = auto`. */
void control_init(struct control *c, const char *option);

/* Sends a request (words with tabs between them) and hands on each line of the
 * answer.  Connects if need be, once more if superd has closed an idle
 * connection.  True if superd ends with .ok; else c->why says what is wrong,
 * and c->code whether it was superd that said so.  [blocks] */
bool control_ask(
    struct control *c, const char *request, control_line_fn *take, void *arg);

void control_close(struct control *c);

#endif

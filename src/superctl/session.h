/* SPDX-License-Identifier: ISC */
/* One connection to superd: requests, and the lines of their answers. */
#ifndef SUPERD_SUPERCTL_SESSION_H
#define SUPERD_SUPERCTL_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "superctl/fault.h"
#include "wire/lines.h"

/* A request with its end of line. */
#define SESSION_REQUEST_SIZE 1024

struct ctl;

struct session {
	int fd;
	struct lines lines;
	int64_t silence_ns; /* how long superd may say nothing, 0: for ever */
	uint64_t line_count;
	int unsent; /* errno: superd had closed before it took the request */
	bool cut;   /* the stream has ended in the middle of a line */
	char path[256]; /* of the socket, harmless, for sentences */
	struct fault fault;
};

/*
 * Connects to the socket that c names.  Returns 0, or -1 with s->fault.
 * [blocks]
 */
int session_open(struct session *s, const struct ctl *c);
void session_close(struct session *s);

/*
 * Sends one request; a word that the protocol cannot carry is a fault of
 * usage.  Returns 0 or -1 with s->fault.  A superd that has closed is none
 * yet: it may have said why, which session_next() tells.
 */
int session_ask(struct session *s, const char *const *words, int count);

/*
 * The next line of data, not terminated, valid until the next call.  [blocks]
 * Returns 1; 0 when the answer is whole; -1 with s->fault if superd refused,
 * went away, kept silent or said something that is no answer.
 */
int session_next(struct session *s, const char **ret_line, size_t *ret_length);

/* The same, but the end of the stream is 2. */
int session_next_or_end(
    struct session *s, const char **ret_line, size_t *ret_length);

/*
 * The same without waiting: SESSION_LATER when no line has come.  The end of
 * the stream is a fault.
 */
#define SESSION_LATER 3
int session_poll(struct session *s, const char **ret_line, size_t *ret_length);

/* Fills s->fault for an answer that the end of the stream cut short. */
void session_ended(struct session *s);

/* Fills s->fault for an answer that somebody has waited for too long. */
void session_late(struct session *s);

#endif

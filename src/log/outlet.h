/* SPDX-License-Identifier: ISC */
/*
 * Where lines go: one table of three functions for each kind of sink.  None
 * of them ever waits but for a disk.
 */
#ifndef SUPERD_LOG_OUTLET_H
#define SUPERD_LOG_OUTLET_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "log/line.h"
#include "log/log.h"
#include "log/queue.h"

/* How a write to the descriptor is kept from waiting. */
enum log_outlet_way {
	LOG_OUTLET_WRITE, /* it never waits: a file, or non-blocking */
	LOG_OUTLET_POLL,  /* only what fits after poll() said so */
	LOG_OUTLET_SEND,  /* a socket: MSG_DONTWAIT */
};

struct log_outlet {
	const struct log_outlet_kind *kind;
	enum log_format format;
	const char *path; /* of a file or socket, borrowed */
	int fd;           /* -1 for none */
	enum log_outlet_way way;
	bool journal;       /* stderr is read by the journal */
	bool regular;       /* a file on a disk */
	bool needs_newline; /* behind a torn line of somebody else */
	off_t size_when_torn;
	uint64_t size;       /* of a regular file */
	uint64_t full_bytes; /* drain() stops when it is larger; 0: never */
	uint64_t retry_ns;   /* not to be connected before */
};

enum log_outlet_state {
	LOG_OUTLET_DRAINED, /* all is out */
	LOG_OUTLET_STUCK,   /* try again later */
	LOG_OUTLET_REFUSED, /* the first line can never go out */
	LOG_OUTLET_LOST,    /* nobody is there any more */
	LOG_OUTLET_FULL,    /* the file is to be rotated */
};

struct log_outlet_kind {
	const char *name; /* for messages */
	size_t most;      /* the longest that format() makes */

	/* Opens o->fd as o says.  Returns 0 or -errno. */
	int (*open)(struct log_outlet *o, struct err *e);

	/* Of datagrams: a new socket for the same, or -errno. */
	int (*connect)(const struct log_outlet *o);

	/* Appends one line or datagram to t.  [hot] */
	void (*format)(const struct log_outlet *o, struct text *t,
	    const struct log_line *line);

	/* Writes from q what can be written now. */
	enum log_outlet_state (*drain)(
	    struct log_outlet *o, struct log_queue *q);
};

extern const struct log_outlet_kind log_outlet_stderr;
extern const struct log_outlet_kind log_outlet_file;
extern const struct log_outlet_kind log_outlet_syslog;
extern const struct log_outlet_kind log_outlet_journal;
extern const struct log_outlet_kind log_outlet_udp;

/* Of all that take datagrams. */
enum log_outlet_state log_datagram_drain(
    struct log_outlet *o, struct log_queue *q);

/* Closes o->fd unless it is stderr itself. */
void log_outlet_close(struct log_outlet *o);

#endif

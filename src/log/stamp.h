/* SPDX-License-Identifier: ISC */
/* The time in front of a line: 2026-11-20T08:47:43.123Z. */
#ifndef SUPERD_LOG_STAMP_H
#define SUPERD_LOG_STAMP_H

#include <time.h>

#define LOG_STAMP_SIZE 40

/* All but the milliseconds is kept until the second is over. */
struct log_stamp {
	time_t second;
	size_t whole; /* length up to and with the dot, 0 at first */
	char text[LOG_STAMP_SIZE];
};

/* The text of now, valid until the next call.  [hot] [pure but for s] */
const char *log_stamp_text(struct log_stamp *s, const struct timespec *now);

/* The text of this moment, valid until the next call.  [hot] */
const char *log_stamp_now(void);

#endif

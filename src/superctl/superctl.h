/* SPDX-License-Identifier: ISC */
/*
 * superctl: what people see of a running superd.  It speaks the protocol of
 * superctl(8) and adds what superd need not know: the kernel's figures of a
 * process and of a TCP connection, tables, colours, a live view.
 */
#ifndef SUPERD_SUPERCTL_SUPERCTL_H
#define SUPERD_SUPERCTL_SUPERCTL_H

#include <stdbool.h>
#include <stdint.h>

#include "superctl/screen.h"

/* Exit statuses; superctl(8) explains them, and a test compares. */
enum {
	EXIT_DONE_CODE,
	EXIT_FAILED_CODE,
	EXIT_USAGE_CODE,
	EXIT_CONFIG_CODE,
	EXIT_UNREACHABLE_CODE,
	EXIT_DENIED_CODE,
	EXIT_MISSING_CODE
};

struct command;

/* One run of the program: what the command line says, and where it prints. */
struct ctl {
	const struct command *command; /* NULL while there is none */
	char **words;                  /* its arguments, borrowed */
	int word_count;
	const char *socket; /* -s, NULL: look for it */
	int64_t timeout_ns; /* how long superd may be silent, 0: not said */
	bool json;
	bool full;           /* list: details of however many */
	const char *service; /* events */
	const char *level;   /* events */
	int64_t delay_ns;    /* top */
	uint64_t count;      /* top, 0: no end */
	struct screen screen;
};

#endif

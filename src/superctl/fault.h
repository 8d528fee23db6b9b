/* SPDX-License-Identifier: ISC */
/* Why a command failed: for the person, for programs, for the shell. */
#ifndef SUPERD_SUPERCTL_FAULT_H
#define SUPERD_SUPERCTL_FAULT_H

#define FAULT_TEXT_SIZE 1024

struct ctl;

struct fault {
	int exit;         /* EXIT_..._CODE */
	const char *code; /* one word, static */
	char text[FAULT_TEXT_SIZE];
};

/* Fills f; the sentence says where, what, and what to do. */
void fault_set(struct fault *f, int exit, const char *code, const char *format,
    ...) __attribute__((format(printf, 4, 5)));

/*
 * Says it: on stderr and, with --json, as an object on stdout.  Returns the
 * exit status.
 */
int fault_say(const struct ctl *c, const struct fault *f);

#endif

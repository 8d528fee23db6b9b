/* SPDX-License-Identifier: ISC */
/*
 * An error as a value: a code for the program and one sentence for the
 * person.  Fixed size, never allocates, so it can tell of lack of memory.
 *
 * The sentence is lower case, has no full stop, quotes 'values' and ends with
 * its cause.  Who makes an error returns it; who can act on it says it; no
 * one does both.
 */
#ifndef SUPERD_BASE_ERR_H
#define SUPERD_BASE_ERR_H

#define ERR_TEXT_SIZE 512

struct err {
	int code;          /* an errno value, 0 while nothing failed */
	unsigned int line; /* of the configuration, 0 for none */
	const char *file;  /* borrowed, NULL for none */
	char text[ERR_TEXT_SIZE];
};

/*
 * Each of these fills e (which may be NULL: then nobody wants the words) and
 * returns -code, so that a function can fail with `return err_set(...)`.
 * A sentence that does not fit ends in "...".
 */
int err_set(struct err *e, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set(), then ": " and the system's words for code. */
int err_system(struct err *e, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "context: " in front of what e already says. */
int err_wrap(struct err *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Out of memory: the one error whose words never vary. */
int err_memory(struct err *e);

/*
 * Writes "file:line: text", or what there is of it, into buffer.
 * Returns buffer.
 */
const char *err_format(const struct err *e, char *buffer, unsigned long size);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Writes `key = value` so that reading it gives the same value: words are
 * quoted where needed, and long values continue on indented lines.
 */
#ifndef SUPERD_CONF_WRITER_H
#define SUPERD_CONF_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct conf_writer {
	FILE *file;
	const char *key;       /* to be written in front of the first word */
	const char *separator; /* behind each word but the last */
	size_t column;         /* 0: the key is not yet written */
	bool fresh;            /* nothing stands in this line yet */
};

/* Starts a key; words are separated by blanks, or by separator and those. */
void conf_writer_key(
    struct conf_writer *w, const char *key, const char *separator);

/* One word.  A key without any is not written at all. */
void conf_writer_word(struct conf_writer *w, const char *word);

void conf_writer_end(struct conf_writer *w);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Text in, rows out: libinih reads the lines, and this reader, which hands
 * them to it one by one, knows their numbers and finds what libinih would
 * spoil without a word.
 */
#ifndef SUPERD_CONF_READER_H
#define SUPERD_CONF_READER_H

#include "conf/report.h"
#include "conf/rows.h"

struct conf_text {
	const char *name;      /* for messages; outlives the rows */
	const char *directory; /* relative paths start there; outlives too */
	const char *bytes;
	size_t length;
};

/*
 * Adds the rows of text; mistakes go to findings.  Sections may repeat: who
 * knows all files judges that.  Returns 0 (mistakes or not) or -ENOMEM.
 */
int conf_reader_read(const struct conf_text *text, struct conf_rows *rows,
    struct conf_findings *findings);

/* What a section's name makes it.  [pure] */
enum conf_section_kind conf_reader_section_kind(const char *name);

#endif

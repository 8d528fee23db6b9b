/* SPDX-License-Identifier: ISC */
/*
 * Where the findings gather while a configuration is read and checked: all
 * are counted, the first CONF_FINDINGS_MAX in reading order are kept, and
 * mistakes push warnings out.  Saying the same of the same place again is
 * not a new finding.
 */
#ifndef SUPERD_CONF_REPORT_H
#define SUPERD_CONF_REPORT_H

#include "conf/conf.h"

struct conf_findings {
	struct conf_noted *kept;
	size_t count;
	size_t mistakes, warnings;
	const char **files; /* in reading order, borrowed */
	size_t file_count, file_room;
};

/* Returns 0 or -ENOMEM. */
int conf_findings_init(struct conf_findings *f);
void conf_findings_done(struct conf_findings *f);

/* From now on, places in file come behind those of all earlier files. */
int conf_findings_add_file(struct conf_findings *f, const char *file);

/* place->file is one of the files added, or sorts behind them all. */
void conf_mistake(struct conf_findings *f, const struct conf_place *place,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
void conf_warning(struct conf_findings *f, const struct conf_place *place,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * Sorts, and hands out what conf_report_free() frees; f keeps nothing.
 * Returns 0, or -ENOMEM: then file names are missing.
 */
int conf_findings_finish(
    struct conf_findings *f, struct conf_report *ret_report);

/* Room for a quoted value in a sentence. */
#define CONF_QUOTED_SIZE 100

/* The value as it may be shown to a person: cut, escaped.  Returns buffer. */
const char *conf_quoted(const char *value, char buffer[CONF_QUOTED_SIZE]);

#endif

/* SPDX-License-Identifier: ISC */
/* All the files of a configuration, in reading order, as rows. */
#ifndef SUPERD_CONF_INCLUDE_H
#define SUPERD_CONF_INCLUDE_H

#include "conf/report.h"
#include "conf/rows.h"

#define CONF_INCLUDE_DEPTH 16
#define CONF_INCLUDE_FILES 4096

/*
 * Reads source->path and what it includes: a file's own text first, then its
 * includes in order.  File names live in arena.  Returns 0 (mistakes or not)
 * or -ENOMEM.
 */
int conf_include_all(const struct conf_source *source, struct arena *arena,
    struct conf_rows *rows, struct conf_findings *findings);

#endif

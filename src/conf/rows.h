/* SPDX-License-Identifier: ISC */
/*
 * Rows: what the files say, in their order, not yet understood.  Rows of a
 * section stand together.
 */
#ifndef SUPERD_CONF_ROWS_H
#define SUPERD_CONF_ROWS_H

#include "conf/conf.h"

struct conf_row {
	const char *key;
	const char *value; /* continuation lines joined */
	struct conf_place place;
	bool indented;
	bool spoiled; /* its line has a mistake: do not look at it */
};

enum conf_section_kind {
	CONF_SECTION_DAEMON,
	CONF_SECTION_DEFAULTS,
	CONF_SECTION_PORTS,
	CONF_SECTION_SERVICE,
};

struct conf_section {
	const char *name;
	enum conf_section_kind kind;
	struct conf_place place;
	const char *directory; /* of its file: relative paths start there */
	size_t first_row, row_count;
};

struct conf_rows {
	struct arena *arena; /* of the texts, its own */
	struct conf_section *sections;
	size_t section_count, section_room;
	struct conf_row *rows;
	size_t row_count, row_room;
};

/* Returns 0 or -ENOMEM. */
int conf_rows_init(struct conf_rows *rows);
void conf_rows_done(struct conf_rows *rows);

/* Both copy the struct, not the texts.  Return 0 or -ENOMEM. */
int conf_rows_add_section(
    struct conf_rows *rows, const struct conf_section *section);
int conf_rows_add(struct conf_rows *rows, const struct conf_row *row);

#endif

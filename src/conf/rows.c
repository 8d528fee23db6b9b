/* SPDX-License-Identifier: ISC */
/* Two arrays that grow. */
#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "conf/rows.h"

int
conf_rows_init(struct conf_rows *rows)
{
	*rows = (struct conf_rows) { .arena = arena_new() };
	return rows->arena == NULL ? -ENOMEM : 0;
}

void
conf_rows_done(struct conf_rows *rows)
{
	arena_free(rows->arena);
	free(rows->sections);
	free(rows->rows);
	*rows = (struct conf_rows) { 0 };
}

static int
make_room(void **array, size_t *room, size_t count, size_t size)
{
	size_t more = *room + *room / 2 + 64;
	void *wider;

	if (count < *room)
		return 0;
	wider = reallocarray(*array, more, size);
	if (wider == NULL)
		return -ENOMEM;
	*array = wider;
	*room = more;
	return 0;
}

int
conf_rows_add_section(
    struct conf_rows *rows, const struct conf_section *section)
{
	void *sections = rows->sections;
	int error = make_room(&sections, &rows->section_room,
	    rows->section_count, sizeof(*section));

	rows->sections = sections;
	if (error < 0)
		return error;
	rows->sections[rows->section_count] = *section;
	rows->sections[rows->section_count].first_row = rows->row_count;
	rows->sections[rows->section_count].row_count = 0;
	rows->section_count++;
	return 0;
}

int
conf_rows_add(struct conf_rows *rows, const struct conf_row *row)
{
	void *array = rows->rows;
	int error =
	    make_room(&array, &rows->row_room, rows->row_count, sizeof(*row));

	rows->rows = array;
	if (error < 0)
		return error;
	rows->rows[rows->row_count++] = *row;
	rows->sections[rows->section_count - 1].row_count++;
	return 0;
}

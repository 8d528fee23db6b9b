/* SPDX-License-Identifier: ISC */
/* Which sections there may be: their names, and how often. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "conf/build.h"

static bool
is_service_name(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";

	return name[0] != '\0' && name[strspn(name, letters)] == '\0' &&
	    strlen(name) <= CONF_SERVICE_NAME_MAX;
}

/* [ git ], [git "x"], [service:git] and what else people try. */
static void
complain_of_name(struct conf_build *b, const struct conf_section *section)
{
	char quoted[CONF_QUOTED_SIZE];

	conf_mistake(b->findings, &section->place,
	    "section '%s': the name of a section is superd, defaults, ports "
	    "or that of a service: 1 to %d letters, digits, '.', '_' or '-'",
	    conf_quoted(section->name, quoted), CONF_SERVICE_NAME_MAX);
}

/* Where the section stood before; NULL if it did not, and now it is known. */
static int
find_before(struct conf_build *b, const struct conf_section *section,
    const struct conf_place **ret_before)
{
	bool once_a_file = section->kind == CONF_SECTION_DAEMON ||
	    section->kind == CONF_SECTION_PORTS;
	char *key = arena_printf(b->rows.arena, "[%s]%s", section->name,
	    once_a_file ? section->place.file : "");
	struct conf_place *place;

	if (key == NULL)
		return -ENOMEM;
	*ret_before = conf_index_find(&b->names, key, strlen(key));
	if (*ret_before != NULL)
		return 0;
	place = conf_build_keep_place(b, &section->place);
	if (place == NULL)
		return -ENOMEM;
	return conf_index_add(&b->names, key, strlen(key), place);
}

/* A section that may not be has no rows and makes no service. */
static void
empty(struct conf_section *section)
{
	section->name = NULL;
	section->row_count = 0;
}

static int
check_section(struct conf_build *b, struct conf_section *section)
{
	const struct conf_place *before;
	char quoted[CONF_QUOTED_SIZE];
	int error;

	if (section->kind == CONF_SECTION_SERVICE &&
	    !is_service_name(section->name)) {
		complain_of_name(b, section);
		empty(section);
		return 0;
	}
	error = find_before(b, section, &before);
	if (error < 0 || before == NULL)
		return error;
	conf_mistake(b->findings, &section->place,
	    "section '%s' stands already at %s:%u",
	    conf_quoted(section->name, quoted), before->file, before->line);
	empty(section);
	return 0;
}

int
conf_build_sections(struct conf_build *b)
{
	int error = 0;

	for (size_t i = 0; i < b->rows.section_count && error == 0; i++)
		error = check_section(b, &b->rows.sections[i]);
	return error;
}

/* SPDX-License-Identifier: ISC */
/* One row, one field; and what is wrong with a row that has none. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/build.h"
#include "conf/schema_guess.h"

int
conf_build_value(struct conf_build *b, const struct conf_section *section,
    const struct conf_row *row, const struct conf_key *key, void *base)
{
	const struct conf_context context = {
		.arena = b->conf->arena,
		.ids = &b->ids,
		.lists = &b->lists,
		.directory = section->directory,
		.key = key,
	};
	char quoted[CONF_QUOTED_SIZE];
	struct err e;
	int error = conf_schema_read(&context, row->value, base, &e);

	if (error == -ENOMEM)
		return error;
	if (error < 0)
		conf_mistake(b->findings, &row->place, "section '%s': %s",
		    conf_quoted(section->name, quoted), e.text);
	return 0;
}

/* Behind the name of an unknown key: where it belongs, what was meant. */
static void
put_advice(const struct conf_section *section, const struct conf_row *row,
    struct text *t)
{
	bool daemon = section->kind == CONF_SECTION_DAEMON;
	const char *guess = conf_schema_guess(daemon, row->key);

	if (conf_schema_find(!daemon, row->key) != NULL)
		text_printf(t, ": it belongs in %s",
		    daemon ? "the section of a service, or in [defaults]"
			   : "[superd]");
	else if (guess != NULL)
		text_printf(t, ": did you mean '%s'?", guess);
	if (row->indented)
		text_string(t,
		    " (if it is to continue the value above, put "
		    "it in quotes)");
}

static void
complain_unknown(struct conf_build *b, const struct conf_section *section,
    const struct conf_row *row)
{
	char name[CONF_QUOTED_SIZE], key[CONF_QUOTED_SIZE], advice[256];
	struct text t;

	text_init(&t, advice, sizeof(advice));
	put_advice(section, row, &t);
	conf_mistake(b->findings, &row->place,
	    "section '%s': unknown key '%s'%s",
	    conf_quoted(section->name, name), conf_quoted(row->key, key),
	    advice);
}

static void
complain_twice(struct conf_build *b, const struct conf_section *section,
    const struct conf_row *row, const struct conf_place *first)
{
	char name[CONF_QUOTED_SIZE];

	conf_mistake(b->findings, &row->place,
	    "section '%s': %s is set already, at %s:%u%s",
	    conf_quoted(section->name, name), row->key, first->file,
	    first->line,
	    strcmp(row->key, "listen") == 0
		? ": put all addresses into one, with commas"
		: "");
}

/* Files may each have their own `include`; whatever else is said once. */
static bool
may_repeat(const struct conf_row *row, const struct conf_place *first)
{
	return strcmp(row->key, "include") == 0 && first->file != NULL &&
	    first->file != row->place.file;
}

static void
note_places(const struct conf_row *row, struct conf_service *s)
{
	if (strcmp(row->key, "listen") == 0)
		s->listen_place = row->place;
	else if (strcmp(row->key, "handler") == 0)
		s->handler_place = row->place;
}

/* base is where the row's value goes; NULL to check it only. */
static int
take_row(struct conf_build *b, const struct conf_section *section,
    const struct conf_row *row, struct conf_place *places, void *base)
{
	bool daemon = section->kind == CONF_SECTION_DAEMON;
	const struct conf_key *key = conf_schema_find(daemon, row->key);
	struct conf_place *place;
	size_t number;

	if (key == NULL) {
		if (!row->spoiled)
			complain_unknown(b, section, row);
		return 0;
	}
	number =
	    (size_t)(key - (daemon ? conf_daemon_keys : conf_service_keys));
	place = &places[number];
	if (place->file != NULL && !may_repeat(row, place)) {
		complain_twice(b, section, row, place);
		return 0;
	}
	*place = row->place;
	if (section->kind == CONF_SECTION_DEFAULTS &&
	    key->scope == CONF_SCOPE_OWN) {
		conf_mistake(b->findings, &row->place,
		    "section 'defaults': "
		    "%s belongs in the section of a service",
		    key->name);
		return 0;
	}
	if (section->kind == CONF_SECTION_SERVICE)
		note_places(row, base);
	if (row->spoiled)
		return 0;
	if (!daemon && b->forced[number])
		base = &b->ignored;
	return conf_build_value(b, section, row, key, base);
}

int
conf_build_rows(struct conf_build *b, const struct conf_section *section,
    void *base, struct conf_place *places)
{
	int error = 0;

	for (size_t i = 0; i < section->row_count && error == 0; i++)
		error = take_row(b, section,
		    &b->rows.rows[section->first_row + i], places, base);
	return error;
}

enum conf_set_by
conf_build_set_by(const struct conf_build *b, size_t service, const char *key,
    struct conf_place *ret_place)
{
	const struct conf_origin *origin = &b->origins[service];
	const struct conf_key *k = conf_schema_find(false, key);
	size_t number = (size_t)(k - conf_service_keys);

	*ret_place = b->conf->services[service].place;
	if (b->forced[number]) {
		ret_place->file = "command line";
		ret_place->line = 0;
		return CONF_SET_BY_COMMAND;
	}
	for (size_t i = 0; !origin->from_port && i < origin->row_count; i++) {
		const struct conf_row *row =
		    &b->rows.rows[origin->first_row + i];

		if (strcmp(row->key, key) == 0) {
			*ret_place = row->place;
			return CONF_SET_BY_SERVICE;
		}
	}
	if (b->default_places[number].file == NULL)
		return CONF_SET_BY_NOBODY;
	*ret_place = b->default_places[number];
	return CONF_SET_BY_DEFAULTS;
}

const char *
conf_build_where(const struct conf_build *b, size_t service,
    enum conf_set_by by, char buffer[CONF_QUOTED_SIZE])
{
	struct text t;

	text_init(&t, buffer, CONF_QUOTED_SIZE);
	if (by == CONF_SET_BY_DEFAULTS)
		text_string(&t, "section 'defaults'");
	else if (by == CONF_SET_BY_COMMAND)
		text_string(&t, "--set");
	else if (b->origins[service].from_port)
		text_string(&t, "section 'ports'");
	else if (b->origins[service].from_command)
		text_printf(
		    &t, "service '%s'", b->conf->services[service].name);
	else
		text_printf(
		    &t, "section '%s'", b->conf->services[service].name);
	return buffer;
}

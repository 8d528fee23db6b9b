/* SPDX-License-Identifier: ISC */
/* The order of things: daemon, defaults, what overrides them, services. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "conf/build.h"
#include "conf/include.h"
#include "conf/path.h"

int
conf_build_init(struct conf_build *b, const struct conf_source *source,
    struct conf *conf, struct conf_findings *findings)
{
	*b = (struct conf_build) {
		.source = source,
		.conf = conf,
		.findings = findings,
	};
	b->lists.findings = findings;
	b->lists.as_root = source->as_root;
	b->directory = conf_path_directory(conf->arena, "x");
	if (b->directory == NULL || conf_rows_init(&b->rows) < 0 ||
	    conf_ids_init(&b->ids, conf->arena) < 0 ||
	    conf_lists_init(&b->lists, conf->arena) < 0 ||
	    conf_index_init(&b->names) < 0)
		return -ENOMEM;
	return 0;
}

void
conf_build_done(struct conf_build *b)
{
	conf_rows_done(&b->rows);
	conf_ids_done(&b->ids);
	conf_lists_done(&b->lists);
	conf_index_done(&b->names);
	free(b->origins);
	b->origins = NULL;
}

struct conf_place *
conf_build_keep_place(struct conf_build *b, const struct conf_place *place)
{
	struct conf_place *kept = arena_alloc(b->rows.arena, sizeof(*kept));

	if (kept != NULL)
		*kept = *place;
	return kept;
}

/* Room for all services at once: nothing moves later. */
static int
make_room(struct conf_build *b)
{
	b->room = b->source->argv != NULL ? 1 : 0;
	for (size_t i = 0; i < b->rows.section_count; i++) {
		const struct conf_section *s = &b->rows.sections[i];

		if (s->kind == CONF_SECTION_SERVICE)
			b->room++;
		else if (s->kind == CONF_SECTION_PORTS)
			b->room += s->row_count;
	}
	b->conf->services =
	    arena_array(b->conf->arena, b->room, sizeof(*b->conf->services));
	b->origins = calloc(b->room + 1, sizeof(*b->origins));
	return b->conf->services == NULL || b->origins == NULL ? -ENOMEM : 0;
}

struct conf_service *
conf_build_add_service(struct conf_build *b, const struct conf_origin *origin)
{
	size_t i = b->conf->service_count++;

	b->origins[i] = *origin;
	b->conf->services[i] = b->defaults;
	return &b->conf->services[i];
}

static int
build_service(struct conf_build *b, const struct conf_section *section)
{
	struct conf_place places[CONF_SERVICE_KEYS_MAX] = { 0 };
	const struct conf_origin origin = {
		.first_row = section->first_row,
		.row_count = section->row_count,
		.directory = section->directory,
	};
	struct conf_service *s = conf_build_add_service(b, &origin);

	s->name = arena_string(b->conf->arena, section->name);
	if (s->name == NULL)
		return -ENOMEM;
	s->place = s->listen_place = s->handler_place = section->place;
	return conf_build_rows(b, section, s, places);
}

static int
build_section(struct conf_build *b, const struct conf_section *section)
{
	switch (section->kind) {
	case CONF_SECTION_PORTS:
		return conf_build_ports(b, section);
	case CONF_SECTION_SERVICE:
		return section->name == NULL ? 0 : build_service(b, section);
	default:
		return 0;
	}
}

/* The sections of one kind into base. */
static int
build_kind(struct conf_build *b, enum conf_section_kind kind, void *base,
    struct conf_place *places)
{
	int error = 0;

	for (size_t i = 0; i < b->rows.section_count && error == 0; i++) {
		if (b->rows.sections[i].kind == kind)
			error = conf_build_rows(
			    b, &b->rows.sections[i], base, places);
	}
	return error;
}

static int
set_defaults(struct conf_build *b)
{
	const struct conf_context context = {
		.arena = b->conf->arena,
		.ids = &b->ids,
		.lists = &b->lists,
		.directory = b->directory,
	};
	struct conf_place place = { .file = "built-in defaults" };
	struct err e;
	int error =
	    conf_schema_defaults(&context, &b->conf->daemon, &b->defaults, &e);

	if (error < 0 && error != -ENOMEM)
		conf_mistake(b->findings, &place, "%s", e.text);
	return error == -ENOMEM ? error : 0;
}

static void
check_any_service(struct conf_build *b)
{
	struct conf_place place = { .file = b->source->path };

	if (b->conf->service_count > 0 || b->findings->mistakes > 0)
		return;
	conf_mistake(b->findings, &place,
	    "no service in it: say PORT = HANDLER "
	    "in a section [ports], or listen and handler in a section named "
	    "as the service");
}

int
conf_build_run(struct conf_build *b)
{
	struct conf_daemon *daemon = &b->conf->daemon;
	int error = 0;

	if (b->source->path != NULL)
		error = conf_include_all(
		    b->source, b->conf->arena, &b->rows, b->findings);
	if (error == 0)
		error = conf_build_sections(b);
	if (error == 0)
		error = make_room(b);
	if (error == 0)
		error = set_defaults(b);
	if (error == 0)
		error = build_kind(
		    b, CONF_SECTION_DAEMON, daemon, b->daemon_places);
	if (error == 0)
		error = build_kind(
		    b, CONF_SECTION_DEFAULTS, &b->defaults, b->default_places);
	if (error == 0)
		error = conf_build_sets(b);
	for (size_t i = 0; i < b->rows.section_count && error == 0; i++)
		error = build_section(b, &b->rows.sections[i]);
	if (error == 0)
		error = conf_build_command(b);
	if (error == 0)
		error = conf_build_port_names(b);
	if (error == 0)
		check_any_service(b);
	return error;
}

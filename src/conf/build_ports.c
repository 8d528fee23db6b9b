/* SPDX-License-Identifier: ISC */
/* [ports]: a line, a service.  Its name is the handler's. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "conf/build.h"
#include "conf/reader.h"

#define BASE_NAME_MAX 40

char *
conf_build_base_name(struct conf_build *b, const char *handler)
{
	const char *slash = strrchr(handler, '/');
	const char *base = slash == NULL ? handler : slash + 1;
	char *name;

	if (base[0] == '\0')
		base = "service";
	name =
	    arena_string_n(b->conf->arena, base, strnlen(base, BASE_NAME_MAX));
	for (char *p = name; p != NULL && *p != '\0'; p++) {
		char lower = (char)(*p | ' ');

		if ((lower < 'a' || lower > 'z') && (*p < '0' || *p > '9') &&
		    *p != '.' && *p != '_' && *p != '-')
			*p = '_';
	}
	return name;
}

/* 10.0.0.1:80 = x arrives here as 10.0.0.1 and "80 = x". */
static bool
is_port_like(const char *key)
{
	return key[strspn(key,
		   "abcdefghijklmnopqrstuvwxyz"
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		   "0123456789-_+")] == '\0';
}

/* The key as a value of listen; none if it is no port, which is told. */
static int
read_port(struct conf_build *b, const struct conf_section *section,
    const struct conf_row *row, struct conf_listens *ret_listen)
{
	const struct conf_context context = {
		.arena = b->conf->arena,
		.ids = &b->ids,
		.lists = &b->lists,
		.directory = section->directory,
		.key = conf_schema_find(false, "listen"),
	};
	char quoted[CONF_QUOTED_SIZE];
	struct err e;
	int error;

	if (!is_port_like(row->key)) {
		conf_mistake(b->findings, &row->place,
		    "section 'ports': '%s' "
		    "is no port: a number or a name of /etc/services is wanted "
		    "here; ADDRESS:PORT goes with 'listen' in a section of its "
		    "own",
		    conf_quoted(row->key, quoted));
		return 0;
	}
	error = context.key->type->parse(&context, row->key, ret_listen, &e);
	if (error < 0 && error != -ENOMEM)
		conf_mistake(
		    b->findings, &row->place, "section 'ports': %s", e.text);
	return error == -ENOMEM ? error : 0;
}

static int
take_handler(struct conf_build *b, const struct conf_section *section,
    const struct conf_row *row, struct conf_service *s)
{
	char quoted[CONF_QUOTED_SIZE];

	if (row->value[0] != '\0')
		return conf_build_value(
		    b, section, row, conf_schema_find(false, "handler"), s);
	conf_mistake(b->findings, &row->place,
	    "section 'ports': no handler "
	    "for port '%s': PORT = HANDLER is wanted",
	    conf_quoted(row->key, quoted));
	return 0;
}

/* Was the port named in a [ports] before? */
static int
find_before(struct conf_build *b, const struct conf_row *row,
    const struct conf_place **ret_before)
{
	char *key = arena_printf(b->rows.arena, "=%s", row->key);
	struct conf_place *place;

	if (key == NULL)
		return -ENOMEM;
	*ret_before = conf_index_find(&b->names, key, strlen(key));
	if (*ret_before != NULL)
		return 0;
	place = conf_build_keep_place(b, &row->place);
	if (place == NULL)
		return -ENOMEM;
	return conf_index_add(&b->names, key, strlen(key), place);
}

static int
take_line(struct conf_build *b, const struct conf_section *section, size_t i)
{
	const struct conf_row *row = &b->rows.rows[i];
	const struct conf_origin origin = {
		.first_row = i,
		.row_count = 1,
		.directory = section->directory,
		.from_port = true,
	};
	const struct conf_place *before;
	struct conf_listens listen = { 0 };
	struct conf_service *s = &b->ignored;
	char quoted[CONF_QUOTED_SIZE];
	int error = find_before(b, row, &before);

	if (error < 0 || row->spoiled)
		return error;
	if (before != NULL) {
		conf_mistake(b->findings, &row->place,
		    "section 'ports': %s is set already, at %s:%u",
		    conf_quoted(row->key, quoted), before->file, before->line);
		return 0;
	}
	error = read_port(b, section, row, &listen);
	if (error < 0)
		return error;
	if (listen.count > 0) {
		s = conf_build_add_service(b, &origin);
		s->listen = listen;
		s->place = s->listen_place = s->handler_place = row->place;
	}
	return take_handler(b, section, row, s);
}

int
conf_build_ports(struct conf_build *b, const struct conf_section *section)
{
	int error = 0;

	for (size_t i = 0; i < section->row_count && error == 0; i++)
		error = take_line(b, section, section->first_row + i);
	return error;
}

/* Names that are not free: those of sections, and of more than one line. */
static int
count_name(struct conf_build *b, const char *name)
{
	char *key = arena_printf(b->rows.arena, "~%s", name);
	size_t *count;

	if (key == NULL)
		return -ENOMEM;
	count = conf_index_find(&b->names, key, strlen(key));
	if (count == NULL) {
		count = arena_alloc(b->rows.arena, sizeof(*count));
		if (count == NULL ||
		    conf_index_add(&b->names, key, strlen(key), count) < 0)
			return -ENOMEM;
	}
	++*count;
	return 0;
}

static bool
is_unique(const struct conf_build *b, const char *name)
{
	char key[BASE_NAME_MAX + 4] = "~";
	const size_t *count;

	strcat(key, name);
	count = conf_index_find(&b->names, key, strlen(key));
	return *count == 1 &&
	    conf_reader_section_kind(name) == CONF_SECTION_SERVICE;
}

/* NULL: the name is free, and now taken. */
static int
take_name(struct conf_build *b, const struct conf_service *s)
{
	char *key = arena_printf(b->rows.arena, "[%s]", s->name);
	const struct conf_place *before;
	struct conf_place *place;

	if (key == NULL)
		return -ENOMEM;
	before = conf_index_find(&b->names, key, strlen(key));
	if (before != NULL) {
		conf_mistake(b->findings, &s->place,
		    "two services are called "
		    "'%s': the other is at %s:%u",
		    s->name, before->file, before->line);
		return 0;
	}
	place = conf_build_keep_place(b, &s->place);
	if (place == NULL)
		return -ENOMEM;
	return conf_index_add(&b->names, key, strlen(key), place);
}

static int
name_one(struct conf_build *b, struct conf_service *s, const char *port)
{
	char *key;

	if (is_unique(b, s->name)) {
		key = arena_printf(b->rows.arena, "[%s]", s->name);
		if (key == NULL)
			return -ENOMEM;
		if (conf_index_find(&b->names, key, strlen(key)) == NULL)
			return take_name(b, s);
	}
	s->name = arena_printf(b->conf->arena, "%s-%.7s", s->name, port);
	return s->name == NULL ? -ENOMEM : take_name(b, s);
}

int
conf_build_port_names(struct conf_build *b)
{
	struct conf_service *s = b->conf->services;
	int error = 0;

	for (size_t i = 0; i < b->conf->service_count && error == 0; i++) {
		if (s[i].name != NULL)
			continue;
		s[i].name = conf_build_base_name(
		    b, s[i].handler.count == 0 ? "" : s[i].handler.word[0]);
		error = s[i].name == NULL ? -ENOMEM : count_name(b, s[i].name);
	}
	for (size_t i = 0; i < b->conf->service_count && error == 0; i++) {
		const struct conf_origin *origin = &b->origins[i];

		if (origin->from_port)
			error = name_one(
			    b, &s[i], b->rows.rows[origin->first_row].key);
		else if (origin->from_command)
			error = take_name(b, &s[i]);
	}
	return error;
}

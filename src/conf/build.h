/* SPDX-License-Identifier: ISC */
/*
 * Rows into typed services, and where each value came from, which the checks
 * need for their messages.
 */
#ifndef SUPERD_CONF_BUILD_H
#define SUPERD_CONF_BUILD_H

#include "conf/ids.h"
#include "conf/index.h"
#include "conf/lists.h"
#include "conf/report.h"
#include "conf/rows.h"
#include "conf/schema.h"

#define CONF_SERVICE_NAME_MAX 48

/* Where a service was made of: its rows, its section. */
struct conf_origin {
	size_t first_row, row_count;
	const char *directory; /* its relative paths start there */
	bool from_port;        /* a line of [ports] */
	bool from_command;     /* -l */
};

struct conf_build {
	const struct conf_source *source;
	struct conf *conf; /* being filled */
	struct conf_findings *findings;
	struct conf_rows rows;
	struct conf_ids ids;
	struct conf_lists lists;
	struct conf_index names; /* of sections and services: places */
	const char *directory;   /* the current one */

	/* Who set a key, by its number in the schema; file NULL: nobody. */
	struct conf_place daemon_places[CONF_SERVICE_KEYS_MAX];
	struct conf_place default_places[CONF_SERVICE_KEYS_MAX];
	bool forced[CONF_SERVICE_KEYS_MAX]; /* by --set */

	struct conf_service defaults;
	struct conf_service ignored; /* takes values that --set overrides */
	struct conf_origin *origins; /* one a service */
	size_t room;                 /* for services and origins */
};

/* Both return 0 (mistakes or not) or -ENOMEM; done accepts all zero. */
int conf_build_init(struct conf_build *b, const struct conf_source *source,
    struct conf *conf, struct conf_findings *findings);
int conf_build_run(struct conf_build *b);
void conf_build_done(struct conf_build *b);

/* Where a key's value comes from. */
enum conf_set_by {
	CONF_SET_BY_NOBODY, /* the built-in default */
	CONF_SET_BY_DEFAULTS,
	CONF_SET_BY_COMMAND, /* --set */
	CONF_SET_BY_SERVICE,
};

/*
 * Of the service with this number: who set the key, and where; the place of
 * the service itself if nobody did.
 */
enum conf_set_by conf_build_set_by(const struct conf_build *b, size_t service,
    const char *key, struct conf_place *ret_place);

/*
 * What messages about that key's value begin with: "section 'x'", where it
 * stands.  Returns buffer.
 */
const char *conf_build_where(const struct conf_build *b, size_t service,
    enum conf_set_by by, char buffer[CONF_QUOTED_SIZE]);

/* The rest is shared by the build_*.c only. */

/* A service that starts as the defaults; NULL when there is no memory. */
struct conf_service *conf_build_add_service(
    struct conf_build *b, const struct conf_origin *origin);

/* The rows of a [superd], [defaults] or service section into base. */
int conf_build_rows(struct conf_build *b, const struct conf_section *section,
    void *base, struct conf_place *places);

/* One value into base, mistakes told.  -ENOMEM, or 0. */
int conf_build_value(struct conf_build *b, const struct conf_section *section,
    const struct conf_row *row, const struct conf_key *key, void *base);

/* Names and repetitions of all sections; those that may not be are
 * emptied. */
int conf_build_sections(struct conf_build *b);

int conf_build_ports(struct conf_build *b, const struct conf_section *section);

/* Once all services are there: those of [ports] get their names. */
int conf_build_port_names(struct conf_build *b);

/* --set into daemon and defaults; -l as a service. */
int conf_build_sets(struct conf_build *b);
int conf_build_command(struct conf_build *b);

/* A service's name out of its handler's; "service" if nothing is left. */
char *conf_build_base_name(struct conf_build *b, const char *handler);

/* Copies place; NULL when there is no memory. */
struct conf_place *conf_build_keep_place(
    struct conf_build *b, const struct conf_place *place);

#endif

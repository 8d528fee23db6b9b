/* SPDX-License-Identifier: ISC */
/*
 * One row a key.  The rows drive parsing, defaults, --dump, --keys and the
 * check of the man page.
 */
#ifndef SUPERD_CONF_SCHEMA_H
#define SUPERD_CONF_SCHEMA_H

#include <stdio.h>

#include "conf/conf.h"
#include "conf/value.h"

enum conf_scope {
	CONF_SCOPE_DAEMON,  /* [superd] */
	CONF_SCOPE_SERVICE, /* a service and [defaults] */
	CONF_SCOPE_OWN,     /* a service only */
};

/* On which listening sockets the key works. */
enum conf_sockets {
	CONF_ON_ALL,
	CONF_ON_IP,
	CONF_ON_UNIX
};

struct conf_key {
	const char *name;
	const struct conf_type *type;
	enum conf_scope scope;
	enum conf_sockets sockets;
	size_t offset;              /* in conf_daemon or conf_service */
	const char *fallback;       /* as text; NULL: not set */
	uint64_t min, max;          /* as the type understands them */
	const char *const *choices; /* of an enum, NULL at the end */
	const char *description;    /* one line */
};

extern const struct conf_key conf_daemon_keys[];
extern const size_t conf_daemon_key_count;
extern const struct conf_key conf_service_keys[];
extern const size_t conf_service_key_count;

#define CONF_SERVICE_KEYS_MAX 96

/* The key of that name in [superd] or in a service; NULL for none.  [pure] */
const struct conf_key *conf_schema_find(bool daemon, const char *name);

/*
 * Reads text into the key's field of base (a conf_daemon or conf_service).
 * An error begins with the key's name.
 */
int conf_schema_read(const struct conf_context *context, const char *text,
    void *base, struct err *e);

/* Sets all fields of the keys from their default texts. */
int conf_schema_defaults(const struct conf_context *context,
    struct conf_daemon *ret_daemon, struct conf_service *ret_service,
    struct err *e);

/*
 * The table of all keys, one a line: scope, name, type, default, range and
 * description, with tabs between them and "-" for none.
 */
void conf_print_keys(FILE *file);

#endif

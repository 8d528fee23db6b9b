/* SPDX-License-Identifier: ISC */
/* What is done with the rows; the rows are in schema_keys.c. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "conf/schema.h"

const struct conf_key *
conf_schema_find(bool daemon, const char *name)
{
	const struct conf_key *keys =
	    daemon ? conf_daemon_keys : conf_service_keys;
	size_t count = daemon ? conf_daemon_key_count : conf_service_key_count;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

int
conf_schema_read(const struct conf_context *context, const char *text,
    void *base, struct err *e)
{
	const struct conf_key *key = context->key;
	int error;

	if (text[0] == '\0')
		return err_set(e, EINVAL,
		    "%s has no value: remove the line to "
		    "leave it at its default",
		    key->name);
	error = key->type->parse(context, text, (char *)base + key->offset, e);
	return error < 0 ? err_wrap(e, "%s", key->name) : 0;
}

static int
set_defaults(const struct conf_context *context, const struct conf_key *keys,
    size_t count, void *base, struct err *e)
{
	struct conf_context c = *context;
	int error = 0;

	for (size_t i = 0; i < count && error == 0; i++) {
		c.key = &keys[i];
		if (keys[i].fallback != NULL)
			error = conf_schema_read(&c, keys[i].fallback, base, e);
	}
	return error;
}

int
conf_schema_defaults(const struct conf_context *context,
    struct conf_daemon *ret_daemon, struct conf_service *ret_service,
    struct err *e)
{
	int error;

	*ret_daemon = (struct conf_daemon) { 0 };
	*ret_service = (struct conf_service) { 0 };
	error = set_defaults(
	    context, conf_daemon_keys, conf_daemon_key_count, ret_daemon, e);
	if (error == 0)
		error = set_defaults(context, conf_service_keys,
		    conf_service_key_count, ret_service, e);
	return error;
}

/* "1 to 65535", "text, json", or "-". */
static void
put_range(const struct conf_key *key, struct text *t)
{
	char buffer[32];

	if (key->choices != NULL) {
		for (size_t i = 0; key->choices[i] != NULL; i++)
			text_printf(
			    t, "%s%s", i == 0 ? "" : ", ", key->choices[i]);
	} else if (key->type->format != NULL) {
		text_printf(t, "%s to ", key->type->format(key->min, buffer));
		text_string(t, key->type->format(key->max, buffer));
	} else {
		text_char(t, '-');
	}
}

static void
print(FILE *file, const struct conf_key *keys, size_t count)
{
	static const char *const scopes[] = { "superd", "service", "own" };
	char range[512];
	struct text t;

	for (size_t i = 0; i < count; i++) {
		text_init(&t, range, sizeof(range));
		put_range(&keys[i], &t);
		(void)fprintf(file, "%s\t%s\t%s\t%s\t%s\t%s\n",
		    scopes[keys[i].scope], keys[i].name, keys[i].type->name,
		    keys[i].fallback == NULL ? "-" : keys[i].fallback, range,
		    keys[i].description);
	}
}

void
conf_print_keys(FILE *file)
{
	print(file, conf_daemon_keys, conf_daemon_key_count);
	print(file, conf_service_keys, conf_service_key_count);
}

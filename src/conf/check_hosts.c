/* SPDX-License-Identifier: ISC */
/*
 * hosts.allow and hosts.deny: read here, understood by the gate.  A file that
 * does not exist says nothing, as in hosts_access(5).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "conf/check.h"
#include "conf/file.h"

/* Returns as conf_file_read(), and no bytes for no file. */
static int
read_file(struct conf_check *c, const char *path, struct conf_file *ret_file,
    struct err *e)
{
	int error = conf_file_read(path, c->b->source->as_root, ret_file, e);

	if (error != -ENOENT && error != -ENOTDIR)
		return error;
	*ret_file = (struct conf_file) { 0 };
	return 0;
}

/* i is a service that wants it. */
static int
take_file(struct conf_check *c, size_t i, const char *path,
    struct conf_content *content)
{
	char quoted[CONF_QUOTED_SIZE];
	struct conf_file file;
	struct err e;
	char *text;
	int error = read_file(c, path, &file, &e);

	if (error == -ENOMEM)
		return error;
	if (error < 0) {
		conf_check_mistake(c, i, "hosts_access",
		    "hosts_access: '%s' %s", conf_quoted(path, quoted), e.text);
		return 0;
	}
	text = arena_alloc(c->b->conf->arena, file.length + 1);
	if (text != NULL && file.length > 0)
		memcpy(text, file.bytes, file.length);
	free(file.bytes);
	if (text == NULL)
		return -ENOMEM;
	*content = (struct conf_content) { path, text, file.length };
	return 0;
}

int
conf_check_hosts(struct conf_check *c)
{
	struct conf_daemon *daemon = &c->b->conf->daemon;
	size_t i = 0, count = c->b->conf->service_count;
	int error;

	while (i < count && !c->b->conf->services[i].gate.hosts_access)
		i++;
	if (i == count)
		return 0;
	error =
	    take_file(c, i, daemon->hosts_allow, &daemon->hosts_allow_content);
	if (error == 0)
		error = take_file(
		    c, i, daemon->hosts_deny, &daemon->hosts_deny_content);
	return error;
}

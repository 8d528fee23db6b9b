/* SPDX-License-Identifier: ISC */
/*
 * Keys that cannot be honoured are mistakes: options that the service's
 * sockets do not have, what superd was started without the right to do.
 */
#include <sys/resource.h>
#include <unistd.h>

#include "conf/check.h"
#include "conf/sockets.h"

static void
complain(struct conf_check *c, const struct conf_service *s,
    const struct conf_row *row, const struct conf_key *key)
{
	if (key->sockets == CONF_ON_IP)
		conf_mistake(c->b->findings, &row->place,
		    "section '%s': %s has "
		    "no meaning here: the service listens on unix sockets only",
		    s->name, key->name);
	else
		conf_mistake(c->b->findings, &row->place,
		    "section '%s': %s has "
		    "no meaning here: the service listens on no unix:/path",
		    s->name, key->name);
}

/* What is inherited from [defaults] is meant for those that can use it. */
void
conf_check_options(struct conf_check *c, size_t i)
{
	const struct conf_service *s = &c->b->conf->services[i];
	const struct conf_origin *origin = &c->b->origins[i];

	if (s->listen.count == 0 || origin->from_port ||
	    (conf_sockets_has_ip(s) && conf_sockets_has_path(s)))
		return;
	for (size_t r = 0; r < origin->row_count; r++) {
		const struct conf_row *row =
		    &c->b->rows.rows[origin->first_row + r];
		const struct conf_key *key = conf_schema_find(false, row->key);

		if (key != NULL && !conf_sockets_know(s, key))
			complain(c, s, row, key);
	}
}

/* A user's own configuration may name that user. */
static bool
is_myself(const struct conf_service *s)
{
	return (s->user.name == NULL || s->user.uid == geteuid()) &&
	    (s->group.name == NULL || s->group.gid == getegid()) &&
	    !s->groups.set;
}

static void
check_ids_as_other(struct conf_check *c, size_t i)
{
	const struct conf_service *s = &c->b->conf->services[i];
	const char *key = s->user.name != NULL ? "user"
	    : s->group.name != NULL            ? "group"
					       : "groups";

	if (c->told_of_ids || is_myself(s))
		return;
	c->told_of_ids = true;
	conf_check_warning(c, i, key,
	    "user, group and groups are skipped, "
	    "here and in all services: superd does not run as root");
}

/* May superd give a path to that group? */
static bool
is_my_group(gid_t gid)
{
	gid_t groups[1024];
	int count = getgroups(1024, groups);

	for (int i = 0; i < count; i++) {
		if (groups[i] == gid)
			return true;
	}
	return gid == getegid();
}

static void
check_socket_ids(struct conf_check *c, size_t i)
{
	const struct conf_service *s = &c->b->conf->services[i];

	if (!conf_sockets_has_path(s) ||
	    (c->b->source->held & CAPS_BIT(CAP_CHOWN)) != 0)
		return;
	if (s->socket_user.name != NULL && s->socket_user.uid != geteuid())
		conf_check_mistake(c, i, "socket_user",
		    "socket_user needs CAP_CHOWN, which superd does not have");
	if (s->socket_group.name != NULL && !is_my_group(s->socket_group.gid))
		conf_check_mistake(c, i, "socket_group",
		    "socket_group: '%s' "
		    "is no group of the user that superd runs as",
		    s->socket_group.name);
}

static void
check_nice(struct conf_check *c, size_t i)
{
	const struct conf_service *s = &c->b->conf->services[i];
	int64_t wanted = (int64_t)s->nice.value, least = 20;
	struct rlimit limit;

	if (!s->nice.set)
		return;
	if (getrlimit(RLIMIT_NICE, &limit) == 0)
		least -= limit.rlim_cur < 40 ? (int64_t)limit.rlim_cur : 40;
	if (wanted < least && wanted < getpriority(PRIO_PROCESS, 0))
		conf_check_need(
		    c, i, "nice", CAP_SYS_NICE, "nice = %d", (int)wanted);
}

void
conf_check_ids(struct conf_check *c, size_t i)
{
	if (c->b->source->as_root)
		conf_check_handler_ids(c, i);
	else
		check_ids_as_other(c, i);
	if (c->b->conf->services[i].chroot != NULL)
		conf_check_need(c, i, "chroot", CAP_SYS_CHROOT, "chroot");
	check_socket_ids(c, i);
	check_nice(c, i);
}

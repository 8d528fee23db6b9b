/* SPDX-License-Identifier: ISC */
/*
 * Can the service's user get at the handler?  By mode bits, so no more than
 * a warning: access lists know better.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "conf/check.h"
#include "conf/rooted.h"

/* Who the handler will be. */
struct who {
	uid_t uid;
	gid_t gid;
	const gid_t *gids;
	size_t gid_count;
};

static bool
in_group(const struct who *who, gid_t gid)
{
	for (size_t i = 0; i < who->gid_count; i++) {
		if (who->gids[i] == gid)
			return true;
	}
	return who->gid == gid;
}

static bool
may(const struct who *who, const struct stat *st, mode_t bit)
{
	if (st->st_uid == who->uid)
		return (st->st_mode & bit << 6) != 0;
	if (in_group(who, st->st_gid))
		return (st->st_mode & bit << 3) != 0;
	return (st->st_mode & bit) != 0;
}

/* The first directory on the way that keeps the user out, or the file. */
static const char *
find_barrier(
    struct conf_check *c, const struct conf_service *s, const struct who *who)
{
	char *path = arena_string(c->b->rows.arena, s->handler_file);
	struct stat st;

	if (path == NULL)
		return NULL;
	for (char *p = path; (p = strchr(p + 1, '/')) != NULL; *p = '/') {
		*p = '\0';
		if (conf_rooted_stat(s->chroot, path, &st) == 0 &&
		    !may(who, &st, 1))
			return path;
	}
	if (conf_rooted_stat(s->chroot, path, &st) == 0 && !may(who, &st, 1))
		return path;
	return NULL;
}

static int
fill_groups(struct conf_check *c, const struct conf_service *s, struct who *who)
{
	int count;

	if (s->groups.set) {
		who->gids = s->groups.gid;
		who->gid_count = s->groups.count;
		return 0;
	}
	count = conf_ids_groups_of(&c->b->ids, &s->user, &who->gids);
	if (count < 0)
		return count;
	who->gid_count = (size_t)count;
	return 0;
}

static void
warn(struct conf_check *c, size_t i, const char *barrier)
{
	const struct conf_service *s = &c->b->conf->services[i];
	char where[CONF_QUOTED_SIZE], quoted[CONF_QUOTED_SIZE];

	(void)conf_build_where(c->b, i, CONF_SET_BY_SERVICE, where);
	conf_warning(c->b->findings, &s->handler_place,
	    "%s: handler: user '%s' has no right to %s '%s'", where,
	    s->user.name,
	    strcmp(barrier, s->handler_file) == 0 ? "execute"
						  : "look into directory",
	    conf_quoted(barrier, quoted));
}

int
conf_check_access(struct conf_check *c, size_t i)
{
	static char open_way; /* what the index holds if all is well */
	const struct conf_service *s = &c->b->conf->services[i];
	struct who who = { .uid = s->user.uid,
		.gid = s->group.name != NULL ? s->group.gid : s->user.gid };
	const char *barrier;
	char *key, *answer;
	int error;

	if (!c->b->source->as_root || s->handler_file == NULL ||
	    s->user.name == NULL || s->user.uid == 0)
		return 0;
	key = arena_printf(c->b->rows.arena, "a%s\n%s\n%u\n%u\n%p",
	    s->chroot == NULL ? "" : s->chroot, s->handler_file, who.uid,
	    who.gid, (const void *)s->groups.gid);
	if (key == NULL)
		return -ENOMEM;
	answer = conf_index_find(&c->known, key, strlen(key));
	if (answer == NULL) {
		error = fill_groups(c, s, &who);
		if (error < 0)
			return error;
		barrier = find_barrier(c, s, &who);
		answer = barrier == NULL
		    ? &open_way
		    : arena_string(c->b->rows.arena, barrier);
		if (answer == NULL ||
		    conf_index_add(&c->known, key, strlen(key), answer) < 0)
			return -ENOMEM;
	}
	if (answer != &open_way)
		warn(c, i, answer);
	return 0;
}

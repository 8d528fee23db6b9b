/* SPDX-License-Identifier: ISC */
/*
 * Users, superd's own and those of services, and the capabilities that this
 * takes: superd keeps what is noted here, and no more, when it becomes its
 * own user.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/check.h"

struct conf_place
conf_check_daemon_place(const struct conf_check *c, const char *key)
{
	const struct conf_key *row = conf_schema_find(true, key);
	struct conf_place place = c->b->daemon_places[row - conf_daemon_keys];

	if (place.file == NULL)
		place.file = "command line";
	return place;
}

static bool
is_noted(const struct conf_check *c, int capability,
    const struct conf_place *place, const char *reason)
{
	const struct conf_need *n = c->b->conf->needs;

	for (; n != NULL; n = n->next) {
		if (n->capability == capability &&
		    n->place.line == place->line &&
		    n->place.file == place->file &&
		    strcmp(n->reason, reason) == 0)
			return true;
	}
	return false;
}

/* A hundred thousand services of one user in [defaults] are one note. */
static void
note(struct conf_check *c, int capability, const struct conf_place *place,
    const char *reason)
{
	struct conf *conf = c->b->conf;
	struct conf_need *need;

	conf->needed |= CAPS_BIT(capability);
	if (c->need_counts[capability] >= CONF_FINDINGS_MAX ||
	    is_noted(c, capability, place, reason))
		return;
	need = arena_alloc(conf->arena, sizeof(*need));
	if (need == NULL) {
		c->no_memory = true;
		return;
	}
	*need = (struct conf_need) {
		.next = conf->needs,
		.capability = capability,
		.place = *place,
		.reason = arena_string(conf->arena, reason),
	};
	if (need->reason == NULL) {
		c->no_memory = true;
		return;
	}
	conf->needs = need;
	c->need_counts[capability]++;
}

void
conf_check_need(struct conf_check *c, size_t i, const char *key, int capability,
    const char *format, ...)
{
	char where[CONF_QUOTED_SIZE], reason[ERR_TEXT_SIZE];
	struct conf_place place;
	enum conf_set_by by = conf_build_set_by(c->b, i, key, &place);
	struct text t;
	va_list args;

	if (!c->b->conf->services[i].enabled)
		return;
	text_init(&t, reason, sizeof(reason));
	text_printf(&t, "%s: ", conf_build_where(c->b, i, by, where));
	va_start(args, format);
	text_vprintf(&t, format, args);
	va_end(args);
	note(c, capability, &place, reason);
	if ((c->b->source->held & CAPS_BIT(capability)) == 0)
		conf_mistake(c->b->findings, &place,
		    "%s needs %s, which superd does not have%s", reason,
		    caps_name(capability),
		    c->b->source->as_root ? "" : ": it does not run as root");
}

/* Who superd is when it serves. */
static uid_t
own_uid(const struct conf_daemon *d)
{
	return d->user.name != NULL ? d->user.uid : geteuid();
}

static gid_t
own_gid(const struct conf_daemon *d)
{
	if (d->group.name != NULL)
		return d->group.gid;
	return d->user.name != NULL ? d->user.gid : getegid();
}

/* The capabilities to become somebody else, and to end his processes. */
static void
need_ids(struct conf_check *c, size_t i)
{
	const struct conf_service *s = &c->b->conf->services[i];
	const struct conf_daemon *d = &c->b->conf->daemon;
	gid_t gid = s->group.name != NULL ? s->group.gid : s->user.gid;
	const char *user = s->user.name;

	if (s->user.uid != own_uid(d)) {
		conf_check_need(c, i, "user", CAP_SETUID, "user = %s", user);
		conf_check_need(c, i, "user", CAP_KILL,
		    "user = %s, whose handlers superd has to end,", user);
	} else if (s->user.uid != 0) {
		conf_check_warning(c, i, "user",
		    "user = %s is superd's own user: its handlers can stop "
		    "superd and write into the log as any other",
		    user);
	}
	if (s->groups.set)
		conf_check_need(c, i, "groups", CAP_SETGID, "groups");
	else if (s->group.name != NULL && gid != own_gid(d))
		conf_check_need(
		    c, i, "group", CAP_SETGID, "group = %s", s->group.name);
	else if (s->user.uid != own_uid(d) || gid != own_gid(d))
		conf_check_need(c, i, "user", CAP_SETGID, "user = %s", user);
}

/* There is no silent root, and no silent superd. */
static void
complain_no_user(struct conf_check *c, size_t i)
{
	char where[CONF_QUOTED_SIZE];
	struct conf_place place;
	enum conf_set_by by = conf_build_set_by(c->b, i, "user", &place);

	(void)conf_build_where(c->b, i, by, where);
	if (by == CONF_SET_BY_NOBODY)
		conf_mistake(c->b->findings, &place,
		    "%s: user is "
		    "missing, and superd runs as root: say user = NAME "
		    "here or in [defaults] (user = root if it must be)",
		    where);
}

void
conf_check_handler_ids(struct conf_check *c, size_t i)
{
	const struct conf_service *s = &c->b->conf->services[i];

	if (s->user.name == NULL)
		complain_no_user(c, i);
	else if (s->user.gid == (gid_t)-1 && s->group.name == NULL)
		conf_check_mistake(c, i, "user",
		    "user: '%s' is not in the "
		    "user database, so its group is unknown: say group = too",
		    s->user.name);
	else
		need_ids(c, i);
}

/* superd's change to its own user, which is over before it serves. */
static void
check_change(struct conf_check *c, const struct conf_place *place)
{
	const struct conf_daemon *d = &c->b->conf->daemon;
	static const int needs[] = { CAP_SETUID, CAP_SETGID };

	if (d->user.uid == geteuid() && own_gid(d) == getegid())
		return;
	if (geteuid() != 0) {
		conf_mistake(c->b->findings, place,
		    "section 'superd': user, group: superd runs as user id %u "
		    "and group id %u, and only root can become another one",
		    geteuid(), getegid());
		return;
	}
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		if ((c->b->source->held & CAPS_BIT(needs[i])) == 0)
			conf_mistake(c->b->findings, place,
			    "section 'superd': user = %s needs %s, which "
			    "superd does not have",
			    d->user.name, caps_name(needs[i]));
	}
}

void
conf_check_daemon(struct conf_check *c)
{
	const struct conf_daemon *d = &c->b->conf->daemon;
	struct conf_place user = conf_check_daemon_place(c, "user");
	struct conf_place group = conf_check_daemon_place(c, "group");

	if (d->user.name == NULL && d->group.name != NULL)
		conf_mistake(c->b->findings, &group,
		    "section 'superd': group has no meaning without user: say "
		    "user = NAME too");
	else if (d->user.name != NULL && own_gid(d) == (gid_t)-1)
		conf_mistake(c->b->findings, &user,
		    "section 'superd': user: '%s' is not in the user "
		    "database, so its group is unknown: say group = too",
		    d->user.name);
	else if (d->user.name != NULL)
		check_change(c, &user);
}

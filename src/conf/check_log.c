/* SPDX-License-Identifier: ISC */
/* Files of the log: who shares one cannot have limits of his own for it. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "conf/check.h"

/* How large a file may be, and how many old ones there are. */
struct limits {
	const char *whose; /* NULL: [superd]'s */
	struct conf_option max_size;
	uint64_t keep;
};

static struct limits
limits_of(const struct conf_check *c, const struct conf_service *s)
{
	const struct conf_daemon *d = &c->b->conf->daemon;

	return (struct limits) {
		.whose = s->name,
		.max_size =
		    s->log_max_size.set ? s->log_max_size : d->log_max_size,
		.keep = s->log_keep.set ? s->log_keep.value : d->log_keep,
	};
}

/* The limits of the one who named this file first, who may be these. */
static int
first_of(struct conf_check *c, const char *path, const struct limits *l,
    const struct limits **ret_first)
{
	const struct conf_daemon *d = &c->b->conf->daemon;
	char *key = arena_printf(c->b->rows.arena, "l%s", path);
	struct limits *first;

	if (key == NULL)
		return -ENOMEM;
	first = conf_index_find(&c->known, key, strlen(key));
	if (first == NULL) {
		first = arena_alloc(c->b->rows.arena, sizeof(*first));
		if (first == NULL ||
		    conf_index_add(&c->known, key, strlen(key), first) < 0)
			return -ENOMEM;
		*first = *l;
		if (d->log.to == CONF_LOG_FILE &&
		    strcmp(d->log.path, path) == 0)
			*first = (struct limits) { .max_size = d->log_max_size,
				.keep = d->log_keep };
	}
	*ret_first = first;
	return 0;
}

static void
tell_apart(struct conf_check *c, size_t i, const char *key,
    const struct limits *first, const char *path)
{
	char quoted[CONF_QUOTED_SIZE];

	(void)conf_quoted(path, quoted);
	if (first->whose == NULL)
		conf_check_mistake(c, i, key,
		    "%s: '%s' is superd's own log, which has another %s", key,
		    quoted, key);
	else
		conf_check_mistake(c, i, key,
		    "%s: '%s' is the log of '%s' too, which has another %s",
		    key, quoted, first->whose, key);
}

/* A limit that the service itself sets, without a file to have it. */
static void
check_needless(struct conf_check *c, size_t i)
{
	static const char *const keys[] = { "log_max_size", "log_keep" };
	struct conf_place place;

	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
		if (conf_build_set_by(c->b, i, keys[k], &place) ==
		    CONF_SET_BY_SERVICE)
			conf_check_mistake(c, i, keys[k],
			    "%s has no meaning without a log file of the "
			    "service: say log = /PATH too",
			    keys[k]);
	}
}

int
conf_check_log(struct conf_check *c, size_t i)
{
	struct conf_service *s = &c->b->conf->services[i];
	struct limits own = limits_of(c, s);
	const struct limits *first;
	int error;

	(void)conf_build_set_by(c->b, i, "log", &s->log_place);
	if (s->log.to != CONF_LOG_FILE) {
		check_needless(c, i);
		return 0;
	}
	error = first_of(c, s->log.path, &own, &first);
	if (error < 0)
		return error;
	if (own.max_size.set != first->max_size.set ||
	    own.max_size.value != first->max_size.value)
		tell_apart(c, i, "log_max_size", first, s->log.path);
	if (own.keep != first->keep)
		tell_apart(c, i, "log_keep", first, s->log.path);
	return 0;
}

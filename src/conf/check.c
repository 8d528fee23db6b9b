/* SPDX-License-Identifier: ISC */
/* Service by service, then the addresses of all. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/names.h"
#include "base/text.h"
#include "conf/check.h"

/* The table of sources, if the configuration does not say its size. */
#define SOURCES 65536

__attribute__((format(printf, 5, 0))) static void
tell(struct conf_check *c, size_t i, const char *key, bool warning,
    const char *format, va_list args)
{
	char where[CONF_QUOTED_SIZE], sentence[ERR_TEXT_SIZE];
	struct conf_place place;
	enum conf_set_by by = conf_build_set_by(c->b, i, key, &place);
	struct text t;

	text_init(&t, sentence, sizeof(sentence));
	text_vprintf(&t, format, args);
	(void)conf_build_where(c->b, i, by, where);
	if (warning)
		conf_warning(c->b->findings, &place, "%s: %s", where, sentence);
	else
		conf_mistake(c->b->findings, &place, "%s: %s", where, sentence);
}

void
conf_check_mistake(
    struct conf_check *c, size_t i, const char *key, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(c, i, key, false, format, args);
	va_end(args);
}

void
conf_check_warning(
    struct conf_check *c, size_t i, const char *key, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(c, i, key, true, format, args);
	va_end(args);
}

/* Was there a row, good or bad?  Then a missing value is no news. */
static bool
is_said(const struct conf_check *c, size_t i, const char *key)
{
	struct conf_place place;

	return c->b->origins[i].from_port || c->b->origins[i].from_command ||
	    conf_build_set_by(c->b, i, key, &place) == CONF_SET_BY_SERVICE;
}

/* [default] or [prots]: a service without anything, named nearly so. */
static const char *
meant_section(const char *name)
{
	struct names_guess guess;

	names_guess_init(&guess, name);
	names_guess_offer(&guess, "superd");
	names_guess_offer(&guess, "defaults");
	names_guess_offer(&guess, "ports");
	return guess.best;
}

static void
check_required(struct conf_check *c, size_t i)
{
	const struct conf_service *s = &c->b->conf->services[i];
	bool listen = s->listen.count > 0 || is_said(c, i, "listen");
	bool handler = s->handler.count > 0 || is_said(c, i, "handler");
	const char *meant = meant_section(s->name);

	if (!listen && !handler && meant != NULL)
		conf_mistake(c->b->findings, &s->place,
		    "section '%s': has "
		    "neither listen nor handler: did you mean '%s'?",
		    s->name, meant);
	else if (!listen && !handler)
		conf_mistake(c->b->findings, &s->place,
		    "section '%s': has "
		    "neither listen nor handler, a service needs both",
		    s->name);
	else if (!listen)
		conf_mistake(c->b->findings, &s->place,
		    "section '%s': listen "
		    "is missing: say listen = PORT, or ADDRESS:PORT, or "
		    "unix:/path",
		    s->name);
	else if (!handler)
		conf_mistake(c->b->findings, &s->place,
		    "section '%s': handler "
		    "is missing: say handler = PROGRAM and its arguments",
		    s->name);
}

static void
check_connections(struct conf_check *c, size_t i)
{
	uint64_t own = c->b->conf->services[i].max_connections;
	uint64_t all = c->b->conf->daemon.max_connections;
	struct conf_place place;

	if (own > all &&
	    conf_build_set_by(c->b, i, "max_connections", &place) !=
		CONF_SET_BY_NOBODY)
		conf_check_warning(c, i, "max_connections",
		    "max_connections: %ju is more than the %ju that all "
		    "services together may have (max_connections in [superd])",
		    (uintmax_t)own, (uintmax_t)all);
}

static int
check_service(struct conf_check *c, size_t i)
{
	struct conf_place place;
	int error;

	c->b->conf->services[i].backlog_set =
	    conf_build_set_by(c->b, i, "backlog", &place) != CONF_SET_BY_NOBODY;
	check_required(c, i);
	check_connections(c, i);
	conf_check_ids(c, i);
	conf_check_limits(c, i);
	conf_check_options(c, i);
	error = conf_check_gate(c, i);
	if (error == 0)
		error = conf_check_log(c, i);
	if (error == 0)
		error = conf_check_paths(c, i);
	if (error == 0)
		error = conf_check_handler(c, i);
	if (error == 0)
		error = conf_check_access(c, i);
	return error == 0 && c->no_memory ? -ENOMEM : error;
}

/*
 * A table of twice as many places as there can be connections has a place
 * for each new source; see gate/source.h.
 */
static void
check_sources(struct conf_check *c)
{
	struct conf_daemon *daemon = &c->b->conf->daemon;
	uint64_t least = 2 * daemon->max_connections;
	struct conf_place place = conf_check_daemon_place(c, "max_sources");

	if (daemon->max_sources == 0)
		daemon->max_sources = least > SOURCES ? least : SOURCES;
	if (daemon->max_sources >= least)
		return;
	conf_mistake(c->b->findings, &place,
	    "section 'superd': max_sources: %ju is less than twice "
	    "max_connections: at least %ju is allowed",
	    (uintmax_t)daemon->max_sources, (uintmax_t)least);
}

static void
check_any_enabled(struct conf_check *c)
{
	const struct conf *conf = c->b->conf;
	struct conf_place place = { .file = conf->path };

	for (size_t i = 0; i < conf->service_count; i++) {
		if (conf->services[i].enabled)
			return;
	}
	if (conf->service_count > 0)
		conf_mistake(c->b->findings, &place,
		    "all services are "
		    "disabled: at least one needs enabled = yes");
}

int
conf_check(struct conf_build *b)
{
	struct conf_check c = { .b = b };
	int error = -ENOMEM;

	if (conf_index_init(&c.known) == 0 &&
	    conf_index_init(&c.addresses) == 0)
		error = 0;
	if (error == 0) {
		conf_check_daemon(&c);
		conf_check_control(&c);
	}
	for (size_t i = 0; i < b->conf->service_count && error == 0; i++)
		error = check_service(&c, i);
	if (error == 0)
		error = conf_check_addresses(&c);
	if (error == 0)
		error = conf_check_hosts(&c);
	if (error == 0) {
		check_sources(&c);
		check_any_enabled(&c);
	}
	conf_index_done(&c.known);
	conf_index_done(&c.addresses);
	return error;
}

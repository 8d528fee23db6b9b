/* SPDX-License-Identifier: ISC */
/*
 * No address twice.  Every address goes into an index; then each one that is
 * not a wildcard looks for the wildcard that would take it.  Port 0 is a new
 * port each time.  A socket that is passed is known by its name.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/check.h"

/* Who listens there. */
struct use {
	size_t service;
	const struct conf_listen *listen;
};

/* The address as bytes. */
struct name {
	char bytes[320];
	struct text text;
};

static void
make_name(struct name *n, const struct addr *a, const char *device)
{
	text_init(&n->text, n->bytes, sizeof(n->bytes));
	if (a->at.any.sa_family == AF_UNIX)
		text_char(&n->text, 'u');
	else
		text_printf(&n->text, "%s ", device == NULL ? "" : device);
	text_bytes(&n->text, &a->at, a->length);
}

/* The wildcard of a's family and port. */
static void
make_any(const struct addr *a, struct addr *ret_any)
{
	addr_any(a->at.any.sa_family, ret_any);
	addr_set_port(ret_any, addr_port(a));
}

static const struct use *
find(const struct conf_check *c, const struct addr *a, const char *device)
{
	struct name n;

	make_name(&n, a, device);
	return conf_index_find(&c->addresses, n.bytes, n.text.length);
}

static void
complain(struct conf_check *c, const struct use *mine, const struct use *other)
{
	const struct conf_service *s = &c->b->conf->services[mine->service];
	const struct conf_service *o = &c->b->conf->services[other->service];
	char where[CONF_QUOTED_SIZE], my[CONF_QUOTED_SIZE];
	char their[CONF_QUOTED_SIZE];

	(void)conf_build_where(c->b, mine->service, CONF_SET_BY_SERVICE, where);
	(void)conf_quoted(mine->listen->text, my);
	(void)conf_quoted(other->listen->text, their);
	if (s == o)
		conf_mistake(c->b->findings, &s->listen_place,
		    "%s: listen: '%s' and '%s' are the same address, or one "
		    "takes the other in",
		    where, their, my);
	else
		conf_mistake(c->b->findings, &s->listen_place,
		    "%s: listen: '%s' is taken by service '%s' with '%s', at "
		    "%s:%u",
		    where, my, o->name, their, o->listen_place.file,
		    o->listen_place.line);
}

/* 1 if it is there already, which is told. */
static int
add_name(struct conf_check *c, const struct use *use, const struct name *n)
{
	const struct use *other =
	    conf_index_find(&c->addresses, n->bytes, n->text.length);
	struct use *kept;

	if (other != NULL) {
		complain(c, use, other);
		return 1;
	}
	kept = arena_alloc(c->b->rows.arena, sizeof(*kept));
	if (kept == NULL)
		return -ENOMEM;
	*kept = *use;
	return conf_index_add(&c->addresses, n->bytes, n->text.length, kept);
}

static int
add_one(struct conf_check *c, const struct use *use, const struct addr *a)
{
	struct name n;

	make_name(&n, a, c->b->conf->services[use->service].device);
	return add_name(c, use, &n);
}

static int
add_passed(struct conf_check *c, const struct use *use)
{
	struct name n;

	text_init(&n.text, n.bytes, sizeof(n.bytes));
	text_printf(&n.text, "fd:%s", use->listen->passed);
	return add_name(c, use, &n);
}

static bool
is_counted(const struct conf_listen *listen)
{
	return listen->passed != NULL ||
	    listen->addr.at.any.sa_family == AF_UNIX ||
	    addr_port(&listen->addr) != 0;
}

static int
add(struct conf_check *c, const struct use *use)
{
	const struct conf_service *s = &c->b->conf->services[use->service];
	const struct addr *a = &use->listen->addr;
	bool two = use->listen->both_families ||
	    (a->at.any.sa_family == AF_INET6 && addr_is_any(a) && !s->v6only);
	struct addr second;
	int error;

	if (use->listen->passed != NULL)
		return add_passed(c, use);
	error = add_one(c, use, a);
	if (error != 0 || !two)
		return error;
	addr_any(a->at.any.sa_family == AF_INET ? AF_INET6 : AF_INET, &second);
	addr_set_port(&second, addr_port(a));
	return add_one(c, use, &second);
}

/* Is the address inside of a wildcard, or of one without a device? */
static int
look_around(struct conf_check *c, const struct use *use)
{
	const struct conf_service *s = &c->b->conf->services[use->service];
	const struct addr *a = &use->listen->addr;
	const struct use *other = NULL;
	struct addr any;

	if (use->listen->passed != NULL || a->at.any.sa_family == AF_UNIX)
		return 0;
	make_any(a, &any);
	if (!addr_is_any(a))
		other = find(c, &any, s->device);
	if (other == NULL && s->device != NULL)
		other = find(c, a, NULL);
	if (other == NULL && s->device != NULL)
		other = find(c, &any, NULL);
	if (other != NULL)
		complain(c, use, other);
	return 0;
}

static int
for_each(
    struct conf_check *c, int (*visit)(struct conf_check *, const struct use *))
{
	int error = 0;

	for (size_t i = 0; i < c->b->conf->service_count; i++) {
		const struct conf_service *s = &c->b->conf->services[i];

		for (size_t l = 0; s->enabled && l < s->listen.count; l++) {
			const struct use use = { i, &s->listen.at[l] };

			if (is_counted(use.listen))
				error = visit(c, &use);
			if (error < 0)
				return error;
		}
	}
	return 0;
}

/* v6only = no: a bare port is one socket for both families. */
static void
join_families(struct conf_check *c)
{
	for (size_t i = 0; i < c->b->conf->service_count; i++) {
		struct conf_service *s = &c->b->conf->services[i];

		for (size_t l = 0; !s->v6only && l < s->listen.count; l++) {
			struct conf_listen *listen = &s->listen.at[l];
			uint16_t port = addr_port(&listen->addr);

			if (!listen->both_families)
				continue;
			addr_any(AF_INET6, &listen->addr);
			addr_set_port(&listen->addr, port);
			listen->both_families = false;
		}
	}
}

int
conf_check_addresses(struct conf_check *c)
{
	int error;

	join_families(c);
	error = for_each(c, add);
	return error < 0 ? error : for_each(c, look_around);
}

/* SPDX-License-Identifier: ISC */
/*
 * Passed sockets for those that a configuration names: the ones that a
 * service has taken before, then the ones that came with the start.
 */
#include "conf/conf.h"
#include "core/core.h"
#include "core/next.h"
#include "core/passed.h"
#include "core/service.h"
#include "net/adopt.h"
#include "net/refit.h"

static bool
is_meant(const struct next_socket *n, const struct net_listener *socket)
{
	int family = socket->bound.at.any.sa_family;

	if ((n->first_of_two && family != AF_INET) ||
	    (n->second_of_two && family != AF_INET6))
		return false;
	return net_adopt_is_meant(socket, n->value);
}

/* True if there was one. */
static bool
keep_one(struct core_next *next, struct next_socket *n)
{
	for (size_t i = 0; i < next->passed_count; i++) {
		struct core_listener *l = next->passed[i];

		if (!l->claimed && is_meant(n, &l->socket)) {
			next_claim(n, l);
			return true;
		}
	}
	return false;
}

/* 1 if there was one, 0 if not, or -errno. */
static int
take_one(struct core_next *next, struct next_socket *n, struct err *e)
{
	struct net_adopted_list *list = next->core->adopted;
	struct net_listener taken;
	int error;

	for (size_t i = 0; i < list->count; i++) {
		struct net_adopted *a = &list->at[i];

		if (a->socket.fd < 0 || !is_meant(n, &a->socket))
			continue;
		error = net_adopt_take(a, n->conf, n->value, &taken, e);
		if (error == 0)
			error = next_adopt(next, n, &taken, false, e);
		if (error < 0)
			return error;
		passed_say_differs(n->conf->name, a);
		return 1;
	}
	return 0;
}

/* An IPv6 socket may take the IPv4 clients of a bare port, too. */
static bool
takes_both(const struct next_socket *n)
{
	return n->second_of_two && !net_refit_is_v6only(&n->listener->socket);
}

int
next_passed(struct core_next *next, struct next_socket *n, struct err *e)
{
	int found = keep_one(next, n) ? 1 : take_one(next, n, e);

	if (found == 0 && n->value->passed != NULL && !n->spare)
		found = passed_missing(next->core->adopted, n->value, e);
	if (found < 0)
		return next_place(n, found, e);
	if (found > 0 && takes_both(n))
		n[-1].covered = true;
	return 0;
}

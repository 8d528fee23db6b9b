/* SPDX-License-Identifier: ISC */
/*
 * New sockets beside the old ones.  One that is about to retire makes way for
 * one that overlaps with it: both are bound for a while.
 */
#include <errno.h>

#include "conf/conf.h"
#include "core/core.h"
#include "core/generation.h"
#include "core/next.h"
#include "core/privileges.h"
#include "core/service.h"
#include "net/refit.h"

/*
 * Those that retire let others be bound to their port.  False if there is
 * none that was not asked before.
 */
static bool
make_way(struct core_next *next, const struct addr *wanted)
{
	bool found = false;

	if (wanted->at.any.sa_family == AF_UNIX)
		return false;
	for (size_t i = 0; i < next->present_count; i++) {
		struct core_listener *l = next->present[i];

		if (l->claimed || l->socket.bound.at.any.sa_family == AF_UNIX ||
		    addr_port(&l->socket.bound) != addr_port(wanted))
			continue;
		if (!l->shared)
			l->had_reuseport = net_refit_is_shared(&l->socket);
		net_refit_share(&l->socket, true);
		l->shared = true;
		found = true;
	}
	return found;
}

static int
open_one(const struct next_socket *n, const struct addr *at, bool shared,
    struct net_listener *ret_made, struct err *e)
{
	struct conf_service conf;

	if (!shared && !n->second_of_two)
		return net_listen_open(n->conf, at, ret_made, e);
	conf = *n->conf;
	conf.reuseport |= shared;
	conf.v6only |= n->second_of_two;
	return net_listen_open(&conf, at, ret_made, e);
}

int
next_adopt(struct core_next *next, struct next_socket *n,
    struct net_listener *made, bool shared, struct err *e)
{
	const struct addr *wanted =
	    made->name != NULL ? &made->bound : &n->wanted;
	int error = listener_new(next->core, wanted, made, &n->listener, e);

	if (error < 0)
		return error;
	n->fresh = true;
	n->listener->shared = shared;
	return 0;
}

static int
open_alone(struct core_next *next, struct next_socket *n, struct err *e)
{
	struct net_listener made = { .fd = -1 };
	struct addr at = n->wanted;
	bool shared = false;
	int error = privileges_may_open(n->conf, &n->wanted, e);

	if (error < 0)
		return error;
	/* Both of two have one port. */
	if (n->second_of_two)
		addr_set_port(&at, addr_port(&n[-1].listener->socket.bound));
	else if (n->first_of_two && n[1].listener != NULL)
		addr_set_port(&at, addr_port(&n[1].listener->socket.bound));
	error = open_one(n, &at, false, &made, e);
	if (error == -EADDRINUSE && make_way(next, &at)) {
		shared = true;
		error = open_one(n, &at, true, &made, e);
	}
	if (n->second_of_two &&
	    (error == -EAFNOSUPPORT || error == -EADDRNOTAVAIL))
		return 0;
	return error < 0 ? error : next_adopt(next, n, &made, shared, e);
}

/* Both of a bare port 0, on one number. */
static int
open_both(struct core_next *next, struct next_socket *n, struct err *e)
{
	struct net_listener made[2];
	int error = privileges_may_open(n->conf, &n->wanted, e);

	if (error == 0)
		error = net_listen_both(n->conf, 0, made, e);
	if (error == 0)
		error = next_adopt(next, &n[0], &made[0], false, e);
	else
		return error;
	if (made[1].fd >= 0 && error == 0)
		error = next_adopt(next, &n[1], &made[1], false, e);
	else
		net_listen_close(&made[1]);
	return error;
}

int
next_place(const struct next_socket *n, int error, struct err *e)
{
	if (error >= 0)
		return error;
	return generation_error(n->conf, &n->conf->listen_place, error, e);
}

int
next_open(struct core_next *next, struct next_socket *n, struct err *e)
{
	int error;

	if (n->listener != NULL || n->covered || n->spare)
		return 0;
	if (n->first_of_two && addr_port(&n->wanted) == 0 &&
	    n[1].listener == NULL)
		error = open_both(next, n, e);
	else
		error = open_alone(next, n, e);
	return next_place(n, error, e);
}

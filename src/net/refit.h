/* SPDX-License-Identifier: ISC */
/*
 * A listening socket that outlives a configuration: what the next one wants
 * changed in it, while clients keep coming.
 */
#ifndef SUPERD_NET_REFIT_H
#define SUPERD_NET_REFIT_H

#include <stdbool.h>

#include "base/err.h"
#include "net/listen.h"

struct conf_service;

/*
 * Can the socket become what `now` says (with this v6only), or does that take
 * a new one?  Some options count at bind(2) only, and a buffer's size cannot
 * be given back to the kernel.  old is what it was made for, NULL: unknown.
 */
bool net_refit_possible(const struct net_listener *listener,
    const struct conf_service *old, const struct conf_service *now,
    bool v6only);

/* Does an IPv6 socket leave IPv4 to others? */
bool net_refit_is_v6only(const struct net_listener *listener);

/* Do both give a unix path to the same user and group?  [pure] */
bool net_refit_same_owner(
    const struct conf_service *old, const struct conf_service *now);

/* Is there anything to change?  [pure] */
bool net_refit_needed(
    const struct conf_service *old, const struct conf_service *now);

/*
 * Would net_refit() work?  What it would change is tried on a socket of its
 * own.  Returns 0, or -errno with the key that would fail.
 */
int net_refit_try(const struct net_listener *listener,
    const struct conf_service *now, struct err *e);

/*
 * Sets all options, the backlog, and owner and mode of a path.  Returns 0, or
 * -errno with what stays as it was.
 */
int net_refit(const struct net_listener *listener,
    const struct conf_service *now, struct err *e);

/*
 * Lets other sockets of this user be bound to what overlaps with the
 * listener's address (SO_REUSEPORT), or not any more.
 */
bool net_refit_is_shared(const struct net_listener *listener);
void net_refit_share(const struct net_listener *listener, bool share);

/*
 * New clients of a TCP listener are dropped before they are known to anybody,
 * so that their next try comes to another socket of the address; or not any
 * more.  Handshakes that have begun go on.  Returns 0 or -errno.
 */
int net_refit_turn_away(const struct net_listener *listener, bool away);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * Sockets that were passed to superd when it was started (net/adopt.h): the
 * first configuration takes those that it means, next_sockets.c; the others
 * are closed.
 */
#ifndef SUPERD_CORE_PASSED_H
#define SUPERD_CORE_PASSED_H

#include "base/err.h"

struct conf_listen;
struct net_adopted;
struct net_adopted_list;

/* The error that there is none for this value, and what there is instead. */
int passed_missing(const struct net_adopted_list *list,
    const struct conf_listen *listen, struct err *e);

/* What it does not have though the service wants it, if there is anything. */
void passed_say_differs(const char *service, const struct net_adopted *a);

/* Tells of those that no service has taken, and closes them. */
void passed_close_unused(struct net_adopted_list *adopted);

#endif

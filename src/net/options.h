/* SPDX-License-Identifier: ISC */
/*
 * The socket options of a service.  All are set on the listening socket:
 * Linux hands them on to each accepted one (tcp(7), socket(7)), so that a
 * connection costs no system call for them.
 */
#ifndef SUPERD_NET_OPTIONS_H
#define SUPERD_NET_OPTIONS_H

#include "base/err.h"

struct conf_service;

/* Before bind().  Returns 0 or -errno with the key that failed. */
int net_options_set(
    int fd, int family, const struct conf_service *service, struct err *e);

#endif

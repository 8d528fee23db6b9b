/* SPDX-License-Identifier: ISC */
/*
 * The socket options of a service.  All are set on the listening socket:
 * Linux hands them on to each accepted one (tcp(7), socket(7)), so that a
 * connection costs no system call for them.
 */
#ifndef SUPERD_NET_OPTIONS_H
#define SUPERD_NET_OPTIONS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/text.h"

struct conf_service;

/* Before bind().  Returns 0 or -errno with the key that failed. */
int net_options_set(
    int fd, int family, const struct conf_service *service, struct err *e);

/*
 * On a socket that listens already: what can be set later, and what is not
 * wanted any more goes back to its default.  What `like` has already is not
 * set; like is fd itself, or the socket for which it is tried on fd.  Returns
 * 0 or -errno with the key that failed.
 */
int net_options_change(
    int fd, int like, const struct conf_service *service, struct err *e);

/* Is the socket bound to this device (NULL: to none)? */
bool net_options_has_device(int fd, const char *device);

/* Do both want the same of net_options_change()?  [pure] */
bool net_options_equal(
    const struct conf_service *a, const struct conf_service *b);

/*
 * As net_options_set() for a socket that listens already, made by somebody
 * else.  What works before bind() only is left as it is, and the key's name is
 * added to differ if the service wants it and the socket does not have it.
 */
int net_options_adopt(int fd, int family, const struct conf_service *service,
    struct text *differ, struct err *e);

#endif

/* SPDX-License-Identifier: ISC */
/* Which kinds of sockets a service has, and which keys work on them. */
#ifndef SUPERD_CONF_SOCKETS_H
#define SUPERD_CONF_SOCKETS_H

#include "conf/schema.h"

/* Does it listen on an IP address?  [pure] */
bool conf_sockets_has_ip(const struct conf_service *s);

/* On a path of the file system (and not an abstract name)?  [pure] */
bool conf_sockets_has_path(const struct conf_service *s);

/* On a unix socket of either kind?  [pure] */
bool conf_sockets_has_unix(const struct conf_service *s);

/* Can the key be honoured on at least one of the sockets?  [pure] */
bool conf_sockets_know(
    const struct conf_service *s, const struct conf_key *key);

#endif

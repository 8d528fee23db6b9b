/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_HANDLERS_WEB_HOSTS_H
#define SUPERD_HANDLERS_WEB_HOSTS_H

/*
 * By which names a server may be asked.
 *
 * A page elsewhere can have a name of its own point here once it is loaded (DNS
 * rebinding), and may then read all that this server says.  In such a request
 * the browser sends nothing that tells of the page (no Origin, and no
 * Sec-Fetch-Site, which over plain HTTP goes to loopback alone), only the name
 * in Host.  So that name must be one that no stranger can have: an address,
 * localhost, or one that we were told.
 */

#include <stdbool.h>
#include <stddef.h>

struct http_request;

enum {
	HOSTS_MAX = 16,
};

/* All zeros has no names. */
struct hosts {
	const char *names[HOSTS_MAX];
	size_t count;
};

/* False: there is no room for another. */
bool hosts_add(struct hosts *hosts, const char *name);

/* May the request have the Host that it has?  Without one, in HTTP/1.0, it is
 * not a browser's. [pure] */
bool hosts_know(const struct hosts *hosts, const struct http_request *req);

#endif

/* SPDX-License-Identifier: ISC */
/* From a configuration to a set of capabilities. */
#include "core/needs.h"
#include "base/caps.h"
#include "conf/conf.h"

static uint64_t
needs_of_path(const struct conf_service *s, const struct addr *addr, uid_t uid)
{
	if (addr->at.local.sun_path[0] == '\0' || s->socket_user.name == NULL ||
	    s->socket_user.uid == uid)
		return 0;
	return CAPS_BIT(CAP_CHOWN);
}

uint64_t
needs_of_socket(const struct conf_service *service, const struct addr *addr,
    const struct needs_here *here)
{
	unsigned int port;
	uint64_t needs = 0;

	if (addr->at.any.sa_family == AF_UNIX)
		return needs_of_path(service, addr, here->uid);
	port = addr_port(addr);
	if (port != 0 && port < here->first_free_port)
		needs |= CAPS_BIT(CAP_NET_BIND_SERVICE);
	if (service->mark.set)
		needs |= CAPS_BIT(CAP_NET_ADMIN);
	return needs;
}

uint64_t
needs_to_keep(const struct conf *conf, const struct needs_here *here)
{
	uint64_t sockets = 0;

	for (size_t i = 0; i < conf->service_count; i++) {
		const struct conf_service *s = &conf->services[i];

		for (size_t l = 0; s->enabled && l < s->listen.count; l++)
			sockets |=
			    needs_of_socket(s, &s->listen.at[l].addr, here);
	}
	return conf->needed | (sockets & CAPS_BIT(CAP_NET_BIND_SERVICE));
}

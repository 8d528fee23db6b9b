/* SPDX-License-Identifier: ISC */
/* IP sockets, and unix sockets with a path. */
#include "conf/sockets.h"

bool
conf_sockets_has_path(const struct conf_service *s)
{
	for (size_t i = 0; i < s->listen.count; i++) {
		const struct addr *a = &s->listen.at[i].addr;

		if (a->at.any.sa_family == AF_UNIX &&
		    a->at.local.sun_path[0] != '\0')
			return true;
	}
	return false;
}

bool
conf_sockets_has_ip(const struct conf_service *s)
{
	for (size_t i = 0; i < s->listen.count; i++) {
		int family = s->listen.at[i].addr.at.any.sa_family;

		if (family == AF_INET || family == AF_INET6)
			return true;
	}
	return false;
}

bool
conf_sockets_has_unix(const struct conf_service *s)
{
	for (size_t i = 0; i < s->listen.count; i++) {
		if (s->listen.at[i].addr.at.any.sa_family == AF_UNIX)
			return true;
	}
	return false;
}

/* What they are is seen when superd starts. */
static bool
has_passed(const struct conf_service *s)
{
	for (size_t i = 0; i < s->listen.count; i++) {
		if (s->listen.at[i].passed != NULL)
			return true;
	}
	return false;
}

bool
conf_sockets_know(const struct conf_service *s, const struct conf_key *key)
{
	switch (key->sockets) {
	case CONF_ON_IP:
		return conf_sockets_has_ip(s) || has_passed(s);
	case CONF_ON_UNIX:
		return conf_sockets_has_path(s);
	default:
		return true;
	}
}

/* SPDX-License-Identifier: ISC */
/* Socket addresses as text and back; see addr.h. */
#include <arpa/inet.h>
#include <net/if.h>
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>

#include "base/addr.h"
#include "base/num.h"

int
addr_parse_port(
    const char *text, const char *protocol, uint16_t *ret_port, struct err *e)
{
	const struct servent *service;
	uint64_t number;
	int error = num_parse_unsigned(text, &number);

	if (error == 0 && number <= 65535) {
		*ret_port = (uint16_t)number;
		return 0;
	}
	if (error != -EINVAL || (text[0] >= '0' && text[0] <= '9') ||
	    text[0] == '-' || text[0] == '+')
		return err_set(e, EINVAL,
		    "bad port '%.40s': a port is a number from 0 to 65535",
		    text);
	if (text[0] == '\0')
		return err_set(
		    e, EINVAL, "no port: say a number from 0 to 65535");
	service = getservbyname(text, protocol);
	if (service == NULL)
		return err_set(e, EINVAL,
		    "unknown port '%.40s': neither a number nor a name of "
		    "/etc/services",
		    text);
	*ret_port = ntohs((uint16_t)service->s_port);
	return 0;
}

int
addr_parse_unix(const char *path, struct addr *ret_addr, struct err *e)
{
	struct addr a = { .at.local = { .sun_family = AF_UNIX } };
	size_t length = strlen(path);
	size_t most = sizeof(a.at.local.sun_path) - 1;

	if (length == 0 || (path[0] == '@' && length == 1))
		return err_set(
		    e, EINVAL, "no path: say unix:/path or unix:@name");
	if (length > most)
		return err_set(e, EINVAL,
		    "path of a unix socket has %zu bytes, at most %zu work",
		    length, most);
	memcpy(a.at.local.sun_path, path, length);
	a.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	if (path[0] == '@')
		a.at.local.sun_path[0] = '\0';
	else
		a.length++;
	*ret_addr = a;
	return 0;
}

/* fe80::1%eth0 or fe80::1%2; the zone is cut off in place. */
static int
take_zone(char *host, uint32_t *ret_scope, struct err *e)
{
	char *percent = strchr(host, '%');
	uint64_t number;

	*ret_scope = 0;
	if (percent == NULL)
		return 0;
	*percent = '\0';
	*ret_scope = if_nametoindex(percent + 1);
	if (*ret_scope != 0)
		return 0;
	if (num_parse_unsigned(percent + 1, &number) < 0 || number == 0 ||
	    number > UINT32_MAX)
		return err_set(
		    e, EINVAL, "no network interface '%.40s'", percent + 1);
	*ret_scope = (uint32_t)number;
	return 0;
}

static int
parse_v6(char *host, struct addr *a, struct err *e)
{
	uint32_t scope;
	int error = take_zone(host, &scope, e);

	if (error < 0)
		return error;
	addr_any(AF_INET6, a);
	a->at.v6.sin6_scope_id = scope;
	if (inet_pton(AF_INET6, host, &a->at.v6.sin6_addr) != 1)
		return err_set(e, EINVAL, "bad IPv6 address '%.60s'", host);
	return 0;
}

static int
parse_v4(const char *host, struct addr *a, struct err *e)
{
	addr_any(AF_INET, a);
	if (strcmp(host, "*") == 0)
		return 0;
	if (inet_pton(AF_INET, host, &a->at.v4.sin_addr) != 1)
		return err_set(e, EINVAL,
		    "bad address '%.60s': say ADDRESS:PORT or [V6]:PORT in "
		    "numbers",
		    host);
	return 0;
}

int
addr_parse(const char *text, struct addr *ret_addr, struct err *e)
{
	struct addr a;
	const char *colon;
	char host[64];
	uint16_t port;
	size_t length;
	bool bracket = text[0] == '[';
	int error;

	if (strncmp(text, "unix:", 5) == 0)
		return addr_parse_unix(text + 5, ret_addr, e);
	colon = strrchr(text, ':');
	if (colon == NULL ||
	    (bracket && (colon == text + 1 || colon[-1] != ']')))
		return err_set(e, EINVAL,
		    "bad address '%.60s': say ADDRESS:PORT or [V6]:PORT", text);
	length = (size_t)(colon - text) - (bracket ? 2 : 0);
	if (length >= sizeof(host))
		return err_set(
		    e, EINVAL, "bad address '%.60s...': too long", text);
	memcpy(host, text + (bracket ? 1 : 0), length);
	host[length] = '\0';
	if (!bracket && strchr(host, ':') != NULL)
		return err_set(e, EINVAL,
		    "bad address '%.60s': an IPv6 address needs brackets, as "
		    "in [::1]:7",
		    text);
	error = bracket ? parse_v6(host, &a, e) : parse_v4(host, &a, e);
	if (error == 0)
		error = addr_parse_port(colon + 1, "tcp", &port, e);
	if (error < 0)
		return error;
	addr_set_port(&a, port);
	*ret_addr = a;
	return 0;
}

uint16_t
addr_port(const struct addr *a)
{
	switch (a->at.any.sa_family) {
	case AF_INET:
		return ntohs(a->at.v4.sin_port);
	case AF_INET6:
		return ntohs(a->at.v6.sin6_port);
	default:
		return 0;
	}
}

void
addr_set_port(struct addr *a, uint16_t port)
{
	if (a->at.any.sa_family == AF_INET)
		a->at.v4.sin_port = htons(port);
	else if (a->at.any.sa_family == AF_INET6)
		a->at.v6.sin6_port = htons(port);
}

void
addr_any(int family, struct addr *ret_addr)
{
	*ret_addr = (struct addr) { 0 };
	ret_addr->at.any.sa_family = (sa_family_t)family;
	ret_addr->length = family == AF_INET ? sizeof(struct sockaddr_in)
					     : sizeof(struct sockaddr_in6);
}

bool
addr_is_any(const struct addr *a)
{
	switch (a->at.any.sa_family) {
	case AF_INET:
		return a->at.v4.sin_addr.s_addr == htonl(INADDR_ANY);
	case AF_INET6:
		return IN6_IS_ADDR_UNSPECIFIED(&a->at.v6.sin6_addr);
	default:
		return false;
	}
}

bool
addr_equal(const struct addr *a, const struct addr *b)
{
	if (a->at.any.sa_family != b->at.any.sa_family)
		return false;
	switch (a->at.any.sa_family) {
	case AF_INET:
		return a->at.v4.sin_port == b->at.v4.sin_port &&
		    a->at.v4.sin_addr.s_addr == b->at.v4.sin_addr.s_addr;
	case AF_INET6:
		return a->at.v6.sin6_port == b->at.v6.sin6_port &&
		    a->at.v6.sin6_scope_id == b->at.v6.sin6_scope_id &&
		    memcmp(&a->at.v6.sin6_addr, &b->at.v6.sin6_addr, 16) == 0;
	default:
		return a->length == b->length &&
		    memcmp(&a->at, &b->at, a->length) == 0;
	}
}

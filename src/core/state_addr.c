/* SPDX-License-Identifier: ISC */
/* Addresses and peers as values of a state; see state_value.h. */
#include <errno.h>
#include <string.h>

#include "core/state_value_long.h"

#define FAMILY_SIZE 2
#define V4_SIZE     (FAMILY_SIZE + 2 + 4)
#define V6_SIZE     (FAMILY_SIZE + 2 + 4 + 16)
#define LOCAL_SIZE  (FAMILY_SIZE + 3 * 4)
#define PATH_AT     offsetof(struct sockaddr_un, sun_path)

static int
unknown_family(unsigned int family, struct err *e)
{
	return err_set(
	    e, EINVAL, "address of a family that is not known: %u", family);
}

static int
bad_size(size_t size, const char *family, struct err *e)
{
	return err_set(
	    e, EINVAL, "%s address that is %zu bytes long", family, size);
}

/* A path ends with its only NUL; an abstract name begins with one. */
static int
check_local(const struct addr *a, struct err *e)
{
	const char *path = a->at.local.sun_path;
	size_t size = a->length < PATH_AT ? 0 : a->length - PATH_AT;

	if (size < 2 || size > sizeof(a->at.local.sun_path))
		return bad_size(a->length, "unix", e);
	if (path[0] != '\0' && strnlen(path, size) != size - 1)
		return err_set(e, EINVAL,
		    "path of a unix socket that does "
		    "not end with its only NUL");
	return 0;
}

int
state_addr_check(const struct addr *a, struct err *e)
{
	switch (a->at.any.sa_family) {
	case AF_INET:
		if (a->length != sizeof(a->at.v4))
			return bad_size(a->length, "IPv4", e);
		return 0;
	case AF_INET6:
		if (a->length != sizeof(a->at.v6))
			return bad_size(a->length, "IPv6", e);
		return 0;
	case AF_UNIX:
		return check_local(a, e);
	default:
		return unknown_family(a->at.any.sa_family, e);
	}
}

size_t
state_addr_size(const struct addr *a)
{
	switch (a->at.any.sa_family) {
	case AF_INET:
		return V4_SIZE;
	case AF_INET6:
		return V6_SIZE;
	default:
		return FAMILY_SIZE + a->length - PATH_AT;
	}
}

void
state_addr_put(const struct addr *a, uint8_t *to)
{
	state_put_number(to, a->at.any.sa_family, FAMILY_SIZE);
	to += FAMILY_SIZE;
	switch (a->at.any.sa_family) {
	case AF_INET:
		state_put_number(to, addr_port(a), 2);
		memcpy(to + 2, &a->at.v4.sin_addr, 4);
		break;
	case AF_INET6:
		state_put_number(to, addr_port(a), 2);
		state_put_number(to + 2, a->at.v6.sin6_scope_id, 4);
		memcpy(to + 6, &a->at.v6.sin6_addr, 16);
		break;
	default:
		memcpy(to, a->at.local.sun_path, a->length - PATH_AT);
		break;
	}
}

static int
get_local(const struct state_span *from, struct addr *a, struct err *e)
{
	size_t size = from->size - FAMILY_SIZE;

	if (size > sizeof(a->at.local.sun_path))
		return bad_size(from->size, "unix", e);
	a->at.local.sun_family = AF_UNIX;
	memcpy(a->at.local.sun_path, from->at + FAMILY_SIZE, size);
	a->length = (socklen_t)(PATH_AT + size);
	return 0;
}

int
state_addr_get(
    const struct state_span *from, struct addr *ret_addr, struct err *e)
{
	const uint8_t *at = from->at + FAMILY_SIZE;
	struct addr a = { 0 };
	unsigned int family;
	int error = 0;

	family = (unsigned int)state_get_number(from->at, FAMILY_SIZE);
	if (family == AF_INET && from->size == V4_SIZE) {
		addr_any(AF_INET, &a);
		memcpy(&a.at.v4.sin_addr, at + 2, 4);
	} else if (family == AF_INET6 && from->size == V6_SIZE) {
		addr_any(AF_INET6, &a);
		a.at.v6.sin6_scope_id = (uint32_t)state_get_number(at + 2, 4);
		memcpy(&a.at.v6.sin6_addr, at + 6, 16);
	} else if (family == AF_UNIX) {
		error = get_local(from, &a, e);
	} else if (family == AF_INET || family == AF_INET6) {
		error = bad_size(from->size, "IP", e);
	} else {
		error = unknown_family(family, e);
	}
	if (error < 0)
		return error;
	if (family != AF_UNIX)
		addr_set_port(&a, (uint16_t)state_get_number(at, 2));
	*ret_addr = a;
	return 0;
}

int
state_peer_check(const struct addr_peer *p, struct err *e)
{
	switch (p->family) {
	case AF_UNSPEC:
	case AF_INET:
	case AF_INET6:
	case AF_UNIX:
		return 0;
	default:
		return unknown_family(p->family, e);
	}
}

size_t
state_peer_size(const struct addr_peer *p)
{
	switch (p->family) {
	case AF_INET:
		return V4_SIZE;
	case AF_INET6:
		return V6_SIZE;
	case AF_UNIX:
		return LOCAL_SIZE;
	default:
		return FAMILY_SIZE;
	}
}

void
state_peer_put(const struct addr_peer *p, uint8_t *to)
{
	state_put_number(to, p->family, FAMILY_SIZE);
	to += FAMILY_SIZE;
	switch (p->family) {
	case AF_INET:
		state_put_number(to, p->port, 2);
		memcpy(to + 2, p->at.v4, 4);
		break;
	case AF_INET6:
		state_put_number(to, p->port, 2);
		state_put_number(to + 2, p->scope, 4);
		memcpy(to + 6, p->at.v6, 16);
		break;
	case AF_UNIX:
		state_put_number(to, p->at.local.pid, 4);
		state_put_number(to + 4, p->at.local.uid, 4);
		state_put_number(to + 8, p->at.local.gid, 4);
		break;
	default:
		break;
	}
}

/* p->family is known, the size is that of its peers. */
static void
fill_peer(const uint8_t *at, struct addr_peer *p)
{
	if (p->family == AF_INET || p->family == AF_INET6)
		p->port = (uint16_t)state_get_number(at, 2);
	if (p->family == AF_INET) {
		memcpy(p->at.v4, at + 2, 4);
	} else if (p->family == AF_INET6) {
		p->scope = (uint32_t)state_get_number(at + 2, 4);
		memcpy(p->at.v6, at + 6, 16);
	} else if (p->family == AF_UNIX) {
		p->at.local.pid = (uint32_t)state_get_number(at, 4);
		p->at.local.uid = (uint32_t)state_get_number(at + 4, 4);
		p->at.local.gid = (uint32_t)state_get_number(at + 8, 4);
	}
}

int
state_peer_get(
    const struct state_span *from, struct addr_peer *ret_peer, struct err *e)
{
	struct addr_peer p = { 0 };
	int error;

	p.family = (uint16_t)state_get_number(from->at, FAMILY_SIZE);
	error = state_peer_check(&p, e);
	if (error < 0)
		return error;
	if (from->size != state_peer_size(&p))
		return bad_size(from->size, "peer's", e);
	fill_peer(from->at + FAMILY_SIZE, &p);
	*ret_peer = p;
	return 0;
}

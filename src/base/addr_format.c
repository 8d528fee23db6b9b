/* SPDX-License-Identifier: ISC */
/*
 * Addresses as text.  The child page formats its peer with this, so there is
 * no libc here but memcpy and friends.
 */
#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include "base/addr.h"

static void
put_v4(struct text *t, const uint8_t ip[4])
{
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			text_char(t, '.');
		text_unsigned(t, ip[i]);
	}
}

static unsigned int
group_of(const uint8_t ip[16], int i)
{
	return (unsigned int)ip[2 * i] << 8 | ip[2 * i + 1];
}

/* The longest run of at least two zero groups, the first one if equal. */
static int
zero_run(const uint8_t ip[16], int *ret_length)
{
	int best = -1, best_length = 1;

	for (int i = 0; i < 8; i++) {
		int end = i;

		while (end < 8 && group_of(ip, end) == 0)
			end++;
		if (end - i > best_length) {
			best = i;
			best_length = end - i;
		}
		if (end > i)
			i = end - 1;
	}
	*ret_length = best_length;
	return best;
}

/* RFC 5952: lower case, the longest run of zeros as "::". */
static void
put_v6(struct text *t, const uint8_t ip[16])
{
	int length, run = zero_run(ip, &length);

	for (int i = 0; i < 8;) {
		if (i == run) {
			text_string(t, "::");
			i += length;
			continue;
		}
		if (i > 0 && i != run + length)
			text_char(t, ':');
		text_hex(t, group_of(ip, i), 1);
		i++;
	}
}

static bool
is_v4_mapped(const uint8_t ip[16])
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(ip, prefix, sizeof(prefix)) == 0;
}

void
addr_to_peer(const struct addr *a, struct addr_peer *ret_peer)
{
	struct addr_peer p = { .family = a->at.any.sa_family };

	if (a->length < sizeof(sa_family_t)) {
		p.family = AF_UNSPEC;
	} else if (p.family == AF_INET) {
		p.port = ntohs(a->at.v4.sin_port);
		memcpy(p.at.v4, &a->at.v4.sin_addr, 4);
	} else if (p.family == AF_INET6) {
		const uint8_t *ip = a->at.v6.sin6_addr.s6_addr;

		p.port = ntohs(a->at.v6.sin6_port);
		if (is_v4_mapped(ip)) {
			p.family = AF_INET;
			memcpy(p.at.v4, ip + 12, 4);
		} else {
			p.scope = a->at.v6.sin6_scope_id;
			memcpy(p.at.v6, ip, 16);
		}
	}
	*ret_peer = p;
}

void
addr_peer_format_ip(const struct addr_peer *p, struct text *t)
{
	if (p->family == AF_INET) {
		put_v4(t, p->at.v4);
	} else if (p->family == AF_INET6) {
		put_v6(t, p->at.v6);
		if (p->scope != 0) {
			text_char(t, '%');
			text_unsigned(t, p->scope);
		}
	}
}

static void
put_local(const struct addr_peer *p, struct text *t)
{
	text_string(t, "unix:uid=");
	text_unsigned(t, p->at.local.uid);
	text_string(t, ",pid=");
	text_unsigned(t, p->at.local.pid);
}

void
addr_peer_format(const struct addr_peer *p, struct text *t)
{
	switch (p->family) {
	case AF_INET:
		put_v4(t, p->at.v4);
		break;
	case AF_INET6:
		text_char(t, '[');
		addr_peer_format_ip(p, t);
		text_char(t, ']');
		break;
	case AF_UNIX:
		put_local(p, t);
		return;
	default:
		text_string(t, "unknown");
		return;
	}
	text_char(t, ':');
	text_unsigned(t, p->port);
}

void
addr_peer_format_prefix(const struct addr_peer *p, struct text *t)
{
	struct addr_peer cut = *p;

	if (p->family == AF_INET) {
		cut.at.v4[3] = 0;
		put_v4(t, cut.at.v4);
		text_string(t, "/24");
	} else if (p->family == AF_INET6) {
		memset(cut.at.v6 + 6, 0, 10);
		put_v6(t, cut.at.v6);
		text_string(t, "/48");
	} else {
		addr_peer_format(p, t);
	}
}

static void
put_path(const struct addr *a, struct text *t)
{
	size_t head = offsetof(struct sockaddr_un, sun_path);
	size_t length = a->length > head ? a->length - head : 0;
	const char *path = a->at.local.sun_path;

	text_string(t, "unix:");
	if (length > 0 && path[0] == '\0') {
		text_char(t, '@');
		path++;
		length--;
	} else {
		length = strnlen(path, length);
	}
	text_escaped(t, path, length);
}

static void
put_v6_bracketed(const struct sockaddr_in6 *a, struct text *t)
{
	text_char(t, '[');
	put_v6(t, a->sin6_addr.s6_addr);
	if (a->sin6_scope_id != 0) {
		text_char(t, '%');
		text_unsigned(t, a->sin6_scope_id);
	}
	text_char(t, ']');
}

void
addr_format(const struct addr *a, struct text *t)
{
	uint8_t v4[4];

	if (a->at.any.sa_family == AF_UNIX) {
		put_path(a, t);
		return;
	}
	if (a->at.any.sa_family == AF_INET6) {
		put_v6_bracketed(&a->at.v6, t);
	} else {
		memcpy(v4, &a->at.v4.sin_addr, sizeof(v4));
		put_v4(t, v4);
	}
	text_char(t, ':');
	text_unsigned(t, addr_port(a));
}

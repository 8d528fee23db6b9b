/* SPDX-License-Identifier: ISC */
/*
 * Socket addresses as text and back, and the compact form in which a peer is
 * remembered for the life of its connection.  Pure; no name is ever resolved
 * but service names out of /etc/services.
 */
#ifndef SUPERD_BASE_ADDR_H
#define SUPERD_BASE_ADDR_H

#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

/* The longest text of any address here, unix paths escaped, with its NUL. */
#define ADDR_TEXT_SIZE 512

struct addr {
	socklen_t length;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_un local;
	} at;
};

/* A peer: 24 bytes instead of 112.  IPv4 mapped into IPv6 is kept as IPv4. */
struct addr_peer {
	uint16_t family; /* AF_INET, AF_INET6, AF_UNIX, or AF_UNSPEC */
	uint16_t port;   /* host order */
	union {
		uint8_t v4[4];
		uint8_t v6[16];
		struct {
			uint32_t pid, uid, gid;
		} local;
	} at;
	uint32_t scope; /* of a link-local IPv6 address */
};

/*
 * ADDRESS:PORT or [V6]:PORT or unix:/path or unix:@name, as addr_format()
 * writes it.  PORT is a number from 0 to 65535.  Returns 0 or -EINVAL with
 * what is wrong and what is allowed.
 */
int addr_parse(const char *text, struct addr *ret_addr, struct err *e);

/* A port number or a name of /etc/services for protocol ("tcp"). */
int addr_parse_port(
    const char *text, const char *protocol, uint16_t *ret_port, struct err *e);

/* "unix:..." needs the rest after the prefix.  Too long is an error. */
int addr_parse_unix(const char *path, struct addr *ret_addr, struct err *e);

/* 192.0.2.1:80, [2001:db8::1]:80, unix:/run/x, unix:@name. */
void addr_format(const struct addr *a, struct text *t);

/* 0 for unix sockets. */
uint16_t addr_port(const struct addr *a);
void addr_set_port(struct addr *a, uint16_t port);

/* The wildcard of a family, port 0. */
void addr_any(int family, struct addr *ret_addr);
bool addr_is_any(const struct addr *a);
bool addr_equal(const struct addr *a, const struct addr *b);

/* What accept() said.  AF_UNIX: ids are filled in by net_accept(). */
void addr_to_peer(const struct addr *a, struct addr_peer *ret_peer);

/* The address alone: 192.0.2.1, 2001:db8::1, fe80::1%2.  Nothing for unix. */
void addr_peer_format_ip(const struct addr_peer *p, struct text *t);

/* As a person reads it: 192.0.2.1:80, [2001:db8::1]:80, unix:uid=0,pid=7. */
void addr_peer_format(const struct addr_peer *p, struct text *t);

/*
 * What may be logged where addresses are personal data: 192.0.2.0/24,
 * 2001:db8:1::/48, without the port.  unix peers as addr_peer_format().
 */
void addr_peer_format_prefix(const struct addr_peer *p, struct text *t);

#endif

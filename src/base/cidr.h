/* SPDX-License-Identifier: ISC */
/*
 * Networks in CIDR notation.  All addresses are 16 bytes here: IPv4 stands
 * as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), and 10.0.0.0/8 has a length of 104.
 * The families do not mix all the same: ::/0 is all of IPv6 and no IPv4.
 */
#ifndef SUPERD_BASE_CIDR_H
#define SUPERD_BASE_CIDR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/text.h"

/* Where the 32 bits of IPv4 begin. */
#define CIDR_V4_BITS 96

/* The longest text of a network, with its NUL. */
#define CIDR_TEXT_SIZE 64

struct cidr {
	uint8_t ip[16]; /* network order, no bits behind the length */
	uint8_t length; /* 0 to 128 */
};

/*
 * ADDRESS/LENGTH, or ADDRESS for a network of one.  Returns 0 or -EINVAL
 * with what is wrong; where bits of a host are set, with the network.
 */
int cidr_parse(const char *text, struct cidr *ret_cidr, struct err *e);

/* The shortest text that parses to the same. */
void cidr_format(const struct cidr *c, struct text *t);

/* Is this ::ffff:a.b.c.d?  [pure] */
bool cidr_is_v4(const uint8_t ip[16]);

/* [pure] */
bool cidr_contains(const struct cidr *c, const uint8_t ip[16]);

/* Clears all bits behind the first `length`. */
void cidr_mask(uint8_t ip[16], unsigned int length);

/*
 * The address of a peer, without port and scope.  False, and nothing is
 * written, for peers that have none (unix sockets).
 */
bool cidr_from_peer(const struct addr_peer *p, uint8_t ret_ip[16]);

#endif

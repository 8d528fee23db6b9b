/* SPDX-License-Identifier: ISC */
/* Networks in CIDR notation; see cidr.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/cidr.h"
#include "base/num.h"

#define EXAMPLES "say 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32"

static const uint8_t v4_prefix[12] = { [10] = 0xff, [11] = 0xff };

bool
cidr_is_v4(const uint8_t ip[16])
{
	return memcmp(ip, v4_prefix, sizeof(v4_prefix)) == 0;
}

void
cidr_mask(uint8_t ip[16], unsigned int length)
{
	for (unsigned int i = 0; i < 16; i++) {
		unsigned int at = i * 8;

		if (at >= length)
			ip[i] = 0;
		else if (at + 8 > length)
			ip[i] &= (uint8_t)(0xff << (at + 8 - length));
	}
}

bool
cidr_contains(const struct cidr *c, const uint8_t ip[16])
{
	uint8_t masked[16];

	if (c->length < CIDR_V4_BITS && cidr_is_v4(ip))
		return false;
	memcpy(masked, ip, sizeof(masked));
	cidr_mask(masked, c->length);
	return memcmp(masked, c->ip, sizeof(masked)) == 0;
}

bool
cidr_from_peer(const struct addr_peer *p, uint8_t ret_ip[16])
{
	if (p->family == AF_INET) {
		memcpy(ret_ip, v4_prefix, sizeof(v4_prefix));
		memcpy(ret_ip + 12, p->at.v4, 4);
		return true;
	}
	if (p->family != AF_INET6)
		return false;
	memcpy(ret_ip, p->at.v6, 16);
	return true;
}

void
cidr_format(const struct cidr *c, struct text *t)
{
	bool v4 = c->length >= CIDR_V4_BITS && cidr_is_v4(c->ip);
	struct addr_peer p = { .family = v4 ? AF_INET : AF_INET6 };

	if (v4)
		memcpy(p.at.v4, c->ip + 12, 4);
	else
		memcpy(p.at.v6, c->ip, 16);
	addr_peer_format_ip(&p, t);
	if (c->length == 128)
		return;
	text_char(t, '/');
	text_unsigned(t, v4 ? c->length - CIDR_V4_BITS : c->length);
}

/* text is what stands behind the slash, most is 32 or 128. */
static int
parse_length(
    const char *text, unsigned int most, unsigned int *ret, struct err *e)
{
	uint64_t length;
	int error = num_parse_unsigned(text, &length);

	if (error == -EINVAL)
		return err_set(e, EINVAL,
		    "bad prefix length '%.20s': a number from 0 to %u", text,
		    most);
	if (error < 0 || length > most)
		return err_set(e, EINVAL,
		    "prefix length %.20s is too long: at most %u for %s", text,
		    most, most == 32 ? "IPv4" : "IPv6");
	*ret = (unsigned int)length;
	return 0;
}

static int
parse_ip(const char *host, const char *text, struct cidr *c, struct err *e)
{
	if (text[0] == '\0')
		return err_set(e, EINVAL, "no address: " EXAMPLES);
	if (strchr(host, '%') != NULL)
		return err_set(e, EINVAL,
		    "'%.60s' names an interface: a network has no zone", text);
	if (strchr(host, '[') != NULL)
		return err_set(e, EINVAL,
		    "'%.60s': an address without port has no brackets", text);
	if (strchr(host, ':') != NULL) {
		if (inet_pton(AF_INET6, host, c->ip) == 1)
			return 0;
		return err_set(
		    e, EINVAL, "bad IPv6 address '%.60s': " EXAMPLES, text);
	}
	memcpy(c->ip, v4_prefix, sizeof(v4_prefix));
	if (inet_pton(AF_INET, host, c->ip + 12) == 1)
		return 0;
	return err_set(e, EINVAL, "bad address '%.60s': " EXAMPLES, text);
}

static int
check_host_bits(const struct cidr *c, const char *text, struct err *e)
{
	char buffer[CIDR_TEXT_SIZE];
	struct cidr network = *c;
	struct text t;

	cidr_mask(network.ip, network.length);
	if (memcmp(network.ip, c->ip, sizeof(network.ip)) == 0)
		return 0;
	text_init(&t, buffer, sizeof(buffer));
	cidr_format(&network, &t);
	return err_set(
	    e, EINVAL, "%.60s has host bits: the network is %s", text, buffer);
}

int
cidr_parse(const char *text, struct cidr *ret_cidr, struct err *e)
{
	const char *slash = strchr(text, '/');
	size_t size = slash == NULL ? strlen(text) : (size_t)(slash - text);
	unsigned int length = 128;
	char host[INET6_ADDRSTRLEN];
	struct cidr c;
	bool v4;
	int error;

	if (size >= sizeof(host))
		return err_set(
		    e, EINVAL, "bad address '%.60s': " EXAMPLES, text);
	memcpy(host, text, size);
	host[size] = '\0';
	error = parse_ip(host, text, &c, e);
	if (error < 0)
		return error;
	v4 = strchr(host, ':') == NULL;
	if (slash != NULL)
		error = parse_length(slash + 1, v4 ? 32 : 128, &length, e);
	if (error < 0)
		return error;
	if (v4 && slash != NULL)
		length += CIDR_V4_BITS;
	c.length = (uint8_t)length;
	error = check_host_bits(&c, text, e);
	if (error == 0)
		*ret_cidr = c;
	return error;
}

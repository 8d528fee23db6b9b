/* SPDX-License-Identifier: ISC */
/* log_address, applied. */
#include <stddef.h>

#include "base/cidr.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/peer_text.h"
#include "core/service.h"

/* What is left of an address with log_address = prefix. */
#define SHOWN_V4 24
#define SHOWN_V6 48

const char *
peer_text(const struct core *core, const struct addr_peer *peer,
    char buffer[ADDR_TEXT_SIZE])
{
	struct text t;

	text_init(&t, buffer, ADDR_TEXT_SIZE);
	switch (core->conf->daemon.log_address) {
	case CONF_ADDRESS_FULL:
		addr_peer_format(peer, &t);
		return buffer;
	case CONF_ADDRESS_PREFIX:
		addr_peer_format_prefix(peer, &t);
		return buffer;
	default:
		return NULL;
	}
}

const char *
source_text(const struct core_service *s, struct gate_source_key key,
    char buffer[ADDR_TEXT_SIZE])
{
	uint8_t v4 = (uint8_t)s->conf->gate.source_prefix_v4;
	uint8_t v6 = (uint8_t)s->conf->gate.source_prefix_v6;
	struct text t;

	if (s->core->conf->daemon.log_address == CONF_ADDRESS_NONE)
		return NULL;
	if (s->core->conf->daemon.log_address == CONF_ADDRESS_PREFIX &&
	    (key.service & GATE_SOURCE_UNIX) == 0) {
		v4 = v4 < SHOWN_V4 ? v4 : SHOWN_V4;
		v6 = v6 < SHOWN_V6 ? v6 : SHOWN_V6;
		cidr_mask(key.ip, cidr_is_v4(key.ip) ? CIDR_V4_BITS + v4 : v6);
	}
	text_init(&t, buffer, ADDR_TEXT_SIZE);
	gate_source_format(&key, v4, v6, &t);
	return buffer;
}

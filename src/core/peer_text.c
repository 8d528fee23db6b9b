/* SPDX-License-Identifier: ISC */
/* log_address, applied. */
#include <stddef.h>

#include "conf/conf.h"
#include "core/core.h"
#include "core/peer_text.h"

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

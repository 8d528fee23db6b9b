/* SPDX-License-Identifier: ISC */
/* A peer as the log may show it. */
#ifndef SUPERD_CORE_PEER_TEXT_H
#define SUPERD_CORE_PEER_TEXT_H

#include "base/addr.h"
#include "gate/source.h"

struct core;
struct core_service;

/* By log_address: whole, its prefix, or NULL, which leaves the field out. */
const char *peer_text(const struct core *core, const struct addr_peer *peer,
    char buffer[ADDR_TEXT_SIZE]);

/* A source of the service, by the same rule. */
const char *source_text(const struct core_service *s,
    struct gate_source_key key, char buffer[ADDR_TEXT_SIZE]);

#endif

/* SPDX-License-Identifier: ISC */
/* Addresses, peers and refusals as values of a state; see state_value.h. */
#ifndef SUPERD_CORE_STATE_VALUE_LONG_H
#define SUPERD_CORE_STATE_VALUE_LONG_H

#include "core/state.h"
#include "core/state_value.h"

int state_addr_check(const struct addr *a, struct err *e);
size_t state_addr_size(const struct addr *a);
void state_addr_put(const struct addr *a, uint8_t *to);
int state_addr_get(
    const struct state_span *from, struct addr *ret_addr, struct err *e);

int state_peer_check(const struct addr_peer *p, struct err *e);
size_t state_peer_size(const struct addr_peer *p);
void state_peer_put(const struct addr_peer *p, uint8_t *to);
int state_peer_get(
    const struct state_span *from, struct addr_peer *ret_peer, struct err *e);

int state_refusals_check(const struct state_refusals *r, struct err *e);
size_t state_refusals_size(const struct state_refusals *r);
void state_refusals_put(const struct state_refusals *r, uint8_t *to);
int state_refusals_get(const struct state_span *from, struct arena *arena,
    struct state_refusals *ret_refused, struct err *e);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * From nested networks to the borders between them: a list of where, in the
 * 128 bits of addresses, another network becomes the most specific one.
 */
#ifndef SUPERD_GATE_SWEEP_H
#define SUPERD_GATE_SWEEP_H

#include <stddef.h>
#include <stdint.h>

struct conf_rules;

/* From here on this rule decides. */
struct gate_border {
	uint64_t high, low; /* the address */
	uint32_t rule;      /* of the list, or GATE_RULE_NONE */
};

/*
 * The borders of a list, rising, the first at ::, none twice.  IPv4 has one
 * at ::ffff:0:0 and one behind its end, as it is in no network of IPv6.  The
 * caller frees *ret_borders.  Returns their number or -ENOMEM.
 */
int64_t gate_sweep(
    const struct conf_rules *list, struct gate_border **ret_borders);

#endif

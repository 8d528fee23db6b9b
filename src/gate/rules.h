/* SPDX-License-Identifier: ISC */
/*
 * Which networks may enter: allow and deny, compiled once at load.  The most
 * specific network wins; where both name the same one, deny wins.  Who is in
 * none may enter unless there is an `allow`.
 */
#ifndef SUPERD_GATE_RULES_H
#define SUPERD_GATE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/text.h"

struct conf_rules;

/* What decided when no network did. */
#define GATE_RULE_NONE UINT32_MAX
#define GATE_RULE_UNIX (UINT32_MAX - 1)

struct gate_rules;

/*
 * Compiles; O(n log n).  The list is borrowed and must live as long as the
 * result.  Returns 0, -E2BIG for a list of over 2^28 networks, -ENOMEM.
 */
int gate_rules_new(const struct conf_rules *list, struct gate_rules **ret_rules,
    struct err *e);

/*
 * r once more, with an owner more, if it was compiled from the same list;
 * NULL if not.  Services that say the same need not pay for it twice.
 */
struct gate_rules *gate_rules_share(
    struct gate_rules *r, const struct conf_rules *list);

/* The last owner's call frees it.  Accepts NULL. */
void gate_rules_free(struct gate_rules *r);

/*
 * May this peer enter?  *ret_rule is the index in the list of the network
 * that decided, or GATE_RULE_NONE or GATE_RULE_UNIX.  [pure] [hot]
 */
bool gate_rules_check(const struct gate_rules *r, const struct addr_peer *peer,
    uint32_t *ret_rule);

/* For the log: "deny 10.0.0.0/8", "allow unix", "no allow matches". */
void gate_rules_format(
    const struct gate_rules *r, uint32_t rule, struct text *t);

/* Does it let everybody in?  Then nobody has to be asked.  [pure] */
bool gate_rules_empty(const struct gate_rules *r);

/* Bytes of memory, without the list.  [pure] */
size_t gate_rules_size(const struct gate_rules *r);

#endif

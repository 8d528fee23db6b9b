/* SPDX-License-Identifier: ISC */
/*
 * Three kinds of maps make up the lookup: one of IPv4; one of the upper 64
 * bits of IPv6; and where networks are smaller than /64, a map of the lower
 * 64 bits for each /64 that has such, which the upper map's value leads to.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/cidr.h"
#include "conf/conf.h"
#include "gate/ranges.h"
#include "gate/rules.h"
#include "gate/sweep.h"

#define RULES_MOST ((size_t)1 << 28)

/* Values of the maps: a rule and what it says, or a lower map. */
#define VALUE_LOWER UINT32_C(0x80000000)
#define VALUE_ALLOW UINT32_C(1)
#define VALUE_NONE  UINT32_C(0x7ffffffe)

#define V4_FIRST    UINT64_C(0xffff00000000)
#define V4_LAST     UINT64_C(0xffffffffffff)

struct gate_rules {
	size_t owners;
	const struct conf_rules *list;
	bool otherwise; /* what holds where no rule decides */
	struct gate_ranges upper, lower;
	struct gate_ranges_map v4, v6;
	struct gate_ranges_map *lower_maps;
	size_t lower_count, lower_room;
};

static uint32_t
value_of(const struct gate_rules *r, uint32_t rule)
{
	if (rule == GATE_RULE_NONE)
		return VALUE_NONE | (r->otherwise ? VALUE_ALLOW : 0);
	return rule << 1 | (r->list->at[rule].deny ? 0 : VALUE_ALLOW);
}

static bool
has_allow(const struct conf_rules *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!list->at[i].deny)
			return true;
	}
	return list->has_allow || list->allow_unix;
}

static bool
is_v4(const struct gate_border *b)
{
	return b->high == 0 && b->low >= V4_FIRST && b->low <= V4_LAST;
}

/* A map of the low words of borders; `before` holds in front of them. */
static int
add_lower(struct gate_rules *r, const struct gate_border *b, size_t count,
    uint32_t before, struct gate_ranges_map *ret_map)
{
	uint32_t first = gate_ranges_begin(&r->lower);
	int error = 0;

	if (b[0].low != 0)
		error = gate_ranges_add(&r->lower, first, 0, before);
	for (size_t i = 0; error == 0 && i < count; i++)
		error = gate_ranges_add(
		    &r->lower, first, b[i].low, value_of(r, b[i].rule));
	return error < 0 ? error : gate_ranges_end(&r->lower, first, ret_map);
}

/* Takes the borders of IPv4 out of the list and makes its map. */
static int64_t
take_v4(struct gate_rules *r, struct gate_border *b, size_t count)
{
	size_t from = 0, to;
	int error;

	while (!is_v4(&b[from]))
		from++;
	for (to = from; to < count && is_v4(&b[to]); to++)
		b[to].low -= V4_FIRST;
	error = add_lower(r, &b[from], to - from, 0, &r->v4);
	if (error < 0)
		return error;
	for (size_t i = to; i < count; i++)
		b[from + i - to] = b[i];
	return (int64_t)(count - (to - from));
}

/* A lower map for a /64, to which the upper one will lead. */
static int
lead_lower(struct gate_rules *r, const struct gate_border *b, size_t count,
    uint32_t before, uint32_t *ret_value)
{
	int error;

	if (r->lower_count == r->lower_room) {
		size_t room = r->lower_room + r->lower_room / 2 + 16;
		void *grown =
		    reallocarray(r->lower_maps, room, sizeof(*r->lower_maps));

		if (grown == NULL)
			return -ENOMEM;
		r->lower_maps = grown;
		r->lower_room = room;
	}
	error = add_lower(r, b, count, before, &r->lower_maps[r->lower_count]);
	if (error == 0)
		*ret_value = VALUE_LOWER | (uint32_t)r->lower_count++;
	return error;
}

/*
 * The borders b of one /64, the rule `before` in front of them.  Unless they
 * have a single one at its start, they are for a lower map.
 */
static int
add_upper(struct gate_rules *r, const struct gate_border *b, size_t count,
    uint32_t before, bool last)
{
	uint32_t after = value_of(r, b[count - 1].rule);
	uint32_t value = after;
	int error;

	if (count == 1 && b->low == 0)
		return gate_ranges_add(&r->upper, 0, b->high, value);
	error = lead_lower(r, b, count, value_of(r, before), &value);
	if (error == 0)
		error = gate_ranges_add(&r->upper, 0, b->high, value);
	if (error < 0 || b->high == UINT64_MAX)
		return error;
	if (!last && b[count].high == b->high + 1)
		return 0;
	return gate_ranges_add(&r->upper, 0, b->high + 1, after);
}

static int
take_v6(struct gate_rules *r, const struct gate_border *b, size_t count)
{
	uint32_t before = GATE_RULE_NONE;
	int error = 0;

	for (size_t i = 0, next; error == 0 && i < count; i = next) {
		for (next = i + 1; next < count; next++) {
			if (b[next].high != b[i].high)
				break;
		}
		error = add_upper(r, &b[i], next - i, before, next == count);
		before = b[next - 1].rule;
	}
	return error < 0 ? error : gate_ranges_end(&r->upper, 0, &r->v6);
}

static int
compile(struct gate_rules *r)
{
	struct gate_border *borders;
	int64_t count = gate_sweep(r->list, &borders);
	int error;

	if (count < 0)
		return (int)count;
	count = take_v4(r, borders, (size_t)count);
	error = count < 0 ? (int)count : take_v6(r, borders, (size_t)count);
	free(borders);
	gate_ranges_trim(&r->upper);
	gate_ranges_trim(&r->lower);
	return error;
}

int
gate_rules_new(
    const struct conf_rules *list, struct gate_rules **ret_rules, struct err *e)
{
	struct gate_rules *r;

	if (list->count > RULES_MOST)
		return err_set(e, E2BIG,
		    "%zu networks are too many: at most %zu", list->count,
		    RULES_MOST);
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return err_memory(e);
	r->owners = 1;
	r->list = list;
	r->otherwise = !has_allow(list);
	if (compile(r) < 0) {
		gate_rules_free(r);
		return err_memory(e);
	}
	*ret_rules = r;
	return 0;
}

struct gate_rules *
gate_rules_share(struct gate_rules *r, const struct conf_rules *list)
{
	const struct conf_rules *mine = r->list;

	if (mine->at != list->at || mine->count != list->count ||
	    mine->allow_unix != list->allow_unix ||
	    mine->deny_unix != list->deny_unix ||
	    mine->has_allow != list->has_allow)
		return NULL;
	r->owners++;
	return r;
}

void
gate_rules_free(struct gate_rules *r)
{
	if (r == NULL || --r->owners > 0)
		return;
	gate_ranges_done(&r->upper);
	gate_ranges_done(&r->lower);
	free(r->lower_maps);
	free(r);
}

static uint64_t
read_big(const uint8_t *at, int count)
{
	uint64_t word = 0;

	for (int i = 0; i < count; i++)
		word = word << 8 | at[i];
	return word;
}

static uint32_t
find(const struct gate_rules *r, const uint8_t ip[16])
{
	uint32_t value;

	if (cidr_is_v4(ip))
		return gate_ranges_find(
		    &r->lower, &r->v4, read_big(ip + 12, 4));
	value = gate_ranges_find(&r->upper, &r->v6, read_big(ip, 8));
	if ((value & VALUE_LOWER) == 0)
		return value;
	return gate_ranges_find(&r->lower, &r->lower_maps[value & ~VALUE_LOWER],
	    read_big(ip + 8, 8));
}

static bool
check_unix(const struct gate_rules *r, uint32_t *ret_rule)
{
	bool named = r->list->deny_unix || r->list->allow_unix;

	*ret_rule = named ? GATE_RULE_UNIX : GATE_RULE_NONE;
	return named ? !r->list->deny_unix : r->otherwise;
}

bool
gate_rules_check(const struct gate_rules *r, const struct addr_peer *peer,
    uint32_t *ret_rule)
{
	uint8_t ip[16];
	uint32_t value;

	if (peer->family == AF_UNIX)
		return check_unix(r, ret_rule);
	if (!cidr_from_peer(peer, ip)) {
		*ret_rule = GATE_RULE_NONE;
		return r->otherwise;
	}
	value = find(r, ip);
	if ((value & ~VALUE_ALLOW) == VALUE_NONE)
		*ret_rule = GATE_RULE_NONE;
	else
		*ret_rule = value >> 1;
	return (value & VALUE_ALLOW) != 0;
}

void
gate_rules_format(const struct gate_rules *r, uint32_t rule, struct text *t)
{
	if (rule == GATE_RULE_NONE) {
		text_string(
		    t, r->otherwise ? "no deny matches" : "no allow matches");
		return;
	}
	if (rule == GATE_RULE_UNIX) {
		text_string(t, r->list->deny_unix ? "deny unix" : "allow unix");
		return;
	}
	text_string(t, r->list->at[rule].deny ? "deny " : "allow ");
	cidr_format(&r->list->at[rule].net, t);
}

bool
gate_rules_empty(const struct gate_rules *r)
{
	return r->list->count == 0 && r->otherwise && !r->list->deny_unix;
}

size_t
gate_rules_size(const struct gate_rules *r)
{
	return sizeof(*r) + gate_ranges_size(&r->upper) +
	    gate_ranges_size(&r->lower) +
	    r->lower_room * sizeof(*r->lower_maps);
}

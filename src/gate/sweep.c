/* SPDX-License-Identifier: ISC */
/*
 * Networks, sorted by where they begin and the larger one first, are met in
 * the order of opening brackets; a stack of the open ones tells who decides
 * when the innermost ends.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "conf/conf.h"
#include "gate/rules.h"
#include "gate/sweep.h"

#define DEPTH_MOST (128 + 1) /* one open network for each length */

/* Who comes first of those that name one network. */
enum strength {
	DENY,
	ALLOW,
	IMPLIED
};

struct item {
	uint64_t high, low;
	uint32_t rule;
	uint8_t length;
	uint8_t strength; /* enum strength */
};

struct sweep {
	struct gate_border *borders;
	size_t count;
	struct item open[DEPTH_MOST];
	size_t depth;
};

static uint64_t
word_of(const uint8_t at[8])
{
	uint64_t word = 0;

	for (int i = 0; i < 8; i++)
		word = word << 8 | at[i];
	return word;
}

static struct item
item_of(const struct conf_rule *rule, uint32_t number)
{
	return (struct item) {
		.high = word_of(rule->net.ip),
		.low = word_of(rule->net.ip + 8),
		.rule = number,
		.length = rule->net.length,
		.strength = rule->deny ? DENY : ALLOW,
	};
}

static int
order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
compare(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	int by = order(a->high, b->high);

	if (by == 0)
		by = order(a->low, b->low);
	if (by == 0)
		by = order(a->length, b->length);
	if (by == 0)
		by = order(a->strength, b->strength);
	return by == 0 ? order(a->rule, b->rule) : by;
}

static bool
is_same_net(const struct item *a, const struct item *b)
{
	return a->high == b->high && a->low == b->low && a->length == b->length;
}

/* The ones of a word behind its first `length` bits. */
static uint64_t
host_bits(unsigned int length)
{
	return length >= 64 ? 0 : UINT64_MAX >> length;
}

static uint64_t
last_high(const struct item *net)
{
	return net->high | host_bits(net->length);
}

static uint64_t
last_low(const struct item *net)
{
	return net->low | host_bits(net->length < 64 ? 0 : net->length - 64);
}

static bool
ends_before(const struct item *net, const struct item *next)
{
	uint64_t high = last_high(net);

	return next->high > high ||
	    (next->high == high && next->low > last_low(net));
}

/* A later border at the same address replaces the earlier one. */
static void
add_border(struct sweep *s, uint64_t high, uint64_t low, uint32_t rule)
{
	const struct gate_border *last = &s->borders[s->count - 1];

	if (s->count > 0 && last->high == high && last->low == low)
		s->count--;
	s->borders[s->count++] =
	    (struct gate_border) { .high = high, .low = low, .rule = rule };
}

/* The innermost network ends; who is around it decides again. */
static void
close_one(struct sweep *s)
{
	const struct item *net = &s->open[--s->depth];
	uint32_t rule = GATE_RULE_NONE;
	uint64_t high = last_high(net);
	uint64_t low = last_low(net) + 1;

	if (s->depth > 0)
		rule = s->open[s->depth - 1].rule;
	if (low == 0 && ++high == 0)
		return;
	add_border(s, high, low, rule);
}

static void
sweep(struct sweep *s, const struct item *items, size_t count)
{
	s->borders[s->count++] = (struct gate_border) {
		.rule = GATE_RULE_NONE,
	};
	for (size_t i = 0; i < count; i++) {
		const struct item *net = &items[i];

		if (i > 0 && is_same_net(net, &items[i - 1]))
			continue;
		while (s->depth > 0 && ends_before(&s->open[s->depth - 1], net))
			close_one(s);
		add_border(s, net->high, net->low, net->rule);
		s->open[s->depth++] = *net;
	}
	while (s->depth > 0)
		close_one(s);
}

int64_t
gate_sweep(const struct conf_rules *list, struct gate_border **ret_borders)
{
	size_t count = list->count + 1;
	struct item *items = reallocarray(NULL, count, sizeof(*items));
	struct sweep s = { .count = 0 };

	s.borders = reallocarray(NULL, 2 * count + 1, sizeof(*s.borders));
	if (items == NULL || s.borders == NULL) {
		free(items);
		free(s.borders);
		return -ENOMEM;
	}
	for (size_t i = 0; i < list->count; i++)
		items[i] = item_of(&list->at[i], (uint32_t)i);
	items[list->count] = (struct item) {
		.low = UINT64_C(0xffff00000000),
		.length = CIDR_V4_BITS,
		.rule = GATE_RULE_NONE,
		.strength = IMPLIED,
	};
	qsort(items, count, sizeof(*items), compare);
	sweep(&s, items, count);
	free(items);
	*ret_borders = s.borders;
	return (int64_t)s.count;
}

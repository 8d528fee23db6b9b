/* SPDX-License-Identifier: ISC */
/*
 * A report is one block: findings, and behind them the names of their files.
 * Another finding is another block.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"

/* The findings of the next block, in order. */
struct order {
	const struct conf_finding *at[CONF_FINDINGS_MAX + 1];
	size_t count;
};

static bool
same_file(const struct err *a, const struct err *b)
{
	if (a->file == NULL || b->file == NULL)
		return a->file == b->file;
	return strcmp(a->file, b->file) == 0;
}

static bool
is_known(const struct conf_report *report, const struct err *e)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct err *known = &report->findings[i].err;

		if (known->line == e->line && same_file(known, e) &&
		    strcmp(known->text, e->text) == 0)
			return true;
	}
	return false;
}

/* Behind the last one of its file that is not of a later line. */
static size_t
place_of(const struct conf_report *report, const struct err *e)
{
	size_t i = report->count, first = report->count;

	while (i > 0 && !same_file(&report->findings[i - 1].err, e))
		i--;
	if (i == 0)
		return report->count;
	for (first = i; first > 0; first--) {
		const struct err *before = &report->findings[first - 1].err;

		if (!same_file(before, e) || before->line <= e->line)
			break;
	}
	return first;
}

static void
put_in_order(struct order *order, const struct conf_report *report,
    const struct conf_finding *added)
{
	size_t place = place_of(report, &added->err);

	order->count = 0;
	for (size_t i = 0; i <= report->count; i++) {
		if (i == place)
			order->at[order->count++] = added;
		if (i < report->count)
			order->at[order->count++] = &report->findings[i];
	}
}

/* One too many: the last warning goes, else the last mistake. */
static const struct conf_finding *
drop_one(struct order *order)
{
	size_t i = order->count - 1;
	const struct conf_finding *dropped;

	while (i > 0 && !order->at[i]->warning)
		i--;
	if (!order->at[i]->warning)
		i = order->count - 1;
	dropped = order->at[i];
	for (order->count--; i < order->count; i++)
		order->at[i] = order->at[i + 1];
	return dropped;
}

static struct conf_finding *
make_block(const struct order *order)
{
	size_t head = order->count * sizeof(struct conf_finding), bytes = head;
	struct conf_finding *block;
	char *name;

	for (size_t i = 0; i < order->count; i++) {
		if (order->at[i]->err.file != NULL)
			bytes += strlen(order->at[i]->err.file) + 1;
	}
	block = malloc(bytes);
	if (block == NULL)
		return NULL;
	name = (char *)block + head;
	for (size_t i = 0; i < order->count; i++) {
		block[i] = *order->at[i];
		if (block[i].err.file == NULL)
			continue;
		block[i].err.file = strcpy(name, order->at[i]->err.file);
		name += strlen(name) + 1;
	}
	return block;
}

int
conf_report_add(struct conf_report *report, const struct err *e, bool warning)
{
	const struct conf_finding added = { .err = *e, .warning = warning };
	struct conf_finding *block;
	struct order order;

	if (is_known(report, e))
		return 0;
	if (warning)
		report->warnings++;
	else
		report->mistakes++;
	put_in_order(&order, report, &added);
	if (order.count > CONF_FINDINGS_MAX && drop_one(&order) == &added)
		return 0;
	block = make_block(&order);
	if (block == NULL)
		return -ENOMEM;
	free(report->findings);
	report->findings = block;
	report->count = order.count;
	return 0;
}

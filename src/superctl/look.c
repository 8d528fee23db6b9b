/* SPDX-License-Identifier: ISC */
/* See look.h. */
#include <stdlib.h>
#include <string.h>

#include "superctl/look.h"
#include "superctl/memory.h"

void
look_init(struct look *l)
{
	*l = (struct look) { .arena = memory_arena() };
}

void
look_done(struct look *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->rows[i].past);
	free(l->rows);
	arena_free(l->arena);
	*l = (struct look) { 0 };
}

static double
figure(const struct view *v, const char *name)
{
	double value = 0;

	(void)view_number(v, name, &value);
	return value;
}

static double
sum_refused(const struct json *j)
{
	uint32_t all = json_member(j, 1, "refused"), at;
	double sum = 0, value;

	if (json_kind(j, all) != JSON_OBJECT)
		return 0;
	for (at = json_first(j, all); at != JSON_NONE;
	     at = json_next(j, all, at + 1)) {
		if (json_number(j, at + 1, &value))
			sum += value;
	}
	return sum;
}

int
look_add(struct look *l, struct view *v, struct session *s, const char *line,
    size_t length)
{
	struct look_row *row;

	if (view_read(v, s, line, length) < 0)
		return -1;
	line = memory_bytes(l->arena, line, length);
	if (view_is(v, "type", "superd")) {
		l->daemon = line;
		series_add(&l->past.live, figure(v, "live"));
		series_add(&l->past.rate, figure(v, "rate"));
		return 0;
	}
	l->rows = memory_grow(l->rows, l->count, sizeof(*l->rows));
	row = &l->rows[l->count++];
	*row = (struct look_row) {
		.line = line,
		.name = memory_string(l->arena, view_known(v, "service")),
		.live = figure(v, "live"),
		.rate = figure(v, "rate"),
		.accepted = figure(v, "accepted"),
		.refused = sum_refused(v->json),
	};
	view_forget(v);
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct look_row *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Both are by name: one walk hands the pasts over. */
static void
inherit(struct look *l, struct look *fresh)
{
	size_t old = 0;
	int order;

	for (size_t i = 0; i < fresh->count; i++) {
		struct look_row *row = &fresh->rows[i];

		order = -1;
		while (old < l->count &&
		    (order = strcmp(l->rows[old].name, row->name)) < 0)
			old++;
		if (old < l->count && order == 0) {
			row->past = l->rows[old].past;
			l->rows[old].past = NULL;
		}
		if (row->past == NULL) {
			row->past = memory_new(sizeof(*row->past));
			memset(row->past, 0, sizeof(*row->past));
		}
		series_add(&row->past->live, row->live);
		series_add(&row->past->rate, row->rate);
	}
}

void
look_take(struct look *l, struct look *fresh)
{
	struct look_past past = l->past;

	if (fresh->count > 1)
		qsort(fresh->rows, fresh->count, sizeof(*fresh->rows), by_name);
	inherit(l, fresh);
	if (fresh->daemon != NULL) {
		series_add(&past.live, series_most(&fresh->past.live, 1));
		series_add(&past.rate, series_most(&fresh->past.rate, 1));
	}
	look_done(l);
	*l = *fresh;
	l->past = past;
	look_init(fresh);
}

static double
key(const struct look_row *row, enum look_order order)
{
	switch (order) {
	case LOOK_BY_LIVE:
		return row->live;
	case LOOK_BY_RATE:
		return row->rate;
	case LOOK_BY_ACCEPTED:
		return row->accepted;
	case LOOK_BY_REFUSED:
		return row->refused;
	default:
		return 0;
	}
}

/* What is equal stays by name, so that rows do not jump. */
static int
by_key(const void *a, const void *b)
{
	const struct look_place *x = a, *y = b;

	if (x->key < y->key || x->key > y->key)
		return x->key < y->key ? 1 : -1;
	return x->row < y->row ? -1 : x->row > y->row;
}

void
look_sort(const struct look *l, enum look_order order, struct look_place *ret)
{
	for (size_t i = 0; i < l->count; i++)
		ret[i] = (struct look_place) { key(&l->rows[i], order),
			&l->rows[i] };
	if (order != LOOK_BY_NAME && l->count > 1)
		qsort(ret, l->count, sizeof(ret[0]), by_key);
}

const char *
look_order_name(enum look_order order)
{
	static const char *const names[LOOK_ORDERS] = { "name", "live", "rate",
		"accepted", "refused" };

	return names[order];
}

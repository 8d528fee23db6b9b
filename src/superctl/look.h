/* SPDX-License-Identifier: ISC */
/* What `status` said the last time, and what it said before. */
#ifndef SUPERD_SUPERCTL_LOOK_H
#define SUPERD_SUPERCTL_LOOK_H

#include "base/arena.h"
#include "superctl/series.h"
#include "superctl/session.h"
#include "superctl/view.h"

/* The figures over time, of superd or of a service. */
struct look_past {
	struct series live, rate;
};

struct look_row {
	const char *line; /* as superd sent it */
	const char *name;
	double live, rate, accepted, refused;
	struct look_past *past; /* own */
};

enum look_order {
	LOOK_BY_NAME,
	LOOK_BY_LIVE,
	LOOK_BY_RATE,
	LOOK_BY_ACCEPTED,
	LOOK_BY_REFUSED,
	LOOK_ORDERS
};

struct look {
	struct arena *arena;   /* own: of lines and names */
	const char *daemon;    /* superd's line, NULL: none came */
	struct look_row *rows; /* own, by name */
	size_t count;
	struct look_past past; /* superd's */
};

void look_init(struct look *l);
void look_done(struct look *l);

/* Adds a line of an answer.  Returns 0, or -1 with s->fault. */
int look_add(struct look *l, struct view *v, struct session *s,
    const char *line, size_t length);

/*
 * The answer is whole: `fresh` becomes what `l` is, with the past of those
 * that it knew, and is empty afterwards.
 */
void look_take(struct look *l, struct look *fresh);

/* A row in an order. */
struct look_place {
	double key;
	const struct look_row *row;
};

/*
 * Fills l->count places: the rows in an order, largest first, and by name
 * where they are equal.
 */
void look_sort(
    const struct look *l, enum look_order order, struct look_place *ret);

/* How an order is called.  [pure] */
const char *look_order_name(enum look_order order);

#endif

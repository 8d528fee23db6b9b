/* SPDX-License-Identifier: ISC */
/* The members of one object that superd sent, as text for people. */
#ifndef SUPERD_SUPERCTL_VIEW_H
#define SUPERD_SUPERCTL_VIEW_H

#include "base/arena.h"
#include "superctl/screen.h"
#include "wire/json.h"

struct session;

struct view {
	const struct screen *screen; /* borrowed */
	struct arena *arena;         /* own: of all texts that it gives */
	struct json *json;           /* own: the object at hand */
};

void view_init(struct view *v, const struct screen *screen);
void view_done(struct view *v);

/* Frees all texts that it gave: for who goes on for ever. */
void view_forget(struct view *v);

/* Reads a line.  Returns 0, or -1 with s->fault. */
int view_read(
    struct view *v, struct session *s, const char *line, size_t length);

/*
 * A member of the object as harmless text that lives as long as the view;
 * NULL if it is not there.
 */
const char *view_text(const struct view *v, const char *name);

/* The same for sentences: "?" if it is not there. */
const char *view_known(const struct view *v, const char *name);

/* The same of any node. */
const char *view_node(const struct view *v, uint32_t node);

/*
 * The same as a value of a text line of superd's log: in quotes, and escaped
 * to ASCII, unless it is visible ASCII without a quote or a backslash.
 */
const char *view_value(const struct view *v, uint32_t node);

/* A number; false if it is not there. */
bool view_number(const struct view *v, const char *name, double *ret_value);

/* A number as units.h writes it, NULL if it is not there. */
typedef void view_unit(struct text *t, double value);
const char *view_units(const struct view *v, const char *name, view_unit *unit);

/* "1 connection", "2 connections"; NULL if it is not there. */
const char *view_counted(
    const struct view *v, const char *name, const char *what);

/* Is the member this string?  [pure] */
bool view_is(const struct view *v, const char *name, const char *value);

/* Keeps a text as long as the view. */
const char *view_keep(const struct view *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif

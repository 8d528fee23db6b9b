/* SPDX-License-Identifier: ISC */
/*
 * A listening address in words, shared by its listener and by all who came in
 * there: they may outlive it.
 */
#ifndef SUPERD_CORE_LISTEN_TEXT_H
#define SUPERD_CORE_LISTEN_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct addr;

struct listen_text {
	uint32_t users;
	char text[];
};

/* Each has one user.  NULL if there is no memory. */
struct listen_text *listen_text_new(const struct addr *a);
struct listen_text *listen_text_copy(const char *text, size_t length);

/* One user more; returns t.  [hot] */
struct listen_text *listen_text_use(struct listen_text *t);

/* One less; with the last one it is freed.  Accepts NULL.  [hot] */
void listen_text_leave(struct listen_text *t);

#endif

/* SPDX-License-Identifier: ISC */
/* Shared words for listening addresses. */
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "core/listen_text.h"

struct listen_text *
listen_text_copy(const char *text, size_t length)
{
	struct listen_text *t = malloc(sizeof(*t) + length + 1);

	if (t == NULL)
		return NULL;
	t->users = 1;
	memcpy(t->text, text, length);
	t->text[length] = '\0';
	return t;
}

struct listen_text *
listen_text_new(const struct addr *a)
{
	char room[ADDR_TEXT_SIZE];
	struct text t;

	text_init(&t, room, sizeof(room));
	addr_format(a, &t);
	return listen_text_copy(room, t.length);
}

struct listen_text *
listen_text_use(struct listen_text *t)
{
	t->users++;
	return t;
}

void
listen_text_leave(struct listen_text *t)
{
	if (t != NULL && --t->users == 0)
		free(t);
}

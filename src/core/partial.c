/* SPDX-License-Identifier: ISC */
/* Lines out of pieces; see partial.h. */
#include <string.h>

#include "core/partial.h"

static struct core_partial *
take(struct core_partials *all)
{
	struct core_partial *p = all->free;

	if (p != NULL)
		all->free = p->next_free;
	else if (all->used < PARTIAL_COUNT)
		p = &all->all[all->used++];
	if (p != NULL)
		p->length = 0;
	return p;
}

static void
give(struct core_partials *all, struct core_partial **held)
{
	(*held)->next_free = all->free;
	all->free = *held;
	*held = NULL;
}

void
partial_end(struct core_partials *all, struct core_partial **held,
    partial_line *line, void *context)
{
	if (*held == NULL)
		return;
	if ((*held)->length > 0)
		line(context, (*held)->at, (*held)->length);
	give(all, held);
}

/* A run of bytes within one line. */
static void
add_run(struct core_partials *all, struct core_partial **held, const char *run,
    size_t length, partial_line *line, void *context)
{
	if (*held == NULL)
		*held = take(all);
	if (*held == NULL) {
		line(context, run, length);
		return;
	}
	memcpy((*held)->at + (*held)->length, run, length);
	(*held)->length += length;
}

void
partial_add(struct core_partials *all, struct core_partial **held,
    const char *piece, size_t length, partial_line *line, void *context)
{
	while (length > 0) {
		const char *newline = memchr(piece, '\n', length);
		size_t run =
		    newline == NULL ? length : (size_t)(newline - piece);
		size_t room =
		    PARTIAL_SIZE - (*held == NULL ? 0 : (*held)->length);

		/* Full, and the line goes on. */
		if (run > 0 && room == 0) {
			partial_end(all, held, line, context);
			continue;
		}
		if (run > room) {
			run = room;
			newline = NULL;
		}
		if (*held == NULL && newline != NULL)
			line(context, piece, run);
		else
			add_run(all, held, piece, run, line, context);
		if (newline != NULL) {
			partial_end(all, held, line, context);
			run++;
		}
		piece += run;
		length -= run;
	}
}

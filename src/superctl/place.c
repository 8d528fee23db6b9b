/* SPDX-License-Identifier: ISC */
/* See place.h. */
#include <stdlib.h>
#include <unistd.h>

#include "superctl/place.h"

#define NAME "/superd/control.sock"

static bool
is_set(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static void
put(struct text *t, const char *text)
{
	t->length = 0;
	text_string(t, text);
}

void
place_find(const char *wanted, struct text *t)
{
	const char *said = getenv("SUPERD_CONTROL");
	const char *own = getenv("XDG_RUNTIME_DIR");

	if (wanted != NULL || is_set(said)) {
		put(t, wanted != NULL ? wanted : said);
		return;
	}
	if (geteuid() != 0 && is_set(own)) {
		put(t, own);
		text_string(t, NAME);
		if (!t->cut && access(t->at, F_OK) == 0)
			return;
		t->cut = false;
	}
	put(t, SUPERD_RUNSTATEDIR NAME);
}

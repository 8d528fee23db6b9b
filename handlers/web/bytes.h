/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_HANDLERS_WEB_BYTES_H
#define SUPERD_HANDLERS_WEB_BYTES_H

/*
 * Bytes that grow, up to a limit: an answer under construction.  What does not
 * fit, for the limit or for lack of memory, is left out and `lost` says so;
 * nobody has to look before the end.
 */

#include <stdbool.h>
#include <stddef.h>

enum {
	BYTES_MAX = 64 * 1024 * 1024,
};

/* All zeros is empty. */
struct bytes {
	char *data;
	size_t len;
	size_t room;
	bool lost;
};

void bytes_add(struct bytes *b, const void *data, size_t size);
void bytes_text(struct bytes *b, const char *text);
__attribute__((format(printf, 2, 3))) void bytes_format(
    struct bytes *b, const char *format, ...);

/* The text as a JSON string, with its quotes.  It must be UTF-8. */
void bytes_json(struct bytes *b, const char *text);

/* Empty again; the memory is kept. */
void bytes_reset(struct bytes *b);
void bytes_free(struct bytes *b);

#endif

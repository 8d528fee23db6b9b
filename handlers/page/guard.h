/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_HANDLERS_PAGE_GUARD_H
#define SUPERD_HANDLERS_PAGE_GUARD_H

/*
 * Who may change something by the status page.
 *
 * A browser can be led here by any page that it has open.  What keeps those
 * pages out, besides the names of hosts.h: a change must come from this very
 * page (Origin), and it must bear the token, which no browser adds by itself.
 */

#include <stdbool.h>

struct http_request;

enum {
	GUARD_TOKEN_MIN = 16,
	GUARD_TOKEN_MAX = 255,
};

struct guard {
	char token[GUARD_TOKEN_MAX + 1]; /* "": nothing can be changed */
};

enum guard_verdict {
	GUARD_OK,
	GUARD_LOCKED,    /* there is no token to know */
	GUARD_FOREIGN,   /* sent by another page */
	GUARD_TOKENLESS, /* bears none */
	GUARD_WRONG,     /* bears another */
};

/* Reads the token: the first line of a file that others can neither read nor
 * write.  Returns NULL, or a sentence that says what is wrong. */
const char *guard_read_token(struct guard *g, const char *path);

/* May the request change something? [pure] */
enum guard_verdict guard_judge(
    const struct guard *g, const struct http_request *req);

#endif

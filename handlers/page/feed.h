/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_HANDLERS_PAGE_FEED_H
#define SUPERD_HANDLERS_PAGE_FEED_H

/*
 * What the page shows, as JSON on one line: superd's own objects, put between
 * brackets and otherwise handed on unseen.
 */

#include <stdbool.h>

struct bytes;
struct control;
struct http;

enum {
	FEED_CONNECTIONS_MAX = 200, /* the newest ones; of the others a count */
	FEED_TURN_MS = 1000,
	FEED_LIFE_MS = 10 * 60 * 1000, /* then the browser connects anew */
};

/* {"admin":false,"status":[...]}; false if superd cannot be asked or has said
 * more than BYTES_MAX: then control's `why` says why. */
bool feed_status(struct bytes *out, struct control *control, bool admin);

/* {"total":332,"connections":[...]}, the newest first; false as above. */
bool feed_connections(struct bytes *out, struct control *control);

/* {"error":"..."}, with control's reason. */
void feed_error(struct bytes *out, const struct control *control);

/* Both each second as server-sent events "status" and "connections", or
 * "lost" with the reason, until the client leaves.  superd is never kept busy
 * for more than a tenth of the time.  [blocks] */
void feed_events(struct http *http, struct control *control, bool admin);

#endif

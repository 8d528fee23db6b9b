/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_HANDLERS_PAGE_ACT_H
#define SUPERD_HANDLERS_PAGE_ACT_H

#include <stdbool.h>

struct control;
struct http;
struct http_request;

/* Is that the path of an action? [pure] */
bool act_knows(const char *path);

/* Has superd do what a permitted request says, and answers with a JSON object:
 * {"ok":true,"answer":[...]} or {"ok":false,"error":"...","answer":[...]},
 * where the answer is superd's objects.  [blocks] */
void act_serve(
    struct http *http, const struct http_request *req, struct control *control);

#endif

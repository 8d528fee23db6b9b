/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_HANDLERS_PAGE_ASSETS_H
#define SUPERD_HANDLERS_PAGE_ASSETS_H

struct http;
struct http_request;

/* Answers with the page: index.html with page.css and page.js in it, which
 * embed.sh makes a table of bytes when superd is built.  Its Content Security
 * Policy lets in nothing but those two, by a number that each answer has
 * anew. */
void assets_serve(struct http *http, const struct http_request *req);

#endif

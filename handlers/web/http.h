/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_HANDLERS_WEB_HTTP_H
#define SUPERD_HANDLERS_WEB_HTTP_H

/*
 * As much of an HTTP/1.1 server (RFC 9112) as a page of figures needs, on
 * stdin and stdout, one client a process.
 *
 * All is bounded: the head, the body, the time for a request, for an answer,
 * and between two requests.  What two readers could understand differently is
 * refused, and the connection ends with it: bare CR and LF, folded lines,
 * blanks before a colon, a second Host or Content-Length, Transfer-Encoding.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	HTTP_LINE_MAX = 2048, /* the request line: 414 */
	HTTP_HEAD_MAX = 8192, /* with its blank line: 431 */
	HTTP_FIELDS_MAX = 64,
	HTTP_BODY_MAX = 4096, /* 413 */
	HTTP_REQUEST_MS = 10000,
	HTTP_ANSWER_MS = 30000,
	HTTP_IDLE_MS = 90000, /* Prometheus comes back each minute, or sooner */
};

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_OTHER,
};

/* The strings are part of the connection's buffer; NULL: no such field. */
struct http_request {
	enum http_method method;
	bool old; /* HTTP/1.0 */
	bool keep_alive;
	const char *path; /* without query */
	const char *query;
	const char *host;
	const char *origin;
	const char *fetch_site;
	const char *accept;
	const char *authorization;
	const char *content_type;
	char *body; /* NUL-terminated */
	size_t body_size;
};

struct http {
	bool takes_bodies; /* set by the owner; else a body is refused */
	bool served;       /* a request at least */
	bool last;         /* no more requests after this answer */
	bool gone;         /* the client: nothing is sent any more */
	size_t len;        /* bytes in buf ... */
	size_t taken;      /* ... of which the present request has so many */
	char buf[HTTP_HEAD_MAX + HTTP_BODY_MAX + 1];
};

struct http_answer {
	int status;
	const char *type;
	const char *fields; /* further ones, each with its CR LF; or NULL */
	const void *body;
	size_t size;
};

/* ---- http.c: the conversation ---- */

void http_start(struct http *h);

/* The next request, waiting for it.  False: the client has left, had nothing
 * more to say in time, or was refused (and told so).  [blocks] */
bool http_next(struct http *h, struct http_request *req);

/* Answers; sets h->last if the connection cannot go on.  [blocks] */
void http_answer(struct http *h, const struct http_request *req,
    const struct http_answer *answer);

/* Answers with a status and a sentence as plain text; `fields` as above. */
void http_say(struct http *h, const struct http_request *req, int status,
    const char *fields, const char *sentence);

/* Sends bytes as they are: for answers that come in pieces, after
 * http_begin().  False if the client is gone; h->gone says so then. */
bool http_send(struct http *h, const void *data, size_t size);

/* The head of an answer without a length, which ends with the connection. */
void http_begin(struct http *h, const struct http_answer *answer);

/* Waits so long, or until the client has left: then it returns false. */
bool http_pause(struct http *h, int64_t ms);

/* Says goodbye so that the last answer arrives: what the client still sends is
 * read for a moment.  [blocks] */
void http_end(struct http *h);

/* Milliseconds of a clock that nobody sets. */
int64_t http_now_ms(void);

/* ---- request.c: a head understood ---- */

/* A head of `size` bytes that ends with its blank line, taken apart in place.
 * Returns 0, or the status that refuses it.  [pure] */
int http_parse(char *head, size_t size, struct http_request *req);

/* ---- accept.c ---- */

/* The weight, 0 to 1000, that an Accept field gives to a media type; with
 * `version`, ranges for other versions of it do not count.  -1: none is for
 * this very type, but only for its family or for everything, or nothing at
 * all.  [pure] */
int http_accept_weight(
    const char *accept, const char *type, const char *version);

#endif

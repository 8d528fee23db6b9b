/* SPDX-License-Identifier: ISC */

/*
 * The head of a request.  Strict, because a lenient reader behind another one
 * is how requests are smuggled (RFC 9112, section 11.2).
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "handlers/web/http.h"

/* What only the parser wants to know of the fields. */
struct framing {
	const char *content_length;
	const char *transfer_encoding;
	const char *expect;
	bool close;
	bool keep_alive;
};

static bool
is_token_char(char c)
{
	return isalnum((unsigned char)c) ||
	    (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_token(const char *text)
{
	if (*text == '\0')
		return false;
	while (is_token_char(*text))
		text++;
	return *text == '\0';
}

/* Cuts the line off at its CR LF and moves on behind it; NULL if a control
 * character stands in it. */
static char *
cut_line(char **at, const char *end)
{
	char *line = *at;
	char *c;

	for (c = line; c < end && *c != '\r'; c++) {
		if ((unsigned char)*c < 0x20 ? *c != '\t' : *c == 0x7f)
			return NULL;
	}
	if (end - c < 2 || c[1] != '\n')
		return NULL;
	*c = '\0';
	*at = c + 2;
	return line;
}

static enum http_method
method_of(const char *word)
{
	if (strcmp(word, "GET") == 0)
		return HTTP_GET;
	if (strcmp(word, "HEAD") == 0)
		return HTTP_HEAD;
	return strcmp(word, "POST") == 0 ? HTTP_POST : HTTP_OTHER;
}

/* A path, or all of a URL, which a server has to take too.  */
static int
parse_target(char *target, struct http_request *req)
{
	char *query;

	if (strncasecmp(target, "http://", 7) == 0) {
		target = strchr(target + 7, '/');
		if (target == NULL)
			return 400;
	}
	if (target[0] != '/' || strchr(target, '#') != NULL)
		return 400;
	query = strchr(target, '?');
	if (query != NULL)
		*query++ = '\0';
	req->path = target;
	req->query = query;
	return 0;
}

static int
parse_request_line(char *line, struct http_request *req)
{
	char *target = strchr(line, ' ');
	char *version;

	if (target == NULL)
		return 400;
	*target++ = '\0';
	version = strchr(target, ' ');
	if (version == NULL)
		return 400;
	*version++ = '\0';
	if (!is_token(line) || strncmp(version, "HTTP/", 5) != 0 ||
	    !isdigit((unsigned char)version[5]) || version[6] != '.' ||
	    !isdigit((unsigned char)version[7]) || version[8] != '\0')
		return 400;
	if (version[5] != '1')
		return 505;
	req->method = method_of(line);
	req->old = version[7] == '0';
	return parse_target(target, req);
}

/* Words of a Connection field. */
static void
note_connection(const char *value, struct framing *framing)
{
	while (*value != '\0') {
		size_t n = strcspn(value, ", \t");

		if (n == 5 && strncasecmp(value, "close", n) == 0)
			framing->close = true;
		if (n == 10 && strncasecmp(value, "keep-alive", n) == 0)
			framing->keep_alive = true;
		value += n;
		value += strspn(value, ", \t");
	}
}

/* Keeps a field that may come once. */
static int
keep(const char **place, const char *value)
{
	if (*place != NULL)
		return 400;
	*place = value;
	return 0;
}

static int
note_field(const char *name, const char *value, struct http_request *req,
    struct framing *framing)
{
	const struct {
		const char *name;
		const char **place;
	} single[] = {
		{ "Host", &req->host },
		{ "Origin", &req->origin },
		{ "Sec-Fetch-Site", &req->fetch_site },
		{ "Authorization", &req->authorization },
		{ "Content-Type", &req->content_type },
		{ "Content-Length", &framing->content_length },
		{ "Transfer-Encoding", &framing->transfer_encoding },
		{ "Expect", &framing->expect },
	};

	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
		if (strcasecmp(name, single[i].name) == 0)
			return keep(single[i].place, value);
	}
	if (strcasecmp(name, "Accept") == 0 && req->accept == NULL)
		req->accept = value;
	if (strcasecmp(name, "Connection") == 0)
		note_connection(value, framing);
	return 0;
}

static int
parse_field(char *line, struct http_request *req, struct framing *framing)
{
	char *value = strchr(line, ':');
	size_t n;

	if (value == NULL)
		return 400;
	*value++ = '\0';
	if (!is_token(line)) /* folded lines begin with a blank */
		return 400;
	value += strspn(value, " \t");
	n = strlen(value);
	while (n > 0 && (value[n - 1] == ' ' || value[n - 1] == '\t'))
		value[--n] = '\0';
	return note_field(line, value, req, framing);
}

/* Where the request ends, and what becomes of the connection then. */
static int
judge_framing(const struct framing *framing, struct http_request *req)
{
	const char *length = framing->content_length;

	if (framing->transfer_encoding != NULL)
		return 400;
	if (!req->old && req->host == NULL)
		return 400;
	if (framing->expect != NULL)
		return 417;
	req->keep_alive = !framing->close && (!req->old || framing->keep_alive);
	if (length == NULL)
		return 0;
	if (*length == '\0' || length[strspn(length, "0123456789")] != '\0')
		return 400;
	if (strlen(length) > 9)
		return 413;
	req->body_size = strtoul(length, NULL, 10);
	return 0;
}

int
http_parse(char *head, size_t size, struct http_request *req)
{
	const char *end = head + size;
	struct framing framing = { 0 };
	char *line;
	int status;

	*req = (struct http_request) { 0 };
	line = cut_line(&head, end);
	status = line != NULL ? parse_request_line(line, req) : 400;
	for (int i = 0; status == 0 && i <= HTTP_FIELDS_MAX; i++) {
		line = cut_line(&head, end);
		if (line == NULL)
			return 400;
		if (*line == '\0')
			return judge_framing(&framing, req);
		status = parse_field(line, req, &framing);
	}
	return status != 0 ? status : 431;
}

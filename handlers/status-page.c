/* SPDX-License-Identifier: ISC */

/*
 * status-page: what superd does now, as a page in a browser.  An ordinary
 * handler that asks superd's control socket, so that superd itself never reads
 * HTTP.
 */

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "handlers/page/act.h"
#include "handlers/page/assets.h"
#include "handlers/page/feed.h"
#include "handlers/page/guard.h"
#include "handlers/web/bytes.h"
#include "handlers/web/control.h"
#include "handlers/web/hosts.h"
#include "handlers/web/http.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_MISUSED = 100,
	EXIT_FAILED = 111,
	EXIT_BAN = 112, /* superd.ini(5), ban_exit: somebody guesses */
};

/* Ours to read, so large that they are not on the stack. */
static struct http http;
static struct control control;
static struct guard guard;
static struct hosts hosts;

static void
answer_json(const struct http_request *req)
{
	struct bytes body = { 0 };
	bool ok = strcmp(req->path, "/status.json") == 0
	    ? feed_status(&body, &control, guard.token[0] != '\0')
	    : feed_connections(&body, &control);

	if (!ok) {
		bytes_reset(&body);
		feed_error(&body, &control);
	}
	bytes_text(&body, "\n");
	if (body.lost)
		http_say(
		    &http, req, 503, NULL, "superd's answer is too large.");
	else
		http_answer(&http, req,
		    &(struct http_answer) { .status = ok ? 200 : 503,
			.type = "application/json",
			.body = body.data,
			.size = body.len });
	bytes_free(&body);
}

static void
serve_reading(const struct http_request *req)
{
	if (strcmp(req->path, "/") == 0)
		assets_serve(&http, req);
	else if (strcmp(req->path, "/status.json") == 0 ||
	    strcmp(req->path, "/connections.json") == 0)
		answer_json(req);
	else if (strcmp(req->path, "/events") != 0)
		http_say(&http, req, 404, NULL, "The page is at /.");
	else if (req->method == HTTP_GET)
		feed_events(&http, &control, guard.token[0] != '\0');
	else
		http_say(&http, req, 405, "Allow: GET\r\n",
		    "Events have no head of their own.");
}

/* Returns the exit code that is due. */
static enum exit_code
serve_action(const struct http_request *req)
{
	switch (guard_judge(&guard, req)) {
	case GUARD_OK:
		act_serve(&http, req, &control);
		break;
	case GUARD_LOCKED:
		http_say(&http, req, 403, NULL,
		    "This page only shows: status-page runs without --admin.");
		break;
	case GUARD_FOREIGN:
		http_say(&http, req, 403, NULL, "Another page has sent this.");
		break;
	case GUARD_TOKENLESS:
		http_say(&http, req, 401, "WWW-Authenticate: Bearer\r\n",
		    "That needs the token.");
		break;
	case GUARD_WRONG:
		http.last = true;
		http_say(&http, req, 403, NULL, "That is not the token.");
		fputs("a client has sent a wrong token\n", stderr);
		return EXIT_BAN;
	}
	return EXIT_DONE;
}

static enum exit_code
serve(const struct http_request *req)
{
	bool reading = req->method == HTTP_GET || req->method == HTTP_HEAD;

	if (req->body_size > 0 && req->method != HTTP_POST) {
		http.last = true;
		http_say(&http, req, 400, NULL, "Only POST has a body here.");
	} else if (!hosts_know(&hosts, req)) {
		http_say(&http, req, 421, NULL,
		    "Not by that name: use the address, or start status-page "
		    "with --host NAME.");
	} else if (act_knows(req->path)) {
		if (req->method == HTTP_POST)
			return serve_action(req);
		http_say(&http, req, 405, "Allow: POST\r\n",
		    "That changes something: use POST.");
	} else if (reading) {
		serve_reading(req);
	} else {
		http_say(&http, req, 405, "Allow: GET, HEAD\r\n",
		    "There is nothing to change here.");
	}
	return EXIT_DONE;
}

static int
usage(void)
{
	fputs("usage: status-page [--control PATH] [--host NAME]... "
	      "[--admin TOKENFILE]\n",
	    stderr);
	return EXIT_MISUSED;
}

static int
read_token(const char *path)
{
	const char *wrong = guard_read_token(&guard, path);

	if (wrong == NULL)
		return EXIT_DONE;
	fprintf(stderr, "status-page: token file '%s': %s\n", path, wrong);
	return EXIT_FAILED;
}

static int
read_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "admin", required_argument, NULL, 'a' },
		{ "control", required_argument, NULL, 'c' },
		{ "host", required_argument, NULL, 'h' },
		{ 0 },
	};
	const char *path = NULL;
	const char *token = NULL;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'a')
			token = optarg;
		else if (c == 'c')
			path = optarg;
		else if (c != 'h' || !hosts_add(&hosts, optarg))
			return usage();
	}
	if (optind != argc)
		return usage();
	control_init(&control, path);
	return token != NULL ? read_token(token) : EXIT_DONE;
}

int
main(int argc, char **argv)
{
	struct http_request req;
	int code = read_options(argc, argv);

	if (code != EXIT_DONE)
		return code;
	http_start(&http);
	http.takes_bodies = true;
	while (code == EXIT_DONE && http_next(&http, &req))
		code = (int)serve(&req);
	http_end(&http);
	return code;
}

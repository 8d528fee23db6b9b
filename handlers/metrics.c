/* SPDX-License-Identifier: ISC */

/*
 * metrics: superd's figures for Prometheus and its kind.  An ordinary handler
 * that asks superd's control socket for them, so that superd itself never
 * reads HTTP.
 */

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "handlers/web/bytes.h"
#include "handlers/web/control.h"
#include "handlers/web/exposition.h"
#include "handlers/web/hosts.h"
#include "handlers/web/http.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_MISUSED = 100,
};

#define POINTER "superd's metrics are at /metrics."

static const char text_type[] = "text/plain; version=0.0.4; charset=utf-8";
static const char open_type[] =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

/* Ours to read, so large that they are not on the stack. */
static struct http http;
static struct control control;
static struct hosts hosts;

static void
take_line(const char *line, size_t len, void *arg)
{
	struct bytes *body = arg;

	bytes_add(body, line, len);
	bytes_add(body, "\n", 1);
}

/* The newer format only for who prefers it: 0.0.4 is what superd says. */
static bool
wants_openmetrics(const char *accept)
{
	int open =
	    http_accept_weight(accept, "application/openmetrics-text", "1.0.0");

	return open > 0 &&
	    open >= http_accept_weight(accept, "text/plain", NULL);
}

static void
answer_metrics(const struct http_request *req)
{
	struct bytes body = { 0 };
	struct bytes open = { 0 };
	struct http_answer answer = {
		.status = 200,
		.type = text_type,
		.fields = "Vary: Accept\r\n",
	};

	if (!control_ask(&control, "metrics", take_line, &body)) {
		http_say(&http, req, 503, NULL, control.why);
	} else {
		if (wants_openmetrics(req->accept)) {
			exposition_to_openmetrics(&open, body.data, body.len);
			answer.type = open_type;
		}
		answer.body = answer.type == open_type ? open.data : body.data;
		answer.size = answer.type == open_type ? open.len : body.len;
		if (body.lost || open.lost)
			http_say(&http, req, 503, NULL,
			    "superd's answer is too large.");
		else
			http_answer(&http, req, &answer);
	}
	bytes_free(&body);
	bytes_free(&open);
}

/* A page that a browser has open could read along. */
static void
refuse_host(const struct http_request *req)
{
	static bool logged;

	http_say(&http, req, 421, NULL,
	    "Not by that name: use the address, or start metrics with "
	    "--host NAME.");
	if (logged)
		return;
	/* Prometheus keeps what it was told to itself. */
	fprintf(stderr,
	    "asked by the name '%.255s', which is none of ours: use the "
	    "address, or start metrics with --host NAME\n",
	    req->host);
	logged = true;
}

static void
serve(const struct http_request *req)
{
	bool metrics = strcmp(req->path, "/metrics") == 0;

	if (!hosts_know(&hosts, req))
		refuse_host(req);
	else if (!metrics && strcmp(req->path, "/") != 0)
		http_say(&http, req, 404, NULL, POINTER);
	else if (req->method != HTTP_GET && req->method != HTTP_HEAD)
		http_say(&http, req, 405, "Allow: GET, HEAD\r\n",
		    "There is nothing to change here.");
	else if (metrics)
		answer_metrics(req);
	else
		http_say(&http, req, 200, NULL, POINTER);
}

static int
usage(void)
{
	fputs("usage: metrics [--control PATH] [--host NAME]...\n", stderr);
	return EXIT_MISUSED;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "control", required_argument, NULL, 'c' },
		{ "host", required_argument, NULL, 'h' },
		{ 0 },
	};
	struct http_request req;
	const char *path = NULL;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'c')
			path = optarg;
		else if (c != 'h' || !hosts_add(&hosts, optarg))
			return usage();
	}
	if (optind != argc)
		return usage();

	control_init(&control, path);
	http_start(&http);
	while (http_next(&http, &req))
		serve(&req);
	http_end(&http);
	return EXIT_DONE;
}

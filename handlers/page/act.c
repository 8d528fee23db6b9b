/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "handlers/page/act.h"
#include "handlers/page/form.h"
#include "handlers/web/bytes.h"
#include "handlers/web/control.h"
#include "handlers/web/http.h"

struct action {
	char command[8]; /* superd's, and the path */
	char field[8];   /* of the form: its argument; or "" */
};

static const struct action actions[] = {
	{ "kill", "what" },
	{ "pause", "service" },
	{ "resume", "service" },
	{ "enable", "service" },
	{ "disable", "service" },
	{ "reload", "" },
};

static const struct action *
find_action(const char *path)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (path[0] == '/' && strcmp(path + 1, actions[i].command) == 0)
			return &actions[i];
	}
	return NULL;
}

bool
act_knows(const char *path)
{
	return find_action(path) != NULL;
}

static void
take_object(const char *line, size_t len, void *arg)
{
	struct bytes *out = arg;

	if (out->len > 0)
		bytes_text(out, ",");
	bytes_add(out, line, len);
}

/* HTTP's word for superd's. */
static int
status_of(const struct control *control)
{
	static const struct {
		char code[10];
		int status;
	} words[] = {
		{ "usage", 400 },
		{ "denied", 403 },
		{ "missing", 404 },
		{ "refused", 409 },
		{ "failed", 502 },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(control->code, words[i].code) == 0)
			return words[i].status;
	}
	return 503;
}

static void
perform(struct http *http, const struct http_request *req,
    struct control *control, const char *request)
{
	struct bytes lines = { 0 };
	struct bytes body = { 0 };
	bool ok = control_ask(control, request, take_object, &lines);

	bytes_format(&body, "{\"ok\":%s,", ok ? "true" : "false");
	if (!ok) {
		bytes_text(&body, "\"error\":");
		bytes_json(&body, control->why);
		bytes_text(&body, ",");
	}
	bytes_text(&body, "\"answer\":[");
	bytes_add(&body, lines.data, lines.len);
	bytes_text(&body, "]}\n");
	if (lines.lost || body.lost)
		http_say(http, req, 502, NULL,
		    "superd has answered, but its answer is too large.");
	else
		http_answer(http, req,
		    &(struct http_answer) {
			.status = ok ? 200 : status_of(control),
			.type = "application/json",
			.body = body.data,
			.size = body.len });
	bytes_free(&lines);
	bytes_free(&body);
}

static bool
is_form(const char *type)
{
	static const char form[] = "application/x-www-form-urlencoded";
	size_t n = sizeof(form) - 1;

	return type != NULL && strncasecmp(type, form, n) == 0 &&
	    (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

void
act_serve(
    struct http *http, const struct http_request *req, struct control *control)
{
	const struct action *action = find_action(req->path);
	char request[1000];
	const char *argument;

	if (action->field[0] == '\0') {
		perform(http, req, control, action->command);
		return;
	}
	if (!is_form(req->content_type)) {
		http_say(http, req, 415, NULL,
		    "Send a form: application/x-www-form-urlencoded.");
		return;
	}
	argument = form_value(req->body, action->field);
	if (argument == NULL || strlen(argument) > 512) {
		http_say(http, req, 400, NULL,
		    "The form does not say what to do that to.");
		return;
	}
	snprintf(request, sizeof(request), "%s\t%s", action->command, argument);
	perform(http, req, control, request);
}

/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/page/feed.h"
#include "handlers/web/bytes.h"
#include "handlers/web/control.h"
#include "handlers/web/http.h"

enum {
	BUSY_PART = 10, /* of the time, one part is for asking */
};

/* A line of `list`, by the number of its connection. */
struct row {
	uint64_t id;
	struct bytes text;
};

/* The newest of them: however many there are, no more is kept than shown. */
struct list {
	size_t total;
	size_t kept;
	size_t oldest; /* once all places are taken */
	struct row rows[FEED_CONNECTIONS_MAX];
};

/* Is all that superd said there? */
static bool
is_whole(const struct bytes *out, struct control *control)
{
	if (out->lost)
		snprintf(control->why, sizeof(control->why),
		    "superd's answer is too large");
	return !out->lost;
}

static void
add_object(struct bytes *out, const char *line, size_t len)
{
	if (out->len > 0 && out->data[out->len - 1] != '[')
		bytes_text(out, ",");
	bytes_add(out, line, len);
}

static void
take_object(const char *line, size_t len, void *arg)
{
	add_object(arg, line, len);
}

bool
feed_status(struct bytes *out, struct control *control, bool admin)
{
	bytes_format(
	    out, "{\"admin\":%s,\"status\":[", admin ? "true" : "false");
	if (!control_ask(control, "status", take_object, out))
		return false;
	bytes_text(out, "]}");
	return is_whole(out, control);
}

/* A quote inside a text is escaped, so this cannot be one. */
static uint64_t
id_of(const char *line)
{
	const char *id = strstr(line, "\"id\":");

	return id != NULL ? strtoull(id + 5, NULL, 10) : 0;
}

static size_t
find_oldest(const struct list *list)
{
	size_t oldest = 0;

	for (size_t i = 1; i < list->kept; i++) {
		if (list->rows[i].id < list->rows[oldest].id)
			oldest = i;
	}
	return oldest;
}

static void
take_row(const char *line, size_t len, void *arg)
{
	struct list *list = arg;
	uint64_t id = id_of(line);
	struct row *row = &list->rows[list->oldest];

	list->total++;
	if (list->kept < FEED_CONNECTIONS_MAX)
		row = &list->rows[list->kept++];
	else if (id < row->id)
		return;
	row->id = id;
	bytes_reset(&row->text);
	bytes_add(&row->text, line, len);
	if (list->kept == FEED_CONNECTIONS_MAX)
		list->oldest = find_oldest(list);
}

static int
newest_first(const void *a, const void *b)
{
	const struct row *left = a;
	const struct row *right = b;

	return (left->id < right->id) - (left->id > right->id);
}

bool
feed_connections(struct bytes *out, struct control *control)
{
	struct list list = { 0 };
	bool ok = control_ask(control, "list", take_row, &list);

	qsort(list.rows, list.kept, sizeof(list.rows[0]), newest_first);
	bytes_format(out, "{\"total\":%zu,\"connections\":[", list.total);
	for (size_t i = 0; i < list.kept; i++) {
		struct bytes *text = &list.rows[i].text;

		add_object(out, text->data, text->len);
		out->lost = out->lost || text->lost;
		bytes_free(text);
	}
	bytes_text(out, "]}");
	return ok && is_whole(out, control);
}

void
feed_error(struct bytes *out, const struct control *control)
{
	bytes_text(out, "{\"error\":");
	bytes_json(out, control->why);
	bytes_text(out, "}");
}

/* One event; `data` has no line feed. */
static bool
send_event(struct http *http, const char *name, struct bytes *data)
{
	struct bytes head = { 0 };
	bool ok = true;

	if (!data->lost) {
		bytes_format(&head, "event: %s\ndata: ", name);
		bytes_text(data, "\n\n");
		ok = http_send(http, head.data, head.len) &&
		    http_send(http, data->data, data->len);
	}
	bytes_free(&head);
	return ok;
}

/* The events of one turn. */
static bool
send_turn(
    struct http *http, struct control *control, bool admin, struct bytes *data)
{
	bool ok;

	bytes_reset(data);
	ok = feed_status(data, control, admin);
	if (ok) {
		if (!send_event(http, "status", data))
			return false;
		bytes_reset(data);
		ok = feed_connections(data, control);
	}
	if (ok)
		return send_event(http, "connections", data);
	bytes_reset(data);
	feed_error(data, control);
	return send_event(http, "lost", data);
}

void
feed_events(struct http *http, struct control *control, bool admin)
{
	static const char retry[] = "retry: 1000\n\n";
	int64_t end = http_now_ms() + FEED_LIFE_MS;
	struct bytes data = { 0 };

	http_begin(http,
	    &(struct http_answer) {
		.status = 200,
		.type = "text/event-stream",
		.fields = "X-Accel-Buffering: no\r\n", /* nginx */
	    });
	http_send(http, retry, sizeof(retry) - 1);
	while (http_now_ms() < end) {
		int64_t begun = http_now_ms();
		int64_t rest;

		if (!send_turn(http, control, admin, &data))
			break;
		rest = (http_now_ms() - begun) * (BUSY_PART - 1);
		if (!http_pause(
			http, rest > FEED_TURN_MS ? rest : FEED_TURN_MS))
			break;
	}
	bytes_free(&data);
}

/* SPDX-License-Identifier: ISC */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "handlers/web/http.h"

enum {
	IN = STDIN_FILENO,
	OUT = STDOUT_FILENO,
	LINGER_MS = 1000,
	LINGER_BYTES = 256 * 1024,
};

/* How waiting for input ended. */
enum input {
	INPUT_MORE,
	INPUT_END,
	INPUT_LATE,
};

int64_t
http_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
http_start(struct http *h)
{
	signal(SIGPIPE, SIG_IGN);
	*h = (struct http) { 0 };
}

/* False when the deadline has passed. */
static bool
wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		int64_t left = deadline - http_now_ms();
		int n;

		if (left <= 0)
			return false;
		n = poll(&p, 1, (int)left);
		if (n > 0 || (n < 0 && errno != EINTR))
			return true;
	}
}

/* More bytes behind those in buf, which has room. */
static enum input
receive(struct http *h, int64_t deadline)
{
	for (;;) {
		ssize_t n;

		if (!wait_for(IN, POLLIN, deadline))
			return INPUT_LATE;
		n = read(IN, h->buf + h->len, sizeof(h->buf) - 1 - h->len);
		if (n > 0) {
			h->len += (size_t)n;
			return INPUT_MORE;
		}
		if (n == 0 || (errno != EINTR && errno != EAGAIN))
			return INPUT_END;
	}
}

/* One attempt that never waits, if stdout is a socket. */
static ssize_t
write_some(const void *data, size_t size)
{
	ssize_t n = send(OUT, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);

	return n < 0 && errno == ENOTSOCK ? write(OUT, data, size) : n;
}

bool
http_send(struct http *h, const void *data, size_t size)
{
	int64_t deadline = http_now_ms() + HTTP_ANSWER_MS;
	const char *at = data;

	while (size > 0 && !h->gone) {
		ssize_t n = write_some(at, size);

		if (n >= 0) {
			at += n;
			size -= (size_t)n;
		} else if (errno != EINTR && errno != EAGAIN) {
			break;
		} else if (!wait_for(OUT, POLLOUT, deadline)) {
			break;
		}
	}
	if (size == 0)
		return true;
	h->gone = true;
	h->last = true;
	return false;
}

static const char *
reason(int status)
{
	static const struct {
		int status;
		char text[32];
	} reasons[] = {
		{ 200, "OK" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" },
		{ 421, "Misdirected Request" },
		{ 431, "Request Header Fields Too Large" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status)
			return reasons[i].text;
	}
	return "Error";
}

/* The lines that all answers have; returns their size. */
static size_t
make_head(char *head, size_t room, const struct http_answer *answer)
{
	char date[64];
	time_t now = time(NULL);
	struct tm tm;
	int n;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	n = snprintf(head, room,
	    "HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Type: %s\r\n"
	    "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n%s",
	    answer->status, reason(answer->status), date, answer->type,
	    answer->fields != NULL ? answer->fields : "");
	return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

void
http_begin(struct http *h, const struct http_answer *answer)
{
	static const char close_it[] = "Connection: close\r\n\r\n";
	char head[2048];
	size_t n = make_head(head, sizeof(head), answer);

	h->last = true;
	if (http_send(h, head, n))
		http_send(h, close_it, sizeof(close_it) - 1);
}

void
http_answer(struct http *h, const struct http_request *req,
    const struct http_answer *answer)
{
	char head[2048];
	size_t n = make_head(head, sizeof(head), answer);

	if (!req->keep_alive)
		h->last = true;
	n += (size_t)snprintf(head + n, sizeof(head) - n,
	    "Content-Length: %zu\r\n%s\r\n", answer->size,
	    h->last        ? "Connection: close\r\n"
		: req->old ? "Connection: keep-alive\r\n"
			   : "");
	if (http_send(h, head, n) && req->method != HTTP_HEAD)
		http_send(h, answer->body, answer->size);
}

void
http_say(struct http *h, const struct http_request *req, int status,
    const char *fields, const char *sentence)
{
	char body[1024];
	int n = snprintf(body, sizeof(body), "%s\n", sentence);

	if ((size_t)n >= sizeof(body))
		n = sizeof(body) - 1;
	http_answer(h, req,
	    &(struct http_answer) { .status = status,
		.type = "text/plain; charset=utf-8",
		.fields = fields,
		.body = body,
		.size = (size_t)n });
}

/* A request that cannot be understood: said, and the end. */
static bool
refuse(struct http *h, int status)
{
	static const struct {
		int status;
		char text[80];
	} sentences[] = {
		{ 400, "This is no request that could be answered." },
		{ 408, "The request did not come in time." },
		{ 413, "The request has a body that is too large." },
		{ 414, "The address is too long." },
		{ 417, "Send the request at once, without Expect." },
		{ 431, "The head of the request is too large." },
		{ 505, "Ask in HTTP/1.1 or HTTP/1.0." },
	};
	struct http_request req = { 0 };
	const char *text = "";

	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (sentences[i].status == status)
			text = sentences[i].text;
	}
	http_say(h, &req, status, NULL, text);
	return false;
}

/* Forgets the request that has been answered, and empty lines before the next
 * one. */
static void
drop_taken(struct http *h)
{
	while (h->taken + 1 < h->len && h->buf[h->taken] == '\r' &&
	    h->buf[h->taken + 1] == '\n')
		h->taken += 2;
	h->len -= h->taken;
	memmove(h->buf, h->buf + h->taken, h->len);
	h->taken = 0;
}

/* What can be said of a head that is not whole yet: a status, or 0. */
static int
judge_beginning(const struct http *h)
{
	size_t n = h->len;

	if (n > 0 && (h->buf[0] < 'A' || h->buf[0] > 'Z') && h->buf[0] != '\r')
		return 400; /* TLS, most often */
	if (n > HTTP_LINE_MAX &&
	    memmem(h->buf, HTTP_LINE_MAX, "\r\n", 2) == NULL)
		return 414;
	return n >= HTTP_HEAD_MAX ? 431 : 0;
}

/* Waits for a whole head.  Returns its size, 0 at the end of the client's
 * patience or ours with nothing said, or minus a status. */
static int
read_head(struct http *h, int64_t *deadline)
{
	bool begun = false;

	*deadline =
	    http_now_ms() + (h->served ? HTTP_IDLE_MS : HTTP_REQUEST_MS);
	for (;;) {
		const char *end;
		enum input input;
		int status;

		drop_taken(h);
		if (h->len > 0 && !begun) {
			begun = true;
			*deadline = http_now_ms() + HTTP_REQUEST_MS;
		}
		end = memmem(h->buf,
		    h->len < HTTP_HEAD_MAX ? h->len : HTTP_HEAD_MAX, "\r\n\r\n",
		    4);
		status = judge_beginning(h);
		if (end != NULL && status != 400 && status != 414)
			return (int)(end + 4 - h->buf);
		if (status != 0)
			return -status;
		input = receive(h, *deadline);
		if (input == INPUT_LATE)
			return begun ? -408 : 0;
		if (input == INPUT_END)
			return begun ? -400 : 0;
	}
}

/* Waits for the rest of a request whose head is understood: 0 or a status. */
static int
read_body(struct http *h, struct http_request *req, int64_t deadline)
{
	if (req->body_size == 0)
		return 0;
	if (!h->takes_bodies || req->body_size > HTTP_BODY_MAX)
		return 413;
	while (h->len - h->taken < req->body_size) {
		enum input input = receive(h, deadline);

		if (input != INPUT_MORE)
			return input == INPUT_LATE ? 408 : 400;
	}
	return 0;
}

/* A body that ends in NUL, although the next request may stand behind it: the
 * head has given up its blank line, so there is room in front. */
static char *
place_body(struct http *h, const struct http_request *req)
{
	char *body = h->buf + h->taken - 1;

	memmove(body, body + 1, req->body_size);
	body[req->body_size] = '\0';
	h->taken += req->body_size;
	return body;
}

bool
http_next(struct http *h, struct http_request *req)
{
	int64_t deadline;
	int size;
	int status;

	if (h->last)
		return false;
	size = read_head(h, &deadline);
	if (size <= 0)
		return size < 0 && refuse(h, -size);
	h->taken = (size_t)size;
	status = http_parse(h->buf, h->taken, req);
	if (status == 0)
		status = read_body(h, req, deadline);
	if (status != 0)
		return refuse(h, status);
	req->body = place_body(h, req);
	h->served = true;
	return true;
}

bool
http_pause(struct http *h, int64_t ms)
{
	int64_t deadline = http_now_ms() + ms;

	/* What is sent meanwhile is of no interest, only the end is. */
	for (;;) {
		h->len = h->taken = 0;
		switch (receive(h, deadline)) {
		case INPUT_LATE:
			return !h->gone;
		case INPUT_END:
			return false;
		case INPUT_MORE:
			break;
		}
	}
}

void
http_end(struct http *h)
{
	int64_t deadline = http_now_ms() + LINGER_MS;
	size_t seen = 0;

	if (h->gone || shutdown(OUT, SHUT_WR) != 0)
		return;
	while (seen < LINGER_BYTES) {
		h->len = 0;
		if (receive(h, deadline) != INPUT_MORE)
			return;
		seen += h->len;
	}
}

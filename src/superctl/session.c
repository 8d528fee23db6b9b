/* SPDX-License-Identifier: ISC */
/* See session.h; the protocol stands in superctl(8). */
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/num.h"
#include "base/text.h"
#include "superctl/place.h"
#include "superctl/session.h"
#include "superctl/superctl.h"

/* Who waits for ever for an answer need not do so for the door to open. */
#define CONNECT_NS (10 * (int64_t)NUM_NS_PER_S)

static int
fail_connect(struct session *s, int error)
{
	struct fault *f = &s->fault;

	if (error == EACCES || error == EPERM)
		fault_set(f, EXIT_DENIED_CODE, "denied",
		    "%s: permission denied: root, superd's own user and the "
		    "groups of 'control_group' may connect",
		    s->path);
	else if (error == ENOENT)
		fault_set(f, EXIT_UNREACHABLE_CODE, "unreachable",
		    "there is no %s: is superd running, and does its file "
		    "have 'control'? -s PATH names another socket",
		    s->path);
	else if (error == ECONNREFUSED)
		fault_set(f, EXIT_UNREACHABLE_CODE, "unreachable",
		    "nobody listens on %s: is superd running, and does its "
		    "file have 'control'? -s PATH names another socket",
		    s->path);
	else if (error == EAGAIN)
		fault_set(f, EXIT_UNREACHABLE_CODE, "unreachable",
		    "%s: nobody takes the connection: superd is stuck, or too "
		    "many ask at once",
		    s->path);
	else
		fault_set(f, EXIT_UNREACHABLE_CODE, "unreachable",
		    "%s: cannot connect: %s", s->path, strerror(error));
	return -1;
}

/* A unix socket's connect(2) waits no longer than for sending. */
static void
limit_sending(const struct session *s)
{
	int64_t ns = s->silence_ns > 0 ? s->silence_ns : CONNECT_NS;
	struct timeval limit = {
		.tv_sec = ns / (int64_t)NUM_NS_PER_S,
		.tv_usec = ns % (int64_t)NUM_NS_PER_S / 1000,
	};

	(void)setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

static int
connect_to(struct session *s, const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	size_t length = strlen(path);
	int n;

	if (length == 0 || length >= sizeof(at.sun_path)) {
		fault_set(&s->fault, EXIT_USAGE_CODE, "usage",
		    "'%s' is no path of a socket: 1 to %zu bytes are allowed",
		    s->path, sizeof(at.sun_path) - 1);
		return -1;
	}
	memcpy(at.sun_path, path, length);
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return fail_connect(s, errno);
	limit_sending(s);
	do {
		n = connect(s->fd, (struct sockaddr *)&at, sizeof(at));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return fail_connect(s, errno);
	return 0;
}

int
session_open(struct session *s, const struct ctl *c)
{
	char room[4096];
	struct text path, shown;
	int n;

	*s = (struct session) { .fd = -1, .silence_ns = c->timeout_ns };
	text_init(&path, room, sizeof(room));
	place_find(c->socket, &path);
	text_init(&shown, s->path, sizeof(s->path));
	screen_foreign(&c->screen, &shown, path.at, path.length);
	n = connect_to(s, path.at);
	if (n == 0 && lines_init(&s->lines, s->fd) < 0) {
		fault_set(
		    &s->fault, EXIT_FAILED_CODE, "failed", "out of memory");
		n = -1;
	}
	if (n < 0)
		fd_close(&s->fd);
	return n;
}

void
session_close(struct session *s)
{
	lines_done(&s->lines);
	fd_close(&s->fd);
}

/* One word of a request; control characters would make it two. */
static int
put_word(struct session *s, struct text *t, const char *word)
{
	for (const char *at = word; *at != '\0'; at++) {
		if ((unsigned char)*at >= ' ' && *at != 0x7f)
			continue;
		fault_set(&s->fault, EXIT_USAGE_CODE, "usage",
		    "an argument has a control character");
		return -1;
	}
	if (t->length > 0)
		text_char(t, '\t');
	text_string(t, word);
	return 0;
}

/* Who closes before it reads may have left a refusal: that is read first. */
static bool
has_closed(int error)
{
	return error == EPIPE || error == ECONNRESET;
}

static int
send_all(struct session *s, const char *at, size_t left)
{
	ssize_t n;

	while (left > 0) {
		n = send(s->fd, at, left, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && has_closed(errno)) {
			s->unsent = errno;
			return 0;
		}
		if (n < 0) {
			fault_set(&s->fault, EXIT_UNREACHABLE_CODE,
			    "unreachable", "%s: superd takes no request: %s",
			    s->path,
			    errno == EAGAIN ? "no room in time"
					    : strerror(errno));
			return -1;
		}
		at += n;
		left -= (size_t)n;
	}
	return 0;
}

int
session_ask(struct session *s, const char *const *words, int count)
{
	char room[SESSION_REQUEST_SIZE + 1];
	struct text t;

	text_init(&t, room, sizeof(room));
	for (int i = 0; i < count; i++) {
		if (put_word(s, &t, words[i]) < 0)
			return -1;
	}
	text_char(&t, '\n');
	if (t.cut) {
		fault_set(&s->fault, EXIT_USAGE_CODE, "usage",
		    "the arguments are too long: %d bytes are allowed",
		    SESSION_REQUEST_SIZE);
		return -1;
	}
	s->line_count = 0;
	return send_all(s, t.at, t.length);
}

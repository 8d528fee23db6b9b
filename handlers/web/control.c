/* SPDX-License-Identifier: ISC */
#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handlers/web/control.h"
#include "handlers/web/http.h"

#ifndef SUPERD_RUNSTATEDIR
#define SUPERD_RUNSTATEDIR "/run"
#endif

#define SOCKET_NAME "/superd/control.sock"

static const char *
default_path(void)
{
	static char own[sizeof(((struct sockaddr_un *)0)->sun_path)];
	const char *dir = getenv("XDG_RUNTIME_DIR");
	int n;

	if (geteuid() != 0 && dir != NULL && *dir == '/') {
		n = snprintf(own, sizeof(own), "%s" SOCKET_NAME, dir);
		if (n > 0 && (size_t)n < sizeof(own) && access(own, F_OK) == 0)
			return own;
	}
	return SUPERD_RUNSTATEDIR SOCKET_NAME;
}

void
control_init(struct control *c, const char *option)
{
	*c = (struct control) { 0 };
	c->path = option != NULL ? option : getenv("SUPERD_CONTROL");
	if (c->path == NULL || *c->path == '\0')
		c->path = default_path();
}

void
control_close(struct control *c)
{
	if (c->fd != 0)
		close(c->fd);
	c->fd = 0;
	c->len = 0;
	c->taken = 0;
}

/* Who we are, for the one who has to let us in. */
static const char *
own_name(char *text, size_t size)
{
	const struct passwd *pw = getpwuid(geteuid());

	if (pw != NULL)
		snprintf(text, size, "'%s'", pw->pw_name);
	else
		snprintf(text, size, "%lu", (unsigned long)geteuid());
	return text;
}

static bool
fail(struct control *c, const char *what, int error)
{
	snprintf(c->why, sizeof(c->why), "%s: %s", what, strerror(error));
	control_close(c);
	return false;
}

/* Why superd cannot be reached, and who can change that. */
static bool
fail_connect(struct control *c, int error)
{
	char name[64];
	const char *hint = "is superd running?";

	if (error == EACCES)
		hint = "is that user a member of superd's control_group?";
	else if (error == ENOENT)
		hint = "does superd have a control socket, and there?";
	snprintf(c->why, sizeof(c->why),
	    "superd cannot be asked at '%s' by user %s: %s: %s", c->path,
	    own_name(name, sizeof(name)), strerror(error), hint);
	control_close(c);
	return false;
}

static bool
connect_to(struct control *c)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (strlen(c->path) >= sizeof(addr.sun_path))
		return fail_connect(c, ENAMETOOLONG);
	memcpy(addr.sun_path, c->path, strlen(c->path));
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0) {
		c->fd = 0;
		return fail_connect(c, errno);
	}
	if (connect(c->fd, (struct sockaddr *)&addr, sizeof(addr)) != 0)
		return fail_connect(c, errno == EAGAIN ? EBUSY : errno);
	return true;
}

static bool
wait_until(const struct control *c, short events, int64_t deadline)
{
	struct pollfd p = { .fd = c->fd, .events = events };
	int64_t left = deadline - http_now_ms();

	return left > 0 && poll(&p, 1, (int)left) > 0;
}

/* A request is far smaller than a socket's buffer.  A superd that has closed
 * may have said why: that is for next_line() to find. */
static bool
send_request(struct control *c, const char *request, int64_t deadline)
{
	char line[1024];
	int n = snprintf(line, sizeof(line), "%s\n", request);

	if (n < 0 || (size_t)n >= sizeof(line))
		return fail(c, "the request is too long", EMSGSIZE);
	if (!wait_until(c, POLLOUT, deadline))
		return fail(c, "superd does not listen", ETIMEDOUT);
	if (send(c->fd, line, (size_t)n, MSG_NOSIGNAL) != n && errno != EPIPE &&
	    errno != ECONNRESET)
		return fail(c, "superd takes no request", errno);
	return true;
}

/* The next line of the answer, without its LF; NULL after a failure. */
static char *
next_line(struct control *c, size_t *len, int64_t deadline)
{
	for (;;) {
		char *line = c->buf + c->taken;
		char *end = memchr(line, '\n', c->len - c->taken);
		ssize_t n;

		if (end != NULL) {
			*end = '\0';
			*len = (size_t)(end - line);
			c->taken += *len + 1;
			return line;
		}
		c->len -= c->taken;
		memmove(c->buf, line, c->len);
		c->taken = 0;
		if (c->len == sizeof(c->buf))
			return fail(c, "superd's answer", EMSGSIZE), NULL;
		if (!wait_until(c, POLLIN, deadline))
			return fail(c, "superd's answer", ETIMEDOUT), NULL;
		n = recv(c->fd, c->buf + c->len, sizeof(c->buf) - c->len, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0)
			return fail(c, "superd's answer has no end",
				   n < 0 ? errno : EPIPE),
			       NULL;
		c->len += (size_t)n;
	}
}

/* The line that ends an answer. */
static bool
judge_end(struct control *c, const char *line)
{
	char name[64];
	const char *sentence;
	size_t n;

	if (strcmp(line, ".ok") == 0)
		return true;
	if (strncmp(line, ".error ", 7) != 0)
		return fail(c, "superd's answer", EPROTO);
	line += 7;
	n = strcspn(line, " ");
	sentence = line + n + (line[n] == ' ');
	if (n < sizeof(c->code))
		memcpy(c->code, line, n);
	if (strcmp(c->code, "denied") == 0)
		snprintf(c->why, sizeof(c->why),
		    "superd denies it to user %s: %s (control_group may look, "
		    "control_admin_group may act)",
		    own_name(name, sizeof(name)), sentence);
	else
		snprintf(c->why, sizeof(c->why), "%s", sentence);
	return false;
}

static bool
converse(struct control *c, const char *request, control_line_fn *take,
    void *arg, bool *answered)
{
	int64_t deadline = http_now_ms() + CONTROL_WAIT_MS;
	char *line;
	size_t len;

	if (!send_request(c, request, deadline))
		return false;
	while ((line = next_line(c, &len, deadline)) != NULL) {
		*answered = true;
		if (*line == '.')
			return judge_end(c, line);
		take(line, len, arg);
	}
	return false;
}

bool
control_ask(
    struct control *c, const char *request, control_line_fn *take, void *arg)
{
	bool again = c->fd != 0;
	bool answered = false;

	memset(c->code, 0, sizeof(c->code));
	c->why[0] = '\0';
	if (c->fd == 0 && !connect_to(c))
		return false;
	if (converse(c, request, take, arg, &answered))
		return true;
	if (c->fd != 0 || answered || !again)
		return false;
	return connect_to(c) && converse(c, request, take, arg, &answered);
}

/* SPDX-License-Identifier: ISC */
/* The protocol of sd_notify(3), as far as superd speaks it. */
#include <sys/socket.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/num.h"
#include "base/text.h"
#include "core/ready.h"
#include "log/log.h"

/* When a socket that had no room is tried again. */
#define AGAIN_NS (100 * NUM_NS_PER_MS)

/* Signs of life do not come faster, whatever the manager wants. */
#define WATCHDOG_LEAST_NS (10 * NUM_NS_PER_MS)

#define NS_PER_US         UINT64_C(1000)

static const char *const variables[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC",
	"WATCHDOG_PID" };

static void
say_fault(struct core_ready *r, const char *error)
{
	if (!r->told)
		log_event(LOG_FAULT,
		    LOG_TEXT("what", "cannot tell the service manager"),
		    LOG_TEXT("error", error));
	r->told = true;
}

/* Returns 0 or -errno. */
static int
try_send(struct core_ready *r, const char *bytes, size_t length)
{
	ssize_t n;

	do {
		n = sendto(r->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL,
		    &r->to.at.any, r->to.length);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static bool
is_full(int error)
{
	return error == -EAGAIN || error == -ENOBUFS;
}

static void
on_again(struct loop *loop, struct loop_timer *timer)
{
	struct core_ready *r = loop_owner(timer, struct core_ready, again);
	int error = try_send(r, r->waiting, r->waiting_length);

	if (is_full(error))
		loop_timer_set(loop, timer, loop->now_ns + AGAIN_NS);
	else if (error < 0)
		say_fault(r, strerror(-error));
}

/* What is newer replaces what waits: it is how superd is now that counts. */
static void
tell(struct core_ready *r, const struct text *message)
{
	int error = try_send(r, message->at, message->length);

	if (r->loop != NULL)
		loop_timer_stop(r->loop, &r->again);
	if (error == 0)
		return;
	say_fault(r, strerror(-error));
	if (!is_full(error) || r->loop == NULL)
		return;
	memcpy(r->waiting, message->at, message->length);
	r->waiting_length = message->length;
	loop_timer_set(r->loop, &r->again, r->loop->now_ns + AGAIN_NS);
}

static void
on_watchdog(struct loop *loop, struct loop_timer *timer)
{
	static const char sign[] = "WATCHDOG=1\n";
	struct core_ready *r = loop_owner(timer, struct core_ready, watchdog);
	int error = try_send(r, sign, sizeof(sign) - 1);

	/* Of a full socket the next sign is soon enough. */
	if (error < 0)
		say_fault(r, strerror(-error));
	loop_timer_set(loop, timer, loop->now_ns + r->watchdog_ns);
}

/* @name, or an absolute path; vsock:CID:PORT is for machines, not for us. */
static const char *
read_socket(struct core_ready *r, const char *where)
{
	if (where[0] != '@' && where[0] != '/')
		return "NOTIFY_SOCKET is neither a path nor @name";
	if (addr_parse_unix(where, &r->to, NULL) < 0)
		return "NOTIFY_SOCKET is too long";
	r->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return r->fd < 0 ? "no socket for NOTIFY_SOCKET" : NULL;
}

static const char *
read_watchdog(struct core_ready *r, const char *interval, const char *pid)
{
	uint64_t us, number;

	if (interval == NULL)
		return NULL;
	if (pid != NULL && num_parse_unsigned(pid, &number) < 0)
		return "WATCHDOG_PID is no process id";
	if (pid != NULL && number != (uint64_t)getpid())
		return NULL;
	if (num_parse_unsigned(interval, &us) < 0 || us == 0 ||
	    us > UINT64_MAX / 2 / NS_PER_US)
		return "WATCHDOG_USEC is no number of microseconds";
	r->watchdog_ns = us * NS_PER_US / 2;
	if (r->watchdog_ns < WATCHDOG_LEAST_NS)
		r->watchdog_ns = WATCHDOG_LEAST_NS;
	return NULL;
}

static void
unset_variables(void)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		(void)unsetenv(variables[i]);
}

void
ready_init(struct core_ready *r)
{
	const char *where = getenv("NOTIFY_SOCKET");

	*r = (struct core_ready) { .fd = -1,
		.started = getpid(),
		.watchdog = { .fire = on_watchdog },
		.again = { .fire = on_again } };
	if (where != NULL && where[0] != '\0') {
		r->fault = read_socket(r, where);
		if (r->fault == NULL)
			r->fault = read_watchdog(
			    r, getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"));
	}
	unset_variables();
}

void
ready_environment(const struct core_ready *r, bool set)
{
	char where[sizeof(r->to.at.local.sun_path) + 1] = "", us[NUM_TEXT_SIZE];
	size_t length;

	if (r == NULL || r->fd < 0)
		return;
	if (!set) {
		unset_variables();
		return;
	}
	length = r->to.length - offsetof(struct sockaddr_un, sun_path);
	memcpy(where, r->to.at.local.sun_path, length);
	if (where[0] == '\0')
		where[0] = '@';
	(void)setenv("NOTIFY_SOCKET", where, 1);
	if (r->watchdog_ns == 0)
		return;
	(void)snprintf(us, sizeof(us), "%llu",
	    (unsigned long long)(2 * r->watchdog_ns / NS_PER_US));
	(void)setenv("WATCHDOG_USEC", us, 1);
}

void
ready_done(struct core_ready *r)
{
	if (r == NULL)
		return;
	if (r->loop != NULL) {
		loop_timer_stop(r->loop, &r->again);
		loop_timer_stop(r->loop, &r->watchdog);
	}
	fd_close(&r->fd);
}

static void
put_count(struct text *t, const char *before, size_t count, const char *what)
{
	text_string(t, before);
	text_unsigned(t, count);
	text_string(t, what);
	text_string(t, count == 1 ? "" : "s");
}

void
ready_up(struct core_ready *r, struct loop *loop, size_t services,
    size_t connections)
{
	char message[READY_MESSAGE_SIZE];
	struct text t;

	if (r == NULL)
		return;
	if (r->fault != NULL)
		say_fault(r, r->fault);
	if (r->fd < 0)
		return;
	text_init(&t, message, sizeof(message));
	text_string(&t, "READY=1\n");
	if (getpid() != r->started) {
		text_string(&t, "MAINPID=");
		text_signed(&t, getpid());
		text_char(&t, '\n');
	}
	put_count(&t, "STATUS=serving ", services, " service");
	put_count(&t, ", ", connections, " connection");
	text_char(&t, '\n');
	r->loop = loop;
	tell(r, &t);
	if (r->watchdog_ns != 0 && r->watchdog.place == 0)
		loop_timer_set(
		    loop, &r->watchdog, loop_clock() + r->watchdog_ns);
}

void
ready_reloading(struct core_ready *r)
{
	char message[READY_MESSAGE_SIZE];
	struct text t;

	if (r == NULL || r->fd < 0)
		return;
	text_init(&t, message, sizeof(message));
	text_string(&t, "RELOADING=1\nMONOTONIC_USEC=");
	text_unsigned(&t, loop_clock() / NS_PER_US);
	text_string(&t, "\nSTATUS=reading the configuration\n");
	tell(r, &t);
}

void
ready_stopping(struct core_ready *r, size_t connections)
{
	char message[READY_MESSAGE_SIZE];
	struct text t;

	if (r == NULL || r->fd < 0)
		return;
	text_init(&t, message, sizeof(message));
	text_string(&t, "STOPPING=1\n");
	put_count(&t, "STATUS=stopping, ", connections, " connection");
	text_string(&t, " to end\n");
	tell(r, &t);
}

void
ready_status(struct core_ready *r, const char *text)
{
	char message[READY_MESSAGE_SIZE];
	struct text t;

	if (r == NULL || r->fd < 0)
		return;
	/* A newline would begin a field of its own; one place is for ours. */
	text_init(&t, message, sizeof(message) - 1);
	text_string(&t, "STATUS=");
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text >= ' ' && *text != 127)
			text_char(&t, *text);
	}
	t.size = sizeof(message);
	t.cut = false;
	text_char(&t, '\n');
	tell(r, &t);
}

/* SPDX-License-Identifier: ISC */
/*
 * Datagrams to a log daemon: the local syslog's or the journal's.  A daemon
 * that does not read is waited for with what the queue holds; one that has
 * gone is looked for again once a second.
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "log/journal.h"
#include "log/outlet.h"
#include "log/rfc5424.h"

/* So often a send is tried that tells of an earlier one's fate. */
#define SEND_TRIES 3

static int
connect_to(const struct log_outlet *o)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	auto_fd fd = -1;

	if (strlen(o->path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	memcpy(to.sun_path, o->path, strlen(o->path) + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	return take_fd(&fd);
}

static int
open_datagram(struct log_outlet *o, const char *path, struct err *e)
{
	if (o->path == NULL)
		o->path = path;
	o->fd = connect_to(o);
	if (o->fd >= 0)
		return 0;
	return err_system(
	    e, -o->fd, "cannot connect to %s at '%s'", o->kind->name, o->path);
}

static int
open_syslog(struct log_outlet *o, struct err *e)
{
	return open_datagram(o, "/dev/log", e);
}

static int
open_journal(struct log_outlet *o, struct err *e)
{
	return open_datagram(o, "/run/systemd/journal/socket", e);
}

/*
 * What all local daemons read: <PRIORITY>TAG[PID]: TEXT; they add the time.
 * The journal and busybox know nothing else.
 */
static void
format_syslog(
    const struct log_outlet *o, struct text *t, const struct log_line *line)
{
	struct log_line changed = *line;
	char buffer[64];
	struct text head;

	if (o->format == LOG_FORMAT_RFC5424) {
		log_rfc5424_format(t, line, false);
		t->at[--t->length] = '\0';
		return;
	}
	text_init(&head, buffer, sizeof(buffer));
	text_char(&head, '<');
	text_unsigned(
	    &head, LOG_FACILITY_DAEMON | log_line_priority(line->event));
	text_string(&head, ">superd[");
	text_unsigned(&head, (uint64_t)getpid());
	text_string(&head, "]: ");
	changed.head = buffer;
	if (o->format == LOG_FORMAT_JSON) {
		log_line_json(t, &changed);
	} else {
		changed.time = NULL;
		log_line_text(t, &changed);
	}
	t->at[--t->length] = '\0'; /* the datagram is the line */
}

static void
format_journal(
    const struct log_outlet *o, struct text *t, const struct log_line *line)
{
	(void)o;
	log_journal_format(t, line);
}

static bool
reconnect(struct log_outlet *o)
{
	struct timespec now;
	uint64_t now_ns;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	now_ns = (uint64_t)now.tv_sec * NUM_NS_PER_S + (uint64_t)now.tv_nsec;
	if (now_ns < o->retry_ns)
		return false;
	o->retry_ns = now_ns + NUM_NS_PER_S;
	o->fd = o->kind->connect(o);
	return o->fd >= 0;
}

/* A daemon that was restarted has a new socket: ours must be a new one too. */
static bool
is_disconnected(int error)
{
	return error != EAGAIN && error != EINTR && error != ENOBUFS &&
	    error != ENOMEM;
}

/*
 * ECONNREFUSED is what became of an earlier datagram by UDP; this one was not
 * sent yet.
 */
static ssize_t
put(int fd, const char *bytes, size_t size)
{
	ssize_t n = -1;

	errno = ECONNREFUSED;
	for (int i = 0; i < SEND_TRIES && n < 0 && errno == ECONNREFUSED; i++)
		n = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	return n;
}

enum log_outlet_state
log_datagram_drain(struct log_outlet *o, struct log_queue *q)
{
	size_t size;

	while (q->count > 0) {
		/* At most one line: a batch has at least one. */
		const char *bytes = log_queue_batch(q, 0, &size);

		if (o->fd < 0 && !reconnect(o))
			return LOG_OUTLET_STUCK;
		if (put(o->fd, bytes, size) >= 0)
			log_queue_drop_first(q);
		else if (errno == EMSGSIZE)
			return LOG_OUTLET_REFUSED;
		else if (is_disconnected(errno))
			fd_close(&o->fd);
		else
			return LOG_OUTLET_STUCK;
	}
	return LOG_OUTLET_DRAINED;
}

const struct log_outlet_kind log_outlet_syslog = {
	.name = "syslog",
	.most = LOG_LINE_MAX,
	.open = open_syslog,
	.format = format_syslog,
	.connect = connect_to,
	.drain = log_datagram_drain,
};

const struct log_outlet_kind log_outlet_journal = {
	.name = "the journal",
	.most = LOG_JOURNAL_MAX,
	.open = open_journal,
	.format = format_journal,
	.connect = connect_to,
	.drain = log_datagram_drain,
};

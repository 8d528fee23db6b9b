/* SPDX-License-Identifier: ISC */
/* Datagrams in, log lines out. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/service.h"
#include "core/stderr.h"
#include "log/log.h"
#include "spawn/label.h"

/*
 * What a service may say: units a second, and at once.  A line that is logged
 * is one, and so is each datagram and each KiB of it, because empty lines and
 * single bytes are work too.
 */
#define UNITS_PER_S  2000
#define UNITS_BURST  4000

#define UNIT_NS      (NUM_NS_PER_S / UNITS_PER_S)
#define BURST_NS     (UNITS_BURST * UNIT_NS)
#define FLOOD_NAP_NS (100 * NUM_NS_PER_MS)
#define TELL_NS      (10 * NUM_NS_PER_S)

/*
 * Datagrams a turn, and behind the end of handlers; what one has more than
 * READ_SIZE is lost.
 */
#define READ_MOST 32
#define READ_LAST 512
#define READ_SIZE 65536

/* One datagram and where it came from. */
struct piece {
	struct core_stderr *from;
	struct core_conn *conn;     /* NULL: it has ended */
	struct core_partial *loose; /* holds lines of ended ones */
	uint64_t connection;        /* 0: unknown */
	int pid;
};

/* GCRA with the clock of this turn: are so many units allowed? */
static bool
charge(struct core_stderr *s, uint64_t units)
{
	uint64_t now_ns = s->service->core->loop.now_ns;

	if (s->full_at_ns < now_ns)
		s->full_at_ns = now_ns;
	if (s->full_at_ns + units * UNIT_NS > now_ns + BURST_NS)
		return false;
	s->full_at_ns += units * UNIT_NS;
	return true;
}

static void
tell_dropped(struct core_stderr *s)
{
	if (s->dropped == 0)
		return;
	log_event_to(s->service->log, LOG_HANDLER_STDERR_DROPPED,
	    LOG_TEXT("service", s->service->name),
	    LOG_UNSIGNED("lines", s->dropped));
	s->dropped = 0;
}

static void
on_line(void *context, const char *line, size_t length)
{
	const struct piece *p = context;
	struct core_stderr *s = p->from;

	if (length > 0 && line[length - 1] == '\r')
		length--;
	if (length == 0)
		return;
	if (!charge(s, 1)) {
		s->dropped++;
		return;
	}
	log_event_to(s->service->log, LOG_HANDLER_STDERR,
	    LOG_TEXT("service", s->service->name),
	    LOG_COUNT("connection", p->connection), LOG_SIGNED("pid", p->pid),
	    LOG_BYTES("text", line, length));
}

/* The pid that the kernel vouches for: SCM_CREDENTIALS, unix(7). */
static int
sender_pid(struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL;
	     c = CMSG_NXTHDR(message, c)) {
		struct ucred cred;

		if (c->cmsg_level != SOL_SOCKET ||
		    c->cmsg_type != SCM_CREDENTIALS)
			continue;
		memcpy(&cred, CMSG_DATA(c), sizeof(cred));
		return cred.pid;
	}
	return 0;
}

/* Whose it is: by the sender socket's label, else by its pid. */
static void
identify(struct piece *p, const struct sockaddr_un *from, socklen_t length)
{
	const struct core *core = p->from->service->core;
	size_t head = offsetof(struct sockaddr_un, sun_path) + 1;
	struct spawn_label label;

	if (length > head && from->sun_path[0] == '\0' &&
	    spawn_label_parse(from->sun_path + 1, length - head, &label) &&
	    label.instance == core->instance) {
		p->connection = label.connection;
		p->conn =
		    conns_by_slot(&core->conns, label.slot, label.connection);
	} else {
		p->conn = conns_by_pid(&core->conns, p->pid);
		if (p->conn != NULL)
			p->connection = p->conn->number;
	}
}

/* The lines of a datagram, unless it is too much. */
static void
take_piece(struct piece *p, const char *bytes, size_t length, bool cut)
{
	struct core_partials *partials = &p->from->service->core->partials;
	struct core_partial **held =
	    p->conn != NULL ? &p->conn->partial : &p->loose;

	if (!charge(p->from, 1 + length / 1024)) {
		p->from->dropped++;
		return;
	}
	partial_add(partials, held, bytes, length, on_line, p);
	if (cut) {
		partial_end(partials, held, on_line, p);
		p->from->dropped++;
	}
	partial_end(partials, &p->loose, on_line, p);
}

/* One datagram; false if there was none. */
static bool
read_one(struct core_stderr *s)
{
	static char bytes[READ_SIZE];
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct sockaddr_un from;
	struct iovec to = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct msghdr message = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &to,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room),
	};
	struct piece p = { .from = s };
	ssize_t n = recvmsg(s->watch.fd, &message, MSG_DONTWAIT);

	if (n < 0)
		return false;
	p.pid = sender_pid(&message);
	identify(&p, &from, message.msg_namelen);
	/* Abstract names are open to all: only who lives may speak there. */
	if (p.conn != NULL || s->service->core->stderr_dir != NULL)
		take_piece(
		    &p, bytes, (size_t)n, (message.msg_flags & MSG_TRUNC) != 0);
	return true;
}

static void
read_some(struct core_stderr *s, int most)
{
	struct loop *loop = &s->service->core->loop;

	for (int i = 0; i < most; i++) {
		uint64_t before = s->dropped;

		if (!read_one(s))
			return;
		if (s->dropped == before)
			continue;
		/* Who floods waits: its writes block while nobody reads. */
		loop_watch_change(loop, &s->watch, 0);
		loop_timer_set(loop, &s->timer, loop->now_ns + FLOOD_NAP_NS);
	}
}

static void
on_ready(struct loop *loop, struct loop_watch *watch)
{
	(void)loop;
	read_some(loop_owner(watch, struct core_stderr, watch), READ_MOST);
}

static void
on_timer(struct loop *loop, struct loop_timer *timer)
{
	struct core_stderr *s = loop_owner(timer, struct core_stderr, timer);

	loop_watch_change(loop, &s->watch, EPOLLIN);
	if (loop->now_ns < s->tell_at_ns) {
		loop_timer_set(loop, timer, s->tell_at_ns);
		return;
	}
	tell_dropped(s);
	s->tell_at_ns = loop->now_ns + TELL_NS;
}

void
stderr_init(struct core_stderr *s)
{
	*s = (struct core_stderr) {
		.watch = { .fd = -1, .ready = on_ready },
		.timer = { .fire = on_timer },
	};
}

/* A path in the private directory, or an abstract name. */
static void
choose_name(struct core_stderr *s, const struct core *core)
{
	struct sockaddr_un *name = &s->at.name;
	bool abstract = core->stderr_dir == NULL;
	struct text t;

	*name = (struct sockaddr_un) { .sun_family = AF_UNIX };
	text_init(
	    &t, name->sun_path + abstract, sizeof(name->sun_path) - abstract);
	text_printf(&t, "%s/%u", abstract ? "superd" : core->stderr_dir,
	    s->service->gate.service);
	if (abstract)
		text_printf(&t, "-%016llx", (unsigned long long)core->instance);
	s->at.length =
	    (uint32_t)(offsetof(struct sockaddr_un, sun_path) + t.length + 1);
}

/*
 * Who may enter the directory may write to the socket: superd's user too,
 * who did not make it.
 */
static int
bind_open(int fd, const struct spawn_stderr_at *at)
{
	mode_t mask = umask(0);
	int error = bind(fd, (const struct sockaddr *)&at->name, at->length) < 0
	    ? -errno
	    : 0;

	(void)umask(mask);
	return error;
}

static void
remove_path(const struct core_stderr *s)
{
	if (s->at.name.sun_path[0] != '\0')
		(void)unlink(s->at.name.sun_path);
}

int
stderr_open(struct core_stderr *s, struct core_service *service, struct err *e)
{
	auto_fd fd = -1;
	int yes = 1, error;

	s->service = service;
	choose_name(s, service->core);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_system(e, errno, "cannot make a socket for stderr");
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) < 0)
		return err_system(
		    e, errno, "cannot set up the socket for stderr");
	/* The directory is ours and so is the number: what is there is left. */
	remove_path(s);
	error = bind_open(fd, &s->at);
	if (error < 0)
		return err_system(
		    e, -error, "cannot bind the socket for stderr");
	error = loop_watch_start(&service->core->loop, &s->watch, fd, EPOLLIN);
	if (error < 0) {
		remove_path(s);
		return err_system(
		    e, -error, "cannot watch the socket for stderr");
	}
	(void)take_fd(&fd);
	return 0;
}

int
stderr_adopt(struct core_stderr *s, struct core_service *service, int fd,
    const struct spawn_stderr_at *at)
{
	s->service = service;
	s->at = *at;
	return loop_watch_start(&service->core->loop, &s->watch, fd, EPOLLIN);
}

void
stderr_finish(struct core_stderr *s, struct core_conn *c)
{
	struct piece p = { .from = s, .connection = c->number, .pid = c->pid };
	uint64_t round = c->service->core->reaper.round;

	/* While a flood is slowed down, its rest comes when it comes. */
	if (s->read_round != round && s->watch.fd >= 0 && s->watch.events != 0)
		read_some(s, READ_LAST);
	s->read_round = round;
	partial_end(&c->service->core->partials, &c->partial, on_line, &p);
}

void
stderr_close(struct core_stderr *s)
{
	int fd = s->watch.fd;

	if (fd < 0)
		return;
	tell_dropped(s);
	loop_timer_stop(&s->service->core->loop, &s->timer);
	loop_watch_stop(&s->service->core->loop, &s->watch);
	fd_close(&fd);
	remove_path(s);
}

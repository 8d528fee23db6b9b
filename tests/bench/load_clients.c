/* SPDX-License-Identifier: ISC */
/*
 * Connections in flight, driven by epoll: connect, send, half-close, get the
 * same back, and then the end.
 */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench/load.h"

#define SOURCE_SPREAD 200  /* source addresses in use */
#define TIMES_FIRST   4096 /* room for times, doubled as needed */

uint64_t
load_clock(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * LOAD_NS_PER_S + (uint64_t)t.tv_nsec;
}

void
load_give_up(const char *what)
{
	(void)fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(2);
}

char
load_byte_at(uint32_t number, size_t at)
{
	return (char)('!' + (number * 7 + at * 31 + at / 89) % 90);
}

struct sockaddr_in
load_target(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(port) };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return to;
}

int
load_socket(int type, uint32_t number)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int yes = 1, error;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	/* The port is chosen at connect, when both ends are known. */
	(void)setsockopt(
	    fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(yes));
	a.sin_addr.s_addr = htonl(0x7f000001 + ((number % SOURCE_SPREAD) << 8));
	if (bind(fd, (const struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	error = errno;
	(void)close(fd);
	return -error;
}

enum load_outcome
load_outcome_of(int error, bool connected)
{
	if (error == EADDRNOTAVAIL || error == EMFILE || error == ENFILE ||
	    error == ENOBUFS || error == ENOMEM)
		return LOAD_NO_SOCKET;
	if (error == ECONNRESET || error == EPIPE)
		return LOAD_RESET;
	return connected ? LOAD_OTHER : LOAD_CONNECT_FAILED;
}

static void
finish(struct load_clients *l, struct load_client *c, enum load_outcome how)
{
	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
	l->outcomes[how]++;
	l->finished++;
}

static int
begin(struct load_clients *l, struct load_client *c)
{
	struct sockaddr_in to = load_target(l->options->port);
	bool deny = l->options->mode == LOAD_DENY;
	struct epoll_event ev = { .events = deny ? EPOLLIN : EPOLLOUT,
		.data.ptr = c };

	*c = (struct load_client) { .number = (uint32_t)l->started++,
		.start_ns = load_clock() };
	c->fd = load_socket(SOCK_STREAM, c->number);
	if (c->fd < 0)
		return c->fd;
	if (connect(c->fd, (const struct sockaddr *)&to, sizeof(to)) < 0 &&
	    errno != EINPROGRESS)
		return -errno;
	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, c->fd, &ev) < 0)
		load_give_up("epoll_ctl");
	return 0;
}

/* One that fails at once makes way for the next. */
static void
start(struct load_clients *l, struct load_client *c)
{
	int error = -1;

	while (error < 0 && l->started < l->total) {
		error = begin(l, c);
		if (error < 0)
			finish(l, c, load_outcome_of(-error, false));
	}
}

static void
watch(struct load_clients *l, struct load_client *c, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	if (epoll_ctl(l->epoll_fd, EPOLL_CTL_MOD, c->fd, &ev) < 0)
		load_give_up("epoll_ctl");
}

/* Sends what is due; half-closes behind it unless it is kept. */
static void
send_due(struct load_clients *l, struct load_client *c)
{
	char data[LOAD_BYTES_MOST];
	size_t all = (size_t)l->options->bytes, due = all - c->sent;
	ssize_t n;

	for (size_t i = 0; i < due; i++)
		data[i] = load_byte_at(c->number, c->sent + i);
	n = send(c->fd, data, due, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN) {
		finish(l, c, load_outcome_of(errno, c->connected));
		return;
	}
	c->connected = true;
	c->sent += n > 0 ? (size_t)n : 0;
	if (c->sent < all) {
		watch(l, c, EPOLLIN | EPOLLOUT);
		return;
	}
	if (!l->keep && !l->options->late_end)
		(void)shutdown(c->fd, SHUT_WR);
	watch(l, c, EPOLLIN);
}

static bool
is_right(const struct load_clients *l, const struct load_client *c,
    const char *data, size_t count)
{
	if (l->options->mode == LOAD_DENY ||
	    c->received + count > (size_t)l->options->bytes)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (data[i] != load_byte_at(c->number, c->received + i))
			return false;
	}
	return true;
}

static void
note_first_byte(struct load_clients *l, const struct load_client *c)
{
	uint64_t now = load_clock();

	if (l->first_bytes == l->first_bytes_room) {
		l->first_bytes_room *= 2;
		l->first_byte_us = reallocarray(l->first_byte_us,
		    l->first_bytes_room, sizeof(*l->first_byte_us));
		if (l->first_byte_us == NULL)
			load_give_up("times");
	}
	l->first_byte_us[l->first_bytes++] =
	    (uint32_t)((now - c->start_ns) / 1000);
	if (l->first_answer_ns == 0)
		l->first_answer_ns = now;
	l->last_answer_ns = now;
}

static void
answered(struct load_clients *l, struct load_client *c)
{
	c->answered = true;
	if (!l->keep && l->options->late_end)
		(void)shutdown(c->fd, SHUT_WR);
	if (!l->keep)
		return;
	/* It counts as done, and stays open. */
	l->outcomes[LOAD_RIGHT]++;
	l->finished++;
	watch(l, c, 0);
}

static enum load_outcome
ended(const struct load_clients *l, const struct load_client *c)
{
	return c->answered || l->options->mode == LOAD_DENY ? LOAD_RIGHT
							    : LOAD_ENDED_EARLY;
}

static void
receive(struct load_clients *l, struct load_client *c)
{
	char data[LOAD_BYTES_MOST];
	ssize_t n = recv(c->fd, data, sizeof(data), 0);

	if (n < 0 && errno == EAGAIN)
		return;
	/* A kept one may end while nobody asks: it has been counted. */
	if (l->keep && c->answered && n <= 0) {
		l->outcomes[LOAD_RIGHT]--;
		l->finished--;
		c->answered = false;
	}
	if (n == 0 ||
	    (n < 0 && errno == ECONNRESET && l->options->mode == LOAD_DENY)) {
		finish(l, c, ended(l, c));
		return;
	}
	if (n < 0) {
		finish(l, c, load_outcome_of(errno, c->connected));
		return;
	}
	if (!is_right(l, c, data, (size_t)n)) {
		finish(l, c, LOAD_WRONG_ANSWER);
		return;
	}
	if (c->received == 0)
		note_first_byte(l, c);
	c->received += (size_t)n;
	if (c->received == (size_t)l->options->bytes)
		answered(l, c);
}

/* As many under way as there should be. */
static void
refill(struct load_clients *l, struct load_client *c)
{
	if (!l->keep) {
		if (c->fd < 0)
			start(l, c);
		return;
	}
	while (
	    l->started < l->total && l->started - l->finished < l->concurrent)
		start(l, &l->all[l->started]);
}

static void
turn(struct load_clients *l)
{
	struct epoll_event events[256];
	int n = epoll_wait(l->epoll_fd, events, 256, 100);

	for (int i = 0; i < n; i++) {
		struct load_client *c = events[i].data.ptr;

		if (c->fd < 0)
			continue;
		if ((events[i].events & EPOLLOUT) != 0 &&
		    c->sent < (size_t)l->options->bytes)
			send_due(l, c);
		else
			receive(l, c);
		refill(l, c);
	}
}

static void
until_finished(struct load_clients *l)
{
	uint64_t last_start_ns = l->options->for_seconds == 0
	    ? UINT64_MAX
	    : l->begin_ns + (uint64_t)l->options->for_seconds * LOAD_NS_PER_S;

	for (;;) {
		uint64_t now = load_clock();

		if (!l->keep && now >= last_start_ns)
			l->total = l->started;
		if (l->finished >= l->total || now >= l->deadline_ns)
			return;
		turn(l);
	}
}

static uint64_t
deadline(const struct load_options *o, uint64_t now)
{
	return now + (uint64_t)o->limit_seconds * LOAD_NS_PER_S;
}

static void
init(struct load_clients *l, long slots)
{
	l->first_bytes_room = TIMES_FIRST;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->all = calloc((size_t)slots, sizeof(*l->all));
	l->first_byte_us =
	    calloc(l->first_bytes_room, sizeof(*l->first_byte_us));
	if (l->epoll_fd < 0 || l->all == NULL || l->first_byte_us == NULL)
		load_give_up("clients");
	l->slots = slots;
	for (long i = 0; i < slots; i++)
		l->all[i].fd = -1;
}

void
load_clients_init(struct load_clients *l, const struct load_options *options)
{
	*l = (struct load_clients) { .options = options,
		.total = options->total,
		.concurrent = options->concurrent };
	init(l, l->concurrent);
}

void
load_clients_init_kept(
    struct load_clients *l, const struct load_options *options, long total)
{
	*l = (struct load_clients) { .options = options,
		.total = total,
		.concurrent =
		    options->concurrent < total ? options->concurrent : total,
		.keep = true };
	init(l, total);
}

void
load_clients_run(struct load_clients *l)
{
	l->begin_ns = load_clock();
	l->deadline_ns = deadline(l->options, l->begin_ns);
	for (long i = 0; i < l->concurrent && load_clock() < l->deadline_ns;
	     i++)
		start(l, &l->all[i]);
	until_finished(l);
	l->end_ns = load_clock();
}

void
load_clients_again(struct load_clients *l)
{
	l->deadline_ns = deadline(l->options, load_clock());
	for (long i = 0; i < l->slots; i++) {
		struct load_client *c = &l->all[i];

		if (c->fd < 0 || !c->answered)
			continue;
		c->sent = c->received = 0;
		c->answered = false;
		c->start_ns = load_clock();
		l->outcomes[LOAD_RIGHT]--;
		l->finished--;
		watch(l, c, EPOLLOUT);
	}
	until_finished(l);
}

void
load_clients_done(struct load_clients *l)
{
	for (long i = 0; i < l->slots; i++) {
		if (l->all[i].fd >= 0)
			(void)close(l->all[i].fd);
	}
	(void)close(l->epoll_fd);
	free(l->all);
	free(l->first_byte_us);
}

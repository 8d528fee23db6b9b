/* SPDX-License-Identifier: ISC */
/*
 * load: clients for an echo service on loopback, bounded in number and time.
 *
 *	load [-c CONCURRENT] [-n TOTAL] [-t SECONDS] [-b BYTES] PORT
 *	load -H [-n TOTAL] [-t SECONDS] PORT
 *	load -D [-c CONCURRENT] [-n TOTAL] [-t SECONDS] PORT
 *
 * The first makes TOTAL connections, CONCURRENT at a time; each sends BYTES,
 * half-closes, and must get the same back and then the end.  The second opens
 * TOTAL connections, has each answer once, prints "held", keeps them all open
 * until its stdin ends, and has each answer once more.  The third sends
 * nothing: each connection must be dropped, by an end or a reset, without an
 * answer.
 *
 * Prints one line: connections, right answers, errors by kind, connections a
 * second, and microseconds to the first byte.  Exits 0 if all were right.
 * Sources are spread over 127.0.0.0/8, so that no port range runs out.
 */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BYTES_MOST    65536
#define SOURCE_SPREAD 200 /* source addresses in use */

enum outcome {
	RIGHT,
	CONNECT_FAILED,
	WRONG_ANSWER,
	RESET,
	OTHER,
	OUTCOMES
};

static const char *const outcome_names[OUTCOMES] = { "right", "connect_failed",
	"wrong_answer", "reset", "other" };

struct client {
	int fd;
	uint32_t number; /* seeds what it sends */
	size_t sent, received;
	uint64_t start_ns;
	bool connected, answered;
};

struct run {
	long total, concurrent, bytes, seconds;
	uint16_t port;
	bool hold, drop;
	int epoll_fd;
	struct client *clients;
	long started, finished;
	long outcomes[OUTCOMES];
	uint32_t *first_byte_us;
	long first_bytes;
	uint64_t begin_ns, deadline_ns;
};

static uint64_t
now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void __attribute__((noreturn)) give_up(const char *what)
{
	perror(what);
	exit(2);
}

/* What client `number` sends at place `at`. */
static char
byte_at(uint32_t number, size_t at)
{
	return (char)('!' + (number * 7 + at * 31 + at / 89) % 90);
}

static void
client_finish(struct run *r, struct client *c, enum outcome how)
{
	(void)close(c->fd);
	c->fd = -1;
	r->outcomes[how]++;
	r->finished++;
}

static int
bind_source(int fd, uint32_t number)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int yes = 1;

	/* The port is chosen at connect, when both ends are known. */
	(void)setsockopt(
	    fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(yes));
	a.sin_addr.s_addr = htonl(0x7f000001 + ((number % SOURCE_SPREAD) << 8));
	return bind(fd, (const struct sockaddr *)&a, sizeof(a));
}

static void
client_start(struct run *r, struct client *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(r->port) };
	struct epoll_event ev = { .events = r->drop ? EPOLLIN : EPOLLOUT,
		.data.ptr = c };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*c = (struct client) { .number = (uint32_t)r->started++,
		.start_ns = now_ns() };
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		give_up("socket");
	if (bind_source(c->fd, c->number) < 0 ||
	    (connect(c->fd, (const struct sockaddr *)&to, sizeof(to)) < 0 &&
		errno != EINPROGRESS))
		client_finish(r, c, CONNECT_FAILED);
	else if (epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, c->fd, &ev) < 0)
		give_up("epoll_ctl");
}

static void
watch(struct run *r, struct client *c, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	if (epoll_ctl(r->epoll_fd, EPOLL_CTL_MOD, c->fd, &ev) < 0)
		give_up("epoll_ctl");
}

static enum outcome
outcome_of(int error, bool connected)
{
	if (error == ECONNRESET || error == EPIPE)
		return RESET;
	return connected ? OTHER : CONNECT_FAILED;
}

/* Sends what is due; half-closes behind it unless it is to be held. */
static void
client_send(struct run *r, struct client *c)
{
	char data[BYTES_MOST];
	size_t due = (size_t)r->bytes - c->sent;
	ssize_t n;

	c->connected = true;
	for (size_t i = 0; i < due; i++)
		data[i] = byte_at(c->number, c->sent + i);
	n = send(c->fd, data, due, MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN) {
		client_finish(r, c, outcome_of(errno, errno != ECONNREFUSED));
		return;
	}
	c->sent += n > 0 ? (size_t)n : 0;
	if (c->sent < (size_t)r->bytes) {
		watch(r, c, EPOLLIN | EPOLLOUT);
		return;
	}
	if (!r->hold)
		(void)shutdown(c->fd, SHUT_WR);
	watch(r, c, EPOLLIN);
}

static bool
is_right(const struct client *c, const char *data, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (data[i] != byte_at(c->number, c->received + i))
			return false;
	}
	return true;
}

static void
client_answered(struct run *r, struct client *c)
{
	c->answered = true;
	if (!r->hold)
		return;
	/* Held: it counts as done, and stays open. */
	r->outcomes[RIGHT]++;
	r->finished++;
	watch(r, c, 0);
}

static void
client_receive(struct run *r, struct client *c)
{
	char data[BYTES_MOST];
	ssize_t n = recv(c->fd, data, sizeof(data), 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (r->drop && (n == 0 || (n < 0 && errno == ECONNRESET))) {
		client_finish(r, c, RIGHT);
		return;
	}
	if (n < 0) {
		client_finish(r, c, outcome_of(errno, true));
		return;
	}
	if (n == 0) {
		client_finish(r, c, c->answered ? RIGHT : WRONG_ANSWER);
		return;
	}
	if (c->received == 0)
		r->first_byte_us[r->first_bytes++] =
		    (uint32_t)((now_ns() - c->start_ns) / 1000);
	if (r->drop || !is_right(c, data, (size_t)n) ||
	    c->received + (size_t)n > (size_t)r->bytes) {
		client_finish(r, c, WRONG_ANSWER);
		return;
	}
	c->received += (size_t)n;
	if (c->received == (size_t)r->bytes)
		client_answered(r, c);
}

static void
turn(struct run *r)
{
	struct epoll_event events[256];
	int n = epoll_wait(r->epoll_fd, events, 256, 100);

	for (int i = 0; i < n; i++) {
		struct client *c = events[i].data.ptr;

		if (c->fd < 0)
			continue;
		if ((events[i].events & EPOLLOUT) != 0 &&
		    c->sent < (size_t)r->bytes)
			client_send(r, c);
		else
			client_receive(r, c);
		if (c->fd < 0 && !r->hold && r->started < r->total)
			client_start(r, c);
	}
}

static void
until_finished(struct run *r)
{
	while (r->finished < r->total && now_ns() < r->deadline_ns)
		turn(r);
}

/* All that are held answer once more. */
static void
ask_again(struct run *r)
{
	long open_ones = r->outcomes[RIGHT];

	r->finished = r->total - open_ones;
	r->outcomes[RIGHT] = 0;
	for (long i = 0; i < r->total; i++) {
		struct client *c = &r->clients[i];

		if (c->fd < 0 || !c->answered)
			continue;
		c->sent = c->received = 0;
		watch(r, c, EPOLLOUT);
	}
	until_finished(r);
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static uint32_t
percentile(const struct run *r, long per_mille)
{
	if (r->first_bytes == 0)
		return 0;
	return r->first_byte_us[(r->first_bytes - 1) * per_mille / 1000];
}

static void
report(struct run *r)
{
	double seconds = (double)(now_ns() - r->begin_ns) / 1e9;

	qsort(r->first_byte_us, (size_t)r->first_bytes,
	    sizeof(*r->first_byte_us), compare);
	(void)printf("connections=%ld", r->total);
	for (int i = 0; i < OUTCOMES; i++)
		(void)printf(" %s=%ld", outcome_names[i], r->outcomes[i]);
	(void)printf(" unfinished=%ld per_second=%.0f p50_us=%u p90_us=%u "
		     "p99_us=%u max_us=%u\n",
	    r->total - r->finished, (double)r->finished / seconds,
	    percentile(r, 500), percentile(r, 900), percentile(r, 990),
	    percentile(r, 1000));
}

static void
raise_nofile(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &l);
	}
}

static void
parse(struct run *r, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "DHc:n:t:b:")) != -1) {
		if (c == 'H')
			r->hold = true;
		else if (c == 'D')
			r->drop = true;
		else if (c == 'c')
			r->concurrent = atol(optarg);
		else if (c == 'n')
			r->total = atol(optarg);
		else if (c == 't')
			r->seconds = atol(optarg);
		else if (c == 'b')
			r->bytes = atol(optarg);
		else
			exit(2);
	}
	if (optind + 1 != argc || (r->hold && r->drop) || r->total < 1 ||
	    r->concurrent < 1 || r->bytes < 1 || r->bytes > BYTES_MOST) {
		(void)fputs("usage: load [-H | -D] [-c CONCURRENT] [-n TOTAL] "
			    "[-t SECONDS] [-b BYTES] PORT\n",
		    stderr);
		exit(2);
	}
	r->port = (uint16_t)atoi(argv[optind]);
	if (r->hold || r->concurrent > r->total)
		r->concurrent = r->total;
}

static void
hold(struct run *r)
{
	char byte;

	(void)printf("held %ld\n", r->outcomes[RIGHT]);
	(void)fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	r->deadline_ns = now_ns() + (uint64_t)r->seconds * 1000000000;
	ask_again(r);
}

int
main(int argc, char **argv)
{
	static struct run r = {
		.total = 1000, .concurrent = 16, .bytes = 32, .seconds = 60
	};

	parse(&r, argc, argv);
	raise_nofile();
	r.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	r.clients = calloc((size_t)r.concurrent, sizeof(*r.clients));
	r.first_byte_us = calloc((size_t)r.total * 2, sizeof(uint32_t));
	if (r.epoll_fd < 0 || r.clients == NULL || r.first_byte_us == NULL)
		give_up("load");
	r.begin_ns = now_ns();
	r.deadline_ns = r.begin_ns + (uint64_t)r.seconds * 1000000000;
	for (long i = 0; i < r.concurrent; i++)
		client_start(&r, &r.clients[i]);
	until_finished(&r);
	if (r.hold)
		hold(&r);
	report(&r);
	return r.outcomes[RIGHT] == r.total ? 0 : 1;
}

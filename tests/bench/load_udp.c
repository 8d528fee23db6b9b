/* SPDX-License-Identifier: ISC */
/*
 * Datagrams to an echo service: so many under way at a time, each with its
 * number in front.  One that is not back within a second is lost.
 */
#include <sys/socket.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/load.h"

#define LOST_NS    LOAD_NS_PER_S
#define BYTES_MOST 65507 /* of a datagram */

struct under_way {
	uint32_t number;
	bool busy;
	uint64_t sent_ns;
};

struct udp {
	const struct load_options *options;
	int fd;
	struct under_way *slots; /* number % concurrent is its slot */
	long started, finished;
	long outcomes[LOAD_OUTCOMES];
	uint32_t *micros;
	size_t answers;
};

static size_t
datagram(const struct udp *u, uint32_t number, char *data)
{
	size_t length = (size_t)u->options->bytes;

	for (size_t i = sizeof(number); i < length; i++)
		data[i] = load_byte_at(number, i);
	(void)memcpy(data, &number, sizeof(number));
	return length < sizeof(number) ? sizeof(number) : length;
}

static void
finish(struct udp *u, struct under_way *slot, enum load_outcome how)
{
	slot->busy = false;
	u->outcomes[how]++;
	u->finished++;
}

/* True if the socket took it. */
static bool
send_next(struct udp *u, uint64_t now)
{
	struct under_way *slot = &u->slots[u->started % u->options->concurrent];
	char data[BYTES_MOST];
	uint32_t number = (uint32_t)u->started;

	if (slot->busy)
		return false;
	if (send(u->fd, data, datagram(u, number, data), MSG_NOSIGNAL) < 0 &&
	    errno == EAGAIN)
		return false;
	/* Another's refusal may be told here: the answer will be missing. */
	*slot = (struct under_way) { number, true, now };
	u->started++;
	return true;
}

/* A refusal does not say whose: the oldest is meant. */
static void
refused(struct udp *u)
{
	struct under_way *oldest = NULL;

	for (long i = 0; i < u->options->concurrent; i++) {
		struct under_way *slot = &u->slots[i];

		if (slot->busy &&
		    (oldest == NULL || slot->number < oldest->number))
			oldest = slot;
	}
	if (oldest != NULL)
		finish(u, oldest, LOAD_CONNECT_FAILED);
}

/* False if there is nothing to receive. */
static bool
receive_one(struct udp *u)
{
	char data[LOAD_BYTES_MOST], want[LOAD_BYTES_MOST];
	ssize_t n = recv(u->fd, data, sizeof(data), 0);
	struct under_way *slot;
	uint32_t number;

	if (n < 0 && errno == EAGAIN)
		return false;
	if (n < 0) {
		refused(u);
		return true;
	}
	if (n < (ssize_t)sizeof(number))
		return true;
	(void)memcpy(&number, data, sizeof(number));
	slot = &u->slots[number % (uint32_t)u->options->concurrent];
	/* Not ours, or given up as lost before. */
	if (!slot->busy || slot->number != number)
		return true;
	if ((size_t)n != datagram(u, number, want) ||
	    memcmp(data, want, (size_t)n) != 0) {
		finish(u, slot, LOAD_WRONG_ANSWER);
		return true;
	}
	u->micros[u->answers++] =
	    (uint32_t)((load_clock() - slot->sent_ns) / 1000);
	finish(u, slot, LOAD_RIGHT);
	return true;
}

static void
give_up_lost(struct udp *u, uint64_t now)
{
	for (long i = 0; i < u->options->concurrent; i++) {
		if (u->slots[i].busy && now - u->slots[i].sent_ns > LOST_NS)
			finish(u, &u->slots[i], LOAD_LOST);
	}
}

static void
run(struct udp *u, uint64_t deadline_ns)
{
	struct pollfd p = { .fd = u->fd, .events = POLLIN };
	uint64_t now = load_clock(), swept = now;

	while (u->finished < u->options->total && now < deadline_ns) {
		long most = u->options->concurrent;

		while (u->started < u->options->total && most-- > 0 &&
		    send_next(u, now))
			;
		if (poll(&p, 1, 10) > 0) {
			for (most = u->options->concurrent;
			     most > 0 && receive_one(u); most--)
				;
		}
		now = load_clock();
		if (now - swept > LOST_NS / 20) {
			give_up_lost(u, now);
			swept = now;
		}
	}
}

static void
udp_open(struct udp *u)
{
	struct sockaddr_in to = load_target(u->options->port);

	u->fd = load_socket(SOCK_DGRAM, 0);
	u->slots = calloc((size_t)u->options->concurrent, sizeof(*u->slots));
	u->micros = calloc((size_t)u->options->total, sizeof(*u->micros));
	if (u->slots == NULL || u->micros == NULL || u->fd < 0 ||
	    connect(u->fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		load_give_up("udp");
}

bool
load_udp(const struct load_options *o, struct load_report *report)
{
	struct udp u = { .options = o };
	struct load_usage before, after;
	bool has_usage = o->pid > 0 && load_usage_read(o->pid, &before) == 0;
	uint64_t begin;
	double seconds;

	if (o->bytes > BYTES_MOST) {
		errno = EMSGSIZE;
		load_give_up("udp");
	}
	udp_open(&u);
	begin = load_clock();
	run(&u, begin + (uint64_t)o->limit_seconds * LOAD_NS_PER_S);
	seconds = (double)(load_clock() - begin) / LOAD_NS_PER_S;
	load_put_count(report, "datagrams", o->total);
	load_put_outcomes(report, u.outcomes, o->total);
	load_put_real(report, "seconds", seconds);
	load_put_real(
	    report, "per_second", (double)u.outcomes[LOAD_RIGHT] / seconds);
	load_put_percentiles(report, u.micros, u.answers);
	if (has_usage && load_usage_read(o->pid, &after) == 0)
		load_put_usage(report, &before, &after, u.finished);
	(void)close(u.fd);
	free(u.slots);
	free(u.micros);
	return u.outcomes[LOAD_RIGHT] == o->total;
}

/* SPDX-License-Identifier: ISC */
/*
 * Bytes, round trips and retransmits of TCP connections, out of one dump of
 * sock_diag(7) for each family.
 */
#include <sys/socket.h>
#include <sys/time.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "superctl/details.h"

/* What the kernel makes at most of one piece of a dump. */
#define PIECE_SIZE 65536

/* All states but those of no connection: LISTEN, CLOSE, TIME_WAIT, NEW_SYN. */
#define STATES                                                                 \
	(0xfffU &                                                              \
	    ~(1U << 10 /* LISTEN */ | 1U << 7 /* CLOSE */ |                    \
		1U << 6 /* TIME_WAIT */ | 1U << 3 /* SYN_RECV */))

/* Is the field in what this kernel gave?  Older ones give less. */
#define HAS(length, field)                                                     \
	((length) >= offsetof(struct tcp_info, field) +                        \
		sizeof(((struct tcp_info *)0)->field))

static int
ask(int fd, int family)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 body;
	} request = {
		.head = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.body = {
			.sdiag_family = (uint8_t)family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_ext = 1U << (INET_DIAG_INFO - 1),
			.idiag_states = STATES,
		},
	};

	return send(fd, &request, sizeof(request), 0) < 0 ? -1 : 0;
}

static void
take_info(struct details *d, const void *from, size_t length)
{
	struct tcp_info info = { 0 };

	memcpy(&info, from, length < sizeof(info) ? length : sizeof(info));
	if (HAS(length, tcpi_bytes_received)) {
		d->has_bytes = true;
		d->bytes_in = info.tcpi_bytes_received;
		d->bytes_out = info.tcpi_bytes_acked;
	}
	if (HAS(length, tcpi_total_retrans)) {
		d->has_rtt = true;
		d->rtt = (double)info.tcpi_rtt / 1e6;
		d->retransmits = info.tcpi_total_retrans;
	}
}

/* Cookies of old kernels are counted by namespace: the port must agree. */
static void
take_socket(const struct table *wanted, struct nlmsghdr *head)
{
	const struct inet_diag_msg *m = NLMSG_DATA(head);
	struct rtattr *attribute;
	struct details *d;
	int left;

	if (head->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
		return;
	d = table_find(wanted,
	    m->id.idiag_cookie[0] | (uint64_t)m->id.idiag_cookie[1] << 32);
	if (d == NULL || (d->port != 0 && d->port != ntohs(m->id.idiag_dport)))
		return;
	left = (int)(head->nlmsg_len - NLMSG_LENGTH(sizeof(*m)));
	attribute = (struct rtattr *)((char *)NLMSG_DATA(head) + sizeof(*m));
	for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
		if (attribute->rta_type == INET_DIAG_INFO)
			take_info(d, RTA_DATA(attribute),
			    (size_t)RTA_PAYLOAD(attribute));
	}
}

/* Returns whether there is more to come. */
static bool
take_piece(const struct table *wanted, void *piece, size_t size)
{
	struct nlmsghdr *head = piece;

	for (; NLMSG_OK(head, size); head = NLMSG_NEXT(head, size)) {
		if (head->nlmsg_type == NLMSG_DONE ||
		    head->nlmsg_type == NLMSG_ERROR)
			return false;
		if (head->nlmsg_type == SOCK_DIAG_BY_FAMILY)
			take_socket(wanted, head);
	}
	return true;
}

static void
dump(const struct table *wanted, int fd, int family, void *piece)
{
	ssize_t n;

	if (ask(fd, family) < 0)
		return;
	do {
		n = recv(fd, piece, PIECE_SIZE, 0);
	} while (n > 0 && take_piece(wanted, piece, (size_t)n));
}

static int
open_diag(void)
{
	struct timeval limit = { .tv_sec = 2 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	if (fd >= 0)
		(void)setsockopt(
		    fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

void
details_sockets(struct details *at, size_t count)
{
	auto_free void *piece = malloc(PIECE_SIZE);
	struct table wanted;
	uint32_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += at[i].cookie != 0;
	if (piece == NULL || found == 0 || table_init(&wanted, found) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		if (at[i].cookie != 0)
			(void)table_insert(&wanted, at[i].cookie, &at[i]);
	}
	auto_fd fd = open_diag();
	if (fd >= 0) {
		dump(&wanted, fd, AF_INET, piece);
		dump(&wanted, fd, AF_INET6, piece);
	}
	table_done(&wanted);
}

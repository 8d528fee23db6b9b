/* SPDX-License-Identifier: ISC */
/* A client of sock_diag(7); the kernel answers before sendto(2) returns. */
#include <sys/socket.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "net/diag.h"

/* An answer has 400 bytes; later kernels may say more. */
#define ANSWER_SIZE 4096
/* For a burst of ends while superd does something else. */
#define WATCH_ROOM (1024 * 1024)
/* Answers to questions that were given up, before ours. */
#define STALE_MOST 8

/* Linux 5.0; the same on all machines where superd runs but SPARC's. */
#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

/* As far as a field of that name was filled in. */
#define HAS(length, field)                                                     \
	((length) >= offsetof(struct tcp_info, field) +                        \
		sizeof(((struct tcp_info *)NULL)->field))

/* States in which the client's end has come; no header for programs has both
 * these and a whole struct tcp_info. */
enum state {
	STATE_FIN_WAIT2 = 5,
	STATE_TIME_WAIT = 6,
	STATE_CLOSE_WAIT = 8,
	STATE_LAST_ACK = 9,
	STATE_CLOSING = 11
};

struct question {
	struct nlmsghdr head;
	struct inet_diag_req_v2 what;
};

int
net_diag_open(int *ret_fd)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_SOCK_DIAG);

	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int
net_diag_watch(int *ret_fd)
{
	struct sockaddr_nl groups = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1U << (SKNLGRP_INET_TCP_DESTROY - 1) |
		    1U << (SKNLGRP_INET6_TCP_DESTROY - 1),
	};
	int fd = -1, room = WATCH_ROOM, error = net_diag_open(&fd);

	if (error < 0)
		return error;
	/* As much as it may have; what is too much for it is told. */
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (bind(fd, (const struct sockaddr *)&groups, sizeof(groups)) < 0) {
		error = -errno;
		(void)close(fd);
		return error;
	}
	*ret_fd = fd;
	return 0;
}

int
net_diag_local(int fd, struct addr_peer *ret_local)
{
	struct addr at = { .length = sizeof(at.at) };
	int device = 0;
	socklen_t length = sizeof(device);

	if (getsockname(fd, &at.at.any, &at.length) < 0)
		return -errno;
	addr_to_peer(&at, ret_local);
	/* The kernel looks among the sockets of a device only if it is named. */
	if (getsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &device, &length) ==
		0 &&
	    device != 0)
		ret_local->scope = (uint32_t)device;
	return 0;
}

static void
put_end(const struct addr_peer *p, __be32 to[4], __be16 *ret_port)
{
	if (p->family == AF_INET)
		memcpy(to, p->at.v4, sizeof(p->at.v4));
	else
		memcpy(to, p->at.v6, sizeof(p->at.v6));
	*ret_port = htons(p->port);
}

static struct question
question_about(const struct net_diag_socket *socket, uint32_t number)
{
	struct question q = {
		.head = {
			.nlmsg_len = sizeof(q),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST,
			.nlmsg_seq = number,
		},
		.what = {
			.sdiag_family = (uint8_t)socket->peer.family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_ext = 1 << (INET_DIAG_INFO - 1),
			.idiag_states = ~0U,
		},
	};
	struct inet_diag_sockid *id = &q.what.id;

	put_end(&socket->local, id->idiag_src, &id->idiag_sport);
	put_end(&socket->peer, id->idiag_dst, &id->idiag_dport);
	id->idiag_if = socket->local.scope;
	id->idiag_cookie[0] = (uint32_t)socket->cookie;
	id->idiag_cookie[1] = (uint32_t)(socket->cookie >> 32);
	return q;
}

/* The client's FIN has a number in the sequence and is counted as a byte. */
static bool
has_end(unsigned int state)
{
	return state == STATE_TIME_WAIT || state == STATE_CLOSE_WAIT ||
	    state == STATE_LAST_ACK || state == STATE_CLOSING;
}

/*
 * bytes_acked counts our own FIN, once it is acknowledged; what was sent, and
 * not for the second time, does not.
 */
static uint64_t
bytes_out(const struct tcp_info *t, size_t length)
{
	uint64_t once = t->tcpi_bytes_sent - t->tcpi_bytes_retrans;

	if (!HAS(length, tcpi_bytes_retrans) || t->tcpi_bytes_acked < once)
		return t->tcpi_bytes_acked;
	return once;
}

static int
read_info(const void *bytes, size_t length, struct net_diag_info *ret_info)
{
	struct tcp_info t = { 0 };

	if (!HAS(length, tcpi_bytes_received))
		return -EOPNOTSUPP;
	memcpy(&t, bytes, length < sizeof(t) ? length : sizeof(t));
	*ret_info = (struct net_diag_info) {
		.bytes_in = t.tcpi_bytes_received,
		.bytes_out = bytes_out(&t, length),
		.rtt_us = t.tcpi_rtt,
		.retransmits = t.tcpi_total_retrans,
		.last_data_sent_ms = t.tcpi_last_data_sent,
		.last_data_recv_ms = t.tcpi_last_data_recv,
	};
	if (has_end(t.tcpi_state) && ret_info->bytes_in > 0)
		ret_info->bytes_in--;
	return 0;
}

/* What the kernel sends has the form that it says. */
static int
read_socket(struct nlmsghdr *head, struct net_diag_info *ret_info)
{
	struct inet_diag_msg *m = NLMSG_DATA(head);
	struct rtattr *a = (void *)(m + 1);
	int left, error;

	if (head->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
		return -EPROTO;
	left = (int)(head->nlmsg_len - NLMSG_LENGTH(sizeof(*m)));
	for (; RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type != INET_DIAG_INFO)
			continue;
		error = read_info(RTA_DATA(a), RTA_PAYLOAD(a), ret_info);
		if (error == 0)
			ret_info->cookie = m->id.idiag_cookie[0] |
			    (uint64_t)m->id.idiag_cookie[1] << 32;
		return error;
	}
	/* Of a socket whose own end is over little is left, its state. */
	return m->idiag_state == STATE_FIN_WAIT2 ? -ESHUTDOWN : -ENOENT;
}

static int
read_error(struct nlmsghdr *head)
{
	const struct nlmsgerr *e = NLMSG_DATA(head);

	if (head->nlmsg_len < NLMSG_LENGTH(sizeof(*e)) || e->error >= 0)
		return -EPROTO;
	/* Another socket has its addresses by now. */
	return e->error == -ESTALE ? -ENOENT : e->error;
}

union answer {
	struct nlmsghdr head;
	char bytes[ANSWER_SIZE];
};

/* The next message of the kernel's; 0: one of somebody else.  netlink(7). */
static ssize_t
hear(int fd, union answer *ret_answer)
{
	struct sockaddr_nl from = { .nl_pid = 0 };
	socklen_t length = sizeof(from);
	ssize_t size = recvfrom(fd, ret_answer, sizeof(*ret_answer),
	    MSG_DONTWAIT, (struct sockaddr *)&from, &length);

	return size >= 0 && from.nl_pid != 0 ? 0 : size;
}

int
net_diag_next(int fd, struct net_diag_info *ret_info)
{
	union answer end;
	ssize_t size;

	/* Those of which nothing is told are passed over. */
	for (;;) {
		size = hear(fd, &end);
		if (size < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (NLMSG_OK(&end.head, (size_t)size) &&
		    end.head.nlmsg_type == SOCK_DIAG_BY_FAMILY &&
		    read_socket(&end.head, ret_info) == 0)
			return 1;
	}
}

/* Returns 1 if the answer was to another question. */
static int
read_answer(int fd, uint32_t number, struct net_diag_info *ret_info)
{
	union answer answer;
	ssize_t size = hear(fd, &answer);

	if (size < 0)
		return -errno;
	if (size == 0)
		return 1;
	if (!NLMSG_OK(&answer.head, (size_t)size))
		return -EPROTO;
	if (answer.head.nlmsg_seq != number)
		return 1;
	if (answer.head.nlmsg_type == NLMSG_ERROR)
		return read_error(&answer.head);
	return read_socket(&answer.head, ret_info);
}

int
net_diag_lookup(int fd, const struct net_diag_socket *socket,
    struct net_diag_info *ret_info)
{
	static uint32_t last;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct question q = question_about(socket, ++last);
	int error = 1;

	if (sendto(fd, &q, sizeof(q), MSG_DONTWAIT,
		(const struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	for (int i = 0; i < STALE_MOST && error == 1; i++)
		error = read_answer(fd, last, ret_info);
	return error == 1 ? -EPROTO : error;
}

/* SPDX-License-Identifier: ISC */
/*
 * Datagrams to a log host, RFC 5426.  Nobody says whether they arrive.  A host
 * that cannot be reached at present, because the network is not up yet, is no
 * error: lines wait in the queue as they do for a daemon that has gone.
 */
#include <sys/socket.h>
#include <errno.h>

#include "base/addr.h"
#include "base/cleanup.h"
#include "log/outlet.h"
#include "log/rfc5424.h"

static bool
is_unreachable(int error)
{
	return error == ENETUNREACH || error == EHOSTUNREACH ||
	    error == ENETDOWN || error == EADDRNOTAVAIL;
}

static int
connect_udp(const struct log_outlet *o)
{
	struct addr to;
	struct err e;
	auto_fd fd = -1;
	int error = addr_parse(o->path, &to, &e);

	if (error < 0)
		return error;
	fd = socket(
	    to.at.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, &to.at.any, to.length) < 0)
		return -errno;
	return take_fd(&fd);
}

static int
open_udp(struct log_outlet *o, struct err *e)
{
	o->fd = connect_udp(o);
	if (o->fd >= 0)
		return 0;
	if (is_unreachable(-o->fd)) {
		o->fd = -1;
		return 0;
	}
	return err_system(e, -o->fd, "cannot log to 'udp:%s'", o->path);
}

static void
format_udp(
    const struct log_outlet *o, struct text *t, const struct log_line *line)
{
	log_rfc5424_format(t, line, o->format == LOG_FORMAT_JSON);
	t->at[--t->length] = '\0'; /* the datagram is the line */
}

const struct log_outlet_kind log_outlet_udp = {
	.name = "udp",
	.most = LOG_LINE_MAX,
	.open = open_udp,
	.format = format_udp,
	.connect = connect_udp,
	.drain = log_datagram_drain,
};

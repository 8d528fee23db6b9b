/* SPDX-License-Identifier: ISC */
/* Stream sockets that listen; the unix ones' paths are in unix_path.c. */
#include <sys/socket.h>
#include <errno.h>
#include <limits.h>

#include "base/cleanup.h"
#include "conf/conf.h"
#include "net/listen.h"
#include "net/options.h"
#include "net/unix_path.h"

/* How often a free port of both families is looked for. */
#define BOTH_TRIES 64

static const char *
name_of(const struct addr *addr, char buffer[ADDR_TEXT_SIZE])
{
	struct text t;

	text_init(&t, buffer, ADDR_TEXT_SIZE);
	addr_format(addr, &t);
	return buffer;
}

static int
bind_to(int fd, const struct conf_service *service, const struct addr *addr,
    struct net_listener *l, struct err *e)
{
	char name[ADDR_TEXT_SIZE];
	int error;

	if (unix_path_of(addr) != NULL)
		return unix_path_bind(fd, service, addr, l, e);
	if (bind(fd, &addr->at.any, addr->length) == 0)
		return 0;
	error = errno;
	if (error == EADDRINUSE)
		return err_set(e, error,
		    "cannot listen on %s: somebody else listens there",
		    name_of(addr, name));
	if (error == EACCES && addr_port(addr) != 0)
		return err_set(e, error,
		    "cannot listen on %s: permission "
		    "denied (ports below 1024 need root or "
		    "CAP_NET_BIND_SERVICE)",
		    name_of(addr, name));
	if (error == EADDRNOTAVAIL)
		return err_set(e, error,
		    "cannot listen on %s: this machine "
		    "has no such address (freebind = yes does not mind)",
		    name_of(addr, name));
	return err_system(e, error, "cannot listen on %s", name_of(addr, name));
}

static int
start(int fd, const struct conf_service *service, const struct addr *addr,
    struct net_listener *l, struct err *e)
{
	int backlog =
	    service->backlog > INT_MAX ? INT_MAX : (int)service->backlog;
	char name[ADDR_TEXT_SIZE];
	int error = net_options_set(fd, addr->at.any.sa_family, service, e);

	if (error < 0)
		return err_wrap(e, "%s", name_of(addr, name));
	error = bind_to(fd, service, addr, l, e);
	if (error < 0)
		return error;
	l->bound.length = sizeof(l->bound.at);
	if (listen(fd, backlog) < 0 ||
	    getsockname(fd, &l->bound.at.any, &l->bound.length) < 0) {
		error = errno;
		unix_path_remove(addr, l);
		if (error == EADDRINUSE)
			return err_set(e, error,
			    "cannot listen on %s: "
			    "somebody else listens there",
			    name_of(addr, name));
		return err_system(
		    e, error, "cannot listen on %s", name_of(addr, name));
	}
	return 0;
}

int
net_listen_open(const struct conf_service *service, const struct addr *addr,
    struct net_listener *ret_listener, struct err *e)
{
	struct net_listener l = { .fd = -1 };
	char name[ADDR_TEXT_SIZE];
	auto_fd fd = -1;
	int error;

	fd = socket(addr->at.any.sa_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_system(e, errno, "cannot make a socket for %s",
		    name_of(addr, name));
	error = start(fd, service, addr, &l, e);
	if (error < 0)
		return error;
	l.fd = take_fd(&fd);
	*ret_listener = l;
	return 0;
}

void
net_listen_close(struct net_listener *listener)
{
	if (listener->fd < 0)
		return;
	unix_path_remove(&listener->bound, listener);
	fd_close(&listener->fd);
}

int
net_listen_both(const struct conf_service *service, uint16_t port,
    struct net_listener ret_pair[2], struct err *e)
{
	struct conf_service six = *service;
	struct addr v4, v6;
	int error = 0;

	six.v6only = true;
	addr_any(AF_INET, &v4);
	addr_any(AF_INET6, &v6);
	addr_set_port(&v4, port);
	ret_pair[0].fd = ret_pair[1].fd = -1;
	for (int tries = 0; tries < BOTH_TRIES; tries++) {
		error = net_listen_open(service, &v4, &ret_pair[0], e);
		if (error < 0)
			return error;
		addr_set_port(&v6, addr_port(&ret_pair[0].bound));
		error = net_listen_open(&six, &v6, &ret_pair[1], e);
		if (error == -EAFNOSUPPORT || error == -EADDRNOTAVAIL)
			return 0;
		if (error == 0)
			return 0;
		net_listen_close(&ret_pair[0]);
		if (error != -EADDRINUSE || port != 0)
			break;
	}
	return error;
}

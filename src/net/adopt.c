/* SPDX-License-Identifier: ISC */
/*
 * What sockets that come from elsewhere are, and which of them is meant.
 * Where they come from is in adopt_environment.c.
 */
#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "conf/conf.h"
#include "net/adopt.h"
#include "net/options.h"

/* The value of an option that is an int; -errno if it cannot be had. */
static int
ask(int fd, int level, int name)
{
	int value = 0;
	socklen_t length = sizeof(value);

	if (getsockopt(fd, level, name, &value, &length) < 0)
		return -errno;
	return value;
}

static bool
is_served_family(int family)
{
	return family == AF_INET || family == AF_INET6 || family == AF_UNIX;
}

/* IP sockets that keep order may still not be TCP's. */
static bool
is_tcp(int fd)
{
	int protocol = ask(fd, SOL_SOCKET, SO_PROTOCOL);

	return protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP;
}

static bool
is_connected(int fd)
{
	struct addr peer = { .length = sizeof(peer.at) };

	return getpeername(fd, &peer.at.any, &peer.length) == 0;
}

/* Why superd cannot serve it, and what to do; NULL if it can. */
static const char *
why_not(int fd)
{
	int type = ask(fd, SOL_SOCKET, SO_TYPE);
	int family = ask(fd, SOL_SOCKET, SO_DOMAIN);

	if (type == -EBADF)
		return "it is not open";
	if (type < 0)
		return "it is no socket: pass sockets that listen, nothing "
		       "else";
	if (type == SOCK_DGRAM)
		return "it is a datagram socket, and superd serves stream "
		       "sockets: pass those that ListenStream= makes";
	if (type != SOCK_STREAM)
		return "it is no stream socket: pass those that ListenStream= "
		       "makes";
	if (!is_served_family(family) || (family != AF_UNIX && !is_tcp(fd)))
		return "superd serves TCP and unix sockets only";
	if (ask(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1)
		return NULL;
	if (is_connected(fd))
		return "it is a connection, and superd accepts them itself: "
		       "say Accept=no in the socket unit";
	return "it does not listen";
}

/* Close-on-exec, and never to be waited for. */
static int
set_flags(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return 0;
}

static int
make_room(struct net_adopted_list *list, struct err *e)
{
	size_t room = list->room == 0 ? 8 : 2 * list->room;
	struct net_adopted *at;

	if (list->count < list->room)
		return 0;
	at = reallocarray(list->at, room, sizeof(*at));
	if (at == NULL)
		return err_memory(e);
	list->at = at;
	list->room = room;
	return 0;
}

static int
look_at(struct net_adopted *a, struct err *e)
{
	const char *reason = why_not(a->socket.fd);
	struct addr *bound = &a->socket.bound;
	int error;

	*bound = (struct addr) { .length = sizeof(bound->at) };
	if (reason != NULL)
		return err_set(e, EINVAL, "%s", reason);
	if (getsockname(a->socket.fd, &bound->at.any, &bound->length) < 0)
		return err_system(e, errno, "cannot ask for its address");
	if (bound->at.any.sa_family == AF_INET6)
		a->v6only = ask(a->socket.fd, IPPROTO_IPV6, IPV6_V6ONLY) == 1;
	error = set_flags(a->socket.fd);
	return error == 0 ? 0 : err_system(e, -error, "cannot set its flags");
}

int
net_adopt_add(struct net_adopted_list *list, const struct net_listener *from,
    struct err *e)
{
	struct net_adopted a = { .socket = *from };
	int error = make_room(list, e);

	if (error == 0 && from->fd >= 0)
		error = look_at(&a, e);
	if (error < 0)
		return error;
	if (from->name != NULL) {
		a.socket.name = strdup(from->name);
		if (a.socket.name == NULL)
			return err_memory(e);
	}
	list->at[list->count++] = a;
	return 0;
}

static bool
is_named(const struct net_listener *socket, const char *name)
{
	uint64_t number;

	if (socket->name == NULL)
		return false;
	if (num_parse_unsigned(name, &number) == 0)
		return number == (uint64_t)socket->number;
	return strcmp(socket->name, name) == 0;
}

bool
net_adopt_is_meant(
    const struct net_listener *socket, const struct conf_listen *listen)
{
	const struct addr *bound = &socket->bound;

	if (listen->passed != NULL)
		return is_named(socket, listen->passed);
	if (listen->both_families)
		return addr_is_any(bound) &&
		    addr_port(bound) == addr_port(&listen->addr);
	return addr_equal(bound, &listen->addr);
}

size_t
net_adopt_count(
    const struct net_adopted_list *list, const struct conf_listen *listen)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += net_adopt_is_meant(&list->at[i].socket, listen);
	return count;
}

/*
 * That an IPv6 socket takes IPv4 as well is news if the file names its
 * address and the key forbids it; a bare port wants both, and who calls a
 * socket by its name leaves that to its maker.
 */
static bool
v6only_differs(const struct net_adopted *a, const struct conf_service *service,
    const struct conf_listen *listen)
{
	if (a->socket.bound.at.any.sa_family != AF_INET6 ||
	    !addr_is_any(&a->socket.bound) || a->v6only == service->v6only)
		return false;
	return !service->v6only ||
	    (listen->passed == NULL && !listen->both_families);
}

int
net_adopt_take(struct net_adopted *a, const struct conf_service *service,
    const struct conf_listen *value, struct net_listener *ret_listener,
    struct err *e)
{
	int backlog =
	    service->backlog > INT_MAX ? INT_MAX : (int)service->backlog;
	char name[ADDR_TEXT_SIZE];
	struct text t, differ;
	int error;

	text_init(&t, name, sizeof(name));
	addr_format(&a->socket.bound, &t);
	text_init(&differ, a->differ, sizeof(a->differ));
	if (v6only_differs(a, service, value))
		text_string(&differ, "v6only");
	error = net_options_adopt(a->socket.fd,
	    a->socket.bound.at.any.sa_family, service, &differ, e);
	if (error < 0)
		return err_wrap(e, "%s", name);
	if (service->backlog_set && listen(a->socket.fd, backlog) < 0)
		return err_system(
		    e, errno, "%s: cannot set backlog = %d", name, backlog);
	*ret_listener = a->socket;
	a->socket.fd = -1;
	a->taken = true;
	return 0;
}

void
net_adopt_format(const struct net_adopted *a, struct text *t)
{
	const struct net_listener *s = &a->socket;

	text_signed(t, s->number);
	if (s->name != NULL && s->name[0] != '\0') {
		text_string(t, " '");
		text_escaped(t, s->name, strlen(s->name));
		text_char(t, '\'');
	}
	if (s->bound.length > 0) {
		text_string(t, " at ");
		addr_format(&s->bound, t);
	}
}

void
net_adopt_done(struct net_adopted_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		fd_close(&list->at[i].socket.fd);
		free((char *)(uintptr_t)list->at[i].socket.name);
	}
	free(list->at);
	*list = (struct net_adopted_list) { 0 };
}

/* SPDX-License-Identifier: ISC */
/* setsockopt(2) on sockets that listen; see refit.h. */
#include <sys/socket.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "conf/conf.h"
#include "net/options.h"
#include "net/refit.h"
#include "net/unix_path.h"

#define BYTE_OF_FLAGS 13
#define SYN_AND_ACK   0x12
#define SYN_ALONE     0x02

/* A size that was set cannot be unset. */
static bool
can_size(const struct conf_option *old, const struct conf_option *now)
{
	return now->set || !old->set;
}

static bool
is_on(const struct net_listener *listener, int level, int name)
{
	int value = 0;
	socklen_t length = sizeof(value);

	(void)getsockopt(listener->fd, level, name, &value, &length);
	return value != 0;
}

bool
net_refit_is_v6only(const struct net_listener *listener)
{
	return is_on(listener, IPPROTO_IPV6, IPV6_V6ONLY);
}

bool
net_refit_possible(const struct net_listener *listener,
    const struct conf_service *old, const struct conf_service *now, bool v6only)
{
	int family = listener->bound.at.any.sa_family, fd = listener->fd;

	/* One that was passed is taken as it is. */
	if (listener->name != NULL)
		return true;
	/* Nobody finds the way to one whose path has gone. */
	if (family == AF_UNIX)
		return unix_path_is_current(listener);
	if (old != NULL &&
	    (!can_size(&old->send_buffer, &now->send_buffer) ||
		!can_size(&old->receive_buffer, &now->receive_buffer)))
		return false;
	return net_options_has_device(fd, now->device) &&
	    (family != AF_INET6 || net_refit_is_v6only(listener) == v6only);
}

bool
net_refit_same_owner(
    const struct conf_service *old, const struct conf_service *now)
{
	return text_same(old->socket_user.name, now->socket_user.name) &&
	    text_same(old->socket_group.name, now->socket_group.name) &&
	    old->socket_user.uid == now->socket_user.uid &&
	    old->socket_group.gid == now->socket_group.gid;
}

bool
net_refit_needed(const struct conf_service *old, const struct conf_service *now)
{
	return old->backlog != now->backlog ||
	    old->socket_mode.value != now->socket_mode.value ||
	    !net_refit_same_owner(old, now) || !net_options_equal(old, now);
}

int
net_refit_try(const struct net_listener *listener,
    const struct conf_service *now, struct err *e)
{
	int family = listener->bound.at.any.sa_family;
	auto_fd fd = -1;

	if (family == AF_UNIX || listener->name != NULL)
		return 0;
	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_system(e, errno, "cannot make a socket");
	return net_options_change(fd, listener->fd, now, e);
}

int
net_refit(const struct net_listener *listener, const struct conf_service *now,
    struct err *e)
{
	int backlog = now->backlog > INT_MAX ? INT_MAX : (int)now->backlog;
	int family = listener->bound.at.any.sa_family, error;
	char differ[64];
	struct text t;

	text_init(&t, differ, sizeof(differ));
	if (listener->name != NULL)
		error = net_options_adopt(listener->fd, family, now, &t, e);
	else
		error = net_options_change(listener->fd, listener->fd, now, e);
	if (error == 0 && listener->inode != 0)
		error = unix_path_change(now, listener, e);
	if (listener->name != NULL && !now->backlog_set)
		return error;
	if (error == 0 && listen(listener->fd, backlog) < 0)
		error =
		    err_system(e, errno, "cannot set backlog = %d", backlog);
	return error;
}

bool
net_refit_is_shared(const struct net_listener *listener)
{
	return is_on(listener, SOL_SOCKET, SO_REUSEPORT);
}

void
net_refit_share(const struct net_listener *listener, bool share)
{
	int value = share;

	if (listener->bound.at.any.sa_family != AF_UNIX)
		(void)setsockopt(listener->fd, SOL_SOCKET, SO_REUSEPORT, &value,
		    sizeof(value));
}

/*
 * socket(7), SO_ATTACH_FILTER: a packet begins with its TCP header.  What a
 * listener gets are first packets (SYN) and the ends of handshakes.
 */
int
net_refit_turn_away(const struct net_listener *listener, bool away)
{
	static struct sock_filter drop_syn[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, BYTE_OF_FLAGS),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, SYN_AND_ACK),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYN_ALONE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT_MAX),
	};
	const struct sock_fprog filter = {
		.len = sizeof(drop_syn) / sizeof(drop_syn[0]),
		.filter = drop_syn,
	};
	int none = 0, error;

	if (listener->bound.at.any.sa_family == AF_UNIX)
		return -EOPNOTSUPP;
	if (away)
		error = setsockopt(listener->fd, SOL_SOCKET, SO_ATTACH_FILTER,
		    &filter, sizeof(filter));
	else
		error = setsockopt(listener->fd, SOL_SOCKET, SO_DETACH_FILTER,
		    &none, sizeof(none));
	return error < 0 ? -errno : 0;
}

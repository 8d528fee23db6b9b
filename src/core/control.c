/* SPDX-License-Identifier: ISC */
/* The control socket comes, changes, and goes; see control.h. */
#include <sys/stat.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "conf/conf.h"
#include "core/control.h"
#include "core/core.h"
#include "core/state.h"
#include "log/log.h"
#include "net/refit.h"
#include "net/unix_path.h"

/* Callers that may wait; each is heard at once. */
#define BACKLOG 64

/* As a service that listens there would say it. */
static void
as_service(const struct conf *conf, struct conf_service *ret_service)
{
	*ret_service = (struct conf_service) {
		.name = "control",
		.backlog = BACKLOG,
		.backlog_set = true,
		.socket_mode = { .set = true,
		    .value = conf->daemon.control_mode.value },
	};
	/* superd itself, when it has become that user, is no stranger. */
	if (geteuid() == 0)
		ret_service->socket_user = conf->daemon.user;
}

static bool
is_there(const struct core *core, const struct addr *wanted)
{
	const struct net_listener *l = &core->control.socket;

	return l->fd >= 0 && addr_equal(&l->bound, wanted) &&
	    unix_path_is_current(l);
}

/* /run is emptied with each start of the machine. */
static void
make_directory(const struct conf *conf)
{
	const struct conf_daemon *d = &conf->daemon;
	const char *end = strrchr(d->control.path, '/');
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct text t;

	text_init(&t, path, sizeof(path));
	text_bytes(&t, d->control.path, (size_t)(end - d->control.path));
	/* Where that fails, the socket will fail too, and says why. */
	if (mkdir(path, 0755) == 0 && d->user.name != NULL && geteuid() == 0)
		(void)!lchown(path, d->user.uid, (gid_t)-1);
}

int
control_prepare(struct core *core, const struct conf *conf,
    struct net_listener *ret_fresh, struct err *e)
{
	const struct conf_control *control = &conf->daemon.control;
	struct conf_service service;
	struct addr addr;
	int error;

	*ret_fresh = (struct net_listener) { .fd = -1 };
	if (control->path == NULL)
		return 0;
	error = addr_parse_unix(control->path, &addr, e);
	as_service(conf, &service);
	if (error == 0 && is_there(core, &addr))
		return net_refit_try(&core->control.socket, &service, e);
	if (error == 0 && control->automatic)
		make_directory(conf);
	if (error == 0)
		error = net_listen_open(&service, &addr, ret_fresh, e);
	return error < 0 ? err_wrap(e, "control") : 0;
}

static void
change(struct core *core, const struct conf *conf)
{
	struct conf_service service;
	struct err e;

	as_service(conf, &service);
	if (net_refit(&core->control.socket, &service, &e) < 0)
		log_event(LOG_FAULT,
		    LOG_TEXT("what", "the control socket is as it was"),
		    LOG_TEXT("error", e.text));
}

void
control_commit(
    struct core *core, const struct conf *conf, struct net_listener *fresh)
{
	struct core_control *c = &core->control;
	const char *path = conf->daemon.control.path;

	if (fresh->fd < 0 && path != NULL) {
		change(core, conf);
		return;
	}
	control_close(core);
	c->socket = *fresh;
	fresh->fd = -1;
	if (c->watch.ready != NULL)
		control_serve(core);
}

void
control_serve(struct core *core)
{
	struct core_control *c = &core->control;

	if (c->socket.fd >= 0 && c->watch.fd < 0 &&
	    loop_watch_start(&core->loop, &c->watch, c->socket.fd, EPOLLIN) < 0)
		log_event(LOG_FAULT,
		    LOG_TEXT("what", "the control socket is not heard"),
		    LOG_TEXT("error", strerror(ENOMEM)));
}

void
control_close(struct core *core)
{
	loop_watch_stop(&core->loop, &core->control.watch);
	net_listen_close(&core->control.socket);
}

void
control_take_over(struct core *core, const struct state_daemon *from)
{
	if (from->control_fd < 0)
		return;
	core->control.socket = (struct net_listener) {
		.fd = from->control_fd,
		.device = from->control_path.device,
		.inode = from->control_path.inode,
	};
	core->control.socket.bound = from->control_bound;
}

void
control_init(struct core_control *control)
{
	*control = (struct core_control) {
		.watch = { .fd = -1 },
		.socket = { .fd = -1 },
	};
}

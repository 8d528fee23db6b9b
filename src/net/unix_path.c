/* SPDX-License-Identifier: ISC */
/*
 * A unix socket leaves a file behind when its owner dies.  Such a leftover is
 * replaced; anything else at the path is somebody's and stays.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <errno.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "conf/conf.h"
#include "net/listen.h"
#include "net/unix_path.h"

const char *
unix_path_of(const struct addr *addr)
{
	if (addr->at.any.sa_family != AF_UNIX ||
	    addr->length <= offsetof(struct sockaddr_un, sun_path) ||
	    addr->at.local.sun_path[0] == '\0')
		return NULL;
	return addr->at.local.sun_path;
}

/* Does a process serve the socket at addr?  Only a refusal says no. */
static bool
is_served(const struct addr *addr)
{
	auto_fd fd =
	    socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return true;
	return connect(fd, &addr->at.any, addr->length) == 0 ||
	    errno != ECONNREFUSED;
}

/* Makes room at the path, if what is there is a leftover. */
static int
remove_leftover(const struct addr *addr, const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT
		    ? 0
		    : err_system(e, errno, "cannot look at '%s'", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, EEXIST,
		    "cannot listen on unix:%s: a file that is no socket is "
		    "there",
		    path);
	if (is_served(addr))
		return err_set(e, EADDRINUSE,
		    "cannot listen on unix:%s: somebody else listens there",
		    path);
	if (unlink(path) < 0)
		return err_system(
		    e, errno, "cannot remove the leftover '%s'", path);
	return 0;
}

/* Owner before mode: nobody can connect until both are right. */
static int
set_access(const struct conf_service *service, const char *path, struct err *e)
{
	uid_t uid = (uid_t)-1;
	gid_t gid = (gid_t)-1;

	if (service->socket_user.name != NULL)
		uid = service->socket_user.uid;
	if (service->socket_group.name != NULL)
		gid = service->socket_group.gid;
	if ((uid != (uid_t)-1 || gid != (gid_t)-1) &&
	    lchown(path, uid, gid) < 0)
		return err_system(e, errno,
		    "cannot give unix:%s to "
		    "socket_user, socket_group",
		    path);
	if (chmod(path, (mode_t)service->socket_mode.value) < 0)
		return err_system(
		    e, errno, "cannot set socket_mode of unix:%s", path);
	return 0;
}

int
unix_path_bind(int fd, const struct conf_service *service,
    const struct addr *addr, struct net_listener *l, struct err *e)
{
	const char *path = unix_path_of(addr);
	struct stat st;
	mode_t mask;
	int error = remove_leftover(addr, path, e);

	if (error < 0)
		return error;
	mask = umask(0777);
	error = bind(fd, &addr->at.any, addr->length) < 0 ? errno : 0;
	(void)umask(mask);
	if (error != 0)
		return err_system(e, error, "cannot listen on unix:%s", path);
	if (lstat(path, &st) < 0)
		return err_system(e, errno, "cannot look at '%s'", path);
	l->device = st.st_dev;
	l->inode = st.st_ino;
	error = set_access(service, path, e);
	if (error < 0)
		unix_path_remove(addr, l);
	return error;
}

void
unix_path_remove(const struct addr *addr, const struct net_listener *l)
{
	const char *path = unix_path_of(addr);
	struct stat st;

	if (path != NULL && lstat(path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    st.st_dev == l->device && st.st_ino == l->inode)
		(void)unlink(path);
}

/* SPDX-License-Identifier: ISC */
/*
 * A unix socket leaves a file behind when its owner dies.  Such a leftover is
 * replaced; anything else at the path is somebody's and stays.
 *
 * The directory may belong to somebody who swaps what is at the path while we
 * look.  So a path is never chmod'ed or chown'ed: the mode comes with bind(2),
 * and an owner is given to a descriptor, after a look at what it is.
 */
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "conf/conf.h"
#include "net/listen.h"
#include "net/unix_path.h"

/* How often, and how long apart, the directory's lock is asked for. */
#define LOCK_TRIES    20
#define LOCK_PAUSE_MS 10

#define MODE_BITS     07777

const char *
unix_path_of(const struct addr *addr)
{
	if (addr->at.any.sa_family != AF_UNIX ||
	    addr->length <= offsetof(struct sockaddr_un, sun_path) ||
	    addr->at.local.sun_path[0] == '\0')
		return NULL;
	return addr->at.local.sun_path;
}

/* A descriptor of the directory that holds path, or -1. */
static int
open_directory(const char *path)
{
	char name[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1] = ".";
	const char *slash = strrchr(path, '/');

	if (slash != NULL) {
		size_t length = slash == path ? 1 : (size_t)(slash - path);

		memcpy(name, path, length);
		name[length] = '\0';
	}
	return open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/*
 * Two superds that start at once must not both find one leftover: the second
 * would unlink what the first has bound since.  A lock on the directory lets
 * them take turns, and leaves no file behind.
 *
 * It also needs no more than to read the directory, so that any user can hold
 * it.  Therefore it is not waited for long, and not having it is no error:
 * what remains is the instant between is_alive() and unlink().
 * Returns the descriptor that is the lock, or -1.
 */
static int
lock_directory(const char *path)
{
	auto_fd fd = open_directory(path);

	if (fd < 0)
		return -1;
	for (int tries = 0; tries < LOCK_TRIES; tries++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return take_fd(&fd);
		if (errno != EWOULDBLOCK)
			return -1;
		(void)poll(NULL, 0, LOCK_PAUSE_MS);
	}
	return -1;
}

/*
 * Has a process the socket at addr, of whatever type, listening or about to?
 * Only a refusal says no: a datagram socket is refused where there is none,
 * and told EPROTOTYPE by those of other types, who do not notice.
 */
static bool
is_alive(const struct addr *addr)
{
	auto_fd fd =
	    socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return true;
	return connect(fd, &addr->at.any, addr->length) == 0 ||
	    errno != ECONNREFUSED;
}

static int
in_use(const char *path, struct err *e)
{
	return err_set(e, EADDRINUSE,
	    "cannot listen on unix:%s: somebody else listens there", path);
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
	if (is_alive(addr))
		return in_use(path, e);
	if (unlink(path) < 0 && errno != ENOENT)
		return err_system(
		    e, errno, "cannot remove the leftover '%s'", path);
	return 0;
}

/* bind(2) makes a path with all permissions but the umask's, see unix(7). */
static int
bind_with_mode(int fd, const struct addr *addr, mode_t mode)
{
	mode_t mask = umask(0777 & ~mode);
	int error = bind(fd, &addr->at.any, addr->length) < 0 ? errno : 0;

	(void)umask(mask);
	return -error;
}

/* Takes the place at the path.  Owner: ours; mode: as given. */
static int
take_path(int fd, const struct addr *addr, mode_t mode, struct err *e)
{
	const char *path = unix_path_of(addr);
	int error = remove_leftover(addr, path, e);

	if (error < 0)
		return error;
	error = bind_with_mode(fd, addr, mode);
	if (error == -EADDRINUSE)
		return in_use(path, e);
	if (error < 0)
		return err_system(e, -error, "cannot listen on unix:%s", path);
	return 0;
}

/*
 * Can this be the socket that was bound with mode?  Not one that is somebody
 * else's, was linked here from elsewhere, or lets more people in.
 */
static bool
is_new(const struct stat *st, mode_t mode)
{
	return S_ISSOCK(st->st_mode) && st->st_uid == geteuid() &&
	    st->st_nlink == 1 && (st->st_mode & MODE_BITS & ~mode) == 0;
}

/* A descriptor of the path itself (O_PATH), which no swap can change. */
static int
open_path(const char *path, mode_t mode, struct stat *st, struct err *e)
{
	auto_fd fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, st) < 0)
		return err_system(e, errno, "cannot look at '%s'", path);
	if (!is_new(st, mode))
		return err_set(e, EEXIST,
		    "cannot listen on unix:%s: somebody has replaced it at "
		    "once",
		    path);
	return take_fd(&fd);
}

static bool
has_owner(const struct conf_service *service)
{
	return service->socket_user.name != NULL ||
	    service->socket_group.name != NULL;
}

/* fchmod(2) refuses O_PATH; Linux 6.6 has a call, and /proc always had. */
static int
change_mode(int fd, mode_t mode)
{
	char name[40];

	if (fchmodat(fd, "", mode, AT_EMPTY_PATH) == 0)
		return 0;
	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return chmod(name, mode) < 0 ? -errno : 0;
}

/* fd is the path as an O_PATH descriptor, and has mode 0. */
static int
give_away(int fd, const struct conf_service *service, const char *path,
    mode_t mode, struct err *e)
{
	uid_t uid = (uid_t)-1;
	gid_t gid = (gid_t)-1;
	int error;

	if (service->socket_user.name != NULL)
		uid = service->socket_user.uid;
	if (service->socket_group.name != NULL)
		gid = service->socket_group.gid;
	if (fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0)
		return err_system(e, errno,
		    "cannot give unix:%s to "
		    "socket_user, socket_group",
		    path);
	error = change_mode(fd, mode);
	if (error == -ENOENT)
		return err_set(e, ENOENT,
		    "cannot set socket_mode of unix:%s: with socket_user or "
		    "socket_group that takes /proc",
		    path);
	return error == 0
	    ? 0
	    : err_system(e, -error, "cannot set socket_mode of unix:%s", path);
}

/* A directory may take permissions away from all that is made in it. */
static int
check_mode(const struct stat *st, const char *path, mode_t mode, struct err *e)
{
	if ((st->st_mode & MODE_BITS) == mode)
		return 0;
	return err_set(e, EACCES,
	    "cannot set socket_mode of unix:%s: the directory (its default "
	    "ACL?) makes it %04o",
	    path, (unsigned int)(st->st_mode & MODE_BITS));
}

/*
 * With an owner to come the path begins with mode 0.  That nobody else makes
 * such sockets is how ours is known again: fchownat() and chmod can only meet
 * one of our own that is in the same state.
 */
int
unix_path_bind(int fd, const struct conf_service *service,
    const struct addr *addr, struct net_listener *l, struct err *e)
{
	const char *path = unix_path_of(addr);
	mode_t mode = (mode_t)service->socket_mode.value;
	mode_t first = has_owner(service) ? 0 : mode;
	int error, lock = lock_directory(path);
	struct stat st;
	auto_fd made = -1;

	error = take_path(fd, addr, first, e);
	fd_close(&lock);
	if (error < 0)
		return error;
	made = open_path(path, first, &st, e);
	if (made < 0)
		return made;
	l->device = st.st_dev;
	l->inode = st.st_ino;
	error = has_owner(service) ? give_away(made, service, path, mode, e)
				   : check_mode(&st, path, mode, e);
	if (error < 0)
		unix_path_remove(addr, l);
	return error;
}

/* Is st what is noted in l? */
static bool
is_ours(const struct stat *st, const struct net_listener *l)
{
	return S_ISSOCK(st->st_mode) && st->st_dev == l->device &&
	    st->st_ino == l->inode;
}

/* The group of what is made in the directory of path. */
static gid_t
group_at(const char *path)
{
	auto_fd fd = open_directory(path);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || (st.st_mode & S_ISGID) == 0)
		return getegid();
	return st.st_gid;
}

/* The owner that the service wants; without the keys, that of a new path. */
static void
owner_of(const struct conf_service *service, const char *path, uid_t *ret_uid,
    gid_t *ret_gid)
{
	*ret_uid = service->socket_user.name != NULL ? service->socket_user.uid
						     : geteuid();
	*ret_gid = service->socket_group.name != NULL
	    ? service->socket_group.gid
	    : group_at(path);
}

bool
unix_path_is_current(const struct net_listener *l)
{
	const char *path = unix_path_of(&l->bound);
	struct stat st;

	return path == NULL || l->inode == 0 ||
	    (lstat(path, &st) == 0 && is_ours(&st, l));
}

int
unix_path_change(const struct conf_service *service,
    const struct net_listener *l, struct err *e)
{
	const char *path = unix_path_of(&l->bound);
	mode_t mode = (mode_t)service->socket_mode.value, now;
	auto_fd fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	uid_t uid;
	gid_t gid;
	int error = 0;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_system(e, errno, "cannot look at '%s'", path);
	if (!is_ours(&st, l))
		return err_set(e, EEXIST,
		    "cannot change unix:%s: somebody has replaced it", path);
	owner_of(service, path, &uid, &gid);
	now = st.st_mode & MODE_BITS;
	/* First what both allow, then the new owner, then the new mode. */
	if ((now & mode) != now)
		error = change_mode(fd, now & mode);
	if (error == 0 && (st.st_uid != uid || st.st_gid != gid) &&
	    fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0)
		error = -errno;
	if (error == 0 && (now & mode) != mode)
		error = change_mode(fd, mode);
	return error == 0 ? 0
			  : err_system(e, -error,
				"cannot change owner or mode of unix:%s", path);
}

void
unix_path_remove(const struct addr *addr, const struct net_listener *l)
{
	const char *path = unix_path_of(addr);
	struct stat st;

	if (path != NULL && lstat(path, &st) == 0 && is_ours(&st, l))
		(void)unlink(path);
}

/* SPDX-License-Identifier: ISC */
/*
 * A write lock on the pid file.  Whoever may open a file may keep a lock on it
 * from others: flock(2) and read locks take no more than reading.  So only its
 * owner may open it, and a lock that is not a superd's is told apart.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/num.h"
#include "core/pidfile.h"

/* No pid file is longer. */
#define CONTENT_MOST 64

/* The pid that another one wrote, for the message. */
static void
read_pid(int fd, char *buffer, size_t size)
{
	ssize_t n = pread(fd, buffer, size - 1, 0);

	buffer[n > 0 ? n : 0] = '\0';
	buffer[strspn(buffer, "0123456789")] = '\0';
}

/* Is fd still what the path names?  Its last holder may have removed it. */
static bool
is_current(int fd, const char *path)
{
	struct stat mine, there;

	return fstat(fd, &mine) == 0 && stat(path, &there) == 0 &&
	    mine.st_dev == there.st_dev && mine.st_ino == there.st_ino;
}

/* Owned by the open file, as flock(2): a daemon's fork keeps it. */
static int
lock(int fd, int command, struct flock *ret_lock)
{
	*ret_lock = (struct flock) { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	return fcntl(fd, command, ret_lock) < 0 ? -errno : 0;
}

/* Why the lock could not be had. */
static int
refuse(int fd, const char *path, int error, struct err *e)
{
	struct flock other;
	char pid[16];

	if (error != EAGAIN && error != EACCES)
		return err_system(e, error, "cannot lock pidfile '%s'", path);
	if (lock(fd, F_OFD_GETLK, &other) == 0 && other.l_type == F_RDLCK)
		return err_set(e, EBUSY,
		    "cannot lock pidfile '%s': a program that is not superd "
		    "holds a read lock on it",
		    path);
	read_pid(fd, pid, sizeof(pid));
	return err_set(e, EEXIST, "pidfile '%s': superd already runs%s%s", path,
	    pid[0] != '\0' ? " as pid " : "", pid);
}

/*
 * Whatever else the path may name by mistake, a device, a document, superd
 * neither writes to it nor removes it.
 */
static int
check_kind(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_system(e, errno, "cannot look at '%s'", path);
	return S_ISREG(st.st_mode) ? 0
				   : err_set(e, EINVAL,
					 "pidfile '%s' is not a regular file: "
					 "without the key there is none",
					 path);
}

/* Nothing, or a number as another superd has left it? */
static int
check_content(int fd, const char *path, struct err *e)
{
	char text[CONTENT_MOST + 1];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		return err_system(e, errno, "cannot read pidfile '%s'", path);
	text[n] = '\0';
	if (n < CONTENT_MOST && strspn(text, "0123456789\n") == (size_t)n)
		return 0;
	return err_set(e, EEXIST,
	    "pidfile '%s' holds something that is no process id: superd does "
	    "not overwrite it",
	    path);
}

/* A user who may not write to the directory cannot remove the file. */
static void
empty(int fd)
{
	if (ftruncate(fd, 0) < 0)
		return; /* the next superd tells by the lock that it is left */
}

/* p has it from now on, fd too. */
static int
keep(struct pidfile *p, const char *path, int fd, struct err *e)
{
	p->path = strdup(path);
	if (p->path == NULL) {
		(void)close(fd);
		return err_memory(e);
	}
	p->fd = fd;
	return 0;
}

int
pidfile_take(struct pidfile *p, const char *path, struct err *e)
{
	*p = (struct pidfile) { .path = NULL, .fd = -1 };
	if (path == NULL)
		return 0;
	for (int tries = 0; tries < 10; tries++) {
		auto_fd fd = open(path,
		    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
		    0600);
		struct flock mine;
		int error;

		if (fd < 0)
			return err_system(
			    e, errno, "cannot open pidfile '%s'", path);
		error = check_kind(fd, path, e);
		if (error < 0)
			return error;
		error = lock(fd, F_OFD_SETLK, &mine);
		if (error < 0)
			return refuse(fd, path, -error, e);
		if (!is_current(fd, path))
			continue;
		error = check_content(fd, path, e);
		if (error < 0)
			return error;
		return keep(p, path, take_fd(&fd), e);
	}
	return err_set(e, EAGAIN, "pidfile '%s' keeps changing", path);
}

int
pidfile_take_over(struct pidfile *p, const char *path, int fd, struct err *e)
{
	*p = (struct pidfile) { .path = NULL, .fd = -1 };
	if (fd >= 0 && path != NULL && is_current(fd, path))
		return keep(p, path, fd, e);
	return pidfile_take(p, path, e);
}

void
pidfile_forget(struct pidfile *p)
{
	free(p->path);
	*p = (struct pidfile) { .path = NULL, .fd = -1 };
}

void
pidfile_leave(int fd)
{
	char name[40], path[PATH_MAX];
	ssize_t n;

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	if (!is_current(fd, path) || unlink(path) < 0)
		empty(fd);
}

int
pidfile_write(const struct pidfile *p, struct err *e)
{
	char text[16];
	int n;

	if (p->fd < 0)
		return 0;
	n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	if (ftruncate(p->fd, 0) < 0 || pwrite(p->fd, text, (size_t)n, 0) != n)
		return err_system(
		    e, errno, "cannot write pidfile '%s'", p->path);
	return 0;
}

int
pidfile_holder(const char *path, struct err *e)
{
	auto_fd fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct flock other;
	char text[16];
	uint64_t pid;

	if (fd < 0 && errno != ENOENT)
		return err_system(e, errno, "cannot open pidfile '%s'", path);
	if (fd < 0 || lock(fd, F_OFD_GETLK, &other) < 0 ||
	    other.l_type != F_WRLCK)
		return err_set(
		    e, ESRCH, "pidfile '%s': no superd runs with it", path);
	read_pid(fd, text, sizeof(text));
	if (num_parse_unsigned(text, &pid) < 0 || pid == 0 || pid > INT_MAX)
		return err_set(e, EINVAL,
		    "pidfile '%s' holds no process id (is superd starting?)",
		    path);
	return (int)pid;
}

void
pidfile_drop(struct pidfile *p)
{
	if (p->fd < 0)
		return;
	/* Somebody may have removed it, and another superd made its own. */
	if (!is_current(p->fd, p->path) || unlink(p->path) < 0)
		empty(p->fd);
	fd_close(&p->fd);
	free(p->path);
	p->path = NULL;
}

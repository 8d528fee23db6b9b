/* SPDX-License-Identifier: ISC */
/* Paths of log files, walked with care; see place.h. */
#include <sys/stat.h>
#include <sys/vfs.h>
#include <linux/magic.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "log/place.h"

#define DIRECTORY_FLAGS (O_PATH | O_DIRECTORY | O_CLOEXEC)

/* As many links as the kernel follows. */
#define LINKS_MOST 40

/* What becomes of a link. */
enum {
	LINK_READ,
	LINK_OF_KERNEL
};

static int
fail(int code, struct err *e)
{
	return err_set(e, code, "%s", strerror(code));
}

static int
enter(struct log_place *p, const char *name, int flags)
{
	int fd = openat(p->directory, name, DIRECTORY_FLAGS | flags);

	if (fd < 0)
		return -errno;
	fd_close(&p->directory);
	p->directory = fd;
	return 0;
}

/* The way from here, or from the root, is `first` and then `rest`, if any. */
static int
set_path(struct log_place *p, const char *first, const char *rest)
{
	char joined[PATH_MAX];
	int n = snprintf(joined, sizeof(joined), "%s%s%s", first,
	    rest != NULL ? "/" : "", rest != NULL ? rest : "");

	if (n >= (int)sizeof(joined))
		return -ENAMETOOLONG;
	memcpy(p->path, joined, (size_t)n + 1);
	p->base = p->path;
	return joined[0] == '/' ? enter(p, "/", 0) : 0;
}

static int
start(struct log_place *p, const char *path)
{
	int error;

	p->links = 0;
	p->directory = open(".", DIRECTORY_FLAGS);
	error = p->directory < 0 ? -errno : set_path(p, path, NULL);
	return error;
}

static bool
is_roots_alone(int directory)
{
	struct stat st;

	return fstat(directory, &st) == 0 && st.st_uid == 0 &&
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/*
 * The link at p->base goes into `to`.  Those of procfs may lead where no path
 * does, as /proc/self/fd/1, and be nobody's in a user namespace; none but the
 * kernel makes names there, so it may follow them.
 */
static int
read_link(const struct log_place *p, char to[PATH_MAX], struct err *e)
{
	auto_fd fd =
	    openat(p->directory, p->base, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return err_system(e, errno, "'%s'", p->base);
	if (!S_ISLNK(st.st_mode))
		return err_system(e, ENOTDIR, "'%s'", p->base);
	if (fs.f_type == PROC_SUPER_MAGIC)
		return LINK_OF_KERNEL;
	if (st.st_uid != 0)
		return err_set(e, ELOOP,
		    "'%s' is a symbolic link that root has not made", p->base);
	if (!is_roots_alone(p->directory))
		return err_set(e, ELOOP,
		    "'%s' is a symbolic link in a directory that others than "
		    "root can write to",
		    p->base);
	n = readlinkat(fd, "", to, PATH_MAX);
	if (n < 0 || n == PATH_MAX)
		return err_system(
		    e, n < 0 ? errno : ENAMETOOLONG, "'%s'", p->base);
	to[n] = '\0';
	return LINK_READ;
}

/* `rest` is the way behind the link at p->base, NULL if that is the last. */
static int
follow(struct log_place *p, char *rest, struct err *e)
{
	char to[PATH_MAX];
	int how = read_link(p, to, e), error = 0;

	if (how < 0)
		return how;
	if (++p->links > LINKS_MOST)
		error = -ELOOP;
	else if (how == LINK_READ)
		error = set_path(p, to, rest);
	else if (rest != NULL)
		error = enter(p, p->base, 0);
	if (error < 0)
		return err_system(e, -error, "'%s'", p->base);
	if (how == LINK_OF_KERNEL && rest != NULL)
		p->base = rest;
	return how;
}

/* Until a last name is left; an empty one on the way is "//" or the root. */
static int
walk(struct log_place *p, struct err *e)
{
	char *slash;
	int error;

	while ((slash = strchr(p->base, '/')) != NULL) {
		*slash = '\0';
		error = p->base[0] == '\0' ? 0 : enter(p, p->base, O_NOFOLLOW);
		if (error == -ENOTDIR || error == -ELOOP) {
			error = follow(p, slash + 1, e);
			if (error < 0)
				return error;
			continue;
		}
		if (error < 0)
			return err_system(e, -error, "'%s'", p->base);
		p->base = slash + 1;
	}
	return 0;
}

/* In one step, as the kernel does it. */
static int
jump(struct log_place *p, struct err *e)
{
	char *slash = strrchr(p->base, '/');
	int error;

	if (slash == NULL)
		return 0;
	*slash = '\0';
	p->base = slash + 1;
	error = slash == p->path ? 0 : enter(p, p->path, 0);
	return error < 0 ? err_system(e, -error, "'%s'", p->path) : 0;
}

int
log_place_find(struct log_place *p, const char *path, struct err *e)
{
	int error = start(p, path);

	if (error < 0)
		(void)fail(-error, e);
	else
		error = geteuid() == 0 ? walk(p, e) : jump(p, e);
	if (error < 0)
		log_place_close(p);
	return error;
}

void
log_place_close(struct log_place *p)
{
	fd_close(&p->directory);
}

/* The last name: a file, a new one, or one more link to be followed. */
static int
open_last(struct log_place *p, int flags, struct err *e)
{
	int no_follow = O_NOFOLLOW, error = 0, fd;

	for (;;) {
		const char *name = p->base[0] != '\0' ? p->base : ".";

		fd = openat(p->directory, name, flags | no_follow, 0640);
		if (fd >= 0)
			return fd;
		if (errno != ELOOP || no_follow == 0)
			return fail(errno, e);
		error = follow(p, NULL, e);
		if (error == LINK_OF_KERNEL)
			no_follow = 0;
		else if (error == LINK_READ)
			error = walk(p, e);
		if (error < 0)
			return error;
	}
}

int
log_place_open(const char *path, int flags, struct err *e)
{
	struct log_place p;
	int fd;

	if (geteuid() != 0) {
		fd = open(path, flags, 0640);
		return fd < 0 ? fail(errno, e) : fd;
	}
	fd = log_place_find(&p, path, e);
	if (fd < 0)
		return fd;
	fd = open_last(&p, flags, e);
	log_place_close(&p);
	return fd;
}

/* SPDX-License-Identifier: ISC */
/*
 * All names are looked up in a directory that is opened once, so that one who
 * can rename directories above it cannot send the steps to different places.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "log/place.h"
#include "log/rotate.h"

#define OPEN_FLAGS                                                             \
	(O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND | O_CLOEXEC |       \
	    O_NOCTTY | O_NONBLOCK)

/* A place for new and old: BASE, BASE.new, BASE.NUMBER in a directory. */
struct place {
	struct log_place found;
	int directory;
	const char *base;
	char fresh[NAME_MAX + 1];
};

/* What fails here is said in e. */
static int
open_place(const char *path, struct place *p, struct err *e)
{
	int error = log_place_find(&p->found, path, e);

	if (error < 0) {
		(void)err_wrap(e, "cannot rotate '%s'", path);
		return error;
	}
	p->directory = p->found.directory;
	p->base = p->found.base;
	return 0;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* 1: it is what we write to; 0: nothing is there any more. */
static int
look_at(const struct place *p, const struct stat *open_one)
{
	struct stat st;

	if (fstatat(p->directory, p->base, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	return is_same(&st, open_one) ? 1 : -ESTALE;
}

/* One that an earlier try has left behind is in the way. */
static int
make_fresh(struct place *p, const struct stat *like)
{
	int fd;

	if (snprintf(p->fresh, sizeof(p->fresh), "%s.new", p->base) >=
	    (int)sizeof(p->fresh))
		return -ENAMETOOLONG;
	if (unlinkat(p->directory, p->fresh, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(p->directory, p->fresh, OPEN_FLAGS, 0600);
	if (fd < 0)
		return -errno;
	/* superd's user may not have the right to all of that. */
	if (fchown(fd, like->st_uid, like->st_gid) < 0)
		(void)!fchown(fd, (uid_t)-1, like->st_gid);
	(void)fchmod(fd, like->st_mode & 0777);
	return fd;
}

/* The oldest is replaced by the one before it, and so on. */
static int
shift(const struct place *p, unsigned int keep)
{
	char from[NAME_MAX + 1], to[NAME_MAX + 1];

	for (unsigned int i = keep; i > 0; i--) {
		int n = snprintf(to, sizeof(to), "%s.%u", p->base, i);

		if (i > 1)
			(void)snprintf(
			    from, sizeof(from), "%s.%u", p->base, i - 1);
		else
			(void)snprintf(from, sizeof(from), "%s", p->base);
		if (n >= (int)sizeof(to))
			return -ENAMETOOLONG;
		if (renameat(p->directory, from, p->directory, to) < 0 &&
		    errno != ENOENT)
			return -errno;
	}
	return 0;
}

static int
put_fresh(const struct place *p, bool moves, unsigned int keep)
{
	int error = moves ? shift(p, keep) : 0;

	if (error == 0 &&
	    renameat(p->directory, p->fresh, p->directory, p->base) < 0)
		error = -errno;
	if (error < 0)
		(void)unlinkat(p->directory, p->fresh, 0);
	return error;
}

static int
rotate(struct log_outlet *o, struct place *p, const struct stat *st,
    unsigned int keep)
{
	int there = look_at(p, st), error;
	auto_fd fd = -1;

	if (there < 0)
		return there;
	fd = make_fresh(p, st);
	if (fd < 0)
		return fd;
	error = put_fresh(p, there > 0, keep);
	if (error < 0)
		return error;
	/* Not a new number: the low ones are not for what lives long. */
	if (dup3(fd, o->fd, O_CLOEXEC) < 0) {
		(void)close(o->fd);
		o->fd = take_fd(&fd);
	}
	o->size = 0;
	o->needs_newline = false;
	return 0;
}

/* Errors that these words say better than the system's. */
static int
tell(int error, const char *path, struct err *e)
{
	if (error == -ELOOP)
		return err_set(e, ELOOP,
		    "'%s' is a symbolic link: log to the file itself", path);
	if (error == -ESTALE)
		return err_set(e, ESTALE,
		    "'%s' is not the open log any more: SIGUSR1 opens it",
		    path);
	return err_system(e, -error, "cannot rotate '%s'", path);
}

int
log_rotate(struct log_outlet *o, unsigned int keep, struct err *e)
{
	struct place p;
	struct stat st;
	int error;

	if (fstat(o->fd, &st) < 0)
		return tell(-errno, o->path, e);
	if ((uint64_t)st.st_size < o->size) {
		o->size = (uint64_t)st.st_size;
		return 0;
	}
	error = open_place(o->path, &p, e);
	if (error < 0)
		return error;
	error = rotate(o, &p, &st, keep);
	log_place_close(&p.found);
	return error < 0 ? tell(error, o->path, e) : 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * The pid file: locked as long as its superd lives, so that a leftover one
 * and one that is in use can be told apart.
 */
#ifndef SUPERD_CORE_PIDFILE_H
#define SUPERD_CORE_PIDFILE_H

#include "base/err.h"

struct pidfile {
	char *path; /* NULL: none */
	int fd;
};

/*
 * Takes the file and its lock (fcntl(2), an F_OFD_SETLK write lock); a path of
 * NULL takes nothing.  Another superd that holds it is
 * -EEXIST, and so is a file that is not empty and holds no pid.  A new file
 * has mode 0600: whoever may open it, even only to read, can hold a lock that
 * keeps superd from starting.  The mode of an old one, and who may write in
 * its directory, is the administrator's affair.  Returns 0 or -errno.
 */
int pidfile_take(struct pidfile *p, const char *path, struct err *e);

/*
 * Goes on with the file that a predecessor in this process has taken, by its
 * fd.  For another path, or another file there, that is pidfile_take(), and
 * fd stays the caller's.
 */
int pidfile_take_over(
    struct pidfile *p, const char *path, int fd, struct err *e);

/*
 * A predecessor's file that the new configuration does not name: removed, or
 * emptied where that is not allowed.  fd stays the caller's.
 */
void pidfile_leave(int fd);

/* Lets p go; file, lock and descriptor stay as they are. */
void pidfile_forget(struct pidfile *p);

/* Writes this process's pid.  Returns 0 or -errno. */
int pidfile_write(const struct pidfile *p, struct err *e);

/*
 * The pid of the superd that holds the file at path.  Returns it, or -ESRCH
 * if none does, or -errno.
 */
int pidfile_holder(const char *path, struct err *e);

/*
 * Removes the file if it still is ours, and gives the lock back.  Where it
 * cannot be removed (any more), it is left empty.
 */
void pidfile_drop(struct pidfile *p);

#endif

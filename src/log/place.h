/* SPDX-License-Identifier: ISC */
/*
 * The place of a log file: a directory that is held open, and a name in it.
 *
 * Root walks there name by name, and follows a symbolic link only if root has
 * made it, in a directory that belongs to root and that neither its group nor
 * others may write to, sticky or not; the kernel's own, in /proc, are followed
 * too.  Each answer is about what is held open, so that no
 * swap between two looks helps: one who owns a directory on the way chooses
 * what happens below it, never what root writes to elsewhere.  Any other user
 * opens paths as they are, with no more rights than that user has.
 */
#ifndef SUPERD_LOG_PLACE_H
#define SUPERD_LOG_PLACE_H

#include <limits.h>

#include "base/err.h"

struct log_place {
	int directory;       /* O_PATH; -1 for none */
	unsigned int links;  /* followed on the way */
	char *base;          /* the name in it, at the end of path */
	char path[PATH_MAX]; /* what was not walked yet */
};

/*
 * Finds the place of path, whose last name may be a link or nothing yet.
 * Returns 0 and p is to be closed, or -errno with e in words that want the
 * path in front.
 */
int log_place_find(struct log_place *p, const char *path, struct err *e);

void log_place_close(struct log_place *p);

/*
 * Opens path like open(2), a new file with mode 0640; as root also the last
 * name is followed only as said above.  Returns a descriptor, or -errno with
 * e in words that want the path in front.
 */
int log_place_open(const char *path, int flags, struct err *e);

#endif

/* SPDX-License-Identifier: ISC */
/* Looking at files as a handler behind chroot(2) would see them. */
#ifndef SUPERD_CONF_ROOTED_H
#define SUPERD_CONF_ROOTED_H

#include <sys/stat.h>

/*
 * Opens path, absolute, as if root were the root directory: symbolic links
 * do not lead out of it.  root NULL is the real one.  flags as for open(2),
 * O_CLOEXEC is added.  Returns a descriptor or -errno.
 */
int conf_rooted_open(const char *root, const char *path, int flags);

/* stat(2) in the same way.  Returns 0 or -errno. */
int conf_rooted_stat(const char *root, const char *path, struct stat *ret_st);

#endif

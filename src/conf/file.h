/* SPDX-License-Identifier: ISC */
/* A configuration file's bytes, if it can be read and may be trusted. */
#ifndef SUPERD_CONF_FILE_H
#define SUPERD_CONF_FILE_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define CONF_FILE_MAX (16 * 1024 * 1024)

struct conf_file {
	char *bytes; /* the caller frees it */
	size_t length;
	dev_t device; /* who it is, by whatever path */
	ino_t inode;
};

/*
 * Reads a regular file of at most CONF_FILE_MAX bytes.  With as_root it is
 * refused when others may write to it or replace it: mode o+w, in a directory
 * that is o+w and not sticky, or somebody else's in one that is sticky.
 * Returns 0 or -errno; e does not name the file.
 */
int conf_file_read(
    const char *path, bool as_root, struct conf_file *ret_file, struct err *e);

#endif

/* SPDX-License-Identifier: ISC */
/* A handler's file: where it is, and whether execve(2) would take it. */
#ifndef SUPERD_CONF_FIND_H
#define SUPERD_CONF_FIND_H

#include <stdbool.h>

#include "base/err.h"
#include "conf/conf.h"

struct arena;

/* Where and for whom a program is looked for. */
struct conf_find {
	struct arena *arena;   /* of the path that is found */
	const char *root;      /* chroot, or NULL */
	const char *directory; /* a path with a slash starts there */
	const struct conf_words *handler_path; /* before PATH; or NULL */
	bool as_root;
};

/*
 * The absolute path of a regular, executable file.  Returns 0, -ENOMEM, or
 * another -errno with what is wrong and where was looked.
 */
int conf_find_program(const struct conf_find *find, const char *word,
    const char **ret_file, struct err *e);

/*
 * If file is a script: does its interpreter exist, that of env(1) too?
 * Returns 1 for a script, 0 for none (or not readable), or as above.
 */
int conf_find_interpreter(
    const struct conf_find *find, const char *file, struct err *e);

#endif

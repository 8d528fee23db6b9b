/* SPDX-License-Identifier: ISC */
/*
 * Files of networks, as @FILE in allow and deny.  A file is read once, and
 * values that say the same are made once: a hundred thousand services with
 * one list of a hundred thousand networks cost one list.
 */
#ifndef SUPERD_CONF_LISTS_H
#define SUPERD_CONF_LISTS_H

#include "base/cidr.h"
#include "conf/conf.h"
#include "conf/index.h"

struct conf_findings;

/* One file: a network a line. */
struct conf_list {
	struct cidr *at;
	size_t count, room;
	struct conf_list *older;
};

struct conf_lists {
	struct arena *arena;            /* of names of files */
	struct conf_findings *findings; /* of what stands in them */
	bool as_root;
	struct conf_index files;  /* paths: conf_list */
	struct conf_index values; /* of keys, as words: conf_networks */
	struct conf_list *newest;
};

/* Returns 0 or -ENOMEM. */
int conf_lists_init(struct conf_lists *lists, struct arena *arena);

/* Accepts one that is all zero. */
void conf_lists_done(struct conf_lists *lists);

/*
 * What stands in the file, as long as lists lives.  Mistakes in its lines go
 * to the findings, with their own place.  Returns 0 then too; -errno and why
 * if the file cannot be read or may not be trusted; or -ENOMEM.
 */
int conf_lists_read(struct conf_lists *lists, const char *path,
    const struct conf_list **ret_list, struct err *e);

#endif

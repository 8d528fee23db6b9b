/* SPDX-License-Identifier: ISC */
/*
 * Users and groups out of the system's databases.  Each name is looked up
 * once: a hundred thousand services of one user cost one look-up.
 */
#ifndef SUPERD_CONF_IDS_H
#define SUPERD_CONF_IDS_H

#include "base/err.h"
#include "conf/conf.h"
#include "conf/index.h"

struct conf_ids {
	struct arena *arena; /* of the results */
	struct conf_index users, groups, members;
};

/* Returns 0 or -ENOMEM. */
int conf_ids_init(struct conf_ids *ids, struct arena *arena);

/* Accepts one that is all zero. */
void conf_ids_done(struct conf_ids *ids);

/*
 * A name, or a number, which need not be in the database: such a user has
 * the home "/", the shell "/bin/sh" and the group (gid_t)-1.  [blocks]
 * Returns 0, -EINVAL or -ENOMEM.
 */
int conf_ids_user(struct conf_ids *ids, const char *name,
    struct conf_user *ret_user, struct err *e);
int conf_ids_group(struct conf_ids *ids, const char *name,
    struct conf_group *ret_group, struct err *e);

/*
 * The supplementary groups that the database gives the user, in arena's
 * memory.  Returns their number, or -ENOMEM.  [blocks]
 */
int conf_ids_groups_of(
    struct conf_ids *ids, const struct conf_user *user, const gid_t **ret_gids);

#endif

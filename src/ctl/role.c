/* SPDX-License-Identifier: ISC */
/* From a socket to a role; see role.h. */
#include <sys/socket.h>
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "conf/conf.h"
#include "core/core.h"
#include "ctl/role.h"

#define GROUPS_MOST 1024

/* What a process is; groups are all that it is in. */
struct ids {
	uid_t uid;
	const gid_t *groups;
	size_t count;
};

static bool
is_in(const struct conf_group *group, const struct ids *ids)
{
	if (group->name == NULL)
		return false;
	for (size_t i = 0; i < ids->count; i++) {
		if (ids->groups[i] == group->gid)
			return true;
	}
	return false;
}

static enum ctl_role
role_of(const struct core *core, const struct ids *ids)
{
	const struct conf_daemon *d = &core->conf->daemon;

	if (ids->uid == 0 || ids->uid == geteuid() ||
	    is_in(&d->control_admin_group, ids))
		return CTL_ROLE_ACT;
	return is_in(&d->control_group, ids) ? CTL_ROLE_LOOK : CTL_ROLE_NONE;
}

int
role_ask(const struct core *core, int fd, unsigned int *ret_uid,
    enum ctl_role *ret_role)
{
	gid_t groups[GROUPS_MOST + 1];
	socklen_t size = sizeof(struct ucred);
	socklen_t groups_size = GROUPS_MOST * sizeof(gid_t);
	struct ids ids = { .groups = groups };
	struct ucred cred;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) < 0)
		return -errno;
	/* Before Linux 4.13 there is the first group only. */
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &groups_size) ==
	    0)
		ids.count = groups_size / sizeof(gid_t);
	groups[ids.count++] = cred.gid;
	ids.uid = cred.uid;
	*ret_uid = cred.uid;
	*ret_role = role_of(core, &ids);
	return 0;
}

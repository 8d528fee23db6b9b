/* SPDX-License-Identifier: ISC */
/* A service's configuration, compiled into what its children need. */
#include <sys/resource.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "spawn/plan.h"
#include "spawn/plan_env.h"

#define UMASK_OF_SUPERD 022
#define GROUPS_FIRST    64

static const int resources[CONF_LIMIT_KINDS] = {
	[CONF_LIMIT_NOFILE] = RLIMIT_NOFILE,
	[CONF_LIMIT_NPROC] = RLIMIT_NPROC,
	[CONF_LIMIT_AS] = RLIMIT_AS,
	[CONF_LIMIT_CORE] = RLIMIT_CORE,
	[CONF_LIMIT_CPU] = RLIMIT_CPU,
	[CONF_LIMIT_FSIZE] = RLIMIT_FSIZE,
	[CONF_LIMIT_DATA] = RLIMIT_DATA,
	[CONF_LIMIT_STACK] = RLIMIT_STACK,
	[CONF_LIMIT_MEMLOCK] = RLIMIT_MEMLOCK,
};

static void
add_limit(struct spawn_plan *plan, int resource, uint64_t soft, uint64_t hard)
{
	plan->limits[plan->limit_count++] = (struct spawn_limit) {
		.resource = resource, .soft = soft, .hard = hard
	};
}

/* prlimit64's infinity is all ones, whatever the width of rlim_t. */
static uint64_t
wide(rlim_t value)
{
	return value == RLIM_INFINITY ? UINT64_MAX : (uint64_t)value;
}

static void
compile_limits(struct spawn_plan *plan, const struct conf_service *service,
    const struct spawn_host *host)
{
	for (int i = 0; i < CONF_LIMIT_KINDS; i++) {
		const struct conf_limit *l = &service->limit[i];

		if (l->set)
			add_limit(plan, resources[i], wide(l->limit.rlim_cur),
			    wide(l->limit.rlim_max));
	}
	if (host->nofile_raised && !service->limit[CONF_LIMIT_NOFILE].set)
		add_limit(
		    plan, RLIMIT_NOFILE, host->nofile_soft, host->nofile_hard);
}

static int
own_groups(struct spawn_plan *plan, struct arena *arena,
    const struct conf_groups *groups, struct err *e)
{
	plan->groups = arena_array(arena, groups->count, sizeof(uint32_t));
	if (plan->groups == NULL)
		return err_memory(e);
	for (size_t i = 0; i < groups->count; i++)
		plan->groups[i] = groups->gid[i];
	plan->group_count = groups->count;
	return 0;
}

/* The groups of the user database, getgrouplist(3). */
static int
user_groups(struct spawn_plan *plan, struct arena *arena, const char *name,
    struct err *e)
{
	int room = GROUPS_FIRST, had;
	gid_t *list;

	do {
		had = room;
		list = arena_array(arena, (size_t)room, sizeof(*list));
		if (list == NULL)
			return err_memory(e);
		if (getgrouplist(name, plan->gid, list, &room) >= 0)
			break;
	} while (room > had);
	plan->groups = list;
	plan->group_count = (size_t)room;
	return 0;
}

_Static_assert(sizeof(gid_t) == sizeof(uint32_t), "gid_t is the kernel's");

/* The ids that superd has itself, and with them its groups. */
static bool
is_own(const struct spawn_plan *plan, const struct conf_service *service,
    const struct spawn_host *host)
{
	return plan->uid == host->uid && plan->gid == host->gid &&
	    !service->groups.set;
}

static int
compile_ids(struct spawn_plan *plan, struct arena *arena,
    const struct conf_service *service, const struct spawn_host *host,
    struct err *e)
{
	if (!host->set_ids)
		return 0;
	plan->drop_caps = host->drop_caps;
	plan->uid = service->user.uid;
	plan->gid = service->group.name != NULL ? service->group.gid
						: service->user.gid;
	plan->set_ids = host->set_groups || !is_own(plan, service, host);
	if (!plan->set_ids)
		return 0;
	if (service->groups.set)
		return own_groups(plan, arena, &service->groups, e);
	return user_groups(plan, arena, service->user.name, e);
}

static int
compile_argv(struct spawn_plan *plan, struct arena *arena,
    const struct conf_service *service, struct err *e)
{
	char **argv =
	    arena_array(arena, service->handler.count + 1, sizeof(*argv));

	if (argv == NULL)
		return err_memory(e);
	memcpy(argv, service->handler.word,
	    service->handler.count * sizeof(*argv));
	if (service->argv0 != NULL)
		argv[0] = arena_string(arena, service->argv0);
	if (argv[0] == NULL)
		return err_memory(e);
	plan->argv = argv;
	plan->file = service->handler_file;
	return 0;
}

static void
compile_process(struct spawn_plan *plan, const struct conf_service *service,
    const struct spawn_host *host)
{
	plan->new_session = host->terminal;
	plan->directory = service->directory;
	if (plan->directory != NULL && strcmp(plan->directory, "/") == 0)
		plan->directory = NULL;
	plan->chroot = service->chroot;
	plan->set_nice = service->nice.set;
	plan->nice = (int)(int64_t)service->nice.value;
	plan->set_umask = service->umask != UMASK_OF_SUPERD;
	plan->umask = (uint32_t)service->umask;
	plan->reset_oom = host->oom_protected;
	plan->null_fd = host->null_fd;
}

static void
compile_stderr(struct spawn_plan *plan, const struct conf_service *service,
    const struct spawn_stderr_at *at)
{
	plan->stderr_to = SPAWN_STDERR_NULL;
	if (service->stderr_to == CONF_STDERR_CLIENT)
		plan->stderr_to = SPAWN_STDERR_CLIENT;
	if (service->stderr_to != CONF_STDERR_LOG || at == NULL)
		return;
	plan->stderr_to = SPAWN_STDERR_SOCKET;
	plan->stderr_at = *at;
}

int
spawn_plan_new(struct arena *arena, const struct conf_service *service,
    const struct spawn_host *host, const struct spawn_stderr_at *stderr_at,
    struct spawn_plan **ret_plan, struct err *e)
{
	struct spawn_plan *plan = arena_alloc(arena, sizeof(*plan));
	int error;

	if (plan == NULL)
		return err_memory(e);
	compile_process(plan, service, host);
	compile_stderr(plan, service, stderr_at);
	compile_limits(plan, service, host);
	error = compile_argv(plan, arena, service, e);
	if (error == 0)
		error = compile_ids(plan, arena, service, host, e);
	if (error == 0)
		error = plan_env_compile(plan, arena, service, host, e);
	if (error < 0)
		return error;
	*ret_plan = plan;
	return 0;
}

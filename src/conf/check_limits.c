/* SPDX-License-Identifier: ISC */
/* Resource limits that the kernel would refuse to a handler. */
#include <sys/resource.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "conf/check.h"

static const struct {
	const char *key;
	int resource;
} limits[CONF_LIMIT_KINDS] = {
	[CONF_LIMIT_NOFILE] = { "limit_nofile", RLIMIT_NOFILE },
	[CONF_LIMIT_NPROC] = { "limit_nproc", RLIMIT_NPROC },
	[CONF_LIMIT_AS] = { "limit_as", RLIMIT_AS },
	[CONF_LIMIT_CORE] = { "limit_core", RLIMIT_CORE },
	[CONF_LIMIT_CPU] = { "limit_cpu", RLIMIT_CPU },
	[CONF_LIMIT_FSIZE] = { "limit_fsize", RLIMIT_FSIZE },
	[CONF_LIMIT_DATA] = { "limit_data", RLIMIT_DATA },
	[CONF_LIMIT_STACK] = { "limit_stack", RLIMIT_STACK },
	[CONF_LIMIT_MEMLOCK] = { "limit_memlock", RLIMIT_MEMLOCK },
};

/* Above superd's own hard limit. */
static void
check_hard(struct conf_check *c, size_t i, enum conf_limit_kind kind)
{
	const struct conf_limit *l = &c->b->conf->services[i].limit[kind];
	struct rlimit own;

	if (getrlimit(limits[kind].resource, &own) < 0 ||
	    l->limit.rlim_max <= own.rlim_max)
		return;
	conf_check_need(c, i, limits[kind].key, CAP_SYS_RESOURCE,
	    "%s above superd's own hard limit %ju", limits[kind].key,
	    (uintmax_t)own.rlim_max);
}

/* Not even root may have more open files than this; 0 if unknown. */
static unsigned long long
most_files(void)
{
	auto_file file = fopen("/proc/sys/fs/nr_open", "re");
	unsigned long long most;

	return file != NULL && fscanf(file, "%llu", &most) == 1 ? most : 0;
}

static void
check_files(struct conf_check *c, size_t i)
{
	const struct conf_limit *l =
	    &c->b->conf->services[i].limit[CONF_LIMIT_NOFILE];
	unsigned long long most;

	if (!l->set || l->limit.rlim_max <= 65536)
		return;
	most = most_files();
	if (most != 0 && l->limit.rlim_max > most)
		conf_check_mistake(c, i, "limit_nofile",
		    "limit_nofile: the "
		    "kernel allows no more than %llu (fs.nr_open)",
		    most);
}

void
conf_check_limits(struct conf_check *c, size_t i)
{
	const struct conf_limit *l = c->b->conf->services[i].limit;

	for (int kind = 0; kind < CONF_LIMIT_KINDS; kind++) {
		if (l[kind].set)
			check_hard(c, i, (enum conf_limit_kind)kind);
	}
	check_files(c, i);
}

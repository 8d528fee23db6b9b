/* SPDX-License-Identifier: ISC */
/* From a service to a plan: what is set, what is left, what is looked up. */
#include <sys/resource.h>
#include <errno.h>
#include <grp.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "spawn/plan.h"
#include "tap.h"

/* A string that is not const, as those of a configuration. */
#define WORD(string) ((char[]) { string })

static char *words[] = { WORD("cat"), WORD("-u"), NULL };
static char *nothing[] = { NULL };
static struct arena *arena;

static struct conf_service
service(void)
{
	return (struct conf_service) {
		.name = "x",
		.handler = { .word = words, .count = 2 },
		.handler_file = "/bin/cat",
		.umask = 022,
		.stderr_to = CONF_STDERR_NULL,
		.user = { .name = "nobody", .uid = 65534, .gid = 65534 },
		.groups = { .set = true },
	};
}

static struct spawn_host
host(bool as_root)
{
	return (struct spawn_host) { .set_ids = as_root,
		.set_groups = as_root,
		.null_fd = 77,
		.nofile_soft = 1024,
		.nofile_hard = 4096,
		.environment = nothing };
}

static struct spawn_plan *
plan_of(const struct conf_service *s, const struct spawn_host *h,
    const struct spawn_stderr_at *at)
{
	struct spawn_plan *plan = NULL;
	struct err e;

	if (spawn_plan_new(arena, s, h, at, &plan, &e) < 0)
		tap_bail(e.text);
	return plan;
}

static void
test_argv(void)
{
	struct conf_service s = service();
	struct spawn_host h = host(false);
	const struct spawn_plan *p = plan_of(&s, &h, NULL);

	ok(strcmp(p->argv[0], "cat") == 0 && strcmp(p->argv[1], "-u") == 0 &&
		p->argv[2] == NULL,
	    "argv is the handler's words");
	is_str(p->file, "/bin/cat", "the file is what was found");
	s.argv0 = "-cat";
	p = plan_of(&s, &h, NULL);
	ok(strcmp(p->argv[0], "-cat") == 0 && strcmp(p->argv[1], "-u") == 0,
	    "argv0 is another name for it");
	is_str(words[0], "cat", "and the service keeps its own");
}

static void
test_limits(void)
{
	struct conf_service s = service();
	struct spawn_host h = host(false);
	const struct spawn_plan *p = plan_of(&s, &h, NULL);

	is_int((intmax_t)p->limit_count, 0, "no limit is set by itself");
	h.nofile_raised = true;
	p = plan_of(&s, &h, NULL);
	ok(p->limit_count == 1 && p->limits[0].resource == RLIMIT_NOFILE &&
		p->limits[0].soft == 1024 && p->limits[0].hard == 4096,
	    "what superd raised for itself is lowered again");
	s.limit[CONF_LIMIT_NOFILE] = (struct conf_limit) { .set = true,
		.limit = { .rlim_cur = 64, .rlim_max = RLIM_INFINITY } };
	p = plan_of(&s, &h, NULL);
	ok(p->limit_count == 1 && p->limits[0].soft == 64 &&
		p->limits[0].hard == UINT64_MAX,
	    "unless the service says how many, infinity included");
	for (int i = 0; i < CONF_LIMIT_KINDS; i++)
		s.limit[i] = (struct conf_limit) { .set = true };
	p = plan_of(&s, &h, NULL);
	is_int((intmax_t)p->limit_count, CONF_LIMIT_KINDS, "or all of them");
}

static void
test_process(void)
{
	struct conf_service s = service();
	struct spawn_host h = host(false);
	const struct spawn_plan *p = plan_of(&s, &h, NULL);

	ok(!p->set_umask && !p->set_nice && !p->reset_oom && !p->set_ids &&
		p->directory == NULL && p->chroot == NULL,
	    "what need not be done is not");
	s.umask = 077;
	s.nice = (struct conf_option) { .set = true, .value = (uint64_t)-5 };
	s.directory = "/tmp";
	s.chroot = "/jail";
	h.oom_protected = true;
	p = plan_of(&s, &h, NULL);
	ok(p->set_umask && p->umask == 077, "a umask is set");
	ok(p->set_nice && p->nice == -5, "so is a nice below 0");
	ok(p->reset_oom && strcmp(p->directory, "/tmp") == 0 &&
		strcmp(p->chroot, "/jail") == 0,
	    "and all the others");
	s.directory = "/";
	ok(plan_of(&s, &h, NULL)->directory == NULL, "superd is in / already");
}

static void
test_stderr(void)
{
	struct conf_service s = service();
	struct spawn_host h = host(false);
	struct spawn_stderr_at at = { .length = 5 };

	is_int(plan_of(&s, &h, &at)->stderr_to, SPAWN_STDERR_NULL,
	    "stderr = null");
	s.stderr_to = CONF_STDERR_CLIENT;
	is_int(plan_of(&s, &h, NULL)->stderr_to, SPAWN_STDERR_CLIENT,
	    "stderr = client");
	s.stderr_to = CONF_STDERR_LOG;
	is_int(plan_of(&s, &h, &at)->stderr_to, SPAWN_STDERR_SOCKET,
	    "stderr = log");
	is_int(plan_of(&s, &h, &at)->stderr_at.length, 5, "goes where it says");
	is_int(plan_of(&s, &h, NULL)->stderr_to, SPAWN_STDERR_NULL,
	    "or nowhere, if nobody reads");
}

static void
test_ids(void)
{
	struct conf_service s = service();
	struct spawn_host h = host(true);
	gid_t groups[] = { 7, 8, 9 };
	const struct spawn_plan *p = plan_of(&s, &h, NULL);

	ok(p->set_ids && p->uid == 65534 && p->gid == 65534,
	    "root becomes the user");
	is_int((intmax_t)p->group_count, 0, "groups = (none) is none");
	s.group = (struct conf_group) { .name = "g", .gid = 1234 };
	s.groups =
	    (struct conf_groups) { .set = true, .gid = groups, .count = 3 };
	p = plan_of(&s, &h, NULL);
	ok(p->gid == 1234 && p->group_count == 3 && p->groups[2] == 9,
	    "group and groups say which");
	s.groups = (struct conf_groups) { 0 };
	p = plan_of(&s, &h, NULL);
	ok(p->group_count >= 1 && p->groups[0] == 1234,
	    "else they are those of the user database, and the group");
}

/* getgrouplist(3) wants to be asked twice by one who is in many groups. */
static void
test_user_database(void)
{
	struct conf_service s = service();
	struct spawn_host h = host(true);
	const struct spawn_plan *p;
	int count = 4096;
	static gid_t want[4096];
	unsigned int missing = 0;

	s.groups = (struct conf_groups) { 0 };
	s.user = (struct conf_user) { .name = "root" };
	p = plan_of(&s, &h, NULL);
	if (getgrouplist("root", 0, want, &count) < 0)
		tap_bail("root is in more than 4096 groups");
	for (int i = 0; i < count; i++) {
		size_t j = 0;

		while (j < p->group_count && p->groups[j] != want[i])
			j++;
		missing += j == p->group_count;
	}
	ok(missing == 0 && p->group_count == (size_t)count,
	    "the groups are those that the user database has");
}

static void
test_failure(void)
{
	struct conf_service s = service();
	struct spawn_host h = host(false);
	struct spawn_plan *plan = NULL;
	static char *environment[600];
	static char names[600][8];
	struct err e;

	for (size_t i = 0; i < 600; i++) {
		snprintf(names[i], sizeof(names[i]), "V%zu=", i);
		environment[i] = names[i];
	}
	s.environment =
	    (struct conf_words) { .word = environment, .count = 600 };
	is_int(spawn_plan_new(arena, &s, &h, NULL, &plan, &e), -E2BIG,
	    "a plan may be impossible");
	ok(plan == NULL, "then there is none");
}

int
main(void)
{
	arena = arena_new();
	test_argv();
	test_limits();
	test_process();
	test_stderr();
	test_ids();
	test_user_database();
	test_failure();
	arena_free(arena);
	return done_testing();
}

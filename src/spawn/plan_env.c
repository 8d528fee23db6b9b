/* SPDX-License-Identifier: ISC */
/*
 * A handler's environment is built from nothing; what superd was started
 * with is no business of a program that talks to strangers.
 */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "spawn/plan.h"
#include "spawn/plan_env.h"

#define STATIC_MAX (SPAWN_ENV_MAX - SPAWN_ENV_DYNAMIC)
#define PATH_STANDARD                                                          \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct builder {
	struct arena *arena;
	int error; /* the last that happened */
	size_t count;
	char *entries[STATIC_MAX];
};

/* Puts NAME=VALUE in place of an earlier NAME=, or behind the others. */
static void
put_entry(struct builder *b, char *entry)
{
	size_t i, name;

	if (entry == NULL) {
		b->error = -ENOMEM;
		return;
	}
	name = strcspn(entry, "=") + 1;
	for (i = 0; i < b->count; i++) {
		if (strncmp(b->entries[i], entry, name) == 0)
			break;
	}
	if (i == STATIC_MAX) {
		b->error = -E2BIG;
		return;
	}
	b->entries[i] = entry;
	if (i == b->count)
		b->count++;
}

static void
put(struct builder *b, const char *name, const char *value)
{
	if (value != NULL)
		put_entry(b, arena_printf(b->arena, "%s=%s", name, value));
}

/* superd's own value of a variable, NULL without one. */
static const char *
own_value(const struct spawn_host *host, const char *name)
{
	size_t length = strlen(name);

	for (char *const *p = host->environment; *p != NULL; p++) {
		if (strncmp(*p, name, length) == 0 && (*p)[length] == '=')
			return *p + length + 1;
	}
	return NULL;
}

static void
put_user(struct builder *b, const struct conf_service *service,
    const struct spawn_host *host)
{
	struct conf_user user = service->user;

	if (!host->set_ids) {
		const struct passwd *me = getpwuid(geteuid());

		user = (struct conf_user) { 0 };
		if (me != NULL) {
			user.name = me->pw_name;
			user.home = me->pw_dir;
			user.shell = me->pw_shell;
		}
	}
	put(b, "HOME", user.home != NULL ? user.home : "/");
	put(b, "USER", user.name);
	put(b, "LOGNAME", user.name);
	put(b, "SHELL",
	    user.shell != NULL && user.shell[0] != '\0' ? user.shell
							: "/bin/sh");
}

int
plan_env_compile(struct spawn_plan *plan, struct arena *arena,
    const struct conf_service *service, const struct spawn_host *host,
    struct err *e)
{
	struct builder b = { .arena = arena };
	const struct conf_words *pass = &service->pass_environment;
	const char *path = own_value(host, "PATH");

	put(&b, "PATH", path != NULL ? path : PATH_STANDARD);
	put_user(&b, service, host);
	for (size_t i = 0; i < pass->count; i++)
		put(&b, pass->word[i], own_value(host, pass->word[i]));
	for (size_t i = 0; i < service->environment.count; i++)
		put_entry(&b, service->environment.word[i]);
	put(&b, "SUPERD_SERVICE", service->name);
	if (b.error == -E2BIG)
		return err_set(e, E2BIG,
		    "the environment has more than %d "
		    "variables",
		    STATIC_MAX);
	plan->environment_count = b.count;
	plan->environment = arena_array(arena, b.count, sizeof(char *));
	if (b.error < 0 || plan->environment == NULL)
		return err_memory(e);
	memcpy(plan->environment, b.entries, b.count * sizeof(char *));
	return 0;
}

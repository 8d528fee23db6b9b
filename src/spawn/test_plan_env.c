/* SPDX-License-Identifier: ISC */
/* A handler's environment: from nothing, in order, the last word wins. */
#include <errno.h>

#include "base/arena.h"
#include "conf/conf.h"
#include "spawn/plan.h"
#include "spawn/plan_env.h"
#include "tap.h"

/* A string that is not const, as those of a configuration. */
#define WORD(string) ((char[]) { string })

#define MANY         600

static char *own[] = { WORD("PATH=/own/bin"), WORD("LD_PRELOAD=/evil.so"),
	WORD("NOTIFY_SOCKET=/run/n"), WORD("LISTEN_FDS=3"), WORD("IFS=x"),
	WORD("BASH_ENV=/evil"), WORD("TCPREMOTEIP=192.0.2.66"),
	WORD("LANG=C.UTF-8"), WORD("LANGUAGE=de"), WORD("HOME=/root"),
	WORD("EMPTY="), WORD("NOEQUALS"), WORD("SUPERD_SERVICE=outer"), NULL };
static const struct spawn_host host = { .set_ids = true, .environment = own };

static struct arena *arena;
static struct spawn_plan plan;

static int
compile(const struct conf_service *s, const struct spawn_host *h, struct err *e)
{
	arena_free(arena);
	arena = arena_new();
	plan = (struct spawn_plan) { 0 };
	return plan_env_compile(&plan, arena, s, h, e);
}

/* The value of a variable, as the first that says it; NULL without. */
static const char *
value_of(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < plan.environment_count; i++) {
		const char *entry = plan.environment[i];

		if (strncmp(entry, name, length) == 0 && entry[length] == '=')
			return entry + length + 1;
	}
	return NULL;
}

static struct conf_service
service_of(char **environment, size_t count)
{
	return (struct conf_service) {
		.name = "echo",
		.user = { .name = "u",
		    .home = "/users/u",
		    .shell = "/bin/zsh" },
		.environment = { .word = environment, .count = count },
	};
}

static void
test_default(void)
{
	struct conf_service s = service_of(NULL, 0);
	char *nothing[] = { NULL };
	struct spawn_host bare = { .set_ids = true, .environment = nothing };
	struct err e;

	is_int(compile(&s, &host, &e), 0, "an environment is compiled");
	is_int((intmax_t)plan.environment_count, 6, "of six variables");
	is_str(value_of("PATH"), "/own/bin", "superd's own PATH");
	is_str(value_of("HOME"), "/users/u", "the user's home");
	is_str(value_of("USER"), "u", "name");
	is_str(value_of("LOGNAME"), "u", "name once more");
	is_str(value_of("SHELL"), "/bin/zsh", "and shell");
	is_str(value_of("SUPERD_SERVICE"), "echo", "and the service's name");
	s.user = (struct conf_user) { .uid = 4242, .shell = "" };
	(void)compile(&s, &bare, &e);
	is_str(value_of("HOME"), "/", "a user without a home is at /");
	is_str(value_of("SHELL"), "/bin/sh", "without a shell has sh");
	is_str(value_of("USER"), NULL, "without a name has none");
	ok(value_of("PATH") != NULL && strstr(value_of("PATH"), "/usr/bin"),
	    "without a PATH there is a standard one");
}

static void
test_not_root(void)
{
	struct spawn_host user = { .set_ids = false, .environment = own };
	struct conf_service s = service_of(NULL, 0);
	struct err e;

	(void)compile(&s, &user, &e);
	ok(value_of("HOME") != NULL &&
		strcmp(value_of("HOME"), "/users/u") != 0,
	    "not root, the user is who superd runs as");
}

static void
test_override(void)
{
	char *environment[] = { WORD("PATH=/mine"), WORD("AB=2"), WORD("A=1"),
		WORD("A=3"), WORD("HOME="), WORD("SUPERD_SERVICE=liar"),
		WORD("B=a=b=c") };
	struct conf_service s = service_of(environment, 7);
	struct err e;
	unsigned int twice = 0;

	(void)compile(&s, &host, &e);
	is_str(value_of("PATH"), "/mine", "environment overrides PATH");
	is_str(value_of("A"), "3", "the last word on a name wins");
	is_str(value_of("AB"), "2", "a name is not another one's beginning");
	is_str(value_of("HOME"), "", "a value may be empty");
	is_str(value_of("B"), "a=b=c", "or have a =");
	is_str(value_of("SUPERD_SERVICE"), "echo", "nobody lies about a name");
	for (size_t i = 0; i < plan.environment_count; i++)
		for (size_t j = 0; j < i; j++)
			twice +=
			    strncmp(plan.environment[i], plan.environment[j],
				strcspn(plan.environment[i], "=") + 1) == 0;
	is_int(twice, 0, "no name stands there twice");
	is_str(plan.environment[0], "PATH=/mine", "each where it stood first");
}

static void
test_pass(void)
{
	char *pass[] = { WORD("LANG"), WORD("EMPTY"), WORD("NOEQUALS"),
		WORD("NOSUCH"), WORD("HOME") };
	char *environment[] = { WORD("LANG=de") };
	struct conf_service s = service_of(environment, 1);
	struct err e;

	(void)compile(&s, &host, &e);
	ok(value_of("LD_PRELOAD") == NULL &&
		value_of("NOTIFY_SOCKET") == NULL &&
		value_of("LISTEN_FDS") == NULL && value_of("IFS") == NULL &&
		value_of("BASH_ENV") == NULL && value_of("EMPTY") == NULL &&
		value_of("TCPREMOTEIP") == NULL,
	    "nothing of superd's own is passed on");
	s.pass_environment = (struct conf_words) { .word = pass, .count = 5 };
	s.environment.count = 0;
	(void)compile(&s, &host, &e);
	is_str(value_of("LANG"), "C.UTF-8", "but what pass_environment names");
	is_str(value_of("LANGUAGE"), NULL, "by its whole name");
	is_str(value_of("EMPTY"), "", "also when it is empty");
	is_str(value_of("NOEQUALS"), NULL, "not what has no value");
	is_str(value_of("NOSUCH"), NULL, "nor what is not there");
	is_str(value_of("HOME"), "/root", "it overrides the user's");
	s.environment.count = 1;
	(void)compile(&s, &host, &e);
	is_str(value_of("LANG"), "de", "environment overrides it");
}

static void
test_limit(void)
{
	size_t most = SPAWN_ENV_MAX - SPAWN_ENV_DYNAMIC;
	static char names[MANY][16];
	char *environment[MANY];
	struct conf_service s;
	struct err e;

	for (size_t i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "V%zu=%zu", i, i);
		environment[i] = names[i];
	}
	/* Six are there without them. */
	s = service_of(environment, most - 6);
	is_int(compile(&s, &host, &e), 0, "490 of one's own fit");
	is_int((intmax_t)plan.environment_count, 496, "that makes 496");
	is_str(value_of("V489"), "489", "the last is there");
	s.environment.count++;
	is_int(compile(&s, &host, &e), -E2BIG, "one more does not fit");
	is_str(e.text, "the environment has more than 496 variables",
	    "and the words tell the limit");
	for (size_t i = 0; i < MANY; i++)
		environment[i] = names[i % 5];
	s.environment.count = MANY;
	is_int(compile(&s, &host, &e), 0, "repeated names are not counted");
}

/* Random words against a list that is searched from the end. */
static void
test_random(void)
{
	unsigned int wrong = 0;

	for (int round = 0; round < 2000; round++) {
		size_t count = tap_random_below(40);
		static char words[40][16];
		char *environment[40];
		const char *last[10] = { NULL };
		struct conf_service s;
		struct err e;

		for (size_t i = 0; i < count; i++) {
			size_t name = tap_random_below(10);

			snprintf(
			    words[i], sizeof(words[i]), "N%zu=%zu", name, i);
			environment[i] = words[i];
			last[name] = words[i] + 3;
		}
		s = service_of(environment, count);
		(void)compile(&s, &host, &e);
		for (size_t i = 0; i < 10; i++) {
			char name[4] = { 'N', (char)('0' + i) };
			const char *v = value_of(name);

			wrong += (v == NULL) != (last[i] == NULL) ||
			    (v != NULL && strcmp(v, last[i]) != 0);
		}
	}
	is_int(wrong, 0, "whatever the order, the last word wins");
}

int
main(void)
{
	tap_seed(9);
	test_default();
	test_not_root();
	test_override();
	test_pass();
	test_limit();
	test_random();
	arena_free(arena);
	return done_testing();
}

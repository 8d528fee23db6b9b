/* SPDX-License-Identifier: ISC */
/*
 * Memory runs out at the first allocation, then at the second, and so on for
 * all of them: loading fails each time in good order.  The linker puts the
 * __wrap_ functions here in front of the real ones (see local.mk).
 */
#include <stdarg.h>

#include "base/arena.h"
#include "conf/test_files.h"

static long until_failure = -1; /* -1: never */
static bool has_failed;

static bool
fails(void)
{
	if (until_failure < 0 || until_failure-- > 0)
		return false;
	has_failed = true;
	return true;
}

#define WRAP(type, name, parameters, arguments)                                \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	type __wrap_##name parameters                                          \
	{                                                                      \
		return fails() ? NULL : __real_##name arguments;               \
	}

WRAP(void *, malloc, (size_t size), (size))
WRAP(void *, calloc, (size_t count, size_t size), (count, size))
WRAP(void *, realloc, (void *at, size_t size), (at, size))
WRAP(void *, reallocarray, (void *at, size_t count, size_t size),
    (at, count, size))
WRAP(void *, arena_alloc, (struct arena * arena, size_t size), (arena, size))
WRAP(void *, arena_array, (struct arena * arena, size_t count, size_t size),
    (arena, count, size))
WRAP(char *, arena_string, (struct arena * arena, const char *text),
    (arena, text))
WRAP(char *, arena_string_n,
    (struct arena * arena, const char *text, size_t length),
    (arena, text, length))

char *__wrap_arena_printf(struct arena *arena, const char *format, ...);

__attribute__((format(printf, 2, 3))) char *
__wrap_arena_printf(struct arena *arena, const char *format, ...)
{
	char text[8192];
	va_list args;

	if (fails())
		return NULL;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return __real_arena_string(arena, text);
}

static const char good[] =
    "[superd]\ninclude = inc/*.ini one.ini\nlog = ./log\n"
    "hosts_allow = hosts\nhosts_deny = none\n"
    "[defaults]\nenvironment = A=1 B=2\nuser = root\n"
    "[ports]\n1 = cat\n2 = cat x\n3 = ./script\n"
    "[x]\nlisten = 5, unix:s\nhandler = cat 'a b'\n  continued\n"
    "groups = root, 0\ndirectory = inc\n"
    "allow = 10.0.0.0/8, unix @list @list\ndeny = @list 10.1.0.0/16\n"
    "rate = 5/s burst 6\nhours = mon-fri 08:00-18:00\nban_after = 5/min\n"
    "hosts_access = yes\nban_on = exit:1\nover_limit = refuse\n"
    "refuse_message = no\nmax_load = 4\n";

static const char bad[] =
    "[superd]\ninclude = nosuch one.ini one.ini\n[x]\nlisten = 5, 5\n"
    "handler = nosuch\nuser = nosuch\nuser = root\ngroup = nosuch\n[x]\n"
    "frob = 1\n[ports]\n5 = cat\n5 = x\n7 = ./script x\n[a b]\n"
    "[y]\nlisten = 9\nhandler = cat\nallow = @bad @nosuch\ndeny = @bad\n"
    "rate = 5/x\nhours = mon\nban_on = exit\nhosts_access = yes\n"
    "[superd]\nhosts_allow = inc\nmax_sources = 3\n";

/* Returns how many allocations there are in all. */
static long
fail_each(const char *text, int normal, bool as_root)
{
	const struct conf_source source = {
		.path = "t.ini", .as_root = as_root, .held = UINT64_MAX
	};
	long i = 0;

	file_text("t.ini", text);
	do {
		struct conf *conf = NULL;
		struct conf_report report;
		int error;

		has_failed = false;
		until_failure = i++;
		error = conf_load(&source, &conf, &report);
		until_failure = -1;
		if ((conf == NULL) != (error < 0))
			return -i;
		if (!has_failed && error != normal)
			return -i;
		conf_free(conf);
		conf_report_free(&report);
	} while (has_failed);
	return i - 1;
}

int
main(void)
{
	files_start();
	(void)mkdir("inc", 0755);
	file_text("inc/i.ini", "[i]\nlisten = unix:@i\nhandler = cat\n");
	file_text("one.ini", "[one]\nlisten = unix:@one\nhandler = cat\n");
	file_text("script", "#!/usr/bin/env sh\n");
	(void)chmod("script", 0755);
	file_text("list", "192.0.2.0/24\n");
	file_text("bad", "192.0.2.1/24\n");
	file_text("hosts", "ALL : ALL\n");
	ok(fail_each(good, 0, false) > 100, "a good file, as a user");
	ok(fail_each(good, 0, true) > 100, "a good file, as root");
	ok(fail_each(bad, -EINVAL, false) > 100, "a bad file, as a user");
	ok(fail_each(bad, -EINVAL, true) > 100, "a bad file, as root");
	files_end();
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* Errors as sentences: code, place, cause, and a visible cut. */
#include <errno.h>

#include "base/err.h"
#include "tap.h"

static void
test_words(void)
{
	char buffer[ERR_TEXT_SIZE + 64];
	struct err e;

	is_int(err_set(&e, EINVAL, "bad port '%d'", 70000), -EINVAL,
	    "an error's value is its negative code");
	is_str(e.text, "bad port '70000'", "its text is the sentence");
	is_int(e.code, EINVAL, "its code stays positive");
	is_str(err_format(&e, buffer, sizeof(buffer)), "bad port '70000'",
	    "without a place it is the sentence only");
	e.file = "superd.ini";
	is_str(err_format(&e, buffer, sizeof(buffer)),
	    "superd.ini: bad port '70000'", "a file comes first");
	e.line = 14;
	is_str(err_format(&e, buffer, sizeof(buffer)),
	    "superd.ini:14: bad port '70000'", "then the line");
	is_str(err_format(&e, buffer, 8), "superd.", "a small buffer cuts");
	is_int(err_system(&e, ENOENT, "cannot open '%s'", "/x"), -ENOENT,
	    "the system's errors have their code");
	is_str(e.text, "cannot open '/x': No such file or directory",
	    "and their cause last");
	ok(e.file == NULL && e.line == 0, "a new error has no old place");
	is_int(err_memory(&e), -ENOMEM, "no memory is an error");
	is_str(e.text, "out of memory", "with words of its own");
}

static void
test_wrap(void)
{
	struct err e;

	(void)err_set(&e, EACCES, "no way in");
	e.file = "a.ini";
	e.line = 3;
	is_int(err_wrap(&e, "service '%s'", "x"), -EACCES,
	    "context keeps the code");
	is_str(e.text, "service 'x': no way in", "and stands in front");
	ok(e.line == 3 && strcmp(e.file, "a.ini") == 0, "and keeps the place");
	(void)err_wrap(&e, "%s", "again");
	is_str(e.text, "again: service 'x': no way in", "twice as well");
}

static void
test_cut(void)
{
	static char longest[2 * ERR_TEXT_SIZE];
	struct err e;
	size_t n = sizeof(e.text) - 1;

	memset(longest, 'a', n);
	(void)err_set(&e, EINVAL, "%s", longest);
	is_str(e.text, longest, "a sentence that just fits is whole");
	longest[n] = 'a';
	(void)err_set(&e, EINVAL, "%s", longest);
	ok(strlen(e.text) == n && strcmp(e.text + n - 4, "a...") == 0,
	    "one more letter and it ends in \"...\"");
	(void)err_wrap(&e, "context");
	ok(strncmp(e.text, "context: aaa", 12) == 0 && strlen(e.text) == n &&
		strcmp(e.text + n - 4, "a...") == 0,
	    "context pushes the end out");
	(void)err_system(&e, ENOENT, "%.*s", (int)n - 5, longest);
	ok(strlen(e.text) == n && strcmp(e.text + n - 4, "a...") != 0 &&
		strcmp(e.text + n - 3, "...") == 0,
	    "a cut cause shows, too");
}

static void
test_nobody_listens(void)
{
	is_int(err_set(NULL, EINVAL, "%s", "x"), -EINVAL, "no words wanted");
	is_int(err_system(NULL, EIO, "%s", "x"), -EIO, "of the system neither");
	is_int(err_memory(NULL), -ENOMEM, "of memory neither");
	ok(err_wrap(NULL, "x") < 0, "no context for nothing");
}

int
main(void)
{
	test_words();
	test_wrap();
	test_cut();
	test_nobody_listens();
	return done_testing();
}

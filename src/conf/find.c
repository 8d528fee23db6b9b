/* SPDX-License-Identifier: ISC */
/* Looking a program up: as given, or in the directories of a path. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/names.h"
#include "base/text.h"
#include "conf/find.h"
#include "conf/path.h"
#include "conf/report.h"
#include "conf/rooted.h"

#define PATH_DEFAULT                                                           \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/*
 * 0 for a program; why it is none, as an errno; or below 0 why it cannot be
 * looked at, which in a search means that it is not there.
 */
static int
why_not(const struct conf_find *find, const char *file)
{
	struct stat st;
	int error = conf_rooted_stat(find->root, file, &st);

	if (error < 0)
		return error;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	if (!S_ISREG(st.st_mode))
		return EINVAL;
	if ((st.st_mode & 0111) == 0)
		return EACCES;
	/* Who may execute it is the service's user, with root. */
	if (!find->as_root && faccessat(AT_FDCWD, file, X_OK, AT_EACCESS) < 0)
		return errno;
	return 0;
}

static int
complain(const char *file, int why, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];

	(void)conf_quoted(file, quoted);
	switch (why) {
	case -ENOENT:
		return err_set(e, ENOENT, "'%s' does not exist", quoted);
	case EISDIR:
		return err_set(
		    e, why, "'%s' is a directory, not a program", quoted);
	case EINVAL:
		return err_set(e, why, "'%s' is no regular file", quoted);
	case EACCES:
		return err_set(
		    e, why, "'%s' is not executable: chmod +x", quoted);
	default:
		return err_system(e, why < 0 ? -why : why, "'%s'", quoted);
	}
}

static int
find_as_given(const struct conf_find *find, const char *word,
    const char **ret_file, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];
	const char *file;
	int why;

	if (find->root != NULL && word[0] != '/')
		return err_set(e, EINVAL,
		    "'%s' is relative: with chroot it "
		    "must be absolute, as seen from inside",
		    conf_quoted(word, quoted));
	file = conf_path_join(find->arena, find->directory, word);
	if (file == NULL)
		return err_memory(e);
	why = why_not(find, file);
	if (why != 0)
		return complain(file, why, e);
	*ret_file = file;
	return 0;
}

/* 1 if directory has the program; *why keeps the best reason against. */
static int
try(const struct conf_find *find, const char *directory, const char *word,
    const char **ret_file, int *why)
{
	char *file;
	int error;

	if (directory[0] != '/')
		return 0;
	file = conf_path_join(find->arena, directory, word);
	if (file == NULL)
		return -ENOMEM;
	error = why_not(find, file);
	if (error > 0 && *why == 0) {
		*why = error;
		*ret_file = file;
	}
	if (error != 0)
		return 0;
	*ret_file = file;
	return 1;
}

static int
try_handler_path(const struct conf_find *find, const char *word,
    const char **ret_file, int *why)
{
	int found = 0;

	for (size_t i = 0; find->handler_path != NULL && found == 0 &&
	     i < find->handler_path->count;
	     i++)
		found =
		    try(find, find->handler_path->word[i], word, ret_file, why);
	return found;
}

static int
try_path(const struct conf_find *find, const char *word, const char **ret_file,
    int *why)
{
	const char *path = getenv("PATH");
	char *copy, *state = NULL;
	int found = 0;

	copy = arena_string(
	    find->arena, path == NULL || *path == '\0' ? PATH_DEFAULT : path);
	if (copy == NULL)
		return -ENOMEM;
	for (char *d = strtok_r(copy, ":", &state); d != NULL && found == 0;
	     d = strtok_r(NULL, ":", &state))
		found = try(find, d, word, ret_file, why);
	return found;
}

/* The nearest name among our own handlers; PATH has too many. */
static int
complain_unfound(const struct conf_find *find, const char *word, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE], best[256] = "";
	const struct conf_words *path = find->handler_path;
	struct names_guess guess;
	const struct dirent *entry;

	names_guess_init(&guess, word);
	for (size_t i = 0; path != NULL && i < path->count; i++) {
		DIR *dir = opendir(path->word[i]);

		while (dir != NULL && (entry = readdir(dir)) != NULL) {
			names_guess_offer(&guess, entry->d_name);
			if (guess.best == entry->d_name)
				guess.best = strcpy(best, entry->d_name);
		}
		if (dir != NULL)
			(void)closedir(dir);
	}
	(void)conf_quoted(word, quoted);
	if (guess.best != NULL)
		return err_set(e, ENOENT,
		    "'%s' is neither in handler_path nor "
		    "in PATH%s: did you mean '%s'?",
		    quoted, find->root == NULL ? "" : " of the chroot", best);
	return err_set(e, ENOENT,
	    "'%s' is neither in handler_path nor in "
	    "PATH%s: a path with a slash would say where it is",
	    quoted, find->root == NULL ? "" : " of the chroot");
}

int
conf_find_program(const struct conf_find *find, const char *word,
    const char **ret_file, struct err *e)
{
	const char *file = NULL;
	int why = 0, found;

	if (word[0] == '\0')
		return err_set(e, EINVAL, "the program's name is empty");
	if (strchr(word, '/') != NULL)
		return find_as_given(find, word, ret_file, e);
	found = try_handler_path(find, word, &file, &why);
	if (found == 0)
		found = try_path(find, word, &file, &why);
	if (found < 0)
		return err_memory(e);
	if (found == 0 && why != 0)
		return complain(file, why, e);
	if (found == 0)
		return complain_unfound(find, word, e);
	*ret_file = file;
	return 0;
}

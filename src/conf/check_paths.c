/* SPDX-License-Identifier: ISC */
/* Directories that a service needs: to root in, to run in, to listen in. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "conf/check.h"
#include "conf/rooted.h"

/* The answer for a directory, asked once: 0 or the errno, plus 1. */
static int
ask(struct conf_check *c, const char *root, const char *path)
{
	char *key = arena_printf(
	    c->b->rows.arena, "d%s\n%s", root == NULL ? "" : root, path);
	struct stat st;
	int *answer;

	if (key == NULL)
		return -ENOMEM;
	answer = conf_index_find(&c->known, key, strlen(key));
	if (answer != NULL)
		return *answer;
	answer = arena_alloc(c->b->rows.arena, sizeof(*answer));
	if (answer == NULL ||
	    conf_index_add(&c->known, key, strlen(key), answer) < 0)
		return -ENOMEM;
	*answer = -conf_rooted_stat(root, path, &st);
	if (*answer == 0 && !S_ISDIR(st.st_mode))
		*answer = ENOTDIR;
	return *answer;
}

static int
check_directory(struct conf_check *c, size_t i, const char *key,
    const char *root, const char *path)
{
	char quoted[CONF_QUOTED_SIZE];
	int answer = ask(c, root, path);

	if (answer <= 0)
		return answer;
	(void)conf_quoted(path, quoted);
	if (answer == ENOENT)
		conf_check_mistake(c, i, key,
		    "%s: directory '%s' does not "
		    "exist%s",
		    key, quoted, root == NULL ? "" : " in the chroot");
	else
		conf_check_mistake(
		    c, i, key, "%s: '%s': %s", key, quoted, strerror(answer));
	return 0;
}

static int
check_socket_path(struct conf_check *c, size_t i, const struct addr *a)
{
	char directory[sizeof(a->at.local.sun_path)];
	char *slash;

	if (a->at.any.sa_family != AF_UNIX || a->at.local.sun_path[0] != '/')
		return 0;
	memcpy(directory, a->at.local.sun_path, sizeof(directory));
	slash = strrchr(directory, '/');
	slash[slash == directory ? 1 : 0] = '\0';
	return check_directory(c, i, "listen", NULL, directory);
}

int
conf_check_paths(struct conf_check *c, size_t i)
{
	const struct conf_service *s = &c->b->conf->services[i];
	int error = 0;

	if (s->chroot != NULL)
		error = check_directory(c, i, "chroot", NULL, s->chroot);
	if (error == 0 && s->directory != NULL &&
	    strcmp(s->directory, "/") != 0)
		error =
		    check_directory(c, i, "directory", s->chroot, s->directory);
	for (size_t l = 0; l < s->listen.count && error == 0; l++)
		error = check_socket_path(c, i, &s->listen.at[l].addr);
	return error;
}

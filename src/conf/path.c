/* SPDX-License-Identifier: ISC */
/* Lexical joining; the file system is asked for the current directory only. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "conf/path.h"

static const char *
skip_dots(const char *path)
{
	while (path[0] == '.' && path[1] == '/') {
		path += 2;
		path += strspn(path, "/");
	}
	return path;
}

char *
conf_path_join(struct arena *arena, const char *directory, const char *path)
{
	size_t length = strlen(directory);

	if (path[0] == '/' || length == 0)
		return arena_string(arena, path);
	path = skip_dots(path);
	if (strcmp(path, ".") == 0 || path[0] == '\0')
		return arena_string(arena, directory);
	return arena_printf(arena, "%s%s%s", directory,
	    directory[length - 1] == '/' ? "" : "/", path);
}

char *
conf_path_directory(struct arena *arena, const char *file)
{
	const char *slash = strrchr(file, '/');
	auto_free char *here = NULL;
	char *directory;

	if (slash == file)
		return arena_string(arena, "/");
	if (slash == NULL)
		directory = arena_string(arena, ".");
	else
		directory = arena_string_n(arena, file, (size_t)(slash - file));
	if (directory == NULL || directory[0] == '/')
		return directory;
	here = getcwd(NULL, 0);
	return conf_path_join(arena, here == NULL ? "" : here, directory);
}

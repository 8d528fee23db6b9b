/* SPDX-License-Identifier: ISC */
/* Paths as the files say them, made absolute. */
#ifndef SUPERD_CONF_PATH_H
#define SUPERD_CONF_PATH_H

struct arena;

/*
 * path as seen from directory: path itself if it is absolute; leading ./ is
 * dropped, .. is kept (it may lead through a link).  An empty directory
 * gives path as it is.  NULL when there is no memory.
 */
char *conf_path_join(
    struct arena *arena, const char *directory, const char *path);

/* The absolute directory that the file lies in; "" if there is none any
 * more.  NULL when there is no memory. */
char *conf_path_directory(struct arena *arena, const char *file);

#endif

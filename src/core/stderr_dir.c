/* SPDX-License-Identifier: ISC */
/*
 * Where the stderr sockets live.  A superd that was killed leaves its
 * directory behind; the next one that looks there takes it away.  A lock, not
 * a pid, tells whether the maker lives: in a container each superd is 1.
 */
#include <sys/file.h>
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/stderr.h"
#include "log/log.h"

#define PREFIX "superd-stderr."

/* Room for the name of a socket behind it in a sun_path of 108 bytes. */
#define DIR_MOST 80

/*
 * The directory, locked: nobody else uses it or takes it away.  -1: no.  It
 * is superd's own or, given away by an earlier one, that of the user that
 * superd becomes.
 */
static int
lock(int parent, const char *name, uid_t user)
{
	auto_fd fd = openat(
	    parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat mine, there;

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 ||
	    fstat(fd, &mine) < 0 ||
	    fstatat(parent, name, &there, AT_SYMLINK_NOFOLLOW) < 0 ||
	    mine.st_ino != there.st_ino || mine.st_dev != there.st_dev ||
	    (mine.st_uid != geteuid() && mine.st_uid != user))
		return -1;
	return take_fd(&fd);
}

/* Empties and removes a locked directory; takes its descriptor over. */
static void
remove_locked(int fd, int parent, const char *name)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;

	if (dir == NULL) {
		(void)close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] != '.')
			(void)unlinkat(fd, entry->d_name, 0);
	}
	(void)unlinkat(parent, name, AT_REMOVEDIR);
	(void)closedir(dir);
}

static void
remove_leftovers(const char *base, uid_t user)
{
	DIR *dir = opendir(base);
	const struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		int fd;

		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		fd = lock(dirfd(dir), entry->d_name, user);
		if (fd >= 0)
			remove_locked(fd, dirfd(dir), entry->d_name);
	}
	(void)closedir(dir);
}

/* A directory of mode 0700 below base, or NULL. */
static char *
make_below(const char *base, uid_t user, int *ret_lock)
{
	char *path = NULL;

	if (base == NULL || base[0] != '/')
		return NULL;
	remove_leftovers(base, user);
	if (asprintf(&path, "%s/" PREFIX "XXXXXX", base) < 0)
		return NULL;
	if (strlen(path) > DIR_MOST || mkdtemp(path) == NULL) {
		free(path);
		return NULL;
	}
	*ret_lock = lock(AT_FDCWD, path, user);
	if (*ret_lock >= 0)
		return path;
	/* Another superd, starting too, took it for a leftover. */
	(void)rmdir(path);
	free(path);
	return NULL;
}

void
stderr_dir_make(struct core *core, const struct conf_user *own)
{
	const char *bases[] = { getenv("RUNTIME_DIRECTORY"),
		geteuid() == 0 ? "/run" : NULL, getenv("XDG_RUNTIME_DIR"),
		getenv("TMPDIR"), "/tmp" };
	uid_t user = own->name != NULL ? own->uid : geteuid();

	for (size_t i = 0;
	     core->stderr_dir == NULL && i < sizeof(bases) / sizeof(bases[0]);
	     i++)
		core->stderr_dir =
		    make_below(bases[i], user, &core->stderr_lock);
	if (core->stderr_dir == NULL)
		log_event(LOG_FAULT,
		    LOG_TEXT("what", "no private directory for stderr"),
		    LOG_TEXT("error",
			"none of RUNTIME_DIRECTORY, /run, "
			"XDG_RUNTIME_DIR, TMPDIR, /tmp works: "
			"others can disturb what handlers say"));
}

void
stderr_dir_remove(struct core *core)
{
	if (core->stderr_dir != NULL)
		remove_locked(core->stderr_lock, AT_FDCWD, core->stderr_dir);
	free(core->stderr_dir);
	core->stderr_dir = NULL;
}

int
stderr_dir_give(const struct core *core, uid_t uid, gid_t gid, struct err *e)
{
	if (core->stderr_dir == NULL ||
	    fchown(core->stderr_lock, uid, gid) == 0)
		return 0;
	return err_system(e, errno,
	    "cannot give the directory '%s' to user id %u", core->stderr_dir,
	    uid);
}

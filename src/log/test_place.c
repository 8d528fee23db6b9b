/* SPDX-License-Identifier: ISC */
/* What root opens by a path, and whose links it follows on the way. */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "log/place.h"
#include "tap.h"

#define NOBODY 65534

static char top[64];

/* Opens path; what it is, seen from `top`, must be `want`. */
static void
opens(const char *path, const char *want, const char *what)
{
	struct stat got, st;
	struct err e = { .text = "" };
	int fd = log_place_open(path, O_RDWR | O_CREAT | O_CLOEXEC, &e);

	ok(fd >= 0 && fstat(fd, &got) == 0 && lstat(want, &st) == 0 &&
		got.st_dev == st.st_dev && got.st_ino == st.st_ino,
	    what);
	if (fd < 0)
		tap_note("%s", e.text);
	else
		(void)close(fd);
}

static void
fails(const char *path, int code, const char *text, const char *what)
{
	struct err e = { .text = "" };
	int fd = log_place_open(path, O_RDWR | O_CREAT | O_CLOEXEC, &e);

	is_int(fd, -code, what);
	is_str(e.text, text, "in words");
	if (fd >= 0)
		(void)close(fd);
}

static void
link_by(uid_t uid, const char *to, const char *name)
{
	(void)unlink(name);
	if (symlink(to, name) < 0 || lchown(name, uid, (gid_t)-1) < 0)
		tap_bail("no link");
}

static void
directory_by(uid_t uid, mode_t mode, const char *name)
{
	if (mkdir(name, 0700) < 0 || chown(name, uid, (gid_t)-1) < 0 ||
	    chmod(name, mode) < 0)
		tap_bail("no directory");
}

static void
test_plain(void)
{
	char absolute[128];

	snprintf(absolute, sizeof(absolute), "%s/real//./new", top);
	opens(absolute, "real/new", "a new file by an absolute path");
	opens("real/new", "real/new", "one that is there by a relative one");
	opens("alone", "alone", "a name without a directory");
	opens("./real/../real//new", "real/new", "dots and slashes");
	fails("nowhere/new", ENOENT,
	    geteuid() == 0 ? "'nowhere': No such file or directory"
			   : "No such file or directory",
	    "a directory that is not there");
	fails("alone/new", ENOTDIR,
	    geteuid() == 0 ? "'alone': Not a directory" : "Not a directory",
	    "a file as a directory");
	fails("real/", EISDIR, "Is a directory", "a directory as a file");
}

/* Links of root's own, or of whoever runs this. */
static void
test_own_links(void)
{
	char absolute[128], found[128];
	int pipes[2];

	snprintf(absolute, sizeof(absolute), "%s/real", top);
	link_by(geteuid(), absolute, "var");
	link_by(geteuid(), "var", "again");
	link_by(geteuid(), "again/fresh", "last");
	opens("again/new", "real/new", "links to a directory");
	opens("last", "real/fresh", "a link to a file that is not there yet");
	link_by(geteuid(), "loop/x", "loop");
	fails("loop", ELOOP,
	    geteuid() == 0 ? "'loop': Too many levels of symbolic links"
			   : "Too many levels of symbolic links",
	    "a link to itself");
	if (pipe(pipes) < 0)
		tap_bail("no pipe");
	snprintf(found, sizeof(found), "/proc/self/fd/%d", pipes[1]);
	link_by(geteuid(), found, "out");
	is_int(log_place_open("out", O_WRONLY | O_CLOEXEC, NULL) >= 0, 1,
	    "a link by /proc to what has no path");
	link_by(geteuid(), "/proc/self/cwd", "here");
	opens("here/real/new", "real/new", "and one on the way");
	(void)close(pipes[0]);
	(void)close(pipes[1]);
}

/* nobody owns `home`: what is below it is nobody's choice. */
static void
test_foreign_links(void)
{
	struct log_place p;
	struct err e;

	directory_by(NOBODY, 0755, "home");
	directory_by(0, 01777, "shared");
	directory_by(0, 0775, "team");
	opens("home/log", "home/log", "a file in a foreign directory");
	link_by(NOBODY, "../real", "home/logs");
	fails("home/logs/evil", ELOOP,
	    "'logs' is a symbolic link that root has not made",
	    "a foreign link on the way");
	is_int(log_place_find(&p, "home/logs/evil", &e), -ELOOP,
	    "nor does it lead to a directory");
	link_by(NOBODY, "../real/evil", "home/file");
	fails("home/file", ELOOP,
	    "'file' is a symbolic link that root has not made",
	    "a foreign link to a file");
	link_by(0, "../real/evil", "home/file");
	fails("home/file", ELOOP,
	    "'file' is a symbolic link in a directory that others than root "
	    "can write to",
	    "root's link in a foreign directory");
	link_by(0, "../real", "shared/logs");
	fails("shared/logs/evil", ELOOP,
	    "'logs' is a symbolic link in a directory that others than root "
	    "can write to",
	    "root's link in one for everybody");
	link_by(0, "../real/evil", "team/file");
	fails("team/file", ELOOP,
	    "'file' is a symbolic link in a directory that others than root "
	    "can write to",
	    "root's link in one for a group");
	link_by(0, "home/logs", "hop");
	fails("hop/evil", ELOOP,
	    "'logs' is a symbolic link that root has not made",
	    "root's link to a foreign one");
	ok(access("real/evil", F_OK) < 0, "nothing was made behind them");
}

static void
test_find(void)
{
	struct stat want, st;
	struct log_place p;

	if (log_place_find(&p, "again/new", NULL) < 0)
		tap_bail("not found");
	is_str(p.base, "new", "the name in the place");
	ok(stat("real", &want) == 0 && fstat(p.directory, &st) == 0 &&
		want.st_ino == st.st_ino,
	    "which is the directory itself");
	log_place_close(&p);
	if (log_place_find(&p, "alone", NULL) < 0)
		tap_bail("not found");
	is_str(p.base, "alone", "and so of a name only");
	log_place_close(&p);
}

static void
make_top(void)
{
	const char *parent = getenv("TMPDIR");

	snprintf(top, sizeof(top), "%s/place.XXXXXX",
	    parent != NULL && strlen(parent) < 40 ? parent : "/tmp");
	if (mkdtemp(top) == NULL || chdir(top) < 0 || mkdir("real", 0755) < 0)
		tap_bail("no directory");
}

static void
remove_top(void)
{
	static const char *const names[] = { "real/new", "real/fresh", "real",
		"alone", "var", "again", "last", "loop", "out", "here", "hop",
		"home/log", "home/logs", "home/file", "home", "shared/logs",
		"shared", "team/file", "team" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)remove(names[i]);
	if (rmdir(top) < 0)
		tap_note("%s is left behind", top);
}

int
main(void)
{
	make_top();
	test_plain();
	test_own_links();
	test_find();
	if (geteuid() == 0 && chown("real", NOBODY, (gid_t)-1) == 0 &&
	    chown("real", 0, (gid_t)-1) == 0)
		test_foreign_links();
	else
		tap_skip("links of others", "needs root to make them");
	remove_top();
	return done_testing();
}

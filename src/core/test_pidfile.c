/* SPDX-License-Identifier: ISC */
/* The pid file: one owner at a time, leftovers are taken over. */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <unistd.h>

#include "core/pidfile.h"
#include "tap.h"

static char path[PATH_MAX];

static void
put_content(const char *text)
{
	FILE *file = fopen(path, "w");

	if (file == NULL)
		tap_bail("cannot write a file");
	fputs(text, file);
	fclose(file);
}

/* What the file says; NULL if there is none. */
static const char *
content(void)
{
	static char text[64];
	FILE *file = fopen(path, "r");

	if (file == NULL)
		return NULL;
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

/* A mistyped path costs nobody a file. */
static void
test_other_files(void)
{
	static const char *const texts[] = { "very important\n", "12 13\n",
		"12345678901234567 \n", "[superd]\n", "1\n2x" };
	struct pidfile p;
	struct err e;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		put_content(texts[i]);
		is_int(pidfile_take(&p, path, &e), -EEXIST, texts[i]);
		pidfile_drop(&p);
		is_str(content(), texts[i], "it stays as it was");
	}
	(void)unlink(path);
	if (mkfifo(path, 0600) < 0)
		tap_bail("cannot make a FIFO");
	is_int(pidfile_take(&p, path, &e), -EINVAL, "a FIFO is refused");
	pidfile_drop(&p);
	is_int(access(path, F_OK), 0, "and stays");
	(void)unlink(path);
	is_int(
	    pidfile_take(&p, "/dev/null", &e), -EINVAL, "/dev/null is refused");
}

static void
test_life(void)
{
	char mine[32];
	struct pidfile p;
	struct err e;

	snprintf(mine, sizeof(mine), "%d\n", (int)getpid());
	is_int(pidfile_take(&p, path, &e), 0, "a new pid file is taken");
	is_int(fcntl(p.fd, F_GETFD), FD_CLOEXEC, "it closes at exec");
	is_int(pidfile_write(&p, &e), 0, "written");
	is_str(content(), mine, "and says the pid, and a newline");
	is_int(pidfile_write(&p, &e), 0, "written again");
	is_str(content(), mine, "it says the same");
	pidfile_drop(&p);
	is_str(content(), NULL, "dropped, it is gone");
	pidfile_drop(&p);
	is_int(p.fd, -1, "it can be dropped twice");
	is_int(pidfile_take(&p, NULL, &e), 0, "no path is no file");
	ok(p.fd == -1 && pidfile_write(&p, &e) == 0, "nothing is written");
	pidfile_drop(&p);
}

/* In a directory of root's, for a superd that is not root any more. */
static void
test_emptied(void)
{
	struct pidfile p;
	struct err e;

	if (geteuid() != 0) {
		tap_skip("a file that cannot be removed is emptied", "no root");
		return;
	}
	(void)pidfile_take(&p, path, &e);
	(void)pidfile_write(&p, &e);
	if (seteuid(65534) < 0)
		tap_bail("cannot become nobody");
	pidfile_drop(&p);
	if (seteuid(0) < 0)
		tap_bail("cannot become root again");
	is_str(content(), "", "a file that cannot be removed is emptied");
	is_int(pidfile_take(&p, path, &e), 0, "and taken over");
	pidfile_drop(&p);
}

static void
test_leftover(const char *left, const char *what)
{
	char mine[32];
	struct pidfile p;
	struct err e;

	snprintf(mine, sizeof(mine), "%d\n", (int)getpid());
	put_content(left);
	if (is_int(pidfile_take(&p, path, &e), 0, what))
		(void)pidfile_write(&p, &e);
	is_str(content(), mine, "it has no trace of the old one");
	pidfile_drop(&p);
}

static void
test_second(const char *text, const char *pid)
{
	struct pidfile first, second;
	char words[PATH_MAX + 64];
	struct err e;

	(void)pidfile_take(&first, path, &e);
	put_content(text);
	is_int(pidfile_take(&second, path, &e), -EEXIST,
	    "a second superd does not get it");
	snprintf(words, sizeof(words),
	    "pidfile '%s': superd already runs as pid %s", path, pid);
	is_str(e.text, words, "and is told whose it is");
	is_str(content(), text, "and changes nothing");
	is_int(second.fd, -1, "and has nothing");
	pidfile_drop(&second);
	is_str(content(), text, "not even to remove");
	pidfile_drop(&first);
}

/* Somebody removed our file, and another superd made its own. */
static void
test_identity(void)
{
	struct pidfile first, second;
	struct err e;

	(void)pidfile_take(&first, path, &e);
	(void)unlink(path);
	is_int(pidfile_take(&second, path, &e), 0, "another one made its own");
	(void)pidfile_write(&second, &e);
	pidfile_drop(&first);
	ok(content() != NULL, "who ends first does not remove it");
	pidfile_drop(&second);
	is_str(content(), NULL, "its owner does");
}

/* The lock goes with its process, however that ends. */
static void
test_killed_owner(void)
{
	int ready[2], status;
	struct pidfile p;
	struct err e;
	char byte;
	pid_t pid;

	if (pipe(ready) < 0)
		tap_bail("no pipe");
	pid = fork();
	if (pid == 0) {
		if (pidfile_take(&p, path, &e) < 0 || pidfile_write(&p, &e) < 0)
			_exit(1);
		(void)!write(ready[1], "x", 1);
		for (;;)
			(void)pause();
	}
	if (read(ready[0], &byte, 1) != 1)
		tap_bail("no owner");
	is_int(pidfile_take(&p, path, &e), -EEXIST, "while it lives it is its");
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
	is_int(pidfile_take(&p, path, &e), 0, "killed, it is free");
	pidfile_drop(&p);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

/* A descriptor that may only read, as anybody may have of a public file. */
static int
reader(void)
{
	int fd;

	put_content("4711\n");
	(void)chmod(path, 0644);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		tap_bail("cannot read a file");
	return fd;
}

static void
test_flock_of_a_reader(void)
{
	int fd = reader();
	struct pidfile p;
	struct err e;

	if (flock(fd, LOCK_EX) < 0)
		tap_bail("no lock");
	is_int(pidfile_take(&p, path, &e), 0, "a reader's flock is nothing");
	pidfile_drop(&p);
	(void)close(fd);
	(void)unlink(path);
}

static void
test_read_lock(void)
{
	struct flock shared = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	char words[PATH_MAX + 100];
	int fd = reader();
	struct pidfile p;
	struct err e;

	if (fcntl(fd, F_OFD_SETLK, &shared) < 0)
		tap_bail("no lock");
	is_int(pidfile_take(&p, path, &e), -EBUSY, "a reader's lock is in use");
	snprintf(words, sizeof(words),
	    "cannot lock pidfile '%s': a program that is not superd holds a "
	    "read lock on it",
	    path);
	is_str(e.text, words, "but nobody takes it for a superd");
	is_str(content(), "4711\n", "and nothing is changed");
	is_int(p.fd, -1, "nor held");
	(void)close(fd);
	(void)unlink(path);
}

/* So a new file is one that others cannot even open. */
static void
test_private(void)
{
	mode_t mask = umask(0);
	struct stat st = { 0 };
	struct pidfile p;
	struct err e;

	(void)pidfile_take(&p, path, &e);
	(void)umask(mask);
	(void)stat(path, &st);
	is_int(st.st_mode, S_IFREG | 0600, "only its owner may open it");
	pidfile_drop(&p);
}

/* A daemon's last process is not the one that took the file. */
static void
test_fork(void)
{
	struct pidfile p, second;
	struct err e;
	int status = -1;
	pid_t pid;

	(void)pidfile_take(&p, path, &e);
	pid = fork();
	if (pid == 0)
		_exit(pidfile_take(&second, path, &e) == -EEXIST ? 0 : 1);
	(void)waitpid(pid, &status, 0);
	is_int(status, 0, "a child does not get what its parent holds");
	is_int(pidfile_take(&second, path, &e), -EEXIST,
	    "and when it ends, the lock stays");
	pidfile_drop(&p);
}

static void
test_no_file(void)
{
	char other[PATH_MAX + 8];
	struct pidfile p;
	struct stat st;
	struct err e;

	is_int(pidfile_take(&p, "/no/such/dir/pid", &e), -ENOENT,
	    "a directory must be there");
	is_str(e.text,
	    "cannot open pidfile '/no/such/dir/pid': No such file or directory",
	    "the words name the file");
	is_int(p.fd, -1, "then there is none");
	snprintf(other, sizeof(other), "%s.other", path);
	if (symlink(other, path) < 0)
		tap_bail("no symlink");
	is_int(pidfile_take(&p, path, &e), -ELOOP, "a symlink is not followed");
	is_int(stat(other, &st), -1, "nothing was made where it points");
	(void)unlink(path);
	(void)mkdir(path, 0700);
	is_int(pidfile_take(&p, path, &e), -EISDIR, "a directory is no file");
	(void)rmdir(path);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(path, sizeof(path), "%s/superd-test.%d.pid",
	    tmp ? tmp : "/tmp", (int)getpid());
	test_life();
	test_other_files();
	test_emptied();
	test_leftover("", "an empty leftover is taken over");
	test_leftover("1\n", "one that says a living pid, too");
	test_leftover("123456789012345678901234567890\n", "and a long one");
	test_second("4711\n", "4711");
	test_second("99999999999999999999999\n", "999999999999999");
	test_second("47x\x1b[0m\n", "47");
	test_identity();
	test_killed_owner();
	test_flock_of_a_reader();
	test_read_lock();
	test_private();
	test_fork();
	test_no_file();
	return done_testing();
}

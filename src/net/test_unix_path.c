/* SPDX-License-Identifier: ISC */
/*
 * Paths of unix sockets: a leftover is replaced, whatever is somebody's
 * stays.
 */
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "conf/conf.h"
#include "net/listen.h"
#include "net/unix_path.h"
#include "tap.h"

static char dir[64];
static struct conf_service service = { .name = "x",
	.backlog = 16,
	.socket_mode = { .set = true, .value = 0660 } };

/* What happens in the instant after the next bind(2) of net's. */
static void (*after_bind)(const char *path);

/* In libc's place.  The label, because libcs differ in how they declare it. */
int test_bind(int fd, const struct sockaddr *at, socklen_t length) __asm__(
    "bind");

int
test_bind(int fd, const struct sockaddr *at, socklen_t length)
{
	void (*then)(const char *) = after_bind;
	long result = syscall(SYS_bind, fd, at, length);

	after_bind = NULL;
	if (result == 0 && then != NULL)
		then(((const struct sockaddr_un *)at)->sun_path);
	return (int)result;
}

/* A path in the test's own directory. */
static const char *
path_of(const char *name)
{
	static char buffer[2][100];
	static int turn;

	turn = !turn;
	snprintf(buffer[turn], sizeof(buffer[turn]), "%s/%s", dir, name);
	return buffer[turn];
}

static int
open_at(const char *path, struct net_listener *l, struct err *e)
{
	struct addr at = { 0 };

	(void)addr_parse_unix(path, &at, NULL);
	l->fd = -1;
	return net_listen_open(&service, &at, l, e);
}

static bool
can_connect(const char *path)
{
	auto_fd fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct addr at = { 0 };

	(void)addr_parse_unix(path, &at, NULL);
	return fd >= 0 && connect(fd, &at.at.any, at.length) == 0;
}

/* A socket at path, of a type; listening or not. */
static int
bound_socket(const char *path, int type, bool listens)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	struct addr at = { 0 };

	(void)addr_parse_unix(path, &at, NULL);
	if (fd < 0 || bind(fd, &at.at.any, at.length) < 0 ||
	    (listens && listen(fd, 1) < 0))
		tap_bail("cannot bind");
	return fd;
}

static mode_t
mode_of(const char *path)
{
	struct stat st = { 0 };

	return lstat(path, &st) == 0 ? st.st_mode : 0;
}

static void
test_life(void)
{
	const char *path = path_of("s");
	struct net_listener l;
	struct err e;
	mode_t mask = umask(0027);

	is_int(open_at(path, &l, &e), 0, "a path is listened on");
	ok(can_connect(path), "somebody answers");
	is_int(mode_of(path), S_IFSOCK | 0660, "with socket_mode");
	is_int(umask(0027), 0027, "the umask is as before");
	net_listen_close(&l);
	is_int(mode_of(path), 0, "closed, the path is gone");
	service.socket_mode.value = 0777;
	(void)open_at(path, &l, &e);
	is_int(mode_of(path), S_IFSOCK | 0777, "the umask takes nothing away");
	net_listen_close(&l);
	service.socket_mode.value = 0660;
	(void)umask(mask);
}

static void
test_leftover(void)
{
	const char *path = path_of("left");
	struct net_listener l;
	struct err e;
	int fd = bound_socket(path, SOCK_STREAM, true);

	fd_close(&fd);
	is_int(open_at(path, &l, &e), 0, "a leftover is replaced");
	ok(can_connect(path), "and somebody answers");
	net_listen_close(&l);
}

static void
test_regular_file(void)
{
	const char *path = path_of("file");
	char content[32] = "";
	struct net_listener l;
	struct err e;
	FILE *file = fopen(path, "w");

	fputs("precious", file);
	fclose(file);
	is_int(open_at(path, &l, &e), -EEXIST, "a file is never replaced");
	ok(strstr(e.text, "a file that is no socket is there") != NULL,
	    "the words say so");
	file = fopen(path, "r");
	ok(file != NULL && fgets(content, sizeof(content), file) &&
		strcmp(content, "precious") == 0,
	    "and its content is untouched");
	fclose(file);
	(void)unlink(path);
	(void)mkdir(path, 0700);
	is_int(open_at(path, &l, &e), -EEXIST, "neither is a directory");
	ok(S_ISDIR(mode_of(path)), "which stays");
	(void)rmdir(path);
	(void)mkfifo(path, 0600);
	is_int(open_at(path, &l, &e), -EEXIST, "nor a pipe");
	ok(S_ISFIFO(mode_of(path)), "which stays");
	(void)unlink(path);
}

static void
test_living(int type, bool listens, int wanted, const char *what)
{
	const char *path = path_of("live");
	struct net_listener l;
	struct err e;
	int fd = bound_socket(path, type, listens);
	int error = open_at(path, &l, &e);

	is_int(error, wanted, what);
	if (error == 0)
		net_listen_close(&l);
	else
		ok(S_ISSOCK(mode_of(path)) &&
			strstr(e.text, "somebody else listens there") != NULL,
		    "it stays, and the words say so");
	fd_close(&fd);
	(void)unlink(path);
}

/* To ask whether somebody is there is no connection. */
static void
test_unnoticed(void)
{
	const char *path = path_of("live");
	struct net_listener l;
	struct err e;
	int fd = bound_socket(path, SOCK_STREAM | SOCK_NONBLOCK, true);

	(void)open_at(path, &l, &e);
	ok(accept(fd, NULL, NULL) < 0 && errno == EAGAIN,
	    "who lives there is not disturbed");
	fd_close(&fd);
	(void)unlink(path);
}

/* Somebody who is too busy to accept is somebody. */
static void
test_full_backlog(void)
{
	const char *path = path_of("busy");
	struct net_listener l;
	struct addr at = { 0 };
	struct err e;
	int clients[64];
	int fd = bound_socket(path, SOCK_STREAM, true);

	(void)addr_parse_unix(path, &at, NULL);
	for (int i = 0; i < 64; i++) {
		clients[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(clients[i], &at.at.any, at.length);
	}
	is_int(open_at(path, &l, &e), -EADDRINUSE,
	    "a socket with a full backlog is a living one");
	for (int i = 0; i < 64; i++)
		fd_close(&clients[i]);
	fd_close(&fd);
	(void)unlink(path);
}

static void
test_symlink(const char *target, const char *what)
{
	const char *path = path_of("link");
	struct net_listener l;
	struct err e;

	if (symlink(target, path) < 0)
		tap_bail("no symlink");
	is_int(open_at(path, &l, &e), -EEXIST, what);
	ok(S_ISLNK(mode_of(path)), "which stays");
	(void)unlink(path);
}

static void
test_symlinks(void)
{
	char target[100];
	int fd;

	snprintf(target, sizeof(target), "%s", path_of("target"));
	test_symlink(target, "a symlink to nowhere is no leftover");
	ok(mode_of(target) == 0, "and nothing was made there");
	fd = bound_socket(target, SOCK_STREAM, true);
	fd_close(&fd);
	test_symlink(target, "a symlink to a leftover is none");
	ok(S_ISSOCK(mode_of(target)), "and the leftover stays");
	(void)unlink(target);
}

/* What stands at the path when we close is not always ours. */
static void
test_identity(void)
{
	char path[100];
	struct net_listener first, second;
	struct err e;

	snprintf(path, sizeof(path), "%s", path_of("id"));
	(void)open_at(path, &first, &e);
	(void)unlink(path);
	is_int(open_at(path, &second, &e), 0, "another one took the path");
	net_listen_close(&first);
	ok(can_connect(path), "who closes later leaves it alone");
	net_listen_close(&second);
	is_int(mode_of(path), 0, "who owns it removes it");
	(void)open_at(path, &first, &e);
	(void)unlink(path);
	(void)mkdir(path, 0700);
	net_listen_close(&first);
	ok(S_ISDIR(mode_of(path)), "a directory at the path stays, too");
	(void)rmdir(path);
}

static void
test_owner(void)
{
	const char *path = path_of("owned");
	struct net_listener l;
	struct stat st = { 0 };
	struct err e;

	if (geteuid() != 0) {
		tap_skip("socket_user and socket_group", "needs root");
		return;
	}
	service.socket_user = (struct conf_user) { .name = "u", .uid = 1234 };
	service.socket_group = (struct conf_group) { .name = "g", .gid = 4321 };
	is_int(open_at(path, &l, &e), 0, "a path may be somebody's");
	(void)lstat(path, &st);
	ok(st.st_uid == 1234 && st.st_gid == 4321 &&
		st.st_mode == (S_IFSOCK | 0660),
	    "by socket_user and socket_group");
	net_listen_close(&l);
	service.socket_user.name = NULL;
	(void)open_at(path, &l, &e);
	(void)lstat(path, &st);
	ok(st.st_uid == 0 && st.st_gid == 4321, "or by one of them");
	net_listen_close(&l);
	service.socket_group.name = NULL;
}

/* Giving it away fails for one who may not: then nothing is left. */
static void
test_owner_refused(void)
{
	const char *path = path_of("refused");
	struct net_listener l;
	struct err e;

	if (geteuid() == 0 &&
	    (chown(dir, 65534, 65534) < 0 || seteuid(65534) < 0))
		tap_bail("cannot become nobody");
	service.socket_user = (struct conf_user) { .name = "u", .uid = 1234 };
	is_int(open_at(path, &l, &e), -EPERM, "nobody cannot give it away");
	ok(strstr(e.text, "socket_user") != NULL, "the words name the key");
	is_int(mode_of(path), 0, "and the path is gone again");
	service.socket_user.name = NULL;
	if (seteuid(getuid()) < 0)
		tap_bail("cannot become root again");
}

/* Somebody's socket, which a directory's owner puts at our path. */
static char victim[100];

static void
swap_symlink(const char *path)
{
	if (unlink(path) < 0 || symlink(victim, path) < 0)
		tap_bail("no symlink");
}

static void
swap_link(const char *path)
{
	if (unlink(path) < 0 || link(victim, path) < 0)
		tap_bail("no link");
}

static void
swap_rename(const char *path)
{
	if (rename(victim, path) < 0 || symlink(path, victim) < 0)
		tap_bail("no rename");
}

static void
swap_directory(const char *path)
{
	if (unlink(path) < 0 || mkdir(path, 0) < 0)
		tap_bail("no directory");
}

static void
test_swap(void (*swap)(const char *), const char *what)
{
	const char *path = path_of("swapped");
	struct stat before = { 0 }, st = { 0 };
	struct net_listener l = { .fd = -1 };
	struct err e;
	int fd = bound_socket(victim, SOCK_STREAM, true);

	if (chmod(victim, 0640) < 0 || stat(victim, &before) < 0)
		tap_bail("no victim");
	after_bind = swap;
	is_int(open_at(path, &l, &e), -EEXIST, what);
	(void)stat(victim, &st);
	ok(st.st_mode == before.st_mode && st.st_uid == before.st_uid &&
		st.st_gid == before.st_gid && can_connect(victim),
	    "and what it is is not touched");
	ok(mode_of(path) != 0, "and stays");
	net_listen_close(&l);
	fd_close(&fd);
	(void)unlink(victim);
	(void)unlink(path);
	(void)rmdir(path);
}

static void
test_swaps(void)
{
	snprintf(victim, sizeof(victim), "%s", path_of("victim"));
	service.socket_mode.value = 0600;
	test_swap(swap_symlink, "a symlink put there is seen");
	test_swap(swap_link, "a link to somebody's socket is seen");
	test_swap(swap_rename, "a socket that lets more people in is seen");
	test_swap(swap_directory, "a directory is seen");
	service.socket_mode.value = 0660;
	if (geteuid() != 0) {
		tap_skip("the same with socket_user", "needs root");
		return;
	}
	service.socket_user = (struct conf_user) { .name = "u", .uid = 1234 };
	test_swap(swap_symlink, "no symlink is given to socket_user");
	test_swap(swap_link, "nor a link");
	test_swap(swap_rename, "nor any socket that people may use");
	test_swap(swap_directory, "nor a directory");
	service.socket_user.name = NULL;
}

static void
look_at_new(const char *path)
{
	is_int(mode_of(path), S_IFSOCK, "a path begins with no permissions");
	ok(!can_connect(path), "and without a listener");
}

/* One's own group can be set without being root. */
static void
test_owner_first(void)
{
	const char *path = path_of("first");
	struct net_listener l;
	struct err e;

	service.socket_group =
	    (struct conf_group) { .name = "g", .gid = getegid() };
	after_bind = look_at_new;
	is_int(open_at(path, &l, &e), 0, "its owner is set");
	is_int(mode_of(path), S_IFSOCK | 0660, "before its mode");
	ok(can_connect(path), "and then it listens");
	net_listen_close(&l);
	service.socket_group.name = NULL;
}

/* A default ACL: all for the owner, r-x for the group, none for others. */
static bool
restrict_directory(void)
{
	static const uint16_t acl[] = { 2, 0, 0x01, 7, 0xffff, 0xffff, 0x04, 5,
		0xffff, 0xffff, 0x20, 0, 0xffff, 0xffff };

	return setxattr(dir, "system.posix_acl_default", acl, sizeof(acl), 0) ==
	    0;
}

static void
test_default_acl(void)
{
	const char *path = path_of("acl");
	struct net_listener l;
	struct err e;

	if (!restrict_directory()) {
		tap_skip("default ACLs", "not on this file system");
		return;
	}
	is_int(open_at(path, &l, &e), -EACCES, "a mode that does not come out");
	ok(strstr(e.text, "makes it 0640") != NULL, "is told");
	is_int(mode_of(path), 0, "and the path is gone again");
	service.socket_group =
	    (struct conf_group) { .name = "g", .gid = getegid() };
	is_int(open_at(path, &l, &e), 0, "with an owner the mode is set");
	is_int(mode_of(path), S_IFSOCK | 0660, "in spite of that");
	net_listen_close(&l);
	service.socket_group.name = NULL;
	(void)removexattr(dir, "system.posix_acl_default");
}

static bool
can_lock(int *ret_fd)
{
	*ret_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return flock(*ret_fd, LOCK_EX | LOCK_NB) == 0;
}

static void
look_at_lock(const char *path)
{
	int fd;

	(void)path;
	ok(!can_lock(&fd), "two superds take turns in a directory");
	fd_close(&fd);
}

static void
test_lock(void)
{
	const char *path = path_of("lock");
	struct net_listener l;
	struct err e;
	int fd;

	after_bind = look_at_lock;
	(void)open_at(path, &l, &e);
	ok(can_lock(&fd), "but not for longer than it takes");
	net_listen_close(&l);
	is_int(open_at(path, &l, &e), 0, "who holds the lock keeps nobody out");
	net_listen_close(&l);
	fd_close(&fd);
}

/* A superd that starts when told to, tells how that went, and dies. */
static void
start_when_told(const char *path, int go, int told, int end)
{
	struct net_listener l;
	struct err e;
	char byte;

	(void)alarm(60);
	(void)!read(go, &byte, 1);
	byte = open_at(path, &l, &e) == 0 ? 'y' : 'n';
	(void)!write(told, &byte, 1);
	(void)!read(end, &byte, 1);
	_exit(0);
}

/* Returns how many of four got the path, over a leftover; 0 if none answers. */
static int
start_four(const char *path)
{
	int go[2], told[2], end[2], winners = 0;
	char byte;

	if (pipe2(go, O_CLOEXEC) < 0 || pipe2(told, O_CLOEXEC) < 0 ||
	    pipe2(end, O_CLOEXEC) < 0)
		tap_bail("no pipe");
	for (int i = 0; i < 4; i++) {
		if (fork() == 0) {
			fd_close(&go[1]);
			fd_close(&end[1]);
			start_when_told(path, go[0], told[1], end[0]);
		}
	}
	fd_close(&go[1]);
	fd_close(&told[1]);
	for (int i = 0; i < 4; i++)
		winners += read(told[0], &byte, 1) == 1 && byte == 'y';
	if (!can_connect(path))
		winners = 0;
	fd_close(&end[1]);
	while (wait(NULL) > 0)
		continue;
	fd_close(&go[0]);
	fd_close(&told[0]);
	fd_close(&end[0]);
	return winners;
}

/* Each round leaves the leftover of the next. */
static void
test_at_once(void)
{
	const char *path = path_of("once");
	int fd = bound_socket(path, SOCK_STREAM, true), wrong = 0;

	fd_close(&fd);
	for (int round = 0; round < 200; round++)
		wrong += start_four(path) != 1;
	is_int(wrong, 0, "of four that start at once, one gets the path");
	(void)unlink(path);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof(dir), "%s/superd.XXXXXX", tmp ? tmp : "/tmp");
	if (mkdtemp(dir) == NULL)
		tap_bail("no directory");
	test_life();
	test_leftover();
	test_regular_file();
	test_living(SOCK_STREAM, true, -EADDRINUSE,
	    "a living stream socket is never replaced");
	test_living(SOCK_DGRAM, false, -EADDRINUSE, "nor one of datagrams");
	test_living(SOCK_SEQPACKET, true, -EADDRINUSE, "nor one of packets");
	test_living(SOCK_STREAM, false, -EADDRINUSE,
	    "nor one that will listen in a moment");
	test_unnoticed();
	test_full_backlog();
	test_symlinks();
	test_identity();
	test_owner();
	test_owner_first();
	test_swaps();
	test_default_acl();
	test_lock();
	test_at_once();
	test_owner_refused();
	(void)rmdir(dir);
	return done_testing();
}

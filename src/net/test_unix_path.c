/* SPDX-License-Identifier: ISC */
/*
 * Paths of unix sockets: a leftover is replaced, whatever is somebody's
 * stays.
 */
#include <sys/stat.h>
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
	test_full_backlog();
	test_symlinks();
	test_identity();
	test_owner();
	test_owner_refused();
	(void)rmdir(dir);
	return done_testing();
}

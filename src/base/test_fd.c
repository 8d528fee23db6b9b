/* SPDX-License-Identifier: ISC */
/* Descriptors: closed by their owner, filled, written with patience. */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "compat/syscall-numbers.h"
#include "tap.h"

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* Hands its pipe's reading end on, and closes the writing end. */
static int
reading_end(int *ret_other)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		tap_bail("no pipe");
	auto_fd reads = ends[0];
	auto_fd writes = ends[1];

	*ret_other = writes;
	return take_fd(&reads);
}

static void
test_owners(void)
{
	int other, fd = reading_end(&other);

	ok(is_open(fd), "what take_fd hands over stays open");
	ok(!is_open(other), "what its owner keeps is closed at the end");
	errno = ENOTTY;
	fd_close(&fd);
	ok(fd == -1 && errno == ENOTTY, "fd_close leaves -1 and errno");
	fd_close(&fd);
	fd = 9999;
	fd_close(&fd);
	is_int(errno, ENOTTY, "even when there is nothing to close");
}

static void
test_pointers(void)
{
	auto_free char *kept = strdup("kept");
	auto_free char *given = strdup("given");
	auto_file file = fopen("/dev/null", "re");
	char *taken = take_ptr(&given);

	ok(given == NULL && strcmp(taken, "given") == 0,
	    "take_ptr hands over and leaves NULL");
	ok(file != NULL && kept != NULL, "the others end with their scope");
	free(taken);
}

static void
test_write_timeout(void)
{
	static char much[1024 * 1024];
	int ends[2], flags;

	if (pipe2(ends, O_CLOEXEC) < 0)
		tap_bail("no pipe");
	is_int(fd_write_all(ends[1], "hello", 5, 1000), 0, "a little fits");
	is_int(fd_write_all(ends[1], "", 0, 0), 0, "nothing always fits");
	is_int(fd_write_all(ends[1], much, sizeof(much), 20), -ETIMEDOUT,
	    "a pipe that nobody reads times out");
	is_int(fd_write_all(ends[1], "x", 1, 0), -ETIMEDOUT,
	    "with no patience at once");
	flags = fcntl(ends[1], F_GETFL);
	ok((flags & O_NONBLOCK) == 0, "the flags of the pipe are as before");
	fd_close(&ends[0]);
	is_int(fd_write_all(ends[1], "x", 1, 1000), -EPIPE,
	    "a pipe without a reader is an error");
	fd_close(&ends[1]);
	is_int(fd_write_all(-1, "x", 1, 0), 0 - ETIMEDOUT,
	    "no descriptor has no room");
}

/* A child reads all of it, and says how much was right. */
static int
count_right(int fd)
{
	unsigned char bytes[777];
	size_t at = 0, right = 0;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < n; i++, at++)
			right += bytes[i] == at % 251;
	return right == 300000 && at == right ? 0 : 1;
}

static void
test_write_to_reader(int pipe_flags, const char *what)
{
	static unsigned char bytes[300000];
	int ends[2], status = -1;
	pid_t pid;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i % 251);
	if (pipe2(ends, O_CLOEXEC | pipe_flags) < 0)
		tap_bail("no pipe");
	pid = fork();
	if (pid == 0) {
		fd_close(&ends[1]);
		(void)fcntl(ends[0], F_SETFL, 0);
		_exit(count_right(ends[0]));
	}
	fd_close(&ends[0]);
	(void)fd_write_all(ends[1], bytes, sizeof(bytes), 10000);
	fd_close(&ends[1]);
	(void)waitpid(pid, &status, 0);
	is_int(status, 0, what);
}

/* In a child, which loses its descriptors. */
static int
lose_and_fill(int lost)
{
	int flags;

	for (int fd = 0; fd <= 2; fd++)
		if ((lost & 1 << fd) != 0)
			(void)close(fd);
	if (fd_fill_standard() < 0)
		return 1;
	for (int fd = 0; fd <= 2; fd++) {
		flags = fcntl(fd, F_GETFL);
		if (flags < 0)
			return 2;
		if ((lost & 1 << fd) != 0 &&
		    (flags & O_ACCMODE) != (fd == 0 ? O_RDONLY : O_WRONLY))
			return 3;
	}
	return is_open(3) && lost != 0 ? 4 : 0;
}

static void
test_fill(void)
{
	unsigned int wrong = 0;

	for (int lost = 0; lost < 8; lost++) {
		int status = -1;
		pid_t pid = fork();

		if (pid == 0) {
			for (int fd = 3; fd < 64; fd++)
				(void)close(fd);
			_exit(lose_and_fill(lost));
		}
		(void)waitpid(pid, &status, 0);
		wrong += status != 0;
	}
	is_int(wrong, 0, "any of 0, 1, 2 that is missing becomes /dev/null");
}

static void
test_cloexec(void)
{
	static const int planted[] = { 9, 13, 77 };
	unsigned int wrong = 0;
	int before[3];

	for (int i = 0; i < 3; i++)
		before[i] = fcntl(i, F_GETFD);
	for (size_t i = 0; i < 3; i++)
		(void)dup2(1, planted[i]);
	is_int(fd_cloexec_inherited(), 0, "inherited ones are found");
	for (size_t i = 0; i < 3; i++) {
		wrong += fcntl(planted[i], F_GETFD) != FD_CLOEXEC;
		wrong += fcntl((int)i, F_GETFD) != before[i];
		(void)close(planted[i]);
	}
	is_int(wrong, 0, "and close at exec, but not 0, 1, 2");
}

/* Makes two system calls fail, as an old kernel or a sandbox does. */
static bool
forbid(unsigned int call, int error, unsigned int other, int other_error)
{
#define FAIL(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
		FAIL((unsigned int)error),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, other, 0, 1),
		FAIL((unsigned int)other_error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 6, .filter = filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* A child does it without some calls: 0 is success, 77 that it cannot. */
static int
cloexec_in_child(unsigned int call, unsigned int other, int planted)
{
	struct rlimit limit;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		(void)alarm(20);
		(void)getrlimit(RLIMIT_NOFILE, &limit);
		if (dup2(1, planted) < 0 ||
		    !forbid(call, ENOSYS, other, ENOENT))
			_exit(77);
		limit.rlim_cur = 64;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
		if (fd_cloexec_inherited() < 0)
			_exit(1);
		_exit(fcntl(planted, F_GETFD) == FD_CLOEXEC ? 0 : 2);
	}
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The limit may have been lowered since: numbers above it count, too. */
static void
test_cloexec_without(unsigned int call, unsigned int other, const char *what)
{
	int result = cloexec_in_child(call, other, 777);

	if (result == 77)
		tap_skip(what, "no seccomp filters, or few descriptors");
	else
		is_int(result, 0, what);
}

static int
lowest_free(void)
{
	int fd = dup(1);

	(void)close(fd);
	return fd;
}

static void
test_low(void)
{
	struct rlimit limit;
	struct fd_low low;
	int before = lowest_free(), fd;

	ok(fd_block_low(&low, UINT32_MAX) == 0 && low.count == 0,
	    "nothing is blocked if too little would be left");
	is_int(lowest_free(), before, "and nothing stays open");
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur > FD_LOW &&
	    limit.rlim_cur < INT32_MAX) {
		is_int(fd_block_low(&low, limit.rlim_cur - 100), 100,
		    "a tight limit leaves fewer low numbers");
		fd_free_low(&low);
		is_int(fd_block_low(&low, limit.rlim_cur - 50), 0,
		    "but not too few");
	}
	if (fd_block_low(&low, 1) == 0) {
		tap_skip("blocked", "few descriptors are allowed");
		return;
	}
	fd = dup(1);
	is_int(fd, FD_LOW, "what is opened then is above the low numbers");
	fd_free_low(&low);
	is_int(lowest_free(), before, "which are free again afterwards");
	(void)close(fd);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	test_owners();
	test_pointers();
	test_write_timeout();
	test_write_to_reader(0, "a slow reader gets all of it");
	test_write_to_reader(O_NONBLOCK, "also out of a pipe that never waits");
	test_low();
	test_fill();
	test_cloexec();
	test_cloexec_without(-1U, -1U, "one call does it");
	test_cloexec_without(-1U, SYS_openat, "also without /proc");
	test_cloexec_without(
	    COMPAT_SYS_CLOSE_RANGE, -1U, "an old kernel has /proc");
	test_cloexec_without(COMPAT_SYS_CLOSE_RANGE, SYS_openat,
	    "with neither, the numbers are tried");
	return done_testing();
}

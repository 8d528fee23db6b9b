/* SPDX-License-Identifier: ISC */
/* Into the background, with an answer. */
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "detach.h"

/* The starter's part; does not return. */
static void __attribute__((noreturn)) wait_for_ready(int fd, pid_t pid)
{
	char ready;
	int status;

	if (read(fd, &ready, 1) == 1)
		_exit(0);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			_exit(1);
	}
	_exit(WIFEXITED(status) && WEXITSTATUS(status) != 0
		? WEXITSTATUS(status)
		: 1);
}

int
detach_start(int *ret_fd, struct err *e)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_system(e, errno, "cannot make a pipe");
	pid = fork();
	if (pid < 0)
		return err_system(e, errno, "cannot go to the background");
	if (pid > 0) {
		(void)close(ends[1]);
		wait_for_ready(ends[0], pid);
	}
	(void)close(ends[0]);
	(void)setsid();
	*ret_fd = ends[1];
	return 0;
}

void
detach_ready(int *fd)
{
	int null_fd;

	if (*fd < 0)
		return;
	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; null_fd >= 0 && i <= 2; i++)
		(void)dup2(null_fd, i);
	fd_close(&null_fd);
	(void)fd_write_all(*fd, "", 1, 0);
	fd_close(fd);
}

/* SPDX-License-Identifier: ISC */
/*
 * start: how long a handler takes from exec to its first byte.
 *
 *	start [-n TIMES] HANDLER [ARGUMENT...]
 *
 * Each time the handler gets one end of a socket pair as stdin and stdout, in
 * which a byte waits already; the clock runs from the vfork until the byte is
 * back.  Prints one line, key=value; exits 0 if each byte came back in time.
 */
#include <sys/socket.h>
#include <sys/wait.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 5000
#define TIMES_MOST  100000

static void __attribute__((noreturn)) give_up(const char *what)
{
	(void)fprintf(stderr, "start: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint64_t
clock_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* clang and gcc both know what a vfork may do: dup2, execv, _exit. */
static pid_t
start(char **argv, int fd)
{
	pid_t pid = vfork();

	if (pid == 0) {
		if (dup2(fd, 0) == 0 && dup2(fd, 1) == 1)
			(void)execv(argv[0], argv);
		_exit(127);
	}
	if (pid < 0)
		give_up("vfork");
	return pid;
}

/* Nanoseconds to the first byte, or 0 if there was none. */
static uint64_t
once(char **argv)
{
	struct pollfd p = { .events = POLLIN };
	uint64_t began, took = 0;
	char byte = 'x', back = 0;
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
	    write(pair[0], &byte, 1) != 1)
		give_up("socketpair");
	p.fd = pair[0];
	began = clock_ns();
	pid = start(argv, pair[1]);
	(void)close(pair[1]);
	if (poll(&p, 1, PATIENCE_MS) == 1 && read(pair[0], &back, 1) == 1 &&
	    back == byte)
		took = clock_ns() - began;
	(void)close(pair[0]);
	if (took == 0)
		(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return took;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int
main(int argc, char **argv)
{
	long times = 1000, right = 0;
	uint64_t *took;
	int option;

	while ((option = getopt(argc, argv, "+n:")) == 'n')
		times = atol(optarg);
	if (option != -1 || optind >= argc || times < 1 || times > TIMES_MOST) {
		(void)fputs(
		    "usage: start [-n TIMES] HANDLER [ARGUMENT...]\n", stderr);
		return 2;
	}
	took = calloc((size_t)times, sizeof(*took));
	if (took == NULL)
		give_up("start");
	for (long i = 0; i < times; i++) {
		took[right] = once(argv + optind);
		if (took[right] == 0)
			break;
		right++;
	}
	qsort(took, (size_t)right, sizeof(*took), compare);
	(void)printf("starts=%ld right=%ld", times, right);
	if (right > 0)
		(void)printf(" p50_us=%.1f p90_us=%.1f p99_us=%.1f",
		    (double)took[right / 2] / 1000,
		    (double)took[right * 9 / 10] / 1000,
		    (double)took[right * 99 / 100] / 1000);
	(void)printf("\n");
	free(took);
	return right == times ? 0 : 1;
}

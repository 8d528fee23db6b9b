/* SPDX-License-Identifier: ISC */
/*
 * limit: what this machine allows.  The barest loops that give each
 * connection on a port of 127.0.0.1 a process, by several ways to make one and
 * to reap it; nobody who makes a process for each can be faster.
 *
 *	limit [-s STEP,...] MODE PORT [HANDLER]
 *
 * Prints "ready PORT" (PORT 0 is any) and runs until it is killed.  A step is
 * something more that the child does before it becomes the handler, so that
 * its price can be measured: session, stderr (a datagram socket connected),
 * label (and bound), close (close_range), mask, or all of these.
 */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/limit.h"

#define AT_ONCE       32 /* as superd */
#define BACKLOG       4096
#define SWEEP_WAIT_MS 10

enum reaping {
	NOBODY,  /* SIGCHLD is ignored: the kernel reaps */
	ANYBODY, /* waitpid(-1) */
	NAMED,   /* waitid(P_PID), and a sweep */
};

static const struct mode {
	const char *name;
	limit_start *start; /* NULL: close what was accepted */
	enum reaping reaping;
} modes[] = {
	{ "close", NULL, NOBODY },
	{ "fork", limit_start_fork, NOBODY },
	{ "posix_spawn", limit_start_posix_spawn, NOBODY },
	{ "vfork", limit_start_vfork, NOBODY },
	{ "vfork-any", limit_start_vfork, ANYBODY },
	{ "clone", limit_start_clone, NOBODY },
	{ "clone-status", limit_start_clone, NAMED },
};

struct loop {
	const struct mode *mode;
	struct limit_child child;
	int listener, epoll, signals;
	struct limit_reaper reaper;
};

static void __attribute__((noreturn)) give_up(const char *what)
{
	(void)fprintf(stderr, "limit: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void __attribute__((noreturn)) usage(void)
{
	(void)fputs(
	    "usage: limit [-s STEP,...] MODE PORT [HANDLER]\nmodes:", stderr);
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		(void)fprintf(stderr, " %s", modes[i].name);
	(void)fputs("\nsteps: session stderr label close mask all\n", stderr);
	exit(2);
}

static int
listen_at(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port) };
	socklen_t length = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(fd, BACKLOG) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &length) < 0)
		give_up("listen");
	(void)printf("ready %u\n", ntohs(a.sin_port));
	(void)fflush(stdout);
	return fd;
}

/* Where the children's stderr is connected to; nobody writes to it. */
static void
open_stderr(struct limit_child *child)
{
	struct sockaddr_un any = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	child->stderr_length = sizeof(child->stderr_at);
	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)&any, sizeof(sa_family_t)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&child->stderr_at,
		&child->stderr_length) < 0)
		give_up("stderr");
}

static void
parse_steps(struct limit_child *child, char *names)
{
	char *rest;

	for (char *name = strtok_r(names, ",", &rest); name != NULL;
	     name = strtok_r(NULL, ",", &rest)) {
		unsigned step = limit_step_find(name);

		if (step == 0)
			usage();
		child->steps |= step;
	}
}

static void
parse(struct loop *l, int argc, char **argv, uint16_t *port)
{
	int option;
	char *end;
	long n;

	while ((option = getopt(argc, argv, "s:")) != -1) {
		if (option != 's')
			usage();
		parse_steps(&l->child, optarg);
	}
	if (argc - optind < 2)
		usage();
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (strcmp(modes[i].name, argv[optind]) == 0)
			l->mode = &modes[i];
	}
	n = strtol(argv[optind + 1], &end, 10);
	if (l->mode == NULL || *end != '\0' || n < 0 || n > UINT16_MAX ||
	    (l->mode->start != NULL) != (argc - optind == 3) ||
	    (l->mode->start == limit_start_posix_spawn && l->child.steps != 0))
		usage();
	*port = (uint16_t)n;
	l->child.file = argv[optind + 2];
	l->child.argv = argv + optind + 2;
}

static void
watch(const struct loop *l, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) < 0)
		give_up("epoll_ctl");
}

static void
watch_signals(struct loop *l)
{
	sigset_t set;

	if (l->mode->reaping == NOBODY) {
		(void)signal(SIGCHLD, SIG_IGN);
		return;
	}
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	l->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (l->signals < 0 || limit_reaper_init(&l->reaper) < 0)
		give_up("signalfd");
	watch(l, l->signals);
}

static void
take_one(struct loop *l, int fd)
{
	int pid;

	if (l->mode->start != NULL) {
		pid = l->mode->start(&l->child, fd);
		if (pid < 0) {
			errno = -pid;
			give_up(l->mode->name);
		}
		if (l->mode->reaping != NOBODY)
			limit_reaper_add(&l->reaper, pid);
	}
	(void)close(fd);
}

static void
take_some(struct loop *l)
{
	for (int i = 0; i < AT_ONCE; i++) {
		struct sockaddr_in from;
		socklen_t length = sizeof(from);
		int fd = accept4(l->listener, (struct sockaddr *)&from, &length,
		    SOCK_CLOEXEC);

		if (fd < 0)
			return;
		take_one(l, fd);
	}
}

static void
take_signals(struct loop *l)
{
	struct signalfd_siginfo info;

	while (read(l->signals, &info, sizeof(info)) == sizeof(info)) {
		if (l->mode->reaping == NAMED)
			limit_reap_named(&l->reaper, (int)info.ssi_pid);
		else
			limit_reap_any(&l->reaper);
	}
}

static void __attribute__((noreturn)) run(struct loop *l)
{
	for (;;) {
		struct epoll_event events[2];
		bool sweeps = l->mode->reaping == NAMED && l->reaper.count > 0;
		int n = epoll_wait(
		    l->epoll, events, 2, sweeps ? SWEEP_WAIT_MS : -1);

		/* Signals last: more have ended by then. */
		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == l->listener)
				take_some(l);
		}
		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == l->signals)
				take_signals(l);
		}
		if (sweeps)
			limit_reap_sweep(&l->reaper);
	}
}

int
main(int argc, char **argv)
{
	static char *no_environment[] = { NULL };
	static struct loop l = { .signals = -1 };
	uint16_t port;

	parse(&l, argc, argv, &port);
	l.child.envp = no_environment;
	if (l.child.steps != 0)
		open_stderr(&l.child);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l.epoll < 0 || limit_stacks_new() < 0)
		give_up("start");
	watch_signals(&l);
	l.listener = listen_at(port);
	watch(&l, l.listener);
	run(&l);
}

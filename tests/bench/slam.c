/* SPDX-License-Identifier: ISC */
/*
 * slam: the least that refusing can cost.  Listens on a free port of
 * 127.0.0.1, prints it, and closes all who come, in the two system calls that
 * it takes, until it is killed.
 */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define AT_ONCE 32 /* as superd */

static void __attribute__((noreturn)) give_up(const char *what)
{
	perror(what);
	exit(2);
}

static int
listen_somewhere(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t length = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(fd, 4096) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &length) < 0)
		give_up("listen");
	(void)printf("slam 127.0.0.1:%u\n", ntohs(a.sin_port));
	(void)fclose(stdout);
	return fd;
}

static void
refuse_some(int listener)
{
	for (int i = 0; i < AT_ONCE; i++) {
		struct sockaddr_in from;
		socklen_t length = sizeof(from);
		int fd = accept4(
		    listener, (struct sockaddr *)&from, &length, SOCK_CLOEXEC);

		if (fd < 0)
			return;
		(void)close(fd);
	}
}

int
main(void)
{
	int listener = listen_somewhere(), epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev = { .events = EPOLLIN };

	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &ev) < 0)
		give_up("epoll");
	for (;;) {
		if (epoll_wait(epoll, &ev, 1, -1) > 0)
			refuse_some(listener);
	}
}

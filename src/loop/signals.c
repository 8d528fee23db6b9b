/* SPDX-License-Identifier: ISC */
/* Signals by signalfd; see signals.h. */
#include <sys/signalfd.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "compat/raw-syscall.h"
#include "loop/signals.h"

#define READ_MOST 16

/*
 * Two signals belong to libc, and sigaction(3) refuses them.  posix_spawn(3)
 * of glibc ignores them in its children, so make(1)'s have them ignored.
 */
static void
reset_hidden(int number)
{
	/* The kernel's struct, larger than any: the handler comes first. */
	unsigned long now[16] = { 0 };
	static const unsigned long standard[16];

	if (raw_syscall4(
		SYS_rt_sigaction, number, 0, RAW_PTR(now), _NSIG / 8) == 0 &&
	    now[0] == (unsigned long)(uintptr_t)SIG_IGN)
		(void)raw_syscall4(
		    SYS_rt_sigaction, number, RAW_PTR(standard), 0, _NSIG / 8);
}

int
signals_take(struct err *e)
{
	static const int open_ones[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL,
		SIGABRT, SIGTRAP, SIGSYS, SIGTSTP };
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t blocked;

	(void)sigfillset(&blocked);
	for (size_t i = 0; i < sizeof(open_ones) / sizeof(open_ones[0]); i++)
		(void)sigdelset(&blocked, open_ones[i]);
	if (sigprocmask(SIG_SETMASK, &blocked, NULL) < 0)
		return err_system(e, errno, "cannot block signals");
	for (int i = 1; i < NSIG; i++) {
		struct sigaction now;

		/* Sanitizers handle crashes; exec resets handlers anyway. */
		if (sigaction(i, NULL, &now) < 0)
			reset_hidden(i);
		else if (now.sa_handler == SIG_IGN)
			(void)sigaction(i, &standard, NULL);
	}
	return 0;
}

int
signals_open(const int *numbers, struct err *e)
{
	sigset_t wanted;
	int fd;

	(void)sigemptyset(&wanted);
	for (; *numbers != 0; numbers++)
		(void)sigaddset(&wanted, *numbers);
	fd = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return err_system(e, errno, "cannot make a signalfd");
	return fd;
}

size_t
signals_read(int fd, struct signals_event *ret_events, size_t most)
{
	struct signalfd_siginfo info[READ_MOST];
	ssize_t n;
	size_t count;

	if (most > READ_MOST)
		most = READ_MOST;
	n = read(fd, info, most * sizeof(info[0]));
	if (n <= 0)
		return 0;
	count = (size_t)n / sizeof(info[0]);
	for (size_t i = 0; i < count; i++)
		ret_events[i] = (struct signals_event) {
			.number = (int)info[i].ssi_signo,
			.pid = (int)info[i].ssi_pid,
		};
	return count;
}

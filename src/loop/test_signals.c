/* SPDX-License-Identifier: ISC */
/* Signals: taken from whatever state a parent left, then read. */
#include <sys/syscall.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "loop/signals.h"
#include "tap.h"

/* What a careless parent of superd's leaves behind. */
static void
leave_a_mess(void)
{
	static const int ignored[] = { SIGPIPE, SIGCHLD, SIGUSR1, SIGQUIT,
		SIGHUP };
	const unsigned long ignore[16] = { (unsigned long)SIG_IGN };
	sigset_t blocked;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	/* libc refuses to, but its posix_spawn(3) does it. */
	(void)syscall(SYS_rt_sigaction, 32, ignore, NULL, 8);
	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGSEGV);
	(void)sigaddset(&blocked, SIGCHLD);
	(void)sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* As the kernel sees them, libc's own ones too; all ones if unknown. */
static unsigned long long
ignored_ones(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	unsigned long long bits = ~0ull;
	char line[256];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "SigIgn:", 7) == 0)
			bits = strtoull(line + 7, NULL, 16);
	if (file != NULL)
		(void)fclose(file);
	return bits;
}

static void
test_take(void)
{
	struct sigaction pipe_now;
	sigset_t blocked;
	struct err e;

	leave_a_mess();
	ok((ignored_ones() & 1ull << 31) != 0, "signal 32 is ignored at first");
	is_int(signals_take(&e), 0, "signals are taken");
	is_int((intmax_t)ignored_ones(), 0, "none is ignored any more");
	(void)sigaction(SIGPIPE, NULL, &pipe_now);
	ok(pipe_now.sa_handler == SIG_DFL, "SIGPIPE has its default");
	(void)sigprocmask(SIG_SETMASK, NULL, &blocked);
	ok(sigismember(&blocked, SIGPIPE) && sigismember(&blocked, SIGCHLD) &&
		sigismember(&blocked, SIGTERM) &&
		sigismember(&blocked, SIGHUP) &&
		sigismember(&blocked, SIGRTMIN),
	    "those that come from outside are blocked");
	ok(!sigismember(&blocked, SIGSEGV) && !sigismember(&blocked, SIGBUS) &&
		!sigismember(&blocked, SIGABRT) &&
		!sigismember(&blocked, SIGTSTP),
	    "those that tell of a bug are not, nor the terminal's stop");
	(void)raise(SIGPIPE);
	ok(true, "a SIGPIPE of our own does not kill");
}

static pid_t
child_that_exits(int status)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(status);
	return pid;
}

static void
test_read(void)
{
	static const int wanted[] = { SIGCHLD, SIGUSR2, 0 };
	struct signals_event events[16];
	struct err e;
	int fd = signals_open(wanted, &e);
	pid_t pid;

	if (!ok(fd >= 0, "a signalfd is made"))
		tap_bail(e.text);
	is_int(fcntl(fd, F_GETFD), FD_CLOEXEC, "it closes at exec");
	is_int((intmax_t)signals_read(fd, events, 16), 0,
	    "without a signal there is nothing, and no waiting");
	pid = child_that_exits(3);
	(void)waitid(P_PID, (id_t)pid, &(siginfo_t) { 0 }, WEXITED | WNOWAIT);
	is_int((intmax_t)signals_read(fd, events, 16), 1, "a child's end");
	ok(events[0].number == SIGCHLD && events[0].pid == pid,
	    "comes as SIGCHLD with its pid");
	is_int(waitpid(pid, NULL, 0), pid, "and the child is there to reap");
	(void)kill(getpid(), SIGUSR1);
	is_int((intmax_t)signals_read(fd, events, 16), 0,
	    "a signal that was not asked for does not come");
	(void)kill(getpid(), SIGUSR2);
	(void)kill(getpid(), SIGUSR2);
	is_int((intmax_t)signals_read(fd, events, 16), 1,
	    "a signal that came twice is merged");
	ok(events[0].number == SIGUSR2 && events[0].pid == getpid(),
	    "and tells the sender");
	(void)kill(getpid(), SIGUSR2);
	(void)kill(getpid(), SIGCHLD);
	is_int((intmax_t)signals_read(fd, events, 1), 1, "one at a time");
	is_int((intmax_t)signals_read(fd, events, 100), 1,
	    "or as many as there are");
	(void)close(fd);
}

int
main(void)
{
	test_take();
	test_read();
	return done_testing();
}

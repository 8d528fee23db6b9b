/* SPDX-License-Identifier: ISC */
/* waitid with usage: the kernel's numbers arrive in libc's struct. */
#include <signal.h>

#include "compat/waitid.h"
#include "tap.h"

/* Each number at its place, whatever the layout of libc's struct is. */
static void
test_convert(void)
{
	struct compat_rusage k;
	struct rusage r;
	long numbers[18];

	is_int(sizeof(k), sizeof(numbers), "the kernel's are eighteen longs");
	for (int i = 0; i < 18; i++)
		numbers[i] = 100 + i;
	memcpy(&k, numbers, sizeof(k));
	r = compat_rusage_convert(&k);
	ok(r.ru_utime.tv_sec == 100 && r.ru_utime.tv_usec == 101 &&
		r.ru_stime.tv_sec == 102 && r.ru_stime.tv_usec == 103,
	    "the times are converted");
	ok(r.ru_maxrss == 104 && r.ru_ixrss == 105 && r.ru_idrss == 106 &&
		r.ru_isrss == 107 && r.ru_minflt == 108 && r.ru_majflt == 109,
	    "and the memory");
	ok(r.ru_nswap == 110 && r.ru_inblock == 111 && r.ru_oublock == 112 &&
		r.ru_msgsnd == 113 && r.ru_msgrcv == 114 &&
		r.ru_nsignals == 115 && r.ru_nvcsw == 116 && r.ru_nivcsw == 117,
	    "and the rest");
}

/* A child that has used some processor time. */
static pid_t
busy_child(void)
{
	pid_t pid = fork();
	struct rusage r = { 0 };

	if (pid != 0)
		return pid;
	while (r.ru_utime.tv_sec == 0 && r.ru_utime.tv_usec < 30000)
		(void)getrusage(RUSAGE_SELF, &r);
	_exit(7);
}

static bool
same_time(struct timeval a, struct timeval b)
{
	return a.tv_sec == b.tv_sec && a.tv_usec == b.tv_usec;
}

static void
test_wait(void)
{
	struct rusage got, want;
	siginfo_t info;
	pid_t pid = busy_child();

	is_int(compat_waitid(P_PID, (id_t)pid, &info, WEXITED, &got), 0,
	    "a child is waited for");
	ok(info.si_pid == pid && info.si_code == CLD_EXITED &&
		info.si_status == 7,
	    "how it ended is told");
	/* The only child so far: what all have used is what it has. */
	(void)getrusage(RUSAGE_CHILDREN, &want);
	ok(same_time(got.ru_utime, want.ru_utime) &&
		same_time(got.ru_stime, want.ru_stime),
	    "its times are what the kernel added to ours");
	ok(got.ru_maxrss == want.ru_maxrss && got.ru_minflt == want.ru_minflt,
	    "and so is its memory");
	/* On its way out a child may be switched once more. */
	ok(got.ru_nvcsw <= want.ru_nvcsw && want.ru_nvcsw <= got.ru_nvcsw + 4 &&
		got.ru_nivcsw <= want.ru_nivcsw &&
		want.ru_nivcsw <= got.ru_nivcsw + 4,
	    "up to the last number");
}

static void
test_nothing(void)
{
	struct rusage usage = { .ru_maxrss = 4711 };
	siginfo_t info = { .si_code = 4711 };
	pid_t pid;

	is_int(compat_waitid(P_ALL, 0, &info, WEXITED | WNOHANG, &usage),
	    -ECHILD, "without a child there is none");
	ok(info.si_code == 4711 && usage.ru_maxrss == 4711,
	    "and nothing is written");
	pid = fork();
	if (pid == 0)
		for (;;)
			(void)pause();
	is_int(compat_waitid(P_ALL, 0, &info, WEXITED | WNOHANG, &usage), 0,
	    "a child that lives is not waited for");
	is_int(info.si_pid, 0, "and is not named");
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

int
main(void)
{
	test_wait();
	test_convert();
	test_nothing();
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/*
 * waitid(2) with the fifth argument that libc leaves out: what the child has
 * used.  The kernel fills its own struct rusage, in which times are longs;
 * libc's has 64-bit times on the newer 32-bit machines, and so another layout.
 */
#ifndef SUPERD_COMPAT_WAITID_H
#define SUPERD_COMPAT_WAITID_H

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <errno.h>
#include <unistd.h>

/* x32 has the 64-bit kernel's struct, and so has its libc. */
#if defined(__x86_64__) && defined(__ILP32__)
#define COMPAT_RUSAGE_DIFFERS 0
#else
#define COMPAT_RUSAGE_DIFFERS (sizeof(struct timeval) > 2 * sizeof(long))
#endif

/* struct rusage as the kernel has it where libc's differs. */
struct compat_rusage {
	long utime_s, utime_us;
	long stime_s, stime_us;
	long maxrss, ixrss, idrss, isrss;
	long minflt, majflt;
	long nswap, inblock, oublock;
	long msgsnd, msgrcv, nsignals;
	long nvcsw, nivcsw;
};

/* [pure] */
static inline struct rusage
compat_rusage_convert(const struct compat_rusage *k)
{
	return (struct rusage) {
		.ru_utime = { .tv_sec = k->utime_s, .tv_usec = k->utime_us },
		.ru_stime = { .tv_sec = k->stime_s, .tv_usec = k->stime_us },
		.ru_maxrss = k->maxrss,
		.ru_ixrss = k->ixrss,
		.ru_idrss = k->idrss,
		.ru_isrss = k->isrss,
		.ru_minflt = k->minflt,
		.ru_majflt = k->majflt,
		.ru_nswap = k->nswap,
		.ru_inblock = k->inblock,
		.ru_oublock = k->oublock,
		.ru_msgsnd = k->msgsnd,
		.ru_msgrcv = k->msgrcv,
		.ru_nsignals = k->nsignals,
		.ru_nvcsw = k->nvcsw,
		.ru_nivcsw = k->nivcsw,
	};
}

/*
 * With WNOHANG and no child that has ended, si_pid is 0 and the usage means
 * nothing.  Returns 0 or -errno; outputs are written on success only.
 */
static inline int
compat_waitid(idtype_t type, id_t id, siginfo_t *ret_info, int options,
    struct rusage *ret_usage)
{
	union {
		struct rusage libc;
		struct compat_rusage kernel;
	} usage = { 0 };
	siginfo_t info = { 0 };

	if (syscall(SYS_waitid, type, id, &info, options, &usage) < 0)
		return -errno;
	*ret_info = info;
	*ret_usage = COMPAT_RUSAGE_DIFFERS
	    ? compat_rusage_convert(&usage.kernel)
	    : usage.libc;
	return 0;
}

#endif

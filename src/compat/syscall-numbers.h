/* SPDX-License-Identifier: ISC */
/*
 * System calls by one name where kernels have several: on 32-bit machines the
 * plain numbers take 16-bit ids.
 */
#ifndef SUPERD_COMPAT_SYSCALL_NUMBERS_H
#define SUPERD_COMPAT_SYSCALL_NUMBERS_H

#include <sys/syscall.h>
#include <stdint.h>

#ifdef SYS_setgroups32
#define COMPAT_SYS_SETGROUPS SYS_setgroups32
#define COMPAT_SYS_SETRESGID SYS_setresgid32
#define COMPAT_SYS_SETRESUID SYS_setresuid32
#define COMPAT_SYS_GETRESGID SYS_getresgid32
#define COMPAT_SYS_GETRESUID SYS_getresuid32
#else
#define COMPAT_SYS_SETGROUPS SYS_setgroups
#define COMPAT_SYS_SETRESGID SYS_setresgid
#define COMPAT_SYS_SETRESUID SYS_setresuid
#define COMPAT_SYS_GETRESGID SYS_getresgid
#define COMPAT_SYS_GETRESUID SYS_getresuid
#endif

/* Linux 5.9; the same number on every architecture. */
#ifdef SYS_close_range
#define COMPAT_SYS_CLOSE_RANGE SYS_close_range
#else
#define COMPAT_SYS_CLOSE_RANGE 436
#endif

/* Its flag for a process that shares its table, likewise Linux 5.9. */
#define COMPAT_CLOSE_RANGE_UNSHARE (1U << 1)

/* With times of 64 bits, struct compat_time. */
#ifdef SYS_clock_gettime64
#define COMPAT_SYS_CLOCK_GETTIME SYS_clock_gettime64
#else
#define COMPAT_SYS_CLOCK_GETTIME SYS_clock_gettime
#endif

struct compat_time {
	int64_t s, ns;
};

/* Linux 5.11; likewise. */
#ifdef SYS_epoll_pwait2
#define COMPAT_SYS_EPOLL_PWAIT2 SYS_epoll_pwait2
#else
#define COMPAT_SYS_EPOLL_PWAIT2 441
#endif

#endif

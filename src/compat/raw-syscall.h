/* SPDX-License-Identifier: ISC */
#ifndef SUPERD_COMPAT_RAW_SYSCALL_H
#define SUPERD_COMPAT_RAW_SYSCALL_H

/*
 * System calls without a libc.  raw_syscall0() to raw_syscall6() return what
 * the kernel returns: a value, or -errno.  The number of the call comes from
 * <sys/syscall.h>, which this header brings along.
 *
 * Where SUPERD_RAW_SYSCALL is 1 (x86-64, aarch64, riscv64) they are one
 * instruction each and touch neither errno nor anything else in memory that
 * the caller did not name.  This is what the page between clone(CLONE_VM) and
 * execve may use: libc's wrappers write the errno of the parent there.  The
 * handlers use it because they are linked without a libc.
 *
 * Where it is 0 they go through libc's syscall(), which writes errno.
 *
 * Pointers are passed with RAW_PTR().  A 64-bit off_t is one argument here, as
 * it is on every machine with SUPERD_RAW_SYSCALL 1, and not on all others.
 */

#include <sys/syscall.h>

#include <stdint.h>

#define RAW_PTR(pointer) ((long)(uintptr_t)(pointer))

#if defined(__x86_64__) && !defined(__ILP32__)

#define SUPERD_RAW_SYSCALL 1

static inline long
raw_syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;

	__asm__ volatile(
	    "syscall"
	    : "=a"(result)
	    : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
	    : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__) && !defined(__ILP32__)

#define SUPERD_RAW_SYSCALL 1

static inline long
raw_syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory", "cc");
	return x0;
}

#elif defined(__riscv) && __riscv_xlen == 64

#define SUPERD_RAW_SYSCALL 1

static inline long
raw_syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long a7 __asm__("a7") = nr;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
			 : "memory");
	return a0;
}

#else

#include <errno.h>
#include <unistd.h>

#define SUPERD_RAW_SYSCALL 0

static inline long
raw_syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
	long result = syscall(nr, a, b, c, d, e, f);

	return result == -1 ? -errno : result;
}

#endif

static inline long
raw_syscall5(long nr, long a, long b, long c, long d, long e)
{
	return raw_syscall6(nr, a, b, c, d, e, 0);
}

static inline long
raw_syscall4(long nr, long a, long b, long c, long d)
{
	return raw_syscall6(nr, a, b, c, d, 0, 0);
}

static inline long
raw_syscall3(long nr, long a, long b, long c)
{
	return raw_syscall6(nr, a, b, c, 0, 0, 0);
}

static inline long
raw_syscall2(long nr, long a, long b)
{
	return raw_syscall6(nr, a, b, 0, 0, 0, 0);
}

static inline long
raw_syscall1(long nr, long a)
{
	return raw_syscall6(nr, a, 0, 0, 0, 0, 0);
}

static inline long
raw_syscall0(long nr)
{
	return raw_syscall6(nr, 0, 0, 0, 0, 0, 0);
}

#endif

/* SPDX-License-Identifier: ISC */

/*
 * The floor under a handler that is linked without a libc: the entry point,
 * the functions that compilers call on their own, and the few system calls
 * whose form depends on having no libc.  tiny-libc.c is its counterpart.
 */

#include "tiny.h"

#include <signal.h>
#include <time.h>

#if defined(__x86_64__)
__asm__(".text\n"
	".globl _start\n"
	".type _start, @function\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call tiny_start\n"
	".size _start, . - _start\n");
#elif defined(__aarch64__)
__asm__(".text\n"
	".globl _start\n"
	".type _start, %function\n"
	"_start:\n"
	"	mov x29, #0\n"
	"	mov x30, #0\n"
	"	mov x0, sp\n"
	"	and sp, x0, #-16\n"
	"	bl tiny_start\n"
	".size _start, . - _start\n");
#elif defined(__riscv)
__asm__(".text\n"
	".globl _start\n"
	".type _start, @function\n"
	"_start:\n"
	".option push\n"
	".option norelax\n"
	"	la gp, __global_pointer$\n"
	".option pop\n"
	"	mv a0, sp\n"
	"	andi sp, sp, -16\n"
	"	call tiny_start\n"
	".size _start, . - _start\n");
#else
#error "tiny-bare.c has no entry point for this machine; use tiny-libc.c"
#endif

_Noreturn void tiny_start(char **stack);
_Noreturn void __stack_chk_fail(void);
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

/* A distribution's -fstack-protector comes after our flags.  With the flag
 * -mstack-protector-guard=global it looks for its canary here, and not where
 * only a libc puts one.  The line end and NUL in it stop string functions. */
extern const uintptr_t __stack_chk_guard;
const uintptr_t __stack_chk_guard = 0x0aff0d00;

/* Keeps the compiler from seeing a memcpy() in the loop of memcpy(). */
#define OPAQUE(pointer) __asm__("" : "+r"(pointer))

/* What the kernel leaves on the stack: argc, argv, NULL, envp, NULL. */
__attribute__((used)) _Noreturn void
tiny_start(char **stack)
{
	int argc = (int)(intptr_t)stack[0];
	char **argv = stack + 1;

	tiny_exit(tiny_main(argc, argv, argv + argc + 1));
}

_Noreturn void
tiny_exit(int code)
{
	for (;;)
		raw_syscall1(SYS_exit_group, code);
}

void
tiny_ignore_sigpipe(void)
{
	/* The kernel's own struct sigaction: the handler stands first, the
	 * rest (flags, restorer, mask) differs by machine and is zero here. */
	unsigned long action[4] = { (unsigned long)(uintptr_t)SIG_IGN };

	raw_syscall4(SYS_rt_sigaction, SIGPIPE, RAW_PTR(action), 0, 8);
}

int64_t
tiny_now(void)
{
	struct timespec now = { 0 };

	raw_syscall2(SYS_clock_gettime, CLOCK_REALTIME, RAW_PTR(&now));
	return now.tv_sec;
}

__attribute__((used)) _Noreturn void
__stack_chk_fail(void)
{
	static const char message[] = "stack overrun\n";

	tiny_write_error(message, sizeof(message) - 1);
	tiny_exit(TINY_FAILED);
}

__attribute__((used)) void *
memcpy(void *restrict to, const void *restrict from, size_t size)
{
	return memmove(to, from, size);
}

__attribute__((used)) void *
memmove(void *to, const void *from, size_t size)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if ((uintptr_t)t - (uintptr_t)f >= size) {
		while (size-- > 0) {
			OPAQUE(f);
			*t++ = *f++;
		}
	} else {
		while (size-- > 0) {
			OPAQUE(f);
			t[size] = f[size];
		}
	}
	return to;
}

__attribute__((used)) void *
memset(void *to, int byte, size_t size)
{
	unsigned char *t = to;

	while (size-- > 0) {
		OPAQUE(t);
		*t++ = (unsigned char)byte;
	}
	return to;
}

__attribute__((used)) int
memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *p = a, *q = b;

	for (; size > 0; size--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * The child comes out of the system call on an empty stack, so it cannot
 * return from a C function: a few instructions for each machine.  Function and
 * argument are kept in registers that the kernel preserves.
 */
#include "compat/raw-clone.h"

#if COMPAT_RAW_CLONE

#if defined(__x86_64__)
/* rdi flags, rsi stack, rdx cleared, rcx run, r8 argument */
__asm__(".text\n"
	".globl compat_raw_clone\n"
	".hidden compat_raw_clone\n"
	".type compat_raw_clone, @function\n"
	"compat_raw_clone:\n"
	"	endbr64\n"
	"	mov %rdx, %r10\n"
	"	mov %rcx, %r9\n"
	"	xor %edx, %edx\n"
	"	and $-16, %rsi\n"
	"	mov $56, %eax\n"
	"	syscall\n"
	"	test %rax, %rax\n"
	"	jz 1f\n"
	"	ret\n"
	"1:	xor %ebp, %ebp\n"
	"	mov %r8, %rdi\n"
	"	call *%r9\n"
	"	mov %eax, %edi\n"
	"	mov $60, %eax\n"
	"	syscall\n"
	"	hlt\n"
	".size compat_raw_clone, . - compat_raw_clone\n");
#elif defined(__aarch64__)
/* x0 flags, x1 stack, x2 cleared, x3 run, x4 argument */
__asm__(".text\n"
	".globl compat_raw_clone\n"
	".hidden compat_raw_clone\n"
	".type compat_raw_clone, %function\n"
	"compat_raw_clone:\n"
	"	hint #34\n"
	"	mov x5, x3\n"
	"	mov x6, x4\n"
	"	mov x4, x2\n"
	"	mov x2, xzr\n"
	"	mov x3, xzr\n"
	"	and x1, x1, #-16\n"
	"	mov x8, #220\n"
	"	svc #0\n"
	"	cbz x0, 1f\n"
	"	ret\n"
	"1:	mov x29, xzr\n"
	"	mov x30, xzr\n"
	"	mov x0, x6\n"
	"	blr x5\n"
	"	mov x8, #93\n"
	"	svc #0\n"
	".size compat_raw_clone, . - compat_raw_clone\n");
#elif defined(__riscv)
/* a0 flags, a1 stack, a2 cleared, a3 run, a4 argument */
__asm__(".text\n"
	".globl compat_raw_clone\n"
	".hidden compat_raw_clone\n"
	".type compat_raw_clone, @function\n"
	"compat_raw_clone:\n"
	"	mv t0, a3\n"
	"	mv t1, a4\n"
	"	mv a4, a2\n"
	"	li a2, 0\n"
	"	li a3, 0\n"
	"	andi a1, a1, -16\n"
	"	li a7, 220\n"
	"	ecall\n"
	"	beqz a0, 1f\n"
	"	ret\n"
	"1:	mv a0, t1\n"
	"	jalr t0\n"
	"	li a7, 93\n"
	"	ecall\n"
	".size compat_raw_clone, . - compat_raw_clone\n");
#endif

#else

#include <errno.h>
#include <sched.h>

long
compat_raw_clone(unsigned long flags, void *stack_top, uint32_t *cleared,
    int (*run)(void *), void *argument)
{
	int pid = clone(run, stack_top,
	    (int)((flags & ~(unsigned long)CLONE_CHILD_CLEARTID) | CLONE_VFORK),
	    argument);

	*cleared = 0;
	return pid < 0 ? -errno : pid;
}

#endif

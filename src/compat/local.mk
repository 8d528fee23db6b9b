# SPDX-License-Identifier: ISC
# compat: what this libc or kernel lacks
src_libsuperd_a_SOURCES += \
	%D%/heap.h \
	%D%/raw-clone.c \
	%D%/raw-clone.h \
	%D%/raw-syscall.h \
	%D%/syscall-numbers.h \
	%D%/waitid.h

check_PROGRAMS += \
	%D%/test_waitid

# SPDX-License-Identifier: ISC
# loop: the clock
src_libsuperd_a_SOURCES += \
	%D%/loop.c \
	%D%/loop.h \
	%D%/signals.c \
	%D%/signals.h \
	%D%/timers.c \
	%D%/timers.h

check_PROGRAMS += \
	%D%/test_loop \
	%D%/test_signals \
	%D%/test_timers

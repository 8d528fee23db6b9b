# SPDX-License-Identifier: ISC
# base: err, arena, text, num, addr, caps, cidr, fd, table, siphash
src_libsuperd_a_SOURCES += \
	%D%/addr.c \
	%D%/addr.h \
	%D%/addr_format.c \
	%D%/arena.c \
	%D%/arena.h \
	%D%/caps.c \
	%D%/caps.h \
	%D%/cidr.c \
	%D%/cidr.h \
	%D%/cleanup.h \
	%D%/err.c \
	%D%/err.h \
	%D%/fd.c \
	%D%/fd.h \
	%D%/names.c \
	%D%/names.h \
	%D%/num.c \
	%D%/num.h \
	%D%/siphash.c \
	%D%/siphash.h \
	%D%/table.c \
	%D%/table.h \
	%D%/text.c \
	%D%/text.h

check_PROGRAMS += \
	%D%/test_addr \
	%D%/test_arena \
	%D%/test_caps \
	%D%/test_cidr \
	%D%/test_err \
	%D%/test_fd \
	%D%/test_names \
	%D%/test_num \
	%D%/test_siphash \
	%D%/test_table \
	%D%/test_text

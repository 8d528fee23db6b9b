# SPDX-License-Identifier: ISC
# gate: who may enter
src_libsuperd_a_SOURCES += \
	%D%/ban.c \
	%D%/ban.h \
	%D%/gate.c \
	%D%/gate.h \
	%D%/hosts.c \
	%D%/hosts.h \
	%D%/hosts_file.h \
	%D%/hosts_parse.c \
	%D%/hosts_word.c \
	%D%/hours.c \
	%D%/hours.h \
	%D%/plan.c \
	%D%/plan.h \
	%D%/ranges.c \
	%D%/ranges.h \
	%D%/rate.c \
	%D%/rate.h \
	%D%/rules.c \
	%D%/rules.h \
	%D%/source.c \
	%D%/source.h \
	%D%/sweep.c \
	%D%/sweep.h \
	%D%/verdict.c \
	%D%/verdict.h

check_PROGRAMS += \
	%D%/test_ban \
	%D%/test_gate \
	%D%/test_hosts \
	%D%/test_hours \
	%D%/test_rate \
	%D%/test_rules \
	%D%/test_source

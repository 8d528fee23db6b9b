# SPDX-License-Identifier: ISC
# ctl: the control socket
src_libsuperd_a_SOURCES += \
	%D%/act.c \
	%D%/bans.c \
	%D%/caller.c \
	%D%/caller.h \
	%D%/commands.c \
	%D%/events.c \
	%D%/job.h \
	%D%/json.c \
	%D%/json.h \
	%D%/list.c \
	%D%/metrics.c \
	%D%/metrics.h \
	%D%/metrics_daemon.c \
	%D%/role.c \
	%D%/role.h \
	%D%/server.c \
	%D%/server.h \
	%D%/status.c

check_PROGRAMS += %D%/test_caller

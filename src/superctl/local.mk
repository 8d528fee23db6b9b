# SPDX-License-Identifier: ISC
# superctl: all but its main() is a library, for the unit tests
noinst_LIBRARIES += src/libsuperctl.a
src_libsuperctl_a_SOURCES = \
	%D%/answer.c \
	%D%/answer.h \
	%D%/bans.c \
	%D%/commands.c \
	%D%/commands.h \
	%D%/details.h \
	%D%/details_json.c \
	%D%/details_process.c \
	%D%/details_socket.c \
	%D%/drain.c \
	%D%/fault.c \
	%D%/fault.h \
	%D%/follow.c \
	%D%/follow.h \
	%D%/grid.c \
	%D%/grid.h \
	%D%/headline.c \
	%D%/headline.h \
	%D%/list.c \
	%D%/look.c \
	%D%/look.h \
	%D%/memory.c \
	%D%/memory.h \
	%D%/options.c \
	%D%/options.h \
	%D%/ping.c \
	%D%/ping.h \
	%D%/place.c \
	%D%/place.h \
	%D%/reload.c \
	%D%/rows.c \
	%D%/rows.h \
	%D%/screen.c \
	%D%/screen.h \
	%D%/series.c \
	%D%/series.h \
	%D%/session.c \
	%D%/session.h \
	%D%/session_next.c \
	%D%/simple.c \
	%D%/status.c \
	%D%/status.h \
	%D%/stream.c \
	%D%/superctl.h \
	%D%/terminal.c \
	%D%/terminal.h \
	%D%/top.c \
	%D%/top.h \
	%D%/top_draw.c \
	%D%/units.c \
	%D%/units.h \
	%D%/upgrade.c \
	%D%/view.c \
	%D%/view.h

# No library but libc
sbin_PROGRAMS += %D%/superctl
%C%_superctl_SOURCES = %D%/superctl.c
%C%_superctl_LDADD = src/libsuperctl.a src/libsuperd.a
dist_man_MANS += %D%/superctl.8

check_PROGRAMS += %D%/test_units
%C%_test_units_LDADD = src/libsuperctl.a src/libsuperd.a

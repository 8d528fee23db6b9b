# SPDX-License-Identifier: ISC
# net: sockets
src_libsuperd_a_SOURCES += \
	%D%/accept.c \
	%D%/accept.h \
	%D%/adopt.c \
	%D%/adopt.h \
	%D%/adopt_environment.c \
	%D%/diag.c \
	%D%/diag.h \
	%D%/listen.c \
	%D%/listen.h \
	%D%/options.c \
	%D%/options.h \
	%D%/refit.c \
	%D%/refit.h \
	%D%/refuse.c \
	%D%/refuse.h \
	%D%/unix_path.c \
	%D%/unix_path.h

check_PROGRAMS += \
	%D%/test_accept \
	%D%/test_adopt \
	%D%/test_diag \
	%D%/test_listen \
	%D%/test_options \
	%D%/test_unix_path

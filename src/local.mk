# SPDX-License-Identifier: ISC
# One library of all the rooms, which superd and the unit tests share.
noinst_LIBRARIES += src/libsuperd.a src/libchild.a
src_libsuperd_a_SOURCES =

# The child page runs between clone and execve in the supervisor's memory:
# no sanitizer, stack protector or FORTIFY may call home from there. `make
# check` compares what it calls with tests/house/child-symbols.
src_libchild_a_SOURCES =
src_libchild_a_CPPFLAGS = $(SUPERD_INCLUDES) -U_FORTIFY_SOURCE
src_libchild_a_CFLAGS = $(SUPERD_CFLAGS) $(SUPERD_CHILD_CFLAGS)

# spawn starts the child page, and that uses pure functions of base.
SUPERD_LIBS = src/libsuperd.a src/libchild.a src/libsuperd.a $(INIH_LIBS)
LDADD = $(SUPERD_LIBS)

sbin_PROGRAMS += src/superd
src_superd_SOURCES = \
	%D%/check.c \
	%D%/detach.c \
	%D%/detach.h \
	%D%/options.c \
	%D%/options.h \
	%D%/resume.c \
	%D%/run.c \
	%D%/superd.c \
	%D%/superd.h
dist_man_MANS += src/superd.8 src/superd.ini.5

include %D%/compat/local.mk
include %D%/base/local.mk
include %D%/wire/local.mk
include %D%/log/local.mk
include %D%/loop/local.mk
include %D%/conf/local.mk
include %D%/net/local.mk
include %D%/gate/local.mk
include %D%/spawn/local.mk
include %D%/core/local.mk
include %D%/ctl/local.mk
include %D%/superctl/local.mk

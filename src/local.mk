# SPDX-License-Identifier: ISC
# One library of all the rooms, which superd and the unit tests share.
noinst_LIBRARIES += src/libsuperd.a
src_libsuperd_a_SOURCES =

SUPERD_LIBS = src/libsuperd.a $(INIH_LIBS)
LDADD = $(SUPERD_LIBS)

dist_man_MANS += src/superd.ini.5

include %D%/compat/local.mk
include %D%/base/local.mk
include %D%/log/local.mk
include %D%/loop/local.mk
include %D%/conf/local.mk
include %D%/net/local.mk

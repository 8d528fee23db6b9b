# SPDX-License-Identifier: ISC
# spawn: processes
src_libsuperd_a_SOURCES += \
	%D%/fault.c \
	%D%/fault.h \
	%D%/plan.c \
	%D%/plan.h \
	%D%/plan_env.c \
	%D%/plan_env.h \
	%D%/slot.h \
	%D%/start.c \
	%D%/start.h

# The child page has flags of its own: see src/local.mk.
src_libchild_a_SOURCES += \
	%D%/child.c \
	%D%/child_env.c \
	%D%/child_env.h \
	%D%/label.c \
	%D%/label.h

check_PROGRAMS += \
	%D%/test_child \
	%D%/test_fault \
	%D%/test_label \
	%D%/test_plan \
	%D%/test_plan_env \
	%D%/test_start
# What test_child and test_start share
EXTRA_DIST += \
	%D%/test_handler.h

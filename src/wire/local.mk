# SPDX-License-Identifier: ISC
# wire: what the other side of a control connection sends
src_libsuperd_a_SOURCES += \
	%D%/json.c \
	%D%/json.h \
	%D%/json_value.c \
	%D%/lines.c \
	%D%/lines.h

check_PROGRAMS += \
	%D%/test_json \
	%D%/test_lines

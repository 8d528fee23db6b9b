# SPDX-License-Identifier: ISC
# log: the voice
src_libsuperd_a_SOURCES += \
	%D%/channel.c \
	%D%/channel.h \
	%D%/channel_limit.c \
	%D%/channels.c \
	%D%/escape.c \
	%D%/escape.h \
	%D%/event_tap.c \
	%D%/event_tap.h \
	%D%/events.c \
	%D%/events.h \
	%D%/journal.c \
	%D%/journal.h \
	%D%/line.c \
	%D%/line.h \
	%D%/log.c \
	%D%/log.h \
	%D%/outlet.h \
	%D%/outlet_datagram.c \
	%D%/outlet_file.c \
	%D%/outlet_stderr.c \
	%D%/outlet_udp.c \
	%D%/place.c \
	%D%/place.h \
	%D%/queue.c \
	%D%/queue.h \
	%D%/repeat.c \
	%D%/repeat.h \
	%D%/rfc5424.c \
	%D%/rfc5424.h \
	%D%/rotate.c \
	%D%/rotate.h \
	%D%/stamp.c \
	%D%/stamp.h \
	%D%/stream.c \
	%D%/stream.h
check_PROGRAMS += \
	%D%/test_channels \
	%D%/test_escape \
	%D%/test_event_tap \
	%D%/test_line \
	%D%/test_log \
	%D%/test_outlet \
	%D%/test_place \
	%D%/test_queue \
	%D%/test_repeat \
	%D%/test_rfc5424 \
	%D%/test_rotate

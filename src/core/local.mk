# SPDX-License-Identifier: ISC
# core: living services
src_libsuperd_a_SOURCES += \
	%D%/become.c \
	%D%/become.h \
	%D%/capset.c \
	%D%/capset.h \
	%D%/connection.c \
	%D%/connection.h \
	%D%/conns.c \
	%D%/conns.h \
	%D%/control.c \
	%D%/control.h \
	%D%/core.c \
	%D%/core.h \
	%D%/door.c \
	%D%/door.h \
	%D%/ending.c \
	%D%/ending.h \
	%D%/generation.c \
	%D%/generation.h \
	%D%/hosts.c \
	%D%/hosts.h \
	%D%/listen_text.c \
	%D%/listen_text.h \
	%D%/listener.c \
	%D%/listener.h \
	%D%/load.c \
	%D%/load.h \
	%D%/needs.c \
	%D%/needs.h \
	%D%/next.c \
	%D%/next.h \
	%D%/next_open.c \
	%D%/next_passed.c \
	%D%/next_sockets.c \
	%D%/partial.c \
	%D%/partial.h \
	%D%/passed.c \
	%D%/passed.h \
	%D%/pause.c \
	%D%/pause.h \
	%D%/peer_text.c \
	%D%/peer_text.h \
	%D%/phase.c \
	%D%/phase.h \
	%D%/pidfile.c \
	%D%/pidfile.h \
	%D%/privileges.c \
	%D%/privileges.h \
	%D%/process.c \
	%D%/process.h \
	%D%/ready.c \
	%D%/ready.h \
	%D%/reap.c \
	%D%/reap.h \
	%D%/reload.c \
	%D%/reload.h \
	%D%/restore.c \
	%D%/save.c \
	%D%/save.h \
	%D%/say.c \
	%D%/say.h \
	%D%/say_gate.c \
	%D%/service.c \
	%D%/service.h \
	%D%/signals.c \
	%D%/signals.h \
	%D%/state.h \
	%D%/state_addr.c \
	%D%/state_check.c \
	%D%/state_check.h \
	%D%/state_decode.c \
	%D%/state_encode.c \
	%D%/state_head.c \
	%D%/state_head.h \
	%D%/state_index.c \
	%D%/state_index.h \
	%D%/state_memfd.c \
	%D%/state_refusals.c \
	%D%/state_tables.c \
	%D%/state_tables.h \
	%D%/state_value.c \
	%D%/state_value.h \
	%D%/state_value_long.h \
	%D%/stats.c \
	%D%/stats.h \
	%D%/stderr.c \
	%D%/stderr.h \
	%D%/stderr_dir.c \
	%D%/stop.c \
	%D%/stop.h \
	%D%/trim.c \
	%D%/trim.h \
	%D%/upgrade.c \
	%D%/upgrade.h \
	%D%/world.c \
	%D%/world.h

check_PROGRAMS += \
	%D%/test_conns \
	%D%/test_ending \
	%D%/test_needs \
	%D%/test_partial \
	%D%/test_phase \
	%D%/test_pidfile \
	%D%/test_privileges \
	%D%/test_ready \
	%D%/test_state \
	%D%/test_state_damage \
	%D%/test_state_index \
	%D%/test_state_memfd \
	%D%/test_state_old \
	%D%/test_stats

# What the tests of the state share
EXTRA_DIST += \
	%D%/test_state.h

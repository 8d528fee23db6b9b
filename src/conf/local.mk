# SPDX-License-Identifier: ISC
# conf: the plan
src_libsuperd_a_SOURCES += \
	%D%/build.c \
	%D%/build.h \
	%D%/build_command.c \
	%D%/build_ports.c \
	%D%/build_rows.c \
	%D%/build_sections.c \
	%D%/check.c \
	%D%/check.h \
	%D%/check_access.c \
	%D%/check_addresses.c \
	%D%/check_control.c \
	%D%/check_gate.c \
	%D%/check_handler.c \
	%D%/check_hosts.c \
	%D%/check_limits.c \
	%D%/check_log.c \
	%D%/check_options.c \
	%D%/check_paths.c \
	%D%/check_rights.c \
	%D%/conf.h \
	%D%/dump.c \
	%D%/dump.h \
	%D%/file.c \
	%D%/file.h \
	%D%/find.c \
	%D%/find.h \
	%D%/find_script.c \
	%D%/ids.c \
	%D%/ids.h \
	%D%/include.c \
	%D%/include.h \
	%D%/index.c \
	%D%/index.h \
	%D%/line.c \
	%D%/line.h \
	%D%/lists.c \
	%D%/lists.h \
	%D%/load.c \
	%D%/path.c \
	%D%/path.h \
	%D%/reader.c \
	%D%/reader.h \
	%D%/report.c \
	%D%/report.h \
	%D%/report_add.c \
	%D%/rooted.c \
	%D%/rooted.h \
	%D%/rows.c \
	%D%/rows.h \
	%D%/schema.c \
	%D%/schema.h \
	%D%/schema_guess.c \
	%D%/schema_guess.h \
	%D%/schema_keys.c \
	%D%/sockets.c \
	%D%/sockets.h \
	%D%/utf8.c \
	%D%/value.h \
	%D%/value_ban_on.c \
	%D%/value_choice.c \
	%D%/value_control.c \
	%D%/value_environment.c \
	%D%/value_hours.c \
	%D%/value_ids.c \
	%D%/value_limit.c \
	%D%/value_listen.c \
	%D%/value_log.c \
	%D%/value_networks.c \
	%D%/value_number.c \
	%D%/value_number.h \
	%D%/value_rate.c \
	%D%/value_set.c \
	%D%/value_text.c \
	%D%/words.c \
	%D%/words.h \
	%D%/writer.c \
	%D%/writer.h

check_PROGRAMS += \
	%D%/test_dump \
	%D%/test_gate_keys \
	%D%/test_gate_mistakes \
	%D%/test_line \
	%D%/test_load \
	%D%/test_memory \
	%D%/test_mistakes \
	%D%/test_report \
	%D%/test_rights \
	%D%/test_words

EXTRA_DIST += \
	%D%/test_files.h

# Its own allocators, which fail on demand
src_conf_test_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc \
	-Wl,--wrap=realloc -Wl,--wrap=reallocarray \
	-Wl,--wrap=arena_alloc -Wl,--wrap=arena_array \
	-Wl,--wrap=arena_string -Wl,--wrap=arena_string_n \
	-Wl,--wrap=arena_printf

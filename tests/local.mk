# SPDX-License-Identifier: ISC
# Everything speaks TAP: programs (src/ROOM/test_*), bats suites, and the
# checks of the house, which look at the sources.
BATS_SUITES += \
	%D%/20-conf-dump.bats \
	%D%/20-conf-files.bats \
	%D%/20-conf-gate.bats \
	%D%/20-conf-mistakes.bats \
	%D%/30-log-dead.bats \
	%D%/30-log-file.bats \
	%D%/30-log-lines.bats \
	%D%/30-log-rotate.bats \
	%D%/30-log-service.bats \
	%D%/30-log-stderr.bats \
	%D%/30-log-syslog.bats \
	%D%/30-log-udp.bats \
	%D%/40-net-tcp.bats \
	%D%/40-net-unix.bats \
	%D%/45-net-adopt.bats \
	%D%/50-spawn-fault.bats \
	%D%/50-spawn-flood.bats \
	%D%/50-spawn-inherit.bats \
	%D%/50-spawn-keys.bats \
	%D%/50-spawn-late.bats \
	%D%/50-spawn-stderr.bats \
	%D%/55-gate-bans.bats \
	%D%/55-gate-hours.bats \
	%D%/55-gate-limits.bats \
	%D%/55-gate-rules.bats \
	%D%/60-core-idle.bats \
	%D%/60-core-limits.bats \
	%D%/60-core-many.bats \
	%D%/60-core-orphans.bats \
	%D%/60-core-ready.bats \
	%D%/60-core-reap.bats \
	%D%/60-core-records.bats \
	%D%/60-core-shortage.bats \
	%D%/60-core-stop.bats \
	%D%/60-core-waiting.bats \
	%D%/65-core-drain.bats \
	%D%/65-core-reload.bats \
	%D%/67-core-upgrade.bats \
	%D%/70-superd-crash.bats \
	%D%/70-superd-daemon.bats \
	%D%/70-superd-descriptors.bats \
	%D%/70-superd-options.bats \
	%D%/70-superd-privileges.bats \
	%D%/75-ctl-commands.bats \
	%D%/75-ctl-server.bats \
	%D%/75-superctl.bats \
	%D%/75-superctl-completion.bats \
	%D%/75-superctl-hostile.bats \
	%D%/75-superctl-top.bats \
	%D%/80-programs.bats \
	%D%/90-bench-load.bats \
	%D%/90-load.bats

# The load generator of the tests and of tests/bench
noinst_PROGRAMS += %D%/bench/load
%C%_bench_load_SOURCES = %D%/bench/load.c %D%/bench/load.h \
	%D%/bench/load_clients.c %D%/bench/load_hold.c \
	%D%/bench/load_process.c %D%/bench/load_report.c \
	%D%/bench/load_stream.c %D%/bench/load_udp.c
%C%_bench_load_LDADD =

# What the machine allows: bare loops, and the least that refusing can cost.
# As with the child page, nothing may be woven into what shares our memory.
noinst_PROGRAMS += %D%/bench/limit
%C%_bench_limit_SOURCES = %D%/bench/limit.c %D%/bench/limit.h \
	%D%/bench/limit_child.c %D%/bench/limit_reap.c \
	%D%/bench/limit_start.c
%C%_bench_limit_CFLAGS = $(SUPERD_CFLAGS) $(SUPERD_CHILD_CFLAGS)

# From exec to the first byte of a handler
noinst_PROGRAMS += %D%/bench/start
%C%_bench_start_SOURCES = %D%/bench/start.c
%C%_bench_start_LDADD =

# What the tables of the gate cost, without a network
noinst_PROGRAMS += %D%/bench/gate
%C%_bench_gate_SOURCES = %D%/bench/gate.c

HOUSE_TESTS += \
	tests/house/child.sh \
	tests/house/format.sh \
	tests/house/headers.sh \
	tests/house/lists.sh \
	tests/house/manlint.sh \
	tests/house/pages.sh \
	tests/house/ranks.sh \
	tests/house/shell.sh \
	tests/house/sizes.sh \
	tests/house/text.sh

EXTRA_DIST += $(BATS_SUITES) $(HOUSE_TESTS) \
	tests/bench/RESULTS \
	tests/bench/chart.awk \
	tests/bench/control-run \
	tests/bench/echo.c \
	tests/bench/figures.awk \
	tests/bench/gate-run \
	tests/bench/json.awk \
	tests/bench/life-run \
	tests/bench/peers.sh \
	tests/bench/report.bash \
	tests/bench/results.svg \
	tests/bench/run \
	tests/bench/scenarios.bash \
	tests/bench/servers.bash \
	tests/bench/table.awk \
	tests/client.py \
	tests/control.bash \
	tests/fake-control.py \
	tests/fuzz/fuzz_json.c \
	tests/fuzz/fuzz_state.c \
	tests/fuzz/run \
	tests/gate.py \
	tests/helpers.bash \
	tests/launch.py \
	tests/notify.py \
	tests/house/child-symbols \
	tests/house/lib.sh \
	tests/run-bats \
	tests/run-tap \
	tests/tap.h \
	tests/terminal.py

TESTS = $(HOUSE_TESTS) $(check_PROGRAMS) $(BATS_SUITES)
TEST_EXTENSIONS = .sh .bats

TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
BATS_LOG_DRIVER = $(TAP_DRIVER)
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run-tap
SH_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run-tap $(SHELL)
BATS_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run-bats

# An error that a sanitizer finds is 99: the driver ends with an error.
if SANITIZERS
SANITIZER_ENVIRONMENT = SUPERD_SANITIZERS=yes; export SUPERD_SANITIZERS; \
	SUPERD_TEST_TIMEOUT=$${SUPERD_TEST_TIMEOUT-900}; \
	export SUPERD_TEST_TIMEOUT; \
	ASAN_OPTIONS=exitcode=99:allocator_may_return_null=1:$${ASAN_OPTIONS-}; export ASAN_OPTIONS; \
	UBSAN_OPTIONS=print_stacktrace=1:exitcode=99:$${UBSAN_OPTIONS-}; \
	export UBSAN_OPTIONS;
else
SANITIZER_ENVIRONMENT =
endif
AM_TESTS_ENVIRONMENT = \
	TOP_SRCDIR='$(abs_top_srcdir)'; export TOP_SRCDIR; \
	TOP_BUILDDIR='$(abs_top_builddir)'; export TOP_BUILDDIR; \
	HOUSE_CC='$(CC)'; export HOUSE_CC; \
	HOUSE_CPPFLAGS='$(DEFAULT_INCLUDES) $(DEFS) $(SUPERD_INCLUDES) $(INIH_CFLAGS) $(CPPFLAGS)'; \
	export HOUSE_CPPFLAGS; \
	HOUSE_CFLAGS='$(SUPERD_CFLAGS) $(CFLAGS)'; export HOUSE_CFLAGS; \
	HOUSE_NM='$(NM)'; export HOUSE_NM; \
	$(SANITIZER_ENVIRONMENT)

# superd, its peers and the limit of this machine, side by side: some ten
# minutes, or what is in BENCH ("-q"). `make bench-peers` gets the peers.
.PHONY: bench bench-peers
bench: all
	TOP_BUILDDIR='$(abs_top_builddir)' CC='$(CC)' \
	PEERS_DIR="$${PEERS_DIR-$(abs_top_builddir)/bench-peers.dir}" \
	    bash $(srcdir)/tests/bench/run \
	    -o '$(abs_top_builddir)/bench-results.dir' $(BENCH)
bench-peers:
	$(SHELL) $(srcdir)/tests/bench/peers.sh fetch \
	    '$(abs_top_builddir)/bench-peers.dir'

# FUZZ_SECONDS for each target of libFuzzer; needs clang
.PHONY: fuzz clean-fuzz
fuzz:
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
	    $(SHELL) $(srcdir)/tests/fuzz/run
clean-fuzz:
	rm -rf tests/fuzz/out
clean-local: clean-fuzz

.PHONY: check-house check-unit check-bats
check-house:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(HOUSE_TESTS)'
check-unit:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(check_PROGRAMS)'
check-bats:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(BATS_SUITES)'

MOSTLYCLEANFILES += src/*.gcda src/*.gcno src/*/*.gcda src/*/*.gcno

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Every child is reaped and told, however many end at once, and nothing is
# left of them.
load helpers

bats_require_minimum_version 1.5.0

LOAD=$TOP_BUILDDIR/tests/bench/load

teardown() {
	superd_end
}

# echo_handler: ours if it is built, else cat.
echo_handler() {
	if [ -x "$HANDLER_DIR/echo" ]; then
		echo "$HANDLER_DIR/echo"
	else
		program cat
	fi
}

load_says() {
	run -0 timeout 100 "$LOAD" "$@"
	echo "$output"
}

@test "20,000 connections, 64 at a time: all right, and nothing remains" {
	local count=20000
	[ -z "${SUPERD_SANITIZERS-}" ] || count=2000
	LOG_LEVEL=notice superd_daemon
	superd_service echo "$(echo_handler)"
	superd_start
	# What it keeps for good it has after a few.
	load_says -c 64 -n 200 "$(superd_port echo)"
	wait_for has_handlers 0
	files=$(open_files)
	rss=$(rss_kb)
	load_says -c 64 -n "$count" "$(superd_port echo)"
	[[ $output = *" right=$count "* ]]
	wait_for has_handlers 0
	[ -z "$(handlers Z)" ]
	[ "$(open_files)" = "$files" ]
	[ -n "${SUPERD_SANITIZERS-}" ] || {
		echo "$(rss_kb) KiB, $rss at first"
		[ "$(rss_kb)" -lt 3072 ]
		[ $(($(rss_kb) - rss)) -lt 512 ]
	}
	superd_stop
}

@test "5,000 held open at once each answer, new ones too" {
	skip_if_sanitized "memory"
	need_files 5200
	[ "$(ulimit -u)" = unlimited ] || [ "$(ulimit -u)" -gt 6000 ] ||
	    skip "no 5,000 processes are allowed"
	LOG_LEVEL=notice superd_daemon "max_connections = 6000"
	superd_service echo "$(echo_handler)" "max_connections = 6000"
	superd_start
	files=$(open_files)
	mkfifo "$BATS_TEST_TMPDIR/hold"
	timeout 100 "$LOAD" -H -n 5000 -t 60 "$(superd_port echo)" \
	    <"$BATS_TEST_TMPDIR/hold" >"$BATS_TEST_TMPDIR/held" 3>&- &
	local job=$!
	exec 6>"$BATS_TEST_TMPDIR/hold"
	tries=600
	until [ -s "$BATS_TEST_TMPDIR/held" ] || ! ((tries--)); do
		sleep 0.1
	done
	grep -qx "held 5000" "$BATS_TEST_TMPDIR/held"
	has_handlers 5000
	# Churn beside them: each is reaped at once, and told.
	load_says -c 16 -n 500 "$(superd_port echo)"
	[[ $output = *" right=500 "* ]]
	wait_for has_handlers 5000
	exec 6>&-
	wait "$job"
	grep -q " right=5000 " "$BATS_TEST_TMPDIR/held"
	wait_for has_handlers 0
	[ "$(open_files)" = "$files" ]
	# Memory of 6,000 connections, all used.
	[ "$(rss_kb)" -lt 6144 ]
	superd_stop
}

@test "held ones and churn: the log tells the status of each" {
	need_files 700
	script end <<-'EOT'
		#!/bin/sh
		echo ready
		read -r status
		exit "$status"
	EOT
	superd_daemon
	superd_service end "$SCRIPTS/end" "max_connections = 1000"
	superd_start
	client "$(superd_port end)" <<-'PYTHON'
		held = [connect(sys.argv[1]) for i in range(200)]
		for s in held:
		    assert read_line(s) == b"ready\n"
		for turn in range(10):
		    some = [connect(sys.argv[1]) for i in range(30)]
		    for s in some:
		        assert read_line(s) == b"ready\n"
		    for s in some:
		        s.sendall(b"%d\n" % (turn + 1))
		for s in held:
		    s.sendall(b"99\n")
		for s in held:
		    assert read_all(s) == b""
	PYTHON
	wait_for has_logged 500 conn.close
	for turn in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(count_logged "conn.close .*status=exit:$turn ")" = 30 ]
	done
	wait_for has_logged 200 "conn.close .*status=exit:99 "
	has_handlers 0
}

@test "500 handlers that are killed at once are all reaped and told" {
	need_files 1200
	superd_daemon
	superd_service echo "$(echo_handler)" "max_connections = 1000"
	superd_start
	client_start "$(superd_port echo)" <<-'PYTHON'
		held = [connect(sys.argv[1]) for i in range(500)]
		assert all(echoes(s) for s in held)
		say("held")
		until_told()
		for s in held:
		    try:
		        assert s.recv(1) == b""
		    except ConnectionResetError:
		        pass
	PYTHON
	has_handlers 500
	handlers | xargs kill -KILL
	wait_for has_handlers 0
	wait_for has_logged 500 "conn.close .*status=signal:KILL "
	client_end
	[ "$(ask "$(superd_port echo)" "still here")" = "still here" ]
}

@test "signals that come in while handlers end lose none of them" {
	skip_if_sanitized "time"
	superd_daemon
	superd_service echo "$(echo_handler)"
	superd_start
	client "$(superd_port echo)" "$SUPERD_PID" <<-'PYTHON'
		for i in range(200):
		    for number in signal.SIGCHLD, signal.SIGHUP, signal.SIGUSR1:
		        os.kill(int(sys.argv[2]), number)
		    assert ask(sys.argv[1], b"x") == b"x"
	PYTHON
	wait_for has_handlers 0
	wait_for has_logged 200 "conn.close .*status=exit:0 "
}

@test "as process 1 superd reaps orphans that are not its own" {
	unshare --pid --fork --mount-proc true 2>/dev/null ||
	    skip "no process namespaces here"
	script fork <<-'EOT'
		#!/bin/sh
		(
			exec <&- >&- 2>&-
			(while kill -0 $$ 2>/dev/null; do :; done) &
		)
		echo forked
	EOT
	LOG_LEVEL=debug superd_daemon
	superd_service fork "$SCRIPTS/fork"
	# The shell's child is the first process of its namespace.
	# shellcheck disable=SC2016 # sh expands it
	superd_wrap unshare --pid sh -c '
		unshare --mount-proc "$@" &
		exec 9>&-
		wait $!' sh
	superd_start
	SUPERD_PID=$(handlers)
	grep -q '^NSpid:.*[^0-9]1$' "/proc/$SUPERD_PID/status"
	[ "$(ask "$(superd_port fork)" "")" = forked ]
	wait_for logged "orphan.reaped pid=[0-9]*"
	wait_for logged "conn.close service=fork .*status=exit:0"
	superd_stop
}

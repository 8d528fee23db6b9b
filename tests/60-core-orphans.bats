#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Children that superd did not start, but inherits: none stays a zombie,
# however many connections there are.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	need python3
	# Its 40 children end when the last writer of the pipe has gone.
	script leave <<-'EOT'
		#!/bin/sh
		exec 3<"$1"
		i=0
		while [ $((i += 1)) -le 40 ]; do
			cat <&3 >/dev/null 2>&1 3<&- &
		done
		echo left
	EOT
	PIPE=$SCRIPTS/pipe
	mkfifo -m 666 "$PIPE"
	LOG_LEVEL=debug superd_daemon
	superd_service leave "$SCRIPTS/leave $PIPE"
	superd_service hold /bin/cat
}

teardown() {
	exec 6>&-
	superd_end
}

# orphans_end LIVE: 80 orphans end at once beside so many connections.
orphans_end() {
	local live=$1
	client_start "$(superd_port hold)" "$live" <<-'PYTHON'
		held = [connect(sys.argv[1]) for i in range(int(sys.argv[2]))]
		assert all(echoes(s) for s in held)
		say("held")
		until_told()
		assert all(echoes(s) for s in held)
	PYTHON
	# Only now, so that the client has not got it.
	exec 6<>"$PIPE"
	for _ in 1 2; do
		[ "$(ask "$(superd_port leave)" "")" = left ]
	done
	wait_for has_logged 2 "conn.close service=leave .*exit:0"
	has_handlers $((live + 80))
	[ -z "$(handlers Z)" ]
	exec 6>&-
	wait_for has_handlers "$live"
	[ -z "$(handlers Z)" ]
	wait_for has_logged 80 "orphan.reaped pid=[0-9]*"
	[ "$(ask "$(superd_port hold)" "still here")" = "still here" ]
	client_end
	wait_for has_handlers 0
	[ "$(count_logged conn.open)" = "$(count_logged conn.close)" ]
	superd_stop
}

# prctl(2): orphans below it become its children, as those of process 1 do.
as_subreaper() {
	cat >"$BATS_TEST_TMPDIR/subreaper.py" <<-'PYTHON'
		import ctypes, os, sys
		PR_SET_CHILD_SUBREAPER = 36
		assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
		os.set_inheritable(9, True)
		os.execvp(sys.argv[1], sys.argv[1:])
	PYTHON
	superd_wrap "$(program python3)" "$BATS_TEST_TMPDIR/subreaper.py"
}

@test "80 orphans that end at once beside 80 connections are all reaped" {
	as_subreaper
	superd_start
	orphans_end 80
}

@test "so they are beside few connections" {
	as_subreaper
	superd_start
	orphans_end 5
}

@test "so they are by process 1, beside 80 connections" {
	unshare --pid --fork --mount-proc true 2>/dev/null ||
	    skip "no process namespaces here"
	# The shell's child is the first process of its namespace.
	superd_wrap unshare --pid sh -c '
		unshare --mount-proc "$@" &
		exec 9>&-
		wait $!' sh
	superd_start
	SUPERD_PID=$(handlers)
	grep -q '^NSpid:.*[^0-9]1$' "/proc/$SUPERD_PID/status"
	orphans_end 80
}

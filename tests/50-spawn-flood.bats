#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A handler that writes to its stderr as fast as it can costs superd little,
# whatever it writes; and what is not logged is told.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	need python3
	script flood <<-EOT
		#!$(program python3)
		import os, socket, sys
		how = sys.argv[1]
		if how == "empty":
		    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM, fileno=2)
		    while True:
		        s.send(b"")
		data = b"\n" * 8000 if how == "newlines" else b"x"
		while True:
		    os.write(2, data)
	EOT
	script long <<-EOT
		#!$(program python3)
		import os
		os.write(2, b"A" * 69989 + b"\nlast words\n")
		os.write(2, b"the next line\n")
	EOT
}

teardown() {
	superd_end
}

# costs_little HOW: over two seconds of it, 10 % of a processor at most.
costs_little() {
	skip_if_sanitized "time"
	superd_service flood "$SCRIPTS/flood $1"
	superd_service echo /bin/cat
	superd_start
	client "$(superd_port flood)" "$(superd_port echo)" "$SUPERD_PID" \
	    "$SUPERD_ERR" <<-'PYTHON'
		flood, echo, pid, log = sys.argv[1:]
		s = connect(flood)
		end = time.monotonic() + 30
		while "handler.stderr.dropped service=flood" not in open(log).read():
		    assert time.monotonic() < end, "nothing is dropped"
		    time.sleep(0.01)
		began, cpu, longest = time.monotonic(), cpu_s(pid), 0
		for i in range(8):
		    asked = time.monotonic()
		    assert ask(echo, b"quick") == b"quick"
		    longest = max(longest, time.monotonic() - asked)
		    time.sleep(max(0, began + (i + 1) / 4 - time.monotonic()))
		took, cpu = time.monotonic() - began, cpu_s(pid) - cpu
		print("%.2f of %.2f s, longest answer %.3f s" % (cpu, took, longest))
		assert cpu <= took / 10
		assert longest < 2
	PYTHON
	handlers | xargs kill -KILL
	superd_stop
}

@test "a flood of empty lines, 8000 a write, costs little" {
	costs_little newlines
}

@test "a flood of single bytes costs little" {
	costs_little bytes
}

@test "a flood of empty datagrams costs little" {
	costs_little empty
}

@test "the end of a write that is too long is lost and told, not the next" {
	superd_service long "$SCRIPTS/long"
	superd_start
	ask "$(superd_port long)" ""
	wait_for logged "handler.stderr service=long .*text=\"the next line\"$"
	wait_for logged "handler.stderr.dropped service=long lines=1$"
	refute logged "last words"
	refute logged "A.*the next line"
	[ "$(grep -o 'text=A*' "$SUPERD_ERR" | sed 's/text=//' | tr -d '\n' |
	    wc -c)" -ge 60000 ]
}

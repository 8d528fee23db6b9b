#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Where a handler's stderr goes, and what a flood of it can do.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	script say <<-'EOT'
		#!/bin/sh
		echo answer
		echo complaint >&2
	EOT
}

teardown() {
	superd_end
}

closed() {
	wait_for logged "conn.close service=$1"
}

@test "stderr goes to the log, tagged, and not to the client" {
	superd_service say "$SCRIPTS/say"
	superd_start
	[ "$(ask "$(superd_port say)" "")" = answer ]
	closed say
	number=$(sed -n 's/.*conn.open service=say connection=\([0-9]*\) pid=\([0-9]*\).*/\1 pid=\2/p' "$SUPERD_ERR")
	wait_for logged "handler.stderr service=say connection=$number text=complaint\$"
}

@test "stderr = client sends it to the client and not to the log" {
	superd_service say "$SCRIPTS/say" "stderr = client"
	superd_start
	[ "$(ask "$(superd_port say)" "")" = $'answer\ncomplaint' ]
	closed say
	refute logged complaint
}

@test "stderr = null drops it" {
	superd_service say "$SCRIPTS/say" "stderr = null"
	superd_start
	[ "$(ask "$(superd_port say)" "")" = answer ]
	closed say
	refute logged complaint
}

@test "two writes make one line, and a line comes before the close event" {
	script pieces <<-'EOT'
		#!/bin/sh
		printf 'first half, ' >&2
		printf 'second half\nnext line\nno newline' >&2
	EOT
	superd_service pieces "$SCRIPTS/pieces"
	superd_start
	ask "$(superd_port pieces)" ""
	closed pieces
	grep -o 'text=.*\|conn.close' "$SUPERD_ERR" |
	    diff - <(printf '%s\n' 'text="first half, second half"' \
		'text="next line"' 'text="no newline"' conn.close)
}

@test "two handlers that write in turn do not get into one line" {
	script slow <<-'EOT'
		#!/bin/sh
		read -r who
		printf 'here is ' >&2
		echo ready
		read -r go
		printf '%s\n' "$who" >&2
	EOT
	superd_service slow "$SCRIPTS/slow"
	superd_start
	client "$(superd_port slow)" <<-'PYTHON'
		a, b = connect(sys.argv[1]), connect(sys.argv[1])
		for s, who in (a, b"anna\n"), (b, b"berta\n"):
		    s.sendall(who)
		    assert read_line(s) == b"ready\n"
		for s in b, a:
		    s.sendall(b"go\n")
		    assert read_all(s) == b""
	PYTHON
	wait_for logged 'text="here is anna"'
	wait_for logged 'text="here is berta"'
}

@test "a grandchild's line belongs to the connection, even after its end" {
	script parent <<-'EOT'
		#!/bin/sh
		sh -c 'echo from the grandchild >&2'
		(
			exec <&- >&-
			while kill -0 $$ 2>/dev/null; do :; done
			sleep 0.2
			echo from the orphan >&2
		) &
	EOT
	superd_service parent "$SCRIPTS/parent"
	superd_start
	ask "$(superd_port parent)" ""
	wait_for logged 'service=parent connection=1 .*text="from the grandchild"'
	wait_for logged 'service=parent connection=1 .*text="from the orphan"'
}

@test "a line without an end is cut and logged in parts" {
	script long <<-'EOT'
		#!/bin/sh
		head -c 3000 /dev/zero | tr '\0' x >&2
	EOT
	superd_service long "$SCRIPTS/long"
	superd_start
	ask "$(superd_port long)" ""
	closed long
	[ "$(count_logged 'handler.stderr service=long .*text=xxx')" -ge 2 ]
	[ "$(grep -o 'text=x*' "$SUPERD_ERR" | sed 's/text=//' | tr -d '\n' |
	    wc -c)" = 3000 ]
}

@test "a thousand handlers with a line each: all lines are there" {
	need_files 3000
	script line <<-'EOT'
		#!/bin/sh
		read -r n
		echo "line $n of many" >&2
	EOT
	superd_service line "$SCRIPTS/line" "max_connections = 64"
	superd_start
	client "$(superd_port line)" <<-'PYTHON'
		for turn in range(20):
		    socks = [connect(sys.argv[1]) for i in range(50)]
		    for i, s in enumerate(socks):
		        s.sendall(b"%d\n" % (turn * 50 + i))
		    for s in socks:
		        assert read_all(s) == b""
		        s.close()
	PYTHON
	wait_for has_logged 1000 "conn.close service=line"
	sed -n 's/.*connection=\([0-9]*\) .*text="line \([0-9]*\) of many"/\2/p' \
	    "$SUPERD_ERR" | sort -n | diff - <(seq 0 999)
	# Each under its own number.
	[ "$(sed -n 's/.*handler.stderr .*connection=\([0-9]*\) .*/\1/p' \
	    "$SUPERD_ERR" | sort -u | wc -l)" = 1000 ]
	refute logged dropped
}

@test "a flood is dropped and told, and costs little" {
	skip_if_sanitized "time"
	script flood <<-'EOT'
		#!/bin/sh
		exec yes "this is a line of the flood" >&2
	EOT
	superd_service flood "$SCRIPTS/flood"
	superd_service echo /bin/cat
	superd_start
	client_start "$(superd_port flood)" <<-'PYTHON'
		s = connect(sys.argv[1])
		say("connected")
		until_told()
	PYTHON
	wait_for logged "handler.stderr.dropped service=flood"
	client "$(superd_port echo)" "$SUPERD_PID" <<-'PYTHON'
		cpu, slowest = cpu_s(sys.argv[2]), 0
		end = time.monotonic() + 1
		while time.monotonic() < end:
		    began = time.monotonic()
		    assert ask(sys.argv[1], b"quick") == b"quick"
		    slowest = max(slowest, time.monotonic() - began)
		cpu = cpu_s(sys.argv[2]) - cpu
		print("slowest answer %.3f s, CPU %.2f s" % (slowest, cpu))
		assert slowest < 1, slowest
		assert cpu < 0.5, cpu
	PYTHON
	# 1000 lines a second and a burst of 2000 are let through.
	[ "$(count_logged "handler.stderr service=flood")" -lt 30000 ]
	handlers | xargs kill -KILL
	client_end
}

@test "a flood does not keep another handler of its service from ending" {
	script flood <<-'EOT'
		#!/bin/sh
		read -r what
		[ "$what" = flood ] && exec yes "this is a line of the flood" >&2
		echo "$what"
	EOT
	superd_service flood "$SCRIPTS/flood"
	superd_start
	client_start "$(superd_port flood)" <<-'PYTHON'
		s = connect(sys.argv[1])
		s.sendall(b"flood\n")
		say("flooding")
		until_told()
	PYTHON
	wait_for logged "handler.stderr.dropped service=flood"
	for _ in 1 2 3 4 5; do
		[ "$(ask "$(superd_port flood)" $'hello\n')" = hello ]
	done
	wait_for has_logged 5 "conn.close service=flood .*exit:0"
	superd_stop
	client_end
}

@test "the stderr sockets' directory is private, and gone afterwards" {
	mkdir -m 755 "$BATS_TEST_TMPDIR/run"
	superd_wrap env RUNTIME_DIRECTORY="$BATS_TEST_TMPDIR/run"
	superd_service say "$SCRIPTS/say"
	superd_start
	run -0 stat -c %a "$BATS_TEST_TMPDIR"/run/superd-stderr.*
	[ "$output" = 700 ]
	superd_stop
	[ -z "$(ls "$BATS_TEST_TMPDIR/run")" ]
}

@test "without a directory for its sockets stderr is logged all the same" {
	superd_wrap env RUNTIME_DIRECTORY=/nowhere XDG_RUNTIME_DIR=/nowhere
	superd_service say "$SCRIPTS/say"
	superd_start
	ask "$(superd_port say)" ""
	wait_for logged "handler.stderr service=say .*text=complaint"
}

@test "a superd that was killed leaves a directory that the next one takes" {
	mkdir -m 755 "$BATS_TEST_TMPDIR/run"
	superd_wrap env RUNTIME_DIRECTORY="$BATS_TEST_TMPDIR/run"
	superd_service say "$SCRIPTS/say"
	superd_start
	superd_kill
	left=$(ls "$BATS_TEST_TMPDIR/run")
	[ -n "$left" ]
	superd_start
	[ ! -e "$BATS_TEST_TMPDIR/run/$left" ]
	superd_stop
}

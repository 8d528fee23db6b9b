#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# How handlers and superd end: max_runtime, shutdown, signals.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	# What the handlers do; each first says its pid.
	script deaf <<-'EOT'
		#!/bin/sh
		trap '' TERM HUP INT
		echo $$
		while :; do sleep 60; done
	EOT
	script sleeper <<-'EOT'
		#!/bin/sh
		echo $$
		exec sleep 60
	EOT
	script polite <<-'EOT'
		#!/bin/sh
		trap 'echo goodbye; exit 3' TERM
		echo $$
		sleep 60 &
		wait
	EOT
	script parent <<-'EOT'
		#!/bin/sh
		sleep 60 &
		sleep 60 &
		echo $$
		wait
	EOT
	# A grandchild in a session of its own, out of reach.
	script outside <<-'EOT'
		#!/bin/sh
		setsid sleep 60 &
		echo $$
		wait
	EOT
}

teardown() {
	superd_end
}

# serve NAME [LINE...]: one of the scripts above as a service, with a client
# that waits for what comes.
serve() {
	local name=$1
	shift
	superd_service "$name" "$SCRIPTS/$name" "$@"
	superd_start
	attach "$name"
}

attach() {
	client_start "$(superd_port "$1")" <<-'PYTHON'
		s = connect(sys.argv[1], limit=60)
		say("pid", read_line(s).decode().strip())
		try:
		    say("then", read_all(s))
		except ConnectionResetError:
		    say("then reset")
	PYTHON
	wait_for grep -q '^pid [0-9]' "$CLIENT_OUT"
}

# seconds COMMAND...: succeeds with it, and sets $took in milliseconds.
seconds() {
	local began
	began=$(date +%s%N)
	"$@"
	took=$((($(date +%s%N) - began) / 1000000))
}

@test "max_runtime ends a handler, and the log says so" {
	serve sleeper "max_runtime = 300ms"
	wait_for logged "conn.close service=sleeper .*status=signal:TERM reason=runtime duration="
	refute logged "conn.close .*duration=0\.[0-2]"
	wait_for logged "conn.timeout service=sleeper .*max_runtime=0\.3"
	client_end
}

@test "max_runtime gives a handler the time to say goodbye" {
	serve polite "max_runtime = 300ms"
	wait_for logged "conn.close service=polite .*status=exit:3 reason=runtime"
	client_end
	grep -q "then b'goodbye" "$CLIENT_OUT"
}

@test "a handler that ignores TERM is killed after kill_grace" {
	serve deaf "max_runtime = 200ms" "kill_grace = 300ms"
	wait_for logged "conn.close service=deaf .*status=signal:KILL reason=runtime duration="
	refute logged "conn.close .*duration=0\.[0-4]"
	client_end
	wait_for no_leftovers
}

@test "a stopped handler ends too" {
	serve sleeper "max_runtime = 1s" "kill_grace = 30s"
	kill -STOP "$(sed -n 's/^pid //p' "$CLIENT_OUT")"
	wait_for logged "conn.close service=sleeper .*status=signal:TERM reason=runtime"
	client_end
}

@test "a handler that has left its process group ends too" {
	need python3
	script leaver <<-'EOT'
		#!/bin/sh
		sleep 60 &
		exec python3 -c '
		import os, time
		try:
		    os.setpgid(0, os.getpgid(os.getppid()))
		except PermissionError:
		    pass # it leads a session: superd has a terminal
		print(os.getpid(), flush=True)
		time.sleep(60)'
	EOT
	serve leaver "max_runtime = 1s" "kill_grace = 30s"
	wait_for logged "conn.close service=leaver .*status=signal:TERM reason=runtime"
	client_end
	wait_for no_leftovers
}

@test "a handler's children in its process group end with it" {
	serve parent "max_runtime = 300ms"
	wait_for logged "conn.close service=parent .*reason=runtime"
	wait_for no_leftovers
	client_end
}

@test "a handler that ends in time is left alone" {
	superd_service echo /bin/cat "max_runtime = 30s"
	superd_start
	[ "$(ask "$(superd_port echo)" x)" = x ]
	wait_for logged "conn.close service=echo .*status=exit:0 duration"
	refute logged conn.timeout
}

@test "many handlers reach max_runtime at once" {
	superd_service sleeper "$SCRIPTS/sleeper" "max_runtime = 700ms"
	superd_start
	client "$(superd_port sleeper)" <<-'PYTHON'
		socks = [connect(sys.argv[1]) for i in range(60)]
		for s in socks:
		    assert read_all(s).strip().isdigit()
	PYTHON
	wait_for has_handlers 0
	wait_for has_logged 60 "status=signal:TERM reason=runtime"
}

@test "TERM: superd stops listening at once, ends its handlers, exits with 0" {
	superd_service deaf "$SCRIPTS/deaf" "kill_grace = 1s"
	LISTEN=unix:$BATS_TEST_TMPDIR/sock superd_service echo /bin/cat
	superd_start
	attach deaf
	kill -TERM "$SUPERD_PID"
	wait_for logged "superd.stopping signal=TERM connections=1"
	client "$(superd_port deaf)" <<-'PYTHON'
		try:
		    connect(sys.argv[1])
		    sys.exit("still listens")
		except ConnectionRefusedError:
		    pass
	PYTHON
	refute test -e "$BATS_TEST_TMPDIR/sock"
	wait_for superd_is_gone
	wait "$SUPERD_JOB"
	wait_for logged "conn.close service=deaf .*status=signal:KILL reason=stop"
	tail -n 1 "$SUPERD_ERR" | grep -q superd.stop
	client_end
}

@test "TERM: a handler may finish within kill_grace" {
	serve polite "kill_grace = 30s"
	superd_stop
	wait_for logged "conn.close service=polite .*status=exit:3 reason=stop"
	client_end
	grep -q "then b'goodbye" "$CLIENT_OUT"
}

@test "INT stops superd just so" {
	serve sleeper
	kill -INT "$SUPERD_PID"
	wait_for superd_is_gone
	wait "$SUPERD_JOB"
	wait_for logged "superd.stopping signal=INT"
	client_end
}

@test "TERM twice: the end is immediate" {
	serve deaf "kill_grace = 1h"
	kill -TERM "$SUPERD_PID"
	wait_for logged superd.stopping
	kill -TERM "$SUPERD_PID"
	seconds wait_for superd_is_gone
	wait "$SUPERD_JOB"
	[ "$took" -lt 4000 ]
	client_end
	wait_for no_leftovers
}

@test "a stopped handler does not delay the end" {
	serve sleeper "kill_grace = 30s"
	kill -STOP "$(sed -n 's/^pid //p' "$CLIENT_OUT")"
	superd_stop
	client_end
}

@test "a grandchild out of reach does not delay the end" {
	need setsid
	serve outside "kill_grace = 30s"
	superd_stop
	# It is not superd's; the test ends it.
	leftovers | xargs kill
	client_end
}

@test "superd without connections ends at once" {
	superd_service echo /bin/cat
	superd_start
	superd_stop
	[ "$(count_logged superd.stop)" = 2 ]
}

@test "ten times started and stopped: nothing stays behind" {
	LISTEN="unix:$BATS_TEST_TMPDIR/sock, 127.0.0.1:0" \
	    superd_service echo /bin/cat
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		superd_start
		[ "$(ask "$(superd_port echo 2)" x)" = x ]
		superd_stop
	done
	[ ! -e "$BATS_TEST_TMPDIR/sock" ]
}

@test "signals that mean nothing to superd are ignored" {
	superd_service echo /bin/cat
	superd_start
	for name in PIPE CHLD CONT WINCH URG ALRM USR2 IO PROF VTALRM; do
		kill -"$name" "$SUPERD_PID"
	done
	[ "$(ask "$(superd_port echo)" x)" = x ]
	superd_stop
}

@test "a thousand HUPs do no harm" {
	superd_service echo /bin/cat
	superd_start
	files=$(open_files)
	for _ in $(seq 1000); do
		kill -HUP "$SUPERD_PID"
	done
	[ "$(ask "$(superd_port echo)" x)" = x ]
	wait_for has_handlers 0
	[ "$(open_files)" = "$files" ]
}

@test "superd stopped and continued serves those that came meanwhile" {
	superd_service echo /bin/cat
	superd_start
	kill -STOP "$SUPERD_PID"
	client_start "$(superd_port echo)" <<-'PYTHON'
		socks = [connect(sys.argv[1]) for i in range(30)]
		gone = [connect(sys.argv[1]) for i in range(100)]
		for s in socks:
		    s.sendall(b"hello\n")
		for s in gone:
		    s.close()
		say("connected")
		for s in socks:
		    assert read_line(s) == b"hello\n"
		say("served")
	PYTHON
	kill -CONT "$SUPERD_PID"
	client_end
	grep -q "served" "$CLIENT_OUT"
}

@test "superd killed: sessions go on, and the next one starts at once" {
	LISTEN="127.0.0.1:0, unix:$BATS_TEST_TMPDIR/sock" \
	    superd_service echo /bin/cat
	superd_start
	port=$(superd_port echo)
	client_start "$port" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		say("open")
		until_told()
		assert echoes(s)
		say("still open")
	PYTHON
	superd_kill
	[ -S "$BATS_TEST_TMPDIR/sock" ]
	sed -i "s/127.0.0.1:0/127.0.0.1:$port/" "$CONF"
	seconds superd_start
	[ "$took" -lt 3000 ]
	client "$port" "$BATS_TEST_TMPDIR/sock" <<-'PYTHON'
		assert ask(sys.argv[1], b"one") == b"one"
		assert ask(sys.argv[2], b"two") == b"two"
	PYTHON
	client_end
	grep -q "still open" "$CLIENT_OUT"
	superd_stop
}

@test "superd killed at any moment: the next one works" {
	mkdir "$BATS_TEST_TMPDIR/run"
	LISTEN="127.0.0.1:0, unix:$BATS_TEST_TMPDIR/sock" \
	    superd_service echo /bin/cat
	for i in $(seq 20); do
		RUNTIME_DIRECTORY=$BATS_TEST_TMPDIR/run \
		    timeout -s KILL "$(printf '0.%03d' $((i * 5 % 97)))" "$SUPERD" -c "$CONF" \
		    >/dev/null 2>&1 </dev/null 3>&- || :
	done
	superd_wrap env RUNTIME_DIRECTORY="$BATS_TEST_TMPDIR/run"
	superd_start
	[ "$(ask "$(superd_port echo)" x)" = x ]
	superd_stop
	[ -z "$(ls "$BATS_TEST_TMPDIR/run")" ]
}

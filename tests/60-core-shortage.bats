#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The system has no descriptor, no memory or no process for a client: superd
# waits, without work and with one line in the log, and goes on by itself.
load helpers

bats_require_minimum_version 1.5.0

teardown() {
	inject_nothing
	superd_end
}

# inject SPEC...: strace lets superd's system calls fail, until
# inject_nothing. See strace(1), --inject.
inject() {
	local args=()
	for spec; do
		args+=(-e "inject=$spec")
	done
	timeout 60 strace -q -p "$SUPERD_PID" -e trace="${1%%:*}" \
	    "${args[@]}" -o "$BATS_TEST_TMPDIR/strace" \
	    2>"$BATS_TEST_TMPDIR/strace.err" 3>&- &
	STRACE_JOB=$!
	wait_for is_traced
}

is_traced() {
	grep -q '^TracerPid:.*[1-9]' "/proc/$SUPERD_PID/status"
}

is_free() {
	! is_traced
}

inject_nothing() {
	[ -n "${STRACE_JOB-}" ] || return 0
	kill "$STRACE_JOB" 2>/dev/null || :
	wait "$STRACE_JOB" 2>/dev/null || :
	STRACE_JOB=
	[ -z "$SUPERD_PID" ] || wait_for is_free
}

# accept_survives ERROR TIMES: so many calls of accept4 fail in that way.
# Five clients are all served, and how often superd tried is bounded.
accept_survives() {
	inject "accept4:error=$1:when=1..$2"
	[ "$(ask_many "$(superd_port echo)" 5)" = 5 ]
	inject_nothing
	[ "$(grep -c "accept4.*INJECTED" "$BATS_TEST_TMPDIR/strace")" = "$2" ]
}

# lowest_free: the descriptor that superd would get next.
lowest_free() {
	local fd=0
	while [ -e "/proc/$SUPERD_PID/fd/$fd" ]; do
		fd=$((fd + 1))
	done
	echo "$fd"
}

conf() {
	superd_service echo /bin/cat "$@"
	superd_start
}

@test "no descriptor left (EMFILE): clients wait, are served, superd rests" {
	need prlimit
	conf
	client_start "$(superd_port echo)" <<-'PYTHON'
		holder = connect(sys.argv[1])
		say(echoes(holder))
		until_told()
		socks = [connect(sys.argv[1]) for i in range(25)]
		say("connected")
		for s in socks:
		    assert echoes(s)
		assert echoes(holder)
		say("all served")
	PYTHON
	limits=$(prlimit --pid "$SUPERD_PID" --nofile --noheadings \
	    --output SOFT,HARD --raw)
	prlimit --pid "$SUPERD_PID" --nofile="$(lowest_free):"
	exec 7>&-
	wait_for logged "accept.failed service=echo error=\"Too many open files\""
	client "$SUPERD_PID" <<-'PYTHON'
		cpu = cpu_s(sys.argv[1])
		time.sleep(1)
		cpu = cpu_s(sys.argv[1]) - cpu
		assert cpu <= 0.2, cpu
	PYTHON
	refute grep -q "all served" "$CLIENT_OUT"
	# It still hears its signals.
	kill -HUP "$SUPERD_PID"
	wait_for logged superd.reload
	prlimit --pid "$SUPERD_PID" --nofile="${limits% *}:"
	client_end
	grep -q "all served" "$CLIENT_OUT"
	wait_for logged "accept.resumed service=echo after=[1-9]"
	[ "$(count_logged "accept\.")" -le 4 ]
}

@test "with ulimit -n 64 and 200 clients none is lost and superd rests" {
	need prlimit
	superd_wrap "$(program prlimit)" --nofile=64:64 --
	conf "max_connections = 150"
	client_start "$(superd_port echo)" "$SUPERD_PID" <<-'PYTHON'
		socks = [connect(sys.argv[1]) for i in range(200)]
		for s in socks:
		    s.sendall(b"hello\n")
		first = answered(socks, 150, 30)
		assert len(first) == 150, len(first)
		cpu = cpu_s(sys.argv[2])
		time.sleep(1)
		cpu = cpu_s(sys.argv[2]) - cpu
		assert cpu <= 0.05, cpu
		left = set(socks)
		while left:
		    ready = answered(left, 1, 20)
		    assert ready, len(left)
		    for s in ready:
		        assert read_line(s) == b"hello\n"
		        s.close()
		        left.remove(s)
		say("all served")
	PYTHON
	client_end
	grep -q "all served" "$CLIENT_OUT"
	superd_stop
}

@test "the system is short of files, buffers or memory: a pause, no storm" {
	need_tracing
	conf
	for error in ENFILE ENOBUFS ENOMEM EPERM; do
		accept_survives "$error" 3
	done
	wait_for logged 'accept.failed service=echo error="Too many open files in system"'
	wait_for logged "accept.resumed service=echo"
	# Those that come within ten seconds are counted.
	[ "$(count_logged accept.failed)" -le 2 ]
}

@test "errors that nobody expects of accept pause it too" {
	need_tracing
	conf
	for error in EIO EFAULT; do
		accept_survives "$error" 2
	done
	wait_for logged 'accept.failed service=echo error="Input/output error"'
}

@test "clients that were gone before they were accepted are passed over" {
	need_tracing
	conf
	for error in ECONNABORTED EPROTO EINTR EAGAIN ENETDOWN ETIMEDOUT \
	    EHOSTUNREACH; do
		accept_survives "$error" 4
	done
	refute logged accept.failed
}

@test "nothing but such errors does not make superd spin" {
	need_tracing
	conf
	accept_survives ECONNABORTED 80
	[ "$(count_logged accept.failed)" = 1 ]
}

@test "no process for a client: it waits, and is served as soon as one is" {
	need_tracing
	conf
	inject clone:error=EAGAIN:when=1..3 clone3:error=EAGAIN:when=1..3
	[ "$(ask_many "$(superd_port echo)" 5)" = 5 ]
	inject_nothing
	[ "$(count_logged "spawn.failed service=echo .*step=clone error=\"cannot make a process: Resource temporarily unavailable\"")" = 1 ]
	[ "$(count_logged conn.refuse)" = 0 ]
	wait_for has_handlers 0
}

@test "no process for long: the client is let go, the slot given back" {
	need_tracing
	# Each of the attempts would take a slot of few.
	superd_daemon "max_connections = 4"
	conf "max_connections = 4"
	files=$(open_files)
	inject clone:error=ENOMEM:when=1+ clone3:error=ENOMEM:when=1+
	client "$(superd_port echo)" "$SUPERD_PID" <<-'PYTHON'
		cpu, began = cpu_s(sys.argv[2]), time.monotonic()
		with connect(sys.argv[1]) as s:
		    assert s.recv(1) == b""
		took = time.monotonic() - began
		assert 3 < took < 12, took
		assert cpu_s(sys.argv[2]) - cpu < 0.3 * took
	PYTHON
	wait_for logged 'conn.refuse service=echo .*reason="no process"'
	[ "$(open_files)" = "$files" ]
	inject_nothing
	[ "$(ask_many "$(superd_port echo)" 10)" = 10 ]
}

@test "while no process can be made another service is served" {
	need_tracing
	superd_service other /bin/cat
	conf
	# The first clone and its retries are those of `echo`.
	inject clone:error=EAGAIN:when=1..2 clone3:error=EAGAIN:when=1..2
	client_start "$(superd_port echo)" <<-'PYTHON'
		s = connect(sys.argv[1])
		say("connected")
		until_told()
		assert echoes(s)
	PYTHON
	[ "$(ask "$(superd_port other)" hello)" = hello ]
	client_end
}

@test "a held client waits while its service is full, for as long as it is" {
	need_tracing
	LISTEN="127.0.0.1:0, 127.0.0.1:0" conf "max_connections = 1"
	inject clone:error=EAGAIN:when=1..2 clone3:error=EAGAIN:when=1..2
	client "$(superd_port echo)" "$(superd_port echo 2)" <<-'PYTHON'
		a, b = connect(sys.argv[1]), connect(sys.argv[2])
		for s in a, b:
		    s.sendall(b"hello\n")
		# Longer than a client is held for want of a process.
		first = answered([a, b], 2, 6)
		assert len(first) == 1, "%d are served" % len(first)
		other = a if first[0] is b else b
		first[0].close()
		assert read_line(other) == b"hello\n"
	PYTHON
	inject_nothing
	refute logged conn.refuse
}

@test "no process, and superd is told to stop: it does" {
	need_tracing
	# Who is traced cannot look for leaks.
	export ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0
	conf
	inject clone:error=EAGAIN:when=1+ clone3:error=EAGAIN:when=1+
	client_start "$(superd_port echo)" <<-'PYTHON'
		s = connect(sys.argv[1])
		say("connected")
		until_told()
		assert s.recv(1) == b""
	PYTHON
	wait_for logged "spawn.failed .*step=clone"
	superd_stop
	wait_for logged 'conn.refuse service=echo .*reason=stopping'
	client_end
}

@test "a full process table (cgroup) is survived" {
	need_root "to make a cgroup"
	local top=/sys/fs/cgroup/pids group
	[ -w "$top/cgroup.procs" ] || skip "no pids cgroup here"
	group=$top/superd-test-$$
	mkdir "$group" || skip "no pids cgroup can be made"
	conf
	echo "$SUPERD_PID" >"$group/cgroup.procs"
	echo 1 >"$group/pids.max"
	client_start "$(superd_port echo)" <<-'PYTHON'
		s = connect(sys.argv[1])
		say("connected")
		until_told()
		assert echoes(s)
	PYTHON
	wait_for logged "spawn.failed .*step=clone"
	echo max >"$group/pids.max"
	client_end
	superd_stop
	rmdir "$group"
}

@test "stderr that cannot be set up does not keep the handler from running" {
	superd_wrap env RUNTIME_DIRECTORY="$BATS_TEST_TMPDIR"
	conf
	rm "$BATS_TEST_TMPDIR"/superd-stderr.*/*
	[ "$(ask "$(superd_port echo)" hello)" = hello ]
	wait_for logged "superd.fault service=echo .*stderr of the handler"
}

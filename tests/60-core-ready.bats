#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What the service manager is told: NOTIFY_SOCKET, WATCHDOG_USEC, --ready-fd.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	need python3
	AT=$BATS_TEST_TMPDIR/notify.sock
	HEARD=$BATS_TEST_TMPDIR/heard
	MANAGER=
}

teardown() {
	manager_end
	superd_end
}

# manager [SOCKET]: receives what superd says, in $HEARD.
manager() {
	rm -f "$HEARD"
	mkfifo "$BATS_TEST_TMPDIR/manager"
	timeout 120 python3 "$TOP_SRCDIR/tests/notify.py" "${1:-$AT}" \
	    "$HEARD" <"$BATS_TEST_TMPDIR/manager" 3>&- 4>&- &
	MANAGER=$!
	exec 8>"$BATS_TEST_TMPDIR/manager"
	wait_for test -s "$HEARD"
	export NOTIFY_SOCKET=${1:-$AT}
}

manager_end() {
	[ -n "$MANAGER" ] || return 0
	exec 8>&-
	wait "$MANAGER" || :
	MANAGER=
}

# superd_ends: and all that it said until then is in $HEARD.
superd_ends() {
	superd_stop
	manager_end
}

# heard PATTERN: has the manager got such a message from superd?
heard() {
	grep -q "^[0-9.]* $SUPERD_PID $1" "$HEARD"
}

# count_heard PATTERN: how many.
count_heard() {
	grep -c "^[0-9.]* [0-9]* $1" "$HEARD" || :
}

heard_at_least() {
	[ "$(count_heard "$2")" -ge "$1" ]
}

@test "READY comes when all sockets listen, STOPPING on TERM" {
	manager
	superd_service one /bin/cat
	superd_service two /bin/cat
	superd_start 8>&-
	wait_for heard "READY=1 STATUS=serving 2 services, 0 connections$"
	[ "$(ask "$(superd_port two)" x)" = x ]
	superd_ends
	[ "$(count_heard "STOPPING=1 STATUS=stopping, 0 connections to end$")" \
	    = 1 ]
	# Nothing for the connection, nor anything else.
	[ "$(wc -l <"$HEARD")" = 3 ]
}

@test "who connects at READY is served, on the last of 200 services" {
	superd_daemon
	for i in $(seq 199); do
		printf '[s%d]\nlisten = 127.0.0.1:0\nhandler = /bin/cat\n' "$i"
	done >>"$CONF"
	LISTEN=unix:$BATS_TEST_TMPDIR/last superd_service last /bin/cat
	need_files 1000
	client "$AT" "$BATS_TEST_TMPDIR/last" "$SUPERD" "$CONF" \
	    2>"$SUPERD_ERR" <<-'PYTHON'
		import subprocess
		at, last, superd, conf = sys.argv[1:]
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(at)
		s.settimeout(60)
		p = subprocess.Popen([superd, "-q", "-c", conf],
		    env=dict(os.environ, NOTIFY_SOCKET=at))
		try:
		    assert s.recv(4096).startswith(b"READY=1\n")
		    assert ask(last, b"x") == b"x"
		finally:
		    p.terminate()
		    assert p.wait(60) == 0
	PYTHON
}

@test "connections that are left are told with STOPPING" {
	manager
	superd_service echo /bin/cat "kill_grace = 1s"
	superd_start 8>&-
	client_start "$(superd_port echo)" 8>&- <<-'PYTHON'
		held = [connect(sys.argv[1]) for i in range(3)]
		assert all(echoes(s) for s in held)
		say("held")
		until_told()
	PYTHON
	superd_ends
	[ "$(count_heard "STOPPING=1 STATUS=stopping, 3 connections to end$")" \
	    = 1 ]
	client_end
}

@test "an abstract socket is told as well" {
	manager "@superd-test-notify-$$"
	superd_service echo /bin/cat
	superd_start 8>&-
	wait_for heard READY=1
	superd_ends
	[ "$(count_heard STOPPING=1)" = 1 ]
}

@test "a socket where nobody is does not disturb, and is told once" {
	superd_service echo /bin/cat
	for at in "$AT" @superd-test-nobody-$$ vsock:2:1234 relative; do
		rm -f "$SUPERD_ERR"
		export NOTIFY_SOCKET=$at WATCHDOG_USEC=40000
		superd_start
		for _ in 1 2 3; do
			[ "$(ask "$(superd_port echo)" x)" = x ]
		done
		superd_stop
		[ "$(count_logged 'superd.fault what="cannot tell the service manager"')" = 1 ]
	done
}

@test "a manager that has gone is found again" {
	manager
	export WATCHDOG_USEC=200000
	superd_service echo /bin/cat
	superd_start 8>&-
	wait_for heard READY=1
	manager_end
	rm "$AT" "$BATS_TEST_TMPDIR/manager"
	wait_for logged "cannot tell the service manager"
	manager
	wait_for heard WATCHDOG=1
	superd_ends
	[ "$(count_heard STOPPING=1)" = 1 ]
}

@test "WATCHDOG comes at half the interval" {
	manager
	export WATCHDOG_USEC=1000000
	superd_service echo /bin/cat
	superd_start 8>&-
	wait_for heard_at_least 4 WATCHDOG=1
	superd_ends
	# Three pauses of half a second, late at most by what a busy machine
	# takes; never in time for twice as many.
	grep WATCHDOG=1 "$HEARD" | awk '
		NR == 1 { first = $1 } NR == 4 { last = $1 }
		END { exit !(last - first > 1.4 && last - first < 2.6) }'
}

@test "WATCHDOG goes on while superd stops" {
	manager
	export WATCHDOG_USEC=200000
	script deaf <<-'EOT'
		#!/bin/sh
		trap '' TERM
		echo up
		while :; do sleep 60; done
	EOT
	superd_service deaf "$SCRIPTS/deaf" "kill_grace = 2s"
	superd_start 8>&-
	client_start "$(superd_port deaf)" 8>&- <<-'PYTHON'
		s = connect(sys.argv[1])
		assert read_line(s) == b"up\n"
		say("up")
		until_told()
	PYTHON
	superd_ends
	sed '1,/STOPPING=1/d' "$HEARD" | grep -c WATCHDOG=1 |
	    { read -r n; [ "$n" -ge 4 ]; }
	client_end || :
}

@test "WATCHDOG of another process is not ours" {
	manager
	export WATCHDOG_USEC=40000 WATCHDOG_PID=1
	superd_service echo /bin/cat
	superd_start 8>&-
	wait_for heard READY=1
	for _ in 1 2 3 4 5; do
		[ "$(ask "$(superd_port echo)" x)" = x ]
	done
	superd_ends
	[ "$(count_heard WATCHDOG)" = 0 ]
}

# switches: how often superd has waited, or was made to.
switches() {
	awk '/_ctxt_switches:/ { n += $2 } END { print n }' \
	    "/proc/$SUPERD_PID/status"
}

# at_rest: does nothing change for a second?
at_rest() {
	local before
	before=$(switches)
	sleep 1
	[ "$(switches)" = "$before" ]
}

@test "an idle superd without a watchdog does nothing for ten seconds" {
	manager
	superd_service echo /bin/cat
	superd_start 8>&-
	wait_for heard READY=1
	[ "$(ask "$(superd_port echo)" x)" = x ]
	wait_for logged conn.close
	wait_for at_rest
	# Who waits in one system call makes no other: it would have to wait
	# anew, and that counts.
	before=$(switches)
	sleep 10
	[ "$(switches)" = "$before" ]
	superd_ends
}

@test "handlers do not inherit what superd is told" {
	manager
	export WATCHDOG_USEC=60000000
	superd_service env /usr/bin/env \
	    "pass_environment = NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID"
	superd_start 8>&-
	[ -z "$(ask "$(superd_port env)" "" | grep -E 'NOTIFY|WATCHDOG')" ]
	superd_ends
}

@test "-d tells the manager which process is superd" {
	manager
	superd_daemon "log = $BATS_TEST_TMPDIR/log"
	superd_service echo /bin/cat
	run -0 timeout 20 "$SUPERD" -d -c "$CONF" \
	    --pidfile "$BATS_TEST_TMPDIR/superd.pid" 3>&- 4>&- 8>&-
	SUPERD_PID=$(cat "$BATS_TEST_TMPDIR/superd.pid")
	wait_for heard "READY=1 MAINPID=$SUPERD_PID STATUS="
	kill -TERM "$SUPERD_PID"
	wait_for superd_is_gone
	SUPERD_PID=
}

@test "a superd that cannot listen is never ready" {
	manager
	superd_service one /bin/cat
	LISTEN=192.0.2.7:0 superd_service two /bin/cat
	run -1 timeout 20 "$SUPERD" -c "$CONF" 8>&-
	manager_end
	[ "$(cat "$HEARD")" = listening ]
}

@test "systemd understands the units" {
	need systemd-analyze
	cp "$TOP_SRCDIR/etc/superd.socket" "$BATS_TEST_TMPDIR"
	sed -e "s|=[^ ]*/superd |=$SUPERD |" \
	    "$TOP_BUILDDIR/etc/superd.service" \
	    >"$BATS_TEST_TMPDIR/superd.service"
	run -0 timeout 60 systemd-analyze verify --man=no \
	    "$BATS_TEST_TMPDIR/superd.service" \
	    "$BATS_TEST_TMPDIR/superd.socket"
	[ "$output" = "" ]
}

@test "--ready-fd suits s6: its reader closes behind the first newline" {
	superd_daemon
	for i in $(seq 100); do
		printf '[s%d]\nlisten = 127.0.0.1:0\nhandler = /bin/cat\n' "$i"
	done >>"$CONF"
	need_files 1000
	client "$SUPERD" "$CONF" "$SUPERD_ERR" <<-'PYTHON'
		import subprocess
		superd, conf, err = sys.argv[1:]
		r, w = os.pipe()
		p = subprocess.Popen([superd, "-c", conf, "--ready-fd", str(w)],
		    pass_fds=[w], stderr=open(err, "w"))
		os.close(w)
		line = b""
		while not line.endswith(b"\n"):
		    line += os.read(r, 1)
		os.close(r)
		name, address = line.decode().split()
		assert name == "s1"
		try:
		    for i in range(2):
		        assert ask(address.rsplit(":")[1], b"x") == b"x"
		finally:
		    p.terminate()
		    assert p.wait(60) == 0
	PYTHON
	[ "$(count_logged superd.listen)" = 100 ]
	logged superd.stop
}

@test "a reload is told, however it goes, and an upgrade" {
	manager
	superd_service it /bin/cat
	WATCHDOG_USEC=2000000 superd_start 8>&-
	wait_for heard "READY=1 "
	kill -HUP "$SUPERD_PID"
	wait_for heard "RELOADING=1 MONOTONIC_USEC=[0-9]* "
	wait_for heard_at_least 2 "READY=1 "
	superd_service bad /bin/nothing
	kill -HUP "$SUPERD_PID"
	wait_for heard_at_least 2 "RELOADING=1 "
	wait_for heard_at_least 3 "READY=1 "
	superd_daemon
	superd_service it /bin/cat
	kill -USR2 "$SUPERD_PID"
	wait_for heard_at_least 3 "RELOADING=1 "
	wait_for heard_at_least 4 "READY=1 STATUS=serving 1 service, 0 conn"
	signs=$(count_heard "WATCHDOG=1")
	wait_for heard_at_least $((signs + 2)) "WATCHDOG=1"
	superd_stop
	wait_for heard_at_least 1 "STOPPING=1 "
}

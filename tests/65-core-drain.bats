#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# SIGQUIT: nobody is turned away who is there already.
load helpers

bats_require_minimum_version 1.5.0

teardown() {
	superd_end
}

# ends: superd exits with 0 by itself.
ends() {
	local status=0
	wait_for superd_is_gone
	wait "$SUPERD_JOB" || status=$?
	SUPERD_PID=
	[ "$status" = 0 ]
}

@test "handlers finish, new clients are refused, then superd ends" {
	superd_service it /bin/cat
	superd_start
	client_start "$(superd_port it)" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		say("open")
		until_told()
		assert echoes(s)
		try:
		    connect(sys.argv[1])
		    sys.exit(1)
		except ConnectionRefusedError:
		    say("refused")
	PYTHON
	kill -QUIT "$SUPERD_PID"
	wait_for logged "superd.draining signal=QUIT connections=1"
	wait_for logged "superd.unlisten service=it"
	kill -0 "$SUPERD_PID"
	client_end
	grep -q refused "$CLIENT_OUT"
	ends
	logged "conn.close .*status=exit:0"
	refute logged superd.stopping
}

@test "without connections it ends at once" {
	superd_service it /bin/cat
	superd_start
	kill -QUIT "$SUPERD_PID"
	ends
	logged superd.stop
}

@test "who waits in the backlog is served first" {
	superd_service it /bin/cat "max_connections = 3"
	superd_service other /bin/cat
	superd_start
	kill -STOP "$SUPERD_PID"
	client_start "$(superd_port it)" "$(superd_port other)" <<-'PYTHON'
		socks = [connect(sys.argv[1 + i % 2]) for i in range(40)]
		say("all wait")
		until_told()
		for s in socks:
		    s.sendall(b"x")
		    s.shutdown(socket.SHUT_WR)
		assert all(read_all(s) == b"x" for s in socks)
		say("all served")
	PYTHON
	kill -QUIT "$SUPERD_PID"
	kill -CONT "$SUPERD_PID"
	client_end
	grep -q "all served" "$CLIENT_OUT"
	ends
	[ "$(count_logged conn.close)" = 40 ]
}

@test "after drain_timeout handlers are ended as in a stop" {
	script deaf <<-'EOT'
		#!/bin/sh
		trap "" TERM
		echo deaf
		cat >/dev/null
		sleep 100
	EOT
	superd_daemon "drain_timeout = 200ms"
	superd_service it /bin/cat
	superd_service deaf "$SCRIPTS/deaf" "kill_grace = 300ms"
	superd_start
	client_start "$(superd_port it)" "$(superd_port deaf)" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		d = connect(sys.argv[2])
		assert read_line(d) == b"deaf\n"
		say("open")
		assert read_all(s) == b""
		until_told()
	PYTHON
	kill -QUIT "$SUPERD_PID"
	ends
	logged "superd.stopping signal=drain_timeout connections=2"
	logged "conn.close service=it .*status=signal:TERM reason=stop"
	logged "conn.close service=deaf .*status=signal:KILL reason=stop"
	client_end
}

@test "TERM while it drains stops it" {
	superd_service it /bin/cat
	superd_start
	client_start "$(superd_port it)" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		say("open")
		until_told()
	PYTHON
	kill -QUIT "$SUPERD_PID"
	wait_for logged superd.draining
	kill -QUIT "$SUPERD_PID"
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.reload.refused .*about to end"
	kill -TERM "$SUPERD_PID"
	ends
	logged "superd.stopping signal=TERM"
	[ "$(count_logged superd.draining)" = 1 ]
	client_end
}

@test "a rate is kept while the backlog is served" {
	superd_service it /bin/cat "rate = 5/s burst 1"
	superd_start
	client_start "$(superd_port it)" <<-'PYTHON'
		socks = [connect(sys.argv[1]) for i in range(4)]
		say("all wait")
		for s in socks:
		    s.sendall(b"x")
		    s.shutdown(socket.SHUT_WR)
		assert all(read_all(s) == b"x" for s in socks)
		say("all served")
		until_told()
	PYTHON
	kill -QUIT "$SUPERD_PID"
	ends
	client_end
	grep -q "all served" "$CLIENT_OUT"
}

@test "who comes to a full service during a drain is not taken" {
	script slow <<-'EOT'
		#!/bin/sh
		echo here
		sleep 0.3
	EOT
	superd_service it "$SCRIPTS/slow" "max_connections = 1"
	superd_start
	client_start "$(superd_port it)" <<-'PYTHON'
		socks = [connect(sys.argv[1]) for i in range(3)]
		assert read_line(socks[0]) == b"here\n"
		say("three are there")
		until_told()
		assert all(read_line(s) == b"here\n" for s in socks[1:])
		say("all served")
	PYTHON
	kill -QUIT "$SUPERD_PID"
	wait_for logged superd.draining
	late=$(client "$(superd_port it)" <<-'PYTHON'
		late = socket.socket()
		late.settimeout(0.4)
		try:
		    late.connect((HOST, int(sys.argv[1])))
		    print("taken")
		except OSError:
		    print("not taken")
	PYTHON
	)
	client_end
	[ "$late" = "not taken" ]
	grep -q "all served" "$CLIENT_OUT"
	ends
	[ "$(count_logged conn.open)" = 3 ]
}

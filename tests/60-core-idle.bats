#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# idle_timeout: who says nothing and is told nothing goes; others stay.
load helpers

teardown() {
	superd_end
}

# need_diag: skips where the kernel tells nothing of sockets.
need_diag() {
	need ss
	[ -n "$(ss -Htln "sport = :$1" 2>/dev/null)" ] ||
	    skip "no sock_diag here"
}

# clients SERVICE CODE: Python, with `port`, in the background; its output
# is in $CLIENT_OUT, and it begins with a line.
clients() {
	client_start "$(superd_port "$1")" <<-PYTHON
		port = sys.argv[1]
		def idle(s, limit=30):
		    """How long until the end comes, without a word."""
		    began = time.monotonic()
		    s.settimeout(limit)
		    try:
		        assert s.recv(1) == b""
		    except ConnectionResetError:
		        pass
		    return time.monotonic() - began
		print("begins")
		$2
	PYTHON
}

@test "a connection over which nothing goes is ended in time, and it is told" {
	superd_service quiet cat "idle_timeout = 500ms"
	superd_start
	need_diag "$(superd_port quiet)"
	clients quiet 'took = idle(connect(port)); assert 0.45 < took < 5, took'
	client_end
	wait_for logged "conn.idle service=quiet connection=1 pid=[0-9]* peer=127.0.0.1:[0-9]* idle_timeout=0\.500000"
	wait_for logged "conn.close service=quiet .*status=signal:TERM reason=idle duration=0\.[4-9]"
}

@test "IPv6, and IPv4 on an IPv6 socket, are looked up as well" {
	LISTEN="[::]:0" superd_service both cat "idle_timeout = 300ms" "v6only = no"
	superd_start
	need_diag "$(superd_port both)"
	clients both 'for host in "127.0.0.1", "::1": print(idle(connect(port, host)))'
	client_end
	wait_for has_logged 2 "conn.close service=both .*reason=idle"
}

@test "who sends, who receives and who does both stay, then they go" {
	script silent <<-'EOT'
		#!/bin/sh
		exec cat >/dev/null
	EOT
	script talker <<-'EOT'
		#!/bin/sh
		for i in 1 2 3 4 5 6; do
			echo "$i"
			sleep 0.3
		done
		exec sleep 60
	EOT
	superd_service silent "$SCRIPTS/silent" "idle_timeout = 1s"
	superd_service talker "$SCRIPTS/talker" "idle_timeout = 1s"
	superd_service echo cat "idle_timeout = 1s"
	superd_start
	need_diag "$(superd_port echo)"
	client "$(superd_port silent)" "$(superd_port talker)" \
	    "$(superd_port echo)" <<-'PYTHON'
		silent, talker, echo = map(connect, sys.argv[1:])
		for i in range(6):
		    silent.sendall(b"x")
		    echo.sendall(b"x")
		    assert echo.recv(1) == b"x"
		    time.sleep(0.3)
		assert read_all(talker) == b"1\n2\n3\n4\n5\n6\n"
		assert read_all(echo) == b"" and read_all(silent) == b""
	PYTHON
	wait_for has_logged 3 "conn.close .*reason=idle duration=[2-9]"
}

@test "a handler that ignores TERM is killed after kill_grace" {
	script deaf <<-'EOT'
		#!/bin/sh
		trap "" TERM
		while :; do sleep 1; done
	EOT
	superd_service deaf "$SCRIPTS/deaf" "idle_timeout = 200ms" \
	    "kill_grace = 200ms"
	superd_start
	need_diag "$(superd_port deaf)"
	clients deaf 'idle(connect(port))'
	client_end
	wait_for logged "conn.close service=deaf .*status=signal:KILL reason=idle"
}

@test "max_runtime comes first where it is shorter, whatever goes" {
	superd_service it cat "idle_timeout = 20s" "max_runtime = 300ms"
	superd_start
	clients it 'idle(connect(port))'
	client_end
	wait_for logged "conn.close service=it .*reason=runtime duration=0\.[3-9]"
}

@test "a client that has reset leaves a handler that is found idle" {
	script numb <<-'EOT'
		#!/bin/sh
		exec sleep 60
	EOT
	superd_service numb "$SCRIPTS/numb" "idle_timeout = 400ms"
	superd_start
	need_diag "$(superd_port numb)"
	client "$(superd_port numb)" <<-'PYTHON'
		s = connect(sys.argv[1])
		for i in range(3):
		    s.sendall(b"x")
		    time.sleep(0.3)
		s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
		s.close()
	PYTHON
	wait_for logged "conn.close service=numb .*reason=idle"
}

@test "a connection keeps its idle_timeout through a reload" {
	superd_service it cat "idle_timeout = 1s"
	superd_start
	need_diag "$(superd_port it)"
	clients it 'idle(connect(port))'
	wait_for logged conn.open
	sed -i '/idle_timeout/d' "$CONF"
	kill -HUP "$SUPERD_PID"
	wait_for logged superd.reload
	client_end
	wait_for logged "conn.close service=it .*reason=idle"
}

@test "idle_timeout runs on through an upgrade" {
	superd_service it cat "idle_timeout = 2s"
	superd_start
	need_diag "$(superd_port it)"
	clients it 'took = idle(connect(port)); assert 1.9 < took < 6, took'
	wait_for logged conn.open
	kill -USR2 "$SUPERD_PID"
	wait_for logged superd.upgraded
	client_end
	wait_for logged "conn.close service=it .*reason=idle"
}

@test "where the kernel does not tell, it is said once, and nobody is ended" {
	need python3
	# AF_NETLINK is refused by a filter of system calls, as a jail does.
	program python3 >/dev/null
	script filtered <<-'EOT'
		#!/usr/bin/env python3
		import ctypes, struct, sys, os
		libc = ctypes.CDLL(None, use_errno=True)
		nr = {"x86_64": (41, 0xc000003e), "aarch64": (198, 0xc00000b7)}
		if os.uname().machine not in nr:
		    sys.exit(77)
		number, arch = nr[os.uname().machine]
		code = b"".join(struct.pack("HBBI", *i) for i in (
		    (0x20, 0, 0, 0),               # the number of the call
		    (0x15, 0, 3, number),
		    (0x20, 0, 0, 16),              # its first argument
		    (0x15, 0, 1, 16),              # AF_NETLINK
		    (0x06, 0, 0, 0x00050000 | 97), # EAFNOSUPPORT
		    (0x06, 0, 0, 0x7fff0000)))
		buffer = ctypes.create_string_buffer(code)
		program = struct.pack("HxxxxxxP", 6, ctypes.addressof(buffer))
		libc.prctl(38, 1, 0, 0, 0)
		if libc.prctl(22, 2, program, 0, 0) != 0:
		    sys.exit(77)
		os.execvp(sys.argv[1], sys.argv[1:])
	EOT
	"$SCRIPTS/filtered" true || skip "no filters of system calls here"
	superd_service it cat "idle_timeout = 200ms"
	superd_wrap "$SCRIPTS/filtered"
	superd_start
	client "$(superd_port it)" <<-'PYTHON'
		s = connect(sys.argv[1])
		time.sleep(1)
		s.sendall(b"still here")
		assert s.recv(10) == b"still here"
	PYTHON
	wait_for logged "conn.close service=it .*status=exit:0"
	logged "superd.fault what=\"cannot look for idle connections: sock_diag(7)\""
	[ "$(count_logged superd.fault)" = 1 ]
}

@test "idle_timeout is a mistake where there are unix sockets only" {
	LISTEN=unix:$BATS_TEST_TMPDIR/x superd_service it cat "idle_timeout = 1s"
	run timeout 20 "$SUPERD" -t -c "$CONF"
	[ "$status" = 3 ]
	[[ $output == *idle_timeout* ]]
}

@test "hundreds that are idle at one time all go, others are served meanwhile" {
	superd_service crowd cat "idle_timeout = 1s" "max_connections = 400"
	superd_service other cat
	superd_start
	need_diag "$(superd_port crowd)"
	client "$(superd_port crowd)" "$(superd_port other)" <<-'PYTHON'
		crowd = [connect(sys.argv[1]) for i in range(300)]
		for i in range(20):
		    assert ask(sys.argv[2], b"hello") == b"hello"
		for s in crowd:
		    assert read_all(s) == b""
	PYTHON
	wait_for has_logged 300 "conn.close service=crowd .*reason=idle"
}

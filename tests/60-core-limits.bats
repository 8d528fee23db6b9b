#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# max_connections: never more, nobody lost, and no work while it is full.
load helpers

bats_require_minimum_version 1.5.0

teardown() {
	superd_end
}

# PORT MOST COUNT: as many clients, of whom MOST are answered; from client_end
# on each ends when its turn has come.
crowd='
port, most, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
socks = [connect(port) for i in range(count)]
for s in socks:
    s.sendall(b"hello\n")
exactly(socks, most)
say("answered", most)
until_told()
left = set(socks)
while left:
    ready = answered(left, 1, 20)
    assert ready, "%d clients are forgotten" % len(left)
    for s in ready:
        assert read_line(s) == b"hello\n"
        s.close()
        left.remove(s)
say("all served")
'

@test "a service has never more handlers than max_connections" {
	superd_service echo /bin/cat "max_connections = 5"
	superd_service other /bin/cat
	superd_start
	client_start "$(superd_port echo)" 5 40 <<<"$crowd"
	grep -q "answered 5" "$CLIENT_OUT"
	# The other service is not affected; by its answer all were seen.
	[ "$(ask "$(superd_port other)" hello)" = hello ]
	wait_for has_handlers 5
	wait_for logged "service.full service=echo .*max=5"
	[ "$(count_logged "conn.open service=echo")" = 5 ]
	[ "$(count_logged service.full)" = 1 ]
	client_end
	grep -q "all served" "$CLIENT_OUT"
	wait_for has_handlers 0
	client "$SUPERD_ERR" <<-'PYTHON'
		live = 0
		for line in open(sys.argv[1]):
		    live += " conn.open service=echo" in line
		    assert live <= 5, line
		    live -= " conn.close service=echo" in line
		assert live == 0, live
	PYTHON
}

@test "two addresses of a service share its limit" {
	LISTEN="127.0.0.1:0, 127.0.0.1:0" superd_service echo /bin/cat \
	    "max_connections = 3"
	superd_start
	client "$(superd_port echo)" "$(superd_port echo 2)" <<-'PYTHON'
		socks = [connect(sys.argv[1 + i % 2]) for i in range(20)]
		for s in socks:
		    s.sendall(b"hello\n")
		left = set(socks)
		exactly(socks, 3)
		while left:
		    ready = answered(left, 1, 20)
		    assert 1 <= len(ready) <= 3, len(ready)
		    for s in ready:
		        s.close()
		        left.remove(s)
	PYTHON
}

@test "max_connections of [superd] is for all services together" {
	superd_daemon "max_connections = 4"
	superd_service one /bin/cat
	superd_service two /bin/cat
	superd_start
	client "$(superd_port one)" "$(superd_port two)" <<-'PYTHON'
		one = [connect(sys.argv[1]) for i in range(10)]
		two = [connect(sys.argv[2]) for i in range(10)]
		for s in one + two:
		    s.sendall(b"hello\n")
		exactly(one + two, 4)
		# Each service gets its turn, also the one that came late.
		left = set(one + two)
		while left:
		    ready = answered(left, 1, 20)
		    assert 1 <= len(ready) <= 4, len(ready)
		    for s in ready:
		        s.close()
		        left.remove(s)
	PYTHON
	wait_for has_handlers 0
	wait_for logged 'service.full .*limit="max_connections of \[superd\]" max=4'
}

@test "while a service is full superd has nothing to do" {
	superd_service echo /bin/cat "max_connections = 2"
	superd_start
	client_start "$(superd_port echo)" 2 40 <<<"$crowd"
	client "$SUPERD_PID" <<-'PYTHON'
		cpu = cpu_s(sys.argv[1])
		time.sleep(1)
		assert cpu_s(sys.argv[1]) - cpu <= 0.03
	PYTHON
	client_end
}

@test "a limit of one serves clients one after the other" {
	superd_service echo /bin/cat "max_connections = 1"
	superd_start
	[ "$(ask_many "$(superd_port echo)" 50)" = 50 ]
	client_start "$(superd_port echo)" 1 20 <<<"$crowd"
	client_end
}

@test "handlers that crash give their slots back" {
	script crash <<-'EOT'
		#!/bin/sh
		kill -SEGV $$
	EOT
	superd_service crash "$SCRIPTS/crash" "max_connections = 2"
	superd_start
	client "$(superd_port crash)" <<-'PYTHON'
		for i in range(30):
		    assert ask(sys.argv[1]) == b""
	PYTHON
	wait_for has_handlers 0
	wait_for has_logged 30 "conn.close service=crash .*signal:SEGV"
}

@test "a slot is free when the handler ends, whatever its children do" {
	script leave <<-'EOT'
		#!/bin/sh
		sleep 60 &
		echo "$!"
	EOT
	superd_service leave "$SCRIPTS/leave" "max_connections = 1"
	superd_start
	client "$(superd_port leave)" <<-'PYTHON'
		socks = [connect(sys.argv[1]) for i in range(3)]
		assert all(read_line(s).strip().isdigit() for s in socks)
	PYTHON
	# What outlives its handler is not superd's; the test ends it.
	[ "$(leftovers | wc -l)" = 3 ]
	leftovers | xargs kill
}

@test "400 idle connections cost nothing and hinder nobody" {
	need_files 900
	superd_service idle /bin/cat "max_connections = 500"
	superd_service echo /bin/cat
	superd_start
	client_start "$(superd_port idle)" <<-'PYTHON'
		socks = [connect(sys.argv[1]) for i in range(400)]
		assert echoes(socks[-1])
		say("idle")
		until_told()
	PYTHON
	wait_for has_handlers 400
	client "$SUPERD_PID" "$(superd_port echo)" <<-'PYTHON'
		cpu = cpu_s(sys.argv[1])
		time.sleep(0.5)
		assert cpu_s(sys.argv[1]) - cpu <= 0.02
		began = time.monotonic()
		assert ask(sys.argv[2], b"x") == b"x"
		assert time.monotonic() - began < 3
	PYTHON
	client_end
	wait_for has_handlers 0
}

@test "clients that have gone while they waited do no harm" {
	superd_service echo /bin/cat "max_connections = 1"
	superd_start
	client "$(superd_port echo)" <<-'PYTHON'
		holder = connect(sys.argv[1])
		assert echoes(holder)
		for i in range(300):
		    s = connect(sys.argv[1])
		    # Half of them with a reset.
		    if i % 2:
		        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
		                     b"\1\0\0\0\0\0\0\0")
		    s.close()
		last = connect(sys.argv[1])
		holder.close()
		assert echoes(last)
	PYTHON
	superd_stop
}

@test "superd that does nothing does not wake up" {
	superd_service echo /bin/cat
	superd_start
	ask "$(superd_port echo)" x
	wait_for logged "conn.close service=echo"
	client "$SUPERD_PID" <<-'PYTHON'
		def wakes():
		    with open("/proc/%s/status" % sys.argv[1]) as f:
		        return sum(int(line.split()[1]) for line in f
		                   if "ctxt_switches" in line)
		time.sleep(0.1)
		before, cpu = wakes(), cpu_s(sys.argv[1])
		time.sleep(1.5)
		assert wakes() - before <= 3, wakes() - before
		assert cpu_s(sys.argv[1]) == cpu
	PYTHON
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# How many and how fast: by source, by service, by the state of the machine.
load helpers

bats_require_minimum_version 1.5.0

# One says so and ends, the other says so and stays until the client goes.
SERVE="/bin/echo served"
STAY="/bin/sh -c 'echo served && exec cat'"

teardown() {
	superd_end
}

# Puts superd into a network of its own, in which ADDRESSES are.
NET='
ip link set lo up
for address in $ADDRESSES; do
	ip -6 address add "$address" dev lo || exit
done
exec "$@"'
own_network() {
	need_root "a network of its own"
	need ip unshare
	export ADDRESSES=$*
	superd_wrap unshare -n sh -c "$NET" sh
	"${SUPERD_WRAP[@]}" true 2>/dev/null || skip "no network namespaces, \
or no IPv6 in them"
}

@test "a source has never more connections than max_per_source" {
	superd_service x "$STAY" "max_per_source = 2"
	superd_service y "$STAY" "max_per_source = 2" "over_limit = reset"
	superd_start
	client "$(superd_port x)" "$(superd_port y)" "$SUPERD_ERR" <<-'PYTHON'
		from gate import *
		x, y, log = sys.argv[1:]
		for port, no in (x, "refused"), (y, "reset"):
		    held = [enter(port) for i in range(2)]
		    expect(["served"] * 2, [said for said, s in held], "first")
		    expect(no, fate(port), "third")
		    expect("served", fate(port, "127.0.0.2"), "another")
		    expect(no, fate(port), "fourth")
		    held.pop()[1].close()
		    # Its place is free when its handler has ended.
		    until(lambda: fate(port) == "served", "its place")
	PYTHON
	logged "conn.refuse service=x peer=\"\?127.0.0.1:.* reason=max_per_source"
	logged "conn.refuse service=y .*reason=max_per_source"
}

@test "source_prefix_v4 counts neighbours together" {
	superd_service x "$STAY" "max_per_source = 2" "source_prefix_v4 = 24"
	superd_start
	client "$(superd_port x)" <<-'PYTHON'
		from gate import *
		port = sys.argv[1]
		held = [enter(port, "127.0.1.%d" % i) for i in (1, 2)]
		expect(["served"] * 2, [said for said, s in held], "neighbours")
		expect("refused", fate(port, "127.0.1.200"), "a third one")
		expect("served", fate(port, "127.0.2.1"), "next door")
	PYTHON
}

@test "IPv6 is counted by /64, or as source_prefix_v6 says" {
	own_network 2001:db8:0:1::1/128 2001:db8:0:1:ffff::2/128 \
	    2001:db8:0:2::1/128 2001:db8:0:103::1/128
	export LISTEN="[::]:0"
	superd_service x "$STAY" "max_per_source = 1"
	superd_service y "$STAY" "max_per_source = 1" "source_prefix_v6 = 56"
	superd_service z "$STAY" "deny = 2001:db8:0:1::/64, 2001:db8:0:100::/56" \
	    "allow = ::/0, 2001:db8:0:1:8000::/65"
	superd_start
	client "$SUPERD_PID" "$(superd_port x)" "$(superd_port y)" \
	    "$(superd_port z)" <<-'PYTHON'
		from gate import *
		enter_net(sys.argv[1])
		def fates_at(port):
		    asked = [enter(port, "2001:db8:0:" + end, "::1") for end in
		             ("1::1", "1:ffff::2", "2::1", "103::1")]
		    return " ".join(said for said, s in asked)
		x, y, z = sys.argv[2:]
		expect("served refused served served", fates_at(x), "by /64")
		expect("served refused refused served", fates_at(y), "by /56")
		expect("refused served served refused", fates_at(z), "by rules")
	PYTHON
}

@test "on unix sockets a user is a source" {
	local at=$BATS_TEST_TMPDIR/x
	LISTEN="unix:$at, 127.0.0.1:0" superd_service x "$STAY" \
	    "max_per_source = 1"
	superd_start
	client "$at" "$(superd_port x 2)" <<-'PYTHON'
		from gate import *
		said, s = enter(sys.argv[1])
		expect("served", said)
		expect("refused", fate(sys.argv[1]), "the same user")
		expect("served", fate(sys.argv[2]), "by TCP")
	PYTHON
}

@test "a rate with a queue loses nobody and lets in no more than it says" {
	superd_service x "$SERVE" "rate = 40/s burst 5"
	superd_start
	client "$(superd_port x)" <<-'PYTHON'
		from gate import *
		import threading
		port, began, seen = sys.argv[1], time.monotonic(), []
		socks = [connect(port) for i in range(60)]
		for i in range(60):
		    s, = answered(socks, 1, LIMIT)[:1]
		    seen.append(time.monotonic() - began)
		    socks.remove(s)
		    assert read_line(s) == b"served\n"
		# Whatever delays us: who is seen was let in before.
		for i, t in enumerate(seen):
		    assert i + 1 <= 5 + 40 * t + 1, (i, t)
	PYTHON
	wait_for logged "service.full service=x .*limit=rate"
	refute logged "conn.refuse"
}

@test "a rate refuses, or resets, whom it does not let wait" {
	superd_service x "$SERVE" "rate = 3/h" "over_limit = refuse"
	superd_service y "$SERVE" "rate = 1/h burst 2" "over_limit = reset"
	superd_start
	client "$(superd_port x)" "$(superd_port y)" <<-'PYTHON'
		from gate import *
		expect({"served": 3, "refused": 7}, fates(sys.argv[1], 10), "x")
		expect({"served": 2, "reset": 8}, fates(sys.argv[2], 10), "y")
	PYTHON
	[ "$(count_logged "conn.open service=x")" = 3 ]
	logged "conn.refuse service=x .*reason=rate"
	logged "conn.refuse service=y .*reason=rate"
}

@test "rate_per_source refuses one source, and nobody waits for it" {
	superd_service x "$SERVE" "rate_per_source = 1/h burst 2"
	superd_start
	client "$(superd_port x)" <<-'PYTHON'
		from gate import *
		for source in "127.0.0.1", "127.0.0.2":
		    expect({"served": 2, "refused": 3},
		           fates(sys.argv[1], 5, source), source)
	PYTHON
	logged "conn.refuse service=x .*reason=rate_per_source"
}

@test "who is refused takes no tokens from those who are not" {
	superd_service x "$SERVE" "rate = 1/h burst 3" "over_limit = refuse" \
	    "deny = 127.0.0.9" "max_per_source = 50"
	superd_start
	client "$(superd_port x)" <<-'PYTHON'
		from gate import *
		port = sys.argv[1]
		expect({"refused": 50}, fates(port, 50, "127.0.0.9"), "denied")
		expect({"served": 3, "refused": 2}, fates(port, 5), "others")
	PYTHON
}

@test "who waits for a token blocks no other service and costs nothing" {
	superd_service x "$SERVE" "rate = 1/h"
	superd_service y "$SERVE"
	superd_start
	client "$(superd_port x)" "$(superd_port y)" "$SUPERD_PID" <<-'PYTHON'
		from gate import *
		x, y, pid = sys.argv[1:]
		expect("served", fate(x))
		waiting = [connect(x) for i in range(50)]
		expect({"served": 10}, fates(y, 10), "the other service")
		assert not answered(waiting, 1, 0.1)
		cpu = cpu_s(pid)
		time.sleep(0.5)
		assert cpu_s(pid) - cpu <= 0.03
	PYTHON
	logged "service.full service=x .*limit=rate"
}

@test "max_connections refuses with a message, or resets, if it is told to" {
	superd_daemon "max_connections = 3"
	superd_service x "$STAY" "max_connections = 1" "over_limit = refuse" \
	    "refuse_message = \$'421 busy\\r\\n'"
	superd_service y "$STAY" "max_connections = 1" "over_limit = reset"
	superd_service z "$STAY" "over_limit = refuse"
	superd_start
	client "$(superd_port x)" "$(superd_port y)" "$(superd_port z)" \
	    "$SUPERD_PID" <<-'PYTHON'
		from gate import *
		x, y, z = sys.argv[1:4]
		held = [enter(port) for port in (x, y, z)]
		expect(["served"] * 3, [said for said, s in held], "first")
		expect(b"421 busy\r\n", read_all(connect(x)), "the message")
		# Also to those who have said something before they are seen.
		os.kill(int(sys.argv[4]), signal.SIGSTOP)
		early = connect(x)
		early.sendall(b"hello\n" * 1000)
		os.kill(int(sys.argv[4]), signal.SIGCONT)
		expect(b"421 busy\r\n", read_all(early), "the message")
		expect("reset", fate(y), "second of y")
		expect("refused", fate(z), "fourth of all")
		for said, s in held:
		    s.close()
		until(lambda: fate(x) == "served", "a place")
		until(lambda: fate(z) == "served", "a place")
	PYTHON
	logged "conn.refuse service=x .*reason=max_connections"
	logged "conn.refuse service=y .*reason=max_connections"
	logged "conn.refuse service=z .*reason=daemon_max_connections"
}

@test "all addresses of a service share its rate, and what waits is served" {
	LISTEN="127.0.0.1:0, 127.0.0.1:0" superd_service x "$SERVE" \
	    "rate = 40/s burst 1"
	superd_start
	client "$(superd_port x)" "$(superd_port x 2)" <<-'PYTHON'
		from gate import *
		began = time.monotonic()
		socks = [connect(sys.argv[1 + i % 2]) for i in range(21)]
		for s in socks:
		    assert read_line(s) == b"served\n"
		assert time.monotonic() - began >= 0.49
	PYTHON
}

@test "clients that reset before they are accepted change nothing" {
	superd_service x "$SERVE" "max_per_source = 3" "deny = 127.0.0.9" \
	    "ban_after = 9000/min"
	superd_service told "$SERVE" "deny = 127.0.0.9" "over_limit = refuse" \
	    "refuse_message = no"
	superd_start
	files=$(open_files)
	client "$SUPERD_PID" "$(superd_port x)" "$(superd_port told)" <<-'PYTHON'
		from gate import *
		pid = int(sys.argv[1])
		for port in sys.argv[2:]:
		    os.kill(pid, signal.SIGSTOP)
		    for i in range(200):
		        reset(connect_from(("127.0.0.1", "127.0.0.9")[i % 2], port))
		    os.kill(pid, signal.SIGCONT)
		    for i in range(200):
		        reset(connect_from(("127.0.0.1", "127.0.0.9")[i % 2], port))
		    until(lambda: fate(port) == "served", "as before")
		    expect("served", fate(port, "127.0.0.2"), "another")
	PYTHON
	wait_for has_handlers 0
	[ "$(open_files)" = "$files" ]
	refute logged "accept.failed\|superd.fault\|spawn.failed"
	superd_stop
}

# waits_for LIMIT LINE: with that line a client waits for LIMIT, and is let
# down by nobody; a service without it serves.
waits_for() {
	superd_service x "$SERVE" "$2" "over_limit = refuse"
	superd_service y "$SERVE"
	superd_start
	client "$(superd_port x)" "$(superd_port y)" <<-'PYTHON'
		from gate import *
		waiting = connect(sys.argv[1])
		expect({"served": 5}, fates(sys.argv[2], 5), "without a limit")
		assert not answered([waiting], 1, 0.3)
	PYTHON
	logged "service.full service=x limit=$1"
	[ "$(count_logged service.full)" = 1 ]
	refute logged conn.refuse
	superd_stop
}

@test "clients wait while too little memory is free" {
	waits_for min_free_memory "min_free_memory = 1024t"
}

@test "clients wait while the load is too high" {
	# The kernel counts who runs, every 5 s; one process is enough.
	client <<-'PYTHON' || skip "no load to be made here: $(cat /proc/loadavg)"
		end = time.monotonic() + 12
		while os.getloadavg()[0] < 0.06 and time.monotonic() < end:
		    pass
		sys.exit(os.getloadavg()[0] < 0.06)
	PYTHON
	waits_for max_load "max_load = 0.01"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# max_connections of [superd]: whoever waits is served as soon as there is
# room, whoever else waits without a client.
load helpers

bats_require_minimum_version 1.5.0

teardown() {
	superd_end
}

# That a connection is established means that its listener is ready, and
# superd looks at listeners before it looks at handlers that have ended: so
# who connects waits before a later end makes room. One answer may be slow on
# a loaded machine; most are not, unless superd waits for something else.
common='
times = []

def served(s):
    began = time.monotonic()
    s.settimeout(5)
    try:
        answer = read_line(s)
    except socket.timeout:
        answer = None
    times.append(time.monotonic() - began)
    return answer == b"ping\n"

def wait_at(port):
    s = connect(port)
    s.sendall(b"ping\n")
    return s

def were_served_at_once():
    times.sort()
    print("median %.3f s, longest %.3f s" % (times[len(times) // 2], times[-1]))
    return times[len(times) // 2] < 0.5
'

waiting() {
	client "$@" < <(printf '%s\n' "$common" && cat)
}

@test "who waits is served although another waited first, without a client" {
	superd_daemon "max_connections = 2"
	superd_service a /bin/cat
	superd_service b /bin/cat
	superd_start
	waiting "$(superd_port a)" "$(superd_port b)" <<-'PYTHON'
		a, b = sys.argv[1:]
		for i in range(9):
		    b1, b2 = connect(b), connect(b)
		    assert echoes(b1) and echoes(b2)
		    a1 = wait_at(a)
		    b1.close()
		    assert served(a1), "a waits while there is room, round %d" % i
		    b2.close()
		    a1.close()
		assert were_served_at_once()
	PYTHON
	superd_stop
}

@test "all three services that wait are served when all ends at once" {
	superd_daemon "max_connections = 3"
	for name in a b c; do
		superd_service $name /bin/cat
	done
	superd_start
	waiting "$(superd_port a)" "$(superd_port b)" "$(superd_port c)" \
	    <<-'PYTHON'
		for i in range(9):
		    first = [connect(sys.argv[1 + i % 3]) for k in range(3)]
		    assert all(echoes(s) for s in first)
		    more = [wait_at(port) for port in sys.argv[1:]]
		    for s in first:
		        s.close()
		    assert all([served(s) for s in more]), "round %d" % i
		    for s in more:
		        s.close()
		assert were_served_at_once()
	PYTHON
	superd_stop
}

@test "a service that is full itself does not keep the room from others" {
	superd_daemon "max_connections = 2"
	LISTEN="127.0.0.1:0, 127.0.0.1:0" superd_service a /bin/cat \
	    "max_connections = 1"
	superd_service b /bin/cat
	superd_start
	waiting "$(superd_port a)" "$(superd_port a 2)" "$(superd_port b)" \
	    <<-'PYTHON'
		a, other, b = sys.argv[1:]
		for i in range(9):
		    live = [connect(b), connect(b)]
		    assert all(echoes(s) for s in live)
		    waits = [wait_at(port) for port in (a, other, b, b)]
		    # As one ends another is served; only one of a's at a time.
		    while waits:
		        live.pop(0).close()
		        ready = answered(waits, 1, 5)
		        assert ready, "%d wait, %d is served, round %d" % (
		            len(waits), len(live), i)
		        assert served(ready[0])
		        waits.remove(ready[0])
		        live.append(ready[0])
		    for s in live:
		        s.close()
	PYTHON
	superd_stop
}

@test "in any order nobody waits while there is room, and never too many" {
	superd_daemon "max_connections = 3"
	superd_service a /bin/cat
	superd_service b /bin/cat "max_connections = 2"
	LISTEN="127.0.0.1:0, 127.0.0.1:0" superd_service c /bin/cat
	superd_start
	client "$(superd_port a)" "$(superd_port b)" "$(superd_port c)" \
	    "$(superd_port c 2)" <<-'PYTHON'
		import random
		print("seed", seed := random.randrange(10 ** 6))
		random.seed(seed)
		ports, most = sys.argv[1:], {sys.argv[2]: 2}
		waits, live = {}, {}

		def due():
		    """How many of those who wait have room now."""
		    room = 3 - len(live)
		    b = min(sum(p == ports[1] for p in waits.values()),
		            2 - sum(p == ports[1] for p in live.values()))
		    others = sum(p != ports[1] for p in waits.values())
		    return min(room, b + others)

		for step in range(400):
		    if live and (random.random() < 0.5 or len(waits) > 8):
		        s = random.choice(list(live))
		        del live[s]
		    else:
		        port = random.choice(ports)
		        s = connect(port)
		        s.sendall(b"hello\n")
		        waits[s] = port
		        s = None
		    if s:
		        s.close()
		    while due():
		        ready = answered(waits, 1, 10)
		        assert ready, "step %d: %d wait, %d are served" % (
		            step, len(waits), len(live))
		        for s in ready:
		            assert read_line(s) == b"hello\n"
		            live[s] = waits.pop(s)
		    assert len(live) <= 3
	PYTHON
	wait_for has_handlers 0
	client "$SUPERD_ERR" <<-'PYTHON'
		live = 0
		for line in open(sys.argv[1]):
		    live += " conn.open " in line
		    assert live <= 3, line
		    live -= " conn.close " in line
		assert live == 0, live
	PYTHON
	superd_stop
}

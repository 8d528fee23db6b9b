#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The record of a connection: conn.close, field by field.
load helpers

teardown() {
	superd_end
}

# record SERVICE CODE: Python with `r`, the last record of the service.
record() {
	wait_for logged "\"event\":\"conn.close\",.*\"service\":\"$1\""
	timeout 20 python3 -c "
import json, re
r = [json.loads(line) for line in open('$SUPERD_ERR', 'rb')]
r = [e for e in r if e['event'] == 'conn.close' and e.get('service') == '$1'][-1]
$2"
}

@test "a record has each field that is known, with its type, in its order" {
	superd_daemon "log_format = json"
	superd_service echo cat
	superd_start
	ask "$(superd_port echo)" hello
	record echo "
names = [n for n in r if n not in ('bytes_in', 'bytes_out', 'rtt', 'retransmits')]
assert names == ['time', 'level', 'event', 'service', 'connection', 'pid',
    'peer', 'status', 'duration', 'user', 'system', 'max_rss', 'listen',
    'start', 'spawn', 'exit'], names
assert r['listen'] == '127.0.0.1:$(superd_port echo)', r
assert r['exit'] == 0 and r['status'] == 'exit:0', r
assert type(r['pid']) is int and type(r['spawn']) is float, r
assert 0 < r['spawn'] <= r['duration'] < 10, r
assert re.fullmatch(r'20[0-9-]{8}T[0-9:]{8}\.[0-9]+Z', r['start']), r
assert r['start'] <= r['time'], r"
}

@test "a record tells an exit status or a signal, not both, or neither" {
	superd_daemon "log_format = json"
	LISTEN=unix:$BATS_TEST_TMPDIR/bad superd_service bad "sh -c 'exit 3'"
	superd_service crash "sh -c 'kill -SEGV \$\$'"
	superd_service gone /bin/sh
	echo "directory = $BATS_TEST_TMPDIR/gone" >>"$CONF"
	mkdir -m 755 "$BATS_TEST_TMPDIR/gone"
	superd_start
	rmdir "$BATS_TEST_TMPDIR/gone"
	client "$BATS_TEST_TMPDIR/bad" <<-'PYTHON'
		assert ask(sys.argv[1]) == b""
	PYTHON
	record bad "
assert r['exit'] == 3 and 'signal' not in r, r
assert r['listen'] == 'unix:$BATS_TEST_TMPDIR/bad', r
assert 'bytes_in' not in r, r"
	ask "$(superd_port crash)" ""
	record crash "
assert r['signal'] == 'SEGV' and r['status'] == 'signal:SEGV', r
assert 'exit' not in r and 'reason' not in r, r"
	ask "$(superd_port gone)" ""
	record gone "
assert r['status'] == 'not started', r
assert not {'exit', 'signal', 'spawn'} & set(r), r"
}

@test "a record tells how many were refused since the last one" {
	superd_daemon "log_format = json"
	superd_service one cat "max_per_source = 1" "over_limit = refuse"
	superd_start
	client "$(superd_port one)" <<-'PYTHON'
		s = connect(sys.argv[1])
		s.sendall(b"x")
		assert s.recv(1) == b"x"
		for i in range(3):
		    assert let_go(sys.argv[1])
	PYTHON
	record one "assert r['refused'] == 3, r"
	ask "$(superd_port one)" again
	wait_for has_logged 2 '"event":"conn.close"'
	record one "assert 'refused' not in r, r"
}

@test "a record tells where a client came in when nobody listens there now" {
	superd_daemon "log_format = json"
	superd_service stays cat
	superd_service goes cat
	superd_start
	port=$(superd_port goes)
	client_start "$port" <<-'PYTHON'
		s = connect(sys.argv[1])
		s.sendall(b"x")
		assert s.recv(1) == b"x"
		print("there")
		sys.stdin.read()
	PYTHON
	kill -USR2 "$SUPERD_PID"
	wait_for logged superd.upgraded
	sed -i '/\[goes\]/,$d' "$CONF"
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.unlisten.*\"service\":\"goes\""
	client_end
	record goes "
assert r['listen'] == '127.0.0.1:$port', r
assert 0 < r['spawn'] < r['duration'], r"
}

@test "log_fields chooses what a record has" {
	superd_daemon "log_format = json" "log_fields = peer, exit start"
	superd_service echo cat
	superd_start
	ask "$(superd_port echo)" hello
	wait_for logged conn.close
	timeout 20 python3 -c "
import json
r = [json.loads(line) for line in open('$SUPERD_ERR', 'rb')]
r = [e for e in r if e['event'] == 'conn.close'][-1]
assert list(r) == ['time', 'level', 'event', 'peer', 'start', 'exit'], r"
}

@test "log_fields is dumped as it reads, and mistakes in it are told" {
	superd_daemon "log_fields = pid,service"
	superd_service echo cat
	timeout 20 "$SUPERD" --dump -c "$CONF" >"$BATS_TEST_TMPDIR/dump"
	grep -qx "log_fields = service, pid" "$BATS_TEST_TMPDIR/dump"
	superd_daemon "log_fields = pid, bytesin"
	superd_service echo cat
	run timeout 20 "$SUPERD" -t -c "$CONF"
	[ "$status" = 3 ]
	[[ $output == *"'bytesin' is unknown: did you mean 'bytes_in'?"* ]]
}

# need_ends: skips where the kernel does not tell of sockets that end.
need_ends() {
	[ -n "$(ss -Htln 2>/dev/null)" ] || skip "no sock_diag here"
}

@test "a record tells the bytes that went, whoever ends first" {
	need ss
	need_ends
	script says <<-'EOT'
		#!/bin/sh
		head -c 1000 >/dev/null
		exec head -c 3000 /dev/zero
	EOT
	superd_daemon "log_format = json" "log_bytes = yes"
	superd_service echo cat
	superd_service says "$SCRIPTS/says"
	superd_start
	client "$(superd_port echo)" <<-'PYTHON'
		assert len(ask(sys.argv[1], b"x" * 100000)) == 100000
	PYTHON
	record echo "
assert r['bytes_in'] == 100000 and r['bytes_out'] == 100000, r
assert 0 < r['rtt'] < 5 and r['retransmits'] >= 0, r"
	client "$(superd_port says)" <<-'PYTHON'
		s = connect(sys.argv[1])
		s.sendall(b"x" * 1000)
		assert len(read_all(s)) == 3000
		time.sleep(0.5)
	PYTHON
	record says "
assert r['bytes_out'] == 3000 and r['bytes_in'] == 1000, r"
}

@test "all records come, with what went, when many end at once" {
	need ss
	need_ends
	superd_daemon "log_format = json" "log_bytes = yes"
	superd_service echo cat
	superd_start
	client "$(superd_port echo)" <<-'PYTHON'
		crowd = [connect(sys.argv[1]) for i in range(200)]
		for i, s in enumerate(crowd):
		    s.sendall(b"x" * (i + 1))
		for i, s in enumerate(crowd):
		    assert s.recv(i + 1, socket.MSG_WAITALL) == b"x" * (i + 1)
		for s in crowd:
		    s.shutdown(socket.SHUT_WR)
		for s in crowd:
		    assert read_all(s) == b""
		    s.close()
	PYTHON
	wait_for has_logged 200 '"event":"conn.close"'
	timeout 20 python3 -c "
import json
r = [json.loads(line) for line in open('$SUPERD_ERR', 'rb')]
r = [e for e in r if e['event'] == 'conn.close']
got = sorted(e['bytes_out'] for e in r if 'bytes_out' in e)
assert got == list(range(1, 201)), got
assert all(e['bytes_in'] == e['bytes_out'] for e in r), r"
}

@test "a record waits a short time for a socket that does not end" {
	superd_daemon "log_format = json" "log_bytes = yes"
	superd_service bye "sh -c 'echo bye; read line'"
	superd_start
	client_start "$(superd_port bye)" <<-'PYTHON'
		# What the handler says last is never acknowledged: no room.
		s = socket.socket()
		s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
		s.connect((HOST, int(sys.argv[1])))
		s.sendall(b"x\n")
		print("there")
		sys.stdin.read()
	PYTHON
	wait_for logged '"event":"conn.close"'
	client_end
}

# overrun: has superd's socket lost something? Of netlink(7), SOCK_DIAG is 4.
overrun() {
	awk -v pid="$SUPERD_PID" '$2 == 4 && $3 == pid && $9 > 0 { lost = 1 }
	    END { exit !lost }' /proc/net/netlink
}

@test "more ends than the kernel keeps are survived, and told" {
	need ss
	need_ends
	superd_daemon "log_format = json" "log_bytes = yes"
	superd_service echo cat
	superd_start
	kill -STOP "$SUPERD_PID"
	client <<-'PYTHON'
		l = socket.create_server((HOST, 0), backlog=64)
		for i in range(8000):
		    s = socket.create_connection(l.getsockname())
		    # Reset: nothing of it waits, and takes up a port.
		    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
		        b"\1\0\0\0\0\0\0\0")
		    s.close()
		    l.accept()[0].close()
	PYTHON
	wait_for overrun
	kill -CONT "$SUPERD_PID"
	wait_for logged 'superd.fault.*bytes of some connections are lost'
	ask "$(superd_port echo)" hello
	record echo "assert r['bytes_in'] == 5 and r['bytes_out'] == 5, r"
	[ "$(count_logged superd.fault)" = 1 ]
}

@test "superd that stops tells what still waits" {
	superd_daemon "log_format = json" "log_bytes = yes"
	superd_service sleeper "sleep 60"
	superd_start
	client_start "$(superd_port sleeper)" <<-'PYTHON'
		s = connect(sys.argv[1])
		print("there")
		sys.stdin.read()
	PYTHON
	wait_for logged conn.open
	superd_stop
	client_end
	logged '"event":"conn.close".*"reason":"stop"'
}

@test "log_bytes comes and goes with a reload, and survives an upgrade" {
	need ss
	need_ends
	superd_daemon "log_format = json"
	superd_service echo cat
	superd_start
	ask "$(superd_port echo)" hello
	record echo "assert 'bytes_in' not in r, r"
	sed -i 's/^log_format.*/&\nlog_bytes = yes/' "$CONF"
	kill -HUP "$SUPERD_PID"
	wait_for logged superd.reload
	client_start "$(superd_port echo)" <<-'PYTHON'
		s = connect(sys.argv[1])
		s.sendall(b"before")
		assert s.recv(6) == b"before"
		print("there")
		sys.stdin.read()
	PYTHON
	kill -USR2 "$SUPERD_PID"
	wait_for logged superd.upgraded
	client_end
	wait_for has_logged 2 '"event":"conn.close"'
	record echo "assert r['bytes_in'] == 6, r"
	sed -i '/^log_bytes/d' "$CONF"
	kill -HUP "$SUPERD_PID"
	wait_for has_logged 2 '"superd.reload"'
	ask "$(superd_port echo)" hello
	wait_for has_logged 3 '"event":"conn.close"'
	record echo "assert 'bytes_in' not in r, r"
}

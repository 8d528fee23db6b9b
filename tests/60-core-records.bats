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

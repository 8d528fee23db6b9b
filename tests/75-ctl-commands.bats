#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What superctl shows of a superd that runs, and what it makes it do.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	make_scripts
	export SUPERD_CONTROL=$SCRIPTS/control.sock
	superd_daemon "control = $SUPERD_CONTROL"
}

teardown() {
	superd_end
}

ctl() {
	"$SUPERCTL" "$@"
}

# member NAME: its value in the JSON objects on stdin, one a line, unless it
# is a list or an object.
member() {
	sed -n 's/.*"'"$1"'":"\{0,1\}\([^",}]*\).*/\1/p'
}

# of SERVICE NAME: what status says of it.
of() {
	ctl --json status "$1" >"$BATS_TEST_TMPDIR/json"
	client "$BATS_TEST_TMPDIR/json" "$2" <<-'PYTHON'
		o = json.load(open(sys.argv[1]))
		print(o.get(sys.argv[2], "-"))
	PYTHON
}

is() {
	[ "$(of "$1" "$2")" = "$3" ] || {
		cat "$BATS_TEST_TMPDIR/json"
		return 1
	}
}

# stays SERVICE [COUNT]: clients that echo a byte and stay until client_end.
stays() {
	client_start "$(superd_port "$1")" "${2:-1}" <<-'PYTHON'
		crowd = [connect(sys.argv[1]) for i in range(int(sys.argv[2]))]
		assert all(echoes(s) for s in crowd)
		say("there")
		until_told()
	PYTHON
}

# tries SERVICE: a client comes, is served or not, and has gone.
tries() {
	client "$(superd_port "$1")" <<-'PYTHON'
		try:
		    ask(sys.argv[1], b"x")
		except OSError:
		    pass
	PYTHON
}

# is_closed PORT: nobody listens there.
is_closed() {
	client "$1" <<-'PYTHON'
		try:
		    connect(sys.argv[1])
		    sys.exit(1)
		except ConnectionRefusedError:
		    pass
	PYTHON
}

@test "status counts what came, what was refused and what failed" {
	superd_service it /bin/cat "description = a \"cat\" <b>"
	superd_service closed /bin/cat "deny = 127.0.0.0/8"
	script fails <<-'EOF'
		#!/bin/sh
		exit 7
	EOF
	superd_service bad "$SCRIPTS/fails"
	superd_start
	tries it
	tries it
	tries closed
	tries bad
	wait_for is it live 0
	is it accepted 2
	is it state running
	is it failures 0
	is it description 'a "cat" <b>'
	is it listen "['127.0.0.1:$(superd_port it)']"
	is closed refused "{'rule': 1}"
	is closed accepted 0
	wait_for is bad live 0
	[[ $(of bad last_failure) == *"exit 7"* ]]
	[[ $(ctl status) == *"bad "*"exit 7"* ]]
	run -0 ctl --json status
	[ "$(grep -c '"type":"service"' <<<"$output")" = 3 ]
	[[ ${lines[0]} == '{"type":"superd"'*'"accepted":3,"refused":1,'* ]]
}

@test "status tells the states of services" {
	superd_service it /bin/cat "max_connections = 1"
	superd_service off /bin/cat "enabled = no"
	superd_start
	is it state running
	stays it
	client "$(superd_port it)" <<-'PYTHON'
		connect(sys.argv[1]).close()
	PYTHON
	wait_for is it state full
	[[ $(ctl --json status) == *'"service":"off","state":"off"'* ]]
	client_end
	wait_for is it state running
}

@test "list and show tell who is connected" {
	superd_service it /bin/cat "max_runtime = 1h"
	LISTEN=unix:$SCRIPTS/it.sock superd_service local /bin/cat
	superd_start
	stays it 2
	run -0 ctl --json list
	[ "${#lines[@]}" = 2 ]
	[ "$(ctl --json list it | member service | sort -u)" = it ]
	[ "$(ctl --json list it | member pid | wc -l)" = 2 ]
	[ -z "$(ctl --json list local)" ]
	[ "$(ctl --json list | member peer | cut -d: -f1 | sort -u)" = 127.0.0.1 ]
	[ "$(ctl --json list | member bytes_in)" = "$(ctl --json list |
	    member bytes_out)" ]
	[ "$(ctl --json list | member bytes_in | head -n 1)" -gt 0 ]
	[ "$(ctl --json list | member listen | sort -u)" = \
	    "127.0.0.1:$(superd_port it)" ]
	local id pid
	id=$(ctl --json list | member id | head -n 1)
	pid=$(ctl --json show "$id" | member pid)
	[ "$(readlink "/proc/$pid/exe")" = "$(readlink -f /bin/cat)" ] ||
	    [ "$(id -u)" != 0 ]
	[[ $(ctl --json show "$id" | member deadline) == 35* ]]
	[[ $(ctl list) == *"$id  it "* ]]
	run -6 ctl show 4711
	[[ $output == *"no connection 4711"* ]]
	client_end
	nobody() {
		[ -z "$(ctl --json list)" ]
	}
	wait_for nobody
}

@test "kill ends a connection, a service's, a source's" {
	superd_service it /bin/cat
	superd_service other /bin/cat
	superd_start
	stays it 3
	[ "$(ctl --json kill "$(ctl --json list | member id | head -n 1)" |
	    member killed)" = 1 ]
	wait_for is it live 2
	logged "conn.close .*status=signal:TERM reason=killed"
	run -6 ctl kill 9999
	run -6 ctl kill no-such
	run -0 ctl --json kill other
	[ "$output" = '{"killed":0}' ]
	[ "$(ctl --json kill 127.0.0.2 | member killed)" = 0 ]
	[ "$(ctl --json kill 127.0.0.0/30 | member killed)" = 2 ]
	wait_for is it live 0
	stays it 2
	[ "$(ctl --json kill service:it | member killed)" = 2 ]
	wait_for is it live 0
}

@test "a handler that does not want to end is killed after its grace" {
	script stubborn <<-'EOF'
		#!/bin/sh
		trap '' TERM
		echo here
		while :; do sleep 1; done
	EOF
	superd_service it "$SCRIPTS/stubborn" "kill_grace = 200ms"
	superd_start
	client_start "$(superd_port it)" <<-'PYTHON'
		s = connect(sys.argv[1])
		read_line(s)
		say("there")
		read_all(s)
	PYTHON
	ctl kill it
	[ "$(ctl --json list | member ending)" = killed ]
	wait_for logged "conn.close .*status=signal:KILL reason=killed"
	client_end
}

@test "a paused service keeps its clients waiting, resume serves them" {
	superd_service it /bin/cat
	superd_service other /bin/cat
	superd_start
	ctl pause it
	is it state paused
	is other state running
	client_start "$(superd_port it)" <<-'PYTHON'
		s = connect(sys.argv[1])
		s.sendall(b"x")
		say("connected")
		until_told()
		assert s.recv(1) == b"x"
	PYTHON
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.reload config"
	is it state paused
	is it live 0
	ctl pause it
	ctl resume it
	wait_for is it live 1
	client_end
	is it state running
}

@test "a disabled service is closed until it is enabled" {
	superd_service it /bin/cat
	superd_service other /bin/cat
	local free
	superd_start
	free=$(superd_port it)
	sed -i "s/^listen = 127.0.0.1:0/listen = 127.0.0.1:$free/;T;:a;n;ba" \
	    "$CONF"
	ctl reload
	stays it
	ctl disable it
	is it state draining
	is other state running
	wait_for is_closed "$free"
	client_end
	wait_for is it state disabled
	ctl reload
	is it state disabled
	ctl upgrade
	is it state disabled
	ctl enable it
	is it state running
	[ "$(ask "$free" x)" = x ]
}

@test "what cannot be opened stays disabled, and says why" {
	superd_service it /bin/cat
	superd_start
	local free
	free=$(superd_port it)
	sed -i "s/^listen = 127.0.0.1:0/listen = 127.0.0.1:$free/" "$CONF"
	ctl reload
	ctl disable it
	wait_for is_closed "$free"
	client_start "$free" <<-'PYTHON'
		thief = socket.socket()
		thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		thief.bind((HOST, int(sys.argv[1])))
		thief.listen()
		say("there")
		until_told()
	PYTHON
	run -1 ctl enable it
	[[ $output == *"cannot listen on 127.0.0.1:$free: somebody else"* ]]
	is it state disabled
	client_end
	ctl enable it
	[ "$(ask "$free" x)" = x ]
}

@test "drain waits for the last handler" {
	superd_service it /bin/cat
	superd_service other /bin/cat
	superd_start
	stays it 2
	ctl --json drain it >"$BATS_TEST_TMPDIR/drain" 3>&- 7>&- &
	local job=$!
	wait_for grep -q '"live":2' "$BATS_TEST_TMPDIR/drain"
	kill -0 "$job"
	client_end
	wait "$job"
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/drain")" = '{"service":"it","live":0}' ]
	is it state disabled
}

@test "drain and events outlast an upgrade" {
	superd_service it /bin/cat
	superd_start
	stays it 2
	ctl drain it >"$BATS_TEST_TMPDIR/drain" 2>&1 3>&- 7>&- &
	local drain=$!
	ctl events >"$BATS_TEST_TMPDIR/events" 2>&1 3>&- 7>&- &
	local events=$!
	wait_for grep -q "2 connections left" "$BATS_TEST_TMPDIR/drain"
	ctl upgrade
	wait_for grep -q "superd was upgraded" "$BATS_TEST_TMPDIR/events"
	wait_for grep -q "superd was upgraded" "$BATS_TEST_TMPDIR/drain"
	client_end
	wait "$drain"
	wait_for grep -q conn.close "$BATS_TEST_TMPDIR/events"
	kill "$events"
	wait "$events" || :
	run -0 tail -n 1 "$BATS_TEST_TMPDIR/drain"
	[ "$output" = "it has no connection left" ]
}

@test "reload prints the mistakes with their places, exit 3" {
	superd_service it /bin/cat
	superd_start
	run -0 ctl reload
	run -0 ctl --json reload
	[[ $output == *'"generation":3,'* ]]
	echo "no_such_key = 1" >>"$CONF"
	run -3 ctl reload
	[[ $output == *"superd.ini:"*"no_such_key"* ]]
	run -3 ctl --json reload
	[[ $output == *'"mistake":true,'* ]]
	sed -i '$d' "$CONF"
	superd_service second /bin/cat
	run -0 ctl --json reload
	[[ $output == *'"services":2,"opened":1,"kept":1,"retired":0'* ]]
	is second state running
}

@test "an upgrade that is refused says why" {
	cp "$SUPERD" "$SCRIPTS/superd"
	superd_service it /bin/cat
	SUPERD=$SCRIPTS/superd superd_start
	printf '#!/bin/sh\necho no, thanks\nexit 1\n' >"$SCRIPTS/fake"
	chmod 755 "$SCRIPTS/fake"
	mv "$SCRIPTS/fake" "$SCRIPTS/superd"
	run -1 ctl upgrade
	[[ $output == *"no, thanks"* ]]
	is it state running
	[ "$(ctl --json ping | member upgrades)" = 0 ]
}

@test "bans are made, told, kept and lifted" {
	superd_service it /bin/cat
	superd_service other /bin/cat
	superd_service sparse /bin/cat "source_prefix_v4 = 24"
	superd_start
	run -0 ctl --json ban 127.0.0.1 1h it
	[[ $output == '{"service":"it","source":"127.0.0.1","left":3600.0'* ]]
	tries it
	[ "$(ask "$(superd_port other)" x)" = x ]
	wait_for is it refused "{'banned': 1}"
	logged "source.banned service=it source=127.0.0.1 .*reason=command"
	ctl reload
	ctl upgrade
	tries it
	wait_for is it refused "{'banned': 2}"
	[ "$(ctl --json bans | member service)" = it ]
	run -2 ctl ban 127.0.0.0/8
	[[ $output == *"/32"*source_prefix_v4*deny* ]]
	ctl ban 127.0.0.0/24 10m sparse
	[ "$(ctl --json unban 127.0.0.1 | member lifted)" = 2 ] ||
	    [ "$(ctl --json unban 127.0.0.9 sparse | member lifted)" = 1 ]
	[ "$(ask "$(superd_port it)" x)" = x ]
	run -6 ctl unban 127.0.0.1
	run -6 ctl unban 127.0.0.1 it
	[[ $output == *"'127.0.0.1' is not banned"* ]]
	run -0 ctl --json ban 127.0.0.1
	[ "${#lines[@]}" = 3 ]
	[ "$(ctl --json unban 127.0.0.1 | member lifted)" = 3 ]
	logged "source.unbanned service=other source=127.0.0.1"
}

@test "events come as they happen, filtered by service and level" {
	LOG_LEVEL=error superd_daemon "control = $SUPERD_CONTROL"
	superd_service it /bin/cat
	superd_service other /bin/cat
	superd_start
	timeout 60 "$SUPERCTL" --json events it >"$BATS_TEST_TMPDIR/it" 3>&- &
	timeout 60 "$SUPERCTL" --json events >"$BATS_TEST_TMPDIR/all" 3>&- &
	# Both follow when their first event has come.
	both() {
		ask "$(superd_port it)" x
		[ -s "$BATS_TEST_TMPDIR/it" ] && [ -s "$BATS_TEST_TMPDIR/all" ]
	}
	wait_for both
	ask "$(superd_port other)" x
	wait_for grep -q '"event":"conn.close","service":"other"' \
	    "$BATS_TEST_TMPDIR/all"
	grep -q '"event":"conn.open","service":"it"' "$BATS_TEST_TMPDIR/it"
	refute grep -q other "$BATS_TEST_TMPDIR/it"
	refute logged conn
	kill %1 %2
}

@test "log-level changes what is logged until the next reload" {
	superd_service it /bin/cat
	superd_start
	[ "$(ctl log-level)" = info ]
	[ "$(ctl log-level warning)" = warning ]
	ask "$(superd_port it)" x
	ctl reload
	ask "$(superd_port it)" x
	wait_for logged "conn.close .*connection=2"
	refute logged "connection=1 "
	run -2 ctl log-level loud
}

@test "metrics hold every figure of a life" {
	superd_service it /bin/cat
	superd_service closed /bin/cat "deny = 127.0.0.1"
	superd_start
	tries it
	tries closed
	stays it
	wait_for is it live 1
	ctl metrics >"$BATS_TEST_TMPDIR/metrics"
	has() {
		grep -qxF "$1" "$BATS_TEST_TMPDIR/metrics" || {
			echo "not there: $1"
			cat "$BATS_TEST_TMPDIR/metrics"
			return 1
		}
	}
	has 'superd_accepted_total{service="it"} 2'
	has 'superd_live{service="it"} 1'
	has 'superd_refused_total{service="closed",reason="rule"} 1'
	has 'superd_exits_total{service="it",status="ok"} 1'
	has 'superd_spawn_latency_seconds_count{service="it"} 1'
	has 'superd_connection_duration_seconds_bucket{service="it",le="+Inf"} 1'
	has 'superd_service_up{service="it"} 1'
	has 'superd_connections_live 1'
	has "superd_build_info{version=\"$("$SUPERD" -V |
	    awk 'NR == 1 { print $2 }')\"} 1"
	client_end
}

@test "a name with quotes is quoted in metrics and JSON" {
	superd_service 'a"b\c' /bin/cat
	superd_start || skip "superd takes no such name"
	[[ $(ctl metrics) == *'superd_live{service="a\"b\\c"} 0'* ]]
	[ "$(ctl --json status | member service)" = 'a"b\c' ]
}

@test "reopen opens the log anew" {
	superd_service it /bin/cat
	sed -i "s|^log_level|log = $SCRIPTS/log\n&|" "$CONF"
	superd_start
	mv "$SCRIPTS/log" "$SCRIPTS/log.old"
	ctl reopen
	grep -q log.reopened "$SCRIPTS/log"
}

@test "superctl tells when nobody is there, exit 4" {
	run -4 ctl ping
	[[ $output == *"$SUPERD_CONTROL"* ]]
}

@test "what needs a superd that stays is refused while it ends" {
	superd_service it /bin/cat
	superd_start
	stays it
	kill -QUIT "$SUPERD_PID"
	wait_for logged superd.draining
	[ "$(ctl --json ping | member state)" = draining ]
	run -1 ctl upgrade
	run -1 ctl enable it
	run ctl reload
	[ "$status" != 0 ]
	[[ $output == *"about to end"* ]]
	client_end
}

@test "what a file says at length fits into a line" {
	local long many
	long=$(printf 'é%.0s' {1..3000})
	many=$(seq -s ' ' -f "unix:$SCRIPTS/%g" 300)
	superd_service it /bin/cat "description = $(fold -w 150 <<<"$long" |
	    sed '2,$s/^/	/')"
	sed -i "s|^listen = .*|listen = $(fold -s -w 150 <<<"$many" |
	    sed '2,$s/^/	/' | sed 's/$/\\n/' | tr -d '\n')|" "$CONF"
	superd_start
	run -0 ctl --json status
	[ "${#lines[@]}" = 2 ]
	[ "$(ctl --json status it | member state)" = running ]
	[ "$(ctl --json ping | member state)" = running ]
}

@test "a program that never answers leaves nobody with superd's sockets" {
	cp "$SUPERD" "$SCRIPTS/superd"
	superd_service it /bin/cat
	SUPERD=$SCRIPTS/superd superd_start
	printf '#!/bin/sh\nsleep 1000 & echo $! >%s/pid; wait\n' "$SCRIPTS" \
	    >"$SCRIPTS/fake"
	chmod 755 "$SCRIPTS/fake"
	mv "$SCRIPTS/fake" "$SCRIPTS/superd"
	run -1 ctl upgrade
	[[ $output == *"goes on"*"$SCRIPTS/superd"*"no answer in time"* ]]
	is_gone() {
		! kill -0 "$(cat "$SCRIPTS/pid")" 2>/dev/null
	}
	wait_for is_gone
	is it state running
}

@test "a service that the file has switched off says where" {
	superd_service it /bin/cat
	superd_service off /bin/cat "enabled = no"
	superd_start
	run -6 ctl enable off
	[[ $output == *"'off' is off"*"enabled = no"*"superd.ini"* ]]
	run -6 ctl status off
	[[ $output == *"enabled = no"* ]]
}

@test "a paused service does not keep superd from draining" {
	superd_service it /bin/cat
	superd_start
	ctl pause it
	kill -QUIT "$SUPERD_PID"
	wait_for superd_is_gone
	refute logged superd.stopping
}

@test "refusals are not told again by an upgraded superd" {
	superd_service it /bin/cat "deny = 127.0.0.9"
	superd_start
	client "$(superd_port it)" <<-'PYTHON'
		for i in range(3):
		    s = socket.socket()
		    s.bind(("127.0.0.9", 0))
		    try:
		        s.connect((HOST, int(sys.argv[1])))
		        s.recv(1)
		    except OSError:
		        pass
	PYTHON
	tries it
	wait_for logged "conn.close .*refused=3"
	ctl upgrade
	tries it
	wait_for logged "conn.close .*connection=2"
	[ "$(count_logged "refused=3")" = 1 ]
}

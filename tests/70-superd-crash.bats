#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# superd is killed without a chance to say anything: what goes on, and what
# the next one finds.
# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own
load helpers

bats_require_minimum_version 1.5.0

setup() {
	PID=$BATS_TEST_TMPDIR/superd.pid
	AT=$BATS_TEST_TMPDIR/echo.sock
}

teardown() {
	superd_end
}

# hold PORT...: clients that talk now, and each time a line comes to fd 7.
hold() {
	client_start "$@" <<-'PYTHON'
		held = [connect(port) for port in sys.argv[1:]]
		assert all(echoes(s) for s in held)
		say("held")
		for line in sys.stdin:
		    assert all(echoes(s, b"again\n") for s in held)
		    say("alive")
		for s in held:
		    s.shutdown(socket.SHUT_WR)
		    assert read_all(s) == b""
		say("ended")
	PYTHON
}

held_has() {
	[ "$(grep -c "$2" "$CLIENT_OUT")" = "$1" ]
}

@test "handlers serve their clients on when superd is killed" {
	superd_service echo /bin/cat
	superd_service talk "/bin/sh -c 'echo up >&2; exec cat'"
	superd_start
	hold "$(superd_port echo)" "$(superd_port talk)"
	superd_kill
	echo go >&7
	wait_for held_has 1 alive
	client_end
	[ "$(tail -n 1 "$CLIENT_OUT")" = ended ]
}

@test "a handler that writes to stderr outlives superd, too" {
	superd_service talk "/bin/sh -c 'while read -r l; do
		echo \"\$l\" >&2; echo \"\$l\"; done'"
	superd_start
	hold "$(superd_port talk)"
	superd_kill
	echo go >&7
	wait_for held_has 1 alive
	client_end
}

@test "the next superd starts at once on the same ports, paths and pid file" {
	superd_service first /bin/cat
	LISTEN=unix:$AT superd_service local /bin/cat
	superd_start --pidfile "$PID"
	port=$(superd_port first)
	hold "$port" "$AT"
	superd_kill
	[ "$(cat "$PID")" != "" ]
	[ -S "$AT" ]

	rm "$CONF"
	LISTEN=127.0.0.1:$port superd_service first "/usr/bin/tr a-z A-Z"
	LISTEN=unix:$AT superd_service local "/usr/bin/tr a-z A-Z"
	superd_start --pidfile "$PID"
	[ "$(cat "$PID")" = "$SUPERD_PID" ]
	[ "$(ask "$port" new)" = NEW ]
	[ "$(client "$AT" <<<'print(ask(sys.argv[1], b"new").decode())')" = NEW ]
	# And the clients of the old one have not noticed.
	echo go >&7
	wait_for held_has 1 alive
	client_end
	superd_stop
	[ ! -e "$AT" ]
	[ ! -e "$PID" ]
}

@test "so it does on IPv6 and on a bare port" {
	need_ipv6
	LISTEN=0 superd_service echo /bin/cat
	superd_start
	port=$(superd_port echo)
	hold "$port"
	superd_kill
	rm "$CONF"
	LISTEN=$port superd_service echo /bin/cat
	superd_start
	[ "$(client "$port" \
	    <<<'print(ask(sys.argv[1], b"6", host="::1").decode())')" = 6 ]
	echo go >&7
	wait_for held_has 1 alive
	client_end
	superd_stop
}

@test "ten crashes in a row leave nothing behind" {
	superd_service echo /bin/cat
	LISTEN=unix:$AT superd_service local /bin/cat
	export TMPDIR=$BATS_TEST_TMPDIR/run RUNTIME_DIRECTORY=$BATS_TEST_TMPDIR/run
	mkdir "$TMPDIR"
	superd_start
	port=$(superd_port echo)
	superd_kill
	sed -i "s/127.0.0.1:0/127.0.0.1:$port/" "$CONF"
	for _ in $(seq 10); do
		superd_start --pidfile "$PID"
		[ "$(ask "$port" x)" = x ]
		superd_kill
	done
	superd_start --pidfile "$PID"
	# shellcheck disable=SC2012 # the names are ours
	[ "$(ls "$TMPDIR" | wc -l)" -le 2 ]
	superd_stop
	refute ls "$TMPDIR"/superd*
}

@test "-d fails with the error on stderr if a port is taken" {
	superd_service first /bin/cat
	superd_start
	port=$(superd_port first)
	conf=$CONF
	CONF=$BATS_TEST_TMPDIR/second.ini
	superd_daemon "log = $BATS_TEST_TMPDIR/log"
	superd_service free /bin/cat
	LISTEN=127.0.0.1:$port superd_service taken /bin/cat
	run --separate-stderr -1 timeout 20 "$SUPERD" -d -c "$CONF" \
	    --pidfile "$PID" 3>&- 4>&-
	[ "$output" = "" ]
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *"$CONF:"*"service 'taken': cannot listen on \
127.0.0.1:$port: somebody else listens there" ]]
	[ ! -e "$PID" ]
	grep -q "superd cannot go on" "$BATS_TEST_TMPDIR/log"
	# And the one that has it serves on.
	CONF=$conf
	[ "$(ask "$port" x)" = x ]
	superd_stop
}

@test "-d fails if another superd has the pid file, and leaves it alone" {
	superd_service echo /bin/cat
	superd_start --pidfile "$PID"
	conf=$CONF
	CONF=$BATS_TEST_TMPDIR/second.ini
	superd_daemon "log = $BATS_TEST_TMPDIR/log"
	superd_service echo /bin/cat
	run --separate-stderr -1 timeout 20 "$SUPERD" -d -c "$CONF" \
	    --pidfile "$PID" 3>&- 4>&-
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *"'$PID': superd already runs as pid $SUPERD_PID" ]]
	[ "$(cat "$PID")" = "$SUPERD_PID" ]
	CONF=$conf
	superd_stop
}

@test "handlers of a killed superd do not hold its pid file" {
	superd_service echo /bin/cat
	superd_start --pidfile "$PID"
	hold "$(superd_port echo)"
	superd_kill
	superd_start --pidfile "$PID"
	[ "$(cat "$PID")" = "$SUPERD_PID" ]
	client_end
	superd_stop
}

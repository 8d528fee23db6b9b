#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Listening sockets that a supervisor passes: LISTEN_FDS and its company.
# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own
load helpers

bats_require_minimum_version 1.5.0

setup() {
	need python3
	AT=$BATS_TEST_TMPDIR/passed.sock
	export PASSED=$BATS_TEST_TMPDIR/passed
}

teardown() {
	superd_end
}

# passing NAME=KIND[:ADDRESS]...: the next superd is started by launch.py.
passing() {
	superd_wrap "$(program python3)" "$TOP_SRCDIR/tests/launch.py" "$@" --
}

# passed_port NAME: the port that launch.py has.
passed_port() {
	awk -v name="$1" '$1 == name { print $2 }' "$PASSED"
}

# free_port: a port that nobody has.
free_port() {
	python3 - <<-'PYTHON'
		import socket
		s = socket.socket(socket.AF_INET6)
		s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
		s.bind(("::", 0))
		print(s.getsockname()[1])
	PYTHON
}

# fails [STATUS]: superd does not start; what it says is in $output.
fails() {
	run "-${1:-1}" timeout 20 "${SUPERD_WRAP[@]}" "$SUPERD" -c "$CONF"
	refute grep -q superd.ready <<<"$output"
}

ask_unix() {
	client "$1" "${2-hello}" \
	    <<<'print(ask(sys.argv[1], sys.argv[2].encode()).decode())'
}

@test "a socket that is passed is adopted by its address" {
	port=$(free_port)
	passing web=tcp:127.0.0.1:"$port"
	LISTEN=127.0.0.1:$port superd_service echo /bin/cat
	superd_start
	[ "$(ask "$port" hello)" = hello ]
	logged "superd.listen service=echo address=127.0.0.1:$port passed=web"
	# It is the very one: superd has no other.
	[ "$(ss_count "$port")" = 1 ]
	[ "$(cat "$BATS_TEST_TMPDIR/ports")" = "echo 127.0.0.1:$port" ]
	superd_stop
}

# ss_count PORT: the listening sockets on it, of all processes.
ss_count() {
	awk -v port="$(printf ':%04X' "$1")" '$4 == "0A" &&
	    index($2, port) { n++ } END { print n + 0 }' \
	    /proc/net/tcp /proc/net/tcp6
}

@test "a client who came before superd is served" {
	export EARLY=$BATS_TEST_TMPDIR/early
	passing web=tcp
	LISTEN=fd:web superd_service echo /bin/cat
	superd_start
	wait_for test -s "$EARLY"
	[ "$(cat "$EARLY")" = early ]
	superd_stop
}

@test "a unix path that is passed is served, and stays behind" {
	passing local=unix:"$AT"
	LISTEN=unix:$AT superd_service echo /bin/cat
	superd_start
	[ "$(ask_unix "$AT")" = hello ]
	superd_stop
	[ -S "$AT" ]
}

@test "an abstract name that is passed is served" {
	passing local=unix:@superd-test-$$
	LISTEN=unix:@superd-test-$$ superd_service echo /bin/cat
	superd_start
	[ "$(ask_unix @superd-test-$$)" = hello ]
	superd_stop
}

@test "fd:NAME adopts all sockets of that name, of any kind" {
	passing web=tcp web=unix:"$AT" other=tcp web=tcp
	LISTEN=fd:web superd_service echo /bin/cat
	LISTEN=fd:other superd_service upper "/usr/bin/tr a-z A-Z"
	superd_start
	for port in $(passed_port web); do
		[ "$(ask "$port" hello)" = hello ]
	done
	[ "$(ask_unix "$AT")" = hello ]
	[ "$(ask "$(passed_port other)" hello)" = HELLO ]
	[ "$(count_logged "superd.listen service=echo .*passed=web")" = 3 ]
	superd_stop
}

@test "fd:NUMBER adopts by number, with and without names" {
	export LISTEN_FDNAMES=
	passing a=tcp
	LISTEN=fd:3 superd_service echo /bin/cat
	superd_start
	[ "$(ask "$(passed_port a)" hello)" = hello ]
	superd_stop
	unset LISTEN_FDNAMES
	passing a=tcp b=tcp
	sed -i s/fd:3/fd:4/ "$CONF"
	superd_start
	[ "$(ask "$(passed_port b)" hello)" = hello ]
	superd_stop
}

@test "fd:NAME that nobody passed is an error with the names there are" {
	passing web=tcp "o'dd=tcp" gone=gap
	LISTEN=fd:wen superd_service echo /bin/cat
	fails
	[[ $output == *"$CONF:"*"service 'echo': listen: no socket was passed \
as 'fd:wen'; passed are 3 'web' at 127.0.0.1:"*", 4 'o'dd' at 127.0.0.1:"*", \
5 'gone' (not open)"* ]]
	grep -n "listen = fd:wen" "$CONF" | cut -d : -f 1 |
	    { read -r line; [[ $output == *"$CONF:$line: "* ]]; }
}

@test "fd:NAME without any socket says who passes them" {
	LISTEN=fd:web superd_service echo /bin/cat
	fails
	[[ $output == *"no socket was passed as 'fd:web', nor any other"* ]]
}

@test "two services cannot have one socket" {
	passing web=tcp
	LISTEN=fd:web superd_service one /bin/cat
	LISTEN=fd:3 superd_service two /bin/cat
	fails
	[[ $output == *"as 'fd:3'; passed are 3 'web' at "*"(taken, or closed by a reload)"* ]]
	LISTEN=fd:web superd_service three /bin/cat
	fails 3
	[[ $output == *"'fd:web' is taken by service 'one'"* ]]
}

@test "-t and --dump need no sockets, and --dump can be read again" {
	LISTEN="fd:web, 127.0.0.1:0" superd_service echo /bin/cat "backlog = 9"
	run -0 timeout 20 "$SUPERD" -t -c "$CONF"
	timeout 20 "$SUPERD" --dump -c "$CONF" >"$BATS_TEST_TMPDIR/dump"
	grep -qx "listen = fd:web, 127.0.0.1:0" "$BATS_TEST_TMPDIR/dump"
	timeout 20 "$SUPERD" --dump -c "$BATS_TEST_TMPDIR/dump" |
	    diff "$BATS_TEST_TMPDIR/dump" -
}

@test "superd -l fd:NAME needs no file" {
	passing web=tcp
	[ "$(id -u)" != 0 ] || as_root=(--set user=nobody)
	timeout 60 "${SUPERD_WRAP[@]}" "$SUPERD" -l fd:web "${as_root[@]}" \
	    -- cat 2>"$SUPERD_ERR" 3>&- 4>&- &
	SUPERD_JOB=$!
	wait_for logged superd.ready
	SUPERD_PID=$(sed -n 's/.*superd.start .*pid=\([0-9]*\).*/\1/p' \
	    "$SUPERD_ERR")
	[ "$(ask "$(passed_port web)" hello)" = hello ]
	superd_stop
}

@test "a bare port adopts the one socket that serves both families" {
	need_ipv6
	port=$(free_port)
	passing web=both::"$port"
	LISTEN=$port superd_service who \
	    "/bin/sh -c 'echo \$TCPREMOTEIP \$TCPLOCALIP'"
	superd_start
	[ "$(ask "$port" "")" = "127.0.0.1 127.0.0.1" ]
	[ "$(client "$port" \
	    <<<'print(ask(sys.argv[1], host="::1").decode(), end="")')" = \
	    "::1 ::1" ]
	[ "$(ss_count "$port")" = 1 ]
	refute logged adopt.differs
	logged 'conn.open service=who .*peer=127.0.0.1:'
	superd_stop
}

@test "a bare port adopts one family and opens the other" {
	need_ipv6
	for kind in tcp:0.0.0.0 only6:; do
		port=$(free_port)
		passing web="$kind:$port"
		rm -f "$CONF" "$SUPERD_ERR"
		LISTEN=$port superd_service echo /bin/cat
		superd_start
		[ "$(ask "$port" four)" = four ]
		[ "$(client "$port" \
		    <<<'print(ask(sys.argv[1], b"6", host="::1").decode())')" \
		    = 6 ]
		[ "$(ss_count "$port")" = 2 ]
		[ "$(count_logged "superd.listen .*passed=web")" = 1 ]
		superd_stop
	done
}

@test "sockets that no service wants are told and closed" {
	passing web=tcp spare=tcp none=gap local=unix:"$AT"
	LISTEN=fd:web superd_service echo /bin/cat
	superd_start
	logged "warning adopt.unused descriptor=4 passed=spare \
address=127.0.0.1:$(passed_port spare)"
	logged 'warning adopt.unused descriptor=5 passed=none address="not open"'
	logged "warning adopt.unused descriptor=6 passed=local address=unix:$AT"
	[ "$(count_logged adopt.unused)" = 3 ]
	[ "$(ss_count "$(passed_port spare)")" = 0 ]
	[ -S "$AT" ]
	superd_stop
}

@test "sockets that superd cannot serve are errors that say what to do" {
	LISTEN=fd:it superd_service echo /bin/cat
	while read -r kind words; do
		passing it="$kind"
		fails
		[[ $output == *"passed descriptor 3 'it'"*"$words"* ]]
	done <<-'END'
		udp ListenStream=
		mute does not listen
		connection Accept=no
	END
}

@test "variables that make no sense are an error, those of others are not" {
	LISTEN=127.0.0.1:0 superd_service echo /bin/cat
	for count in -1 99999999 "" 3x; do
		export LISTEN_FDS=$count
		passing web=tcp
		fails
		[[ $output == "superd: LISTEN_FDS is '$count' "* ]]
	done
	export LISTEN_FDS=1 LISTEN_FDNAMES=a:b
	fails
	[[ $output == *"LISTEN_FDNAMES has 2 names for the 1 sockets"* ]]
	# What superd's parent has got is none of superd's business.
	export LISTEN_PID=1 LISTEN_FDS=99999999
	superd_start
	[ "$(ask "$(superd_port echo)" x)" = x ]
	superd_stop
}

@test "a handler inherits neither the sockets nor the variables" {
	passing web=tcp spare=tcp
	script look <<-'EOT'
		#!/bin/sh
		env | grep -c '^\(LISTEN\|NOTIFY\|WATCHDOG\)_'
		ls -l /proc/$$/fd | sed 's/.* -> //' | grep -c socket:
	EOT
	LISTEN=fd:web superd_service look "$SCRIPTS/look" "stderr = client" \
	    "pass_environment = LISTEN_FDS LISTEN_PID LISTEN_FDNAMES \
NOTIFY_SOCKET"
	superd_start
	# stdin, stdout and stderr are the connection: three, and no more.
	[ "$(ask "$(passed_port web)" "")" = "$(printf '0\n3')" ]
	superd_stop
}

@test "options that can be set are, and others are told" {
	passing web=tcp
	LISTEN=fd:web superd_service echo /bin/cat "reuseport = yes" \
	    "freebind = yes" "send_buffer = 64k"
	superd_start
	logged "warning adopt.differs service=echo \
address=127.0.0.1:$(passed_port web) passed=web keys=\"reuseport freebind\""
	[ "$(ask "$(passed_port web)" x)" = x ]
	superd_stop
}

# backlog_is NUMBER: is that the longest that the queue of web may get?
backlog_is() {
	local table
	table=$(ss -Hltn src "127.0.0.1:$(passed_port web)")
	[ "$(awk '{ print $3 }' <<<"$table")" = "$1" ] && return
	echo "no backlog of $1: $table"
	return 1
}

@test "the backlog is the file's if it stands there, else the socket's" {
	need ss
	passing web=tcp
	LISTEN=fd:web superd_service echo /bin/cat
	superd_start
	backlog_is 16
	superd_stop
	echo "backlog = 5" >>"$CONF"
	superd_start
	backlog_is 5
	superd_stop
	sed -i "/backlog/d; s/^.defaults.$/&\nbacklog = 6/" "$CONF"
	superd_start
	backlog_is 6
	superd_stop
}

@test "-d adopts too, though it is another process then" {
	passing web=tcp
	superd_daemon "log = $BATS_TEST_TMPDIR/log"
	LISTEN=fd:web superd_service echo /bin/cat
	run -0 timeout 20 "${SUPERD_WRAP[@]}" "$SUPERD" -d -c "$CONF" \
	    --pidfile "$BATS_TEST_TMPDIR/superd.pid" 3>&- 4>&-
	SUPERD_PID=$(cat "$BATS_TEST_TMPDIR/superd.pid")
	[ "$(ask "$(passed_port web)" hello)" = hello ]
	kill -TERM "$SUPERD_PID"
	wait_for superd_is_gone
	SUPERD_PID=
}

@test "--ready-fd must not be a socket that was passed" {
	passing web=tcp
	LISTEN=fd:web superd_service echo /bin/cat
	run -1 timeout 20 "${SUPERD_WRAP[@]}" "$SUPERD" -c "$CONF" --ready-fd 3
	[[ $output == *"--ready-fd 3 is a socket that was passed"* ]]
}

@test "more sockets than the soft limit of open files are no matter" {
	[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge 200 ] ||
	    skip "the hard limit of open files is $(ulimit -Hn), below 200"
	export SOFT_FILES=20
	# The loader of superd's libraries needs a number of its own.
	names=("none=gap")
	for _ in $(seq 60); do
		names+=("web=tcp")
	done
	passing "${names[@]}"
	LISTEN=fd:web superd_service limit "/bin/sh -c 'ulimit -Sn'"
	# Nothing can be told to a descriptor 9 that is a socket.
	timeout 60 "${SUPERD_WRAP[@]}" "$SUPERD" -c "$CONF" \
	    2>"$SUPERD_ERR" 3>&- 4>&- &
	SUPERD_JOB=$!
	wait_for logged superd.ready
	SUPERD_PID=$(sed -n 's/.*superd.start .*pid=\([0-9]*\).*/\1/p' \
	    "$SUPERD_ERR")
	[ "$(count_logged superd.listen)" = 60 ]
	# Handlers have the limit that superd was started with.
	[ "$(ask "$(passed_port web | tail -n 1)" "")" = 20 ]
	superd_stop
}

@test "systemd-socket-activate passes sockets as systemd does" {
	need systemd-socket-activate
	superd_daemon
	LISTEN=unix:$AT superd_service local /bin/cat
	LISTEN=fd:web superd_service echo /bin/cat
	port=$(free_port)
	timeout 60 systemd-socket-activate -l "$AT" -l "127.0.0.1:$port" \
	    --fdname=local:web "$SUPERD" -c "$CONF" 2>"$SUPERD_ERR" \
	    3>&- 4>&- &
	# shellcheck disable=SC2034 # superd_stop waits for it
	SUPERD_JOB=$!
	wait_for has_logged 2 "^Listening on"
	# This client's coming is what starts superd.
	[ "$(ask_unix "$AT")" = hello ]
	SUPERD_PID=$(sed -n 's/.*superd.start .*pid=\([0-9]*\).*/\1/p' \
	    "$SUPERD_ERR")
	[ "$(ask "$port" hello)" = hello ]
	superd_stop
	[ -S "$AT" ]
}

@test "systemd-socket-activate --accept is told to be wrong" {
	need systemd-socket-activate
	LISTEN=fd:connection superd_service echo /bin/cat
	timeout 60 systemd-socket-activate --accept -l "$AT" \
	    "$SUPERD" -c "$CONF" >"$SUPERD_ERR" 2>&1 3>&- 4>&- &
	activate=$!
	wait_for has_logged 1 "^Listening on"
	ask_unix "$AT" || :
	wait_for logged "Accept=no"
	kill "$activate"
	wait "$activate" || :
}

@test "what was passed stays through reloads and an upgrade" {
	port=$(free_port)
	passing web=tcp:127.0.0.1:"$port" sock=unix:"$AT"
	LISTEN="fd:web, unix:$AT" superd_service echo /bin/cat
	superd_start
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.reload .*generation=2 services=1 opened=0 kept=2"
	# By its address now, and by its name for another service.
	superd_daemon
	LISTEN=127.0.0.1:$port superd_service echo /bin/cat
	LISTEN=fd:sock superd_service other /bin/cat
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.reload .*generation=3 services=2 opened=0 kept=2"
	kill -USR2 "$SUPERD_PID"
	wait_for logged "superd.upgraded"
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.reload .*generation=5 services=2 opened=0 kept=2"
	[ "$(ask "$port" hello)" = hello ]
	[ "$(ask_unix "$AT")" = hello ]
	[ "$(ss_count "$port")" = 1 ]
	refute logged "superd.fault"
	superd_daemon
	LISTEN=fd:web superd_service echo /bin/cat
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.unlisten service=other"
	LISTEN=fd:sock superd_service other /bin/cat
	kill -HUP "$SUPERD_PID"
	wait_for logged "config.mistake .*no socket was passed as 'fd:sock'"
	[ "$(ask "$port" hello)" = hello ]
	superd_stop
	# Its path is the supervisor's.
	[ -S "$AT" ]
}

@test "a passed socket for both families stays what it is" {
	need_ipv6
	port=$(free_port)
	passing web=both:":$port"
	LISTEN=$port superd_service echo /bin/cat
	superd_start
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.reload .*generation=2 services=1 opened=0 kept=1"
	kill -USR2 "$SUPERD_PID"
	wait_for logged "superd.upgraded"
	[ "$(ask "$port" hello)" = hello ]
	client "$port" <<<'assert ask(sys.argv[1], b"x", "::1") == b"x"'
	[ "$(ss_count "$port")" = 1 ]
	superd_stop
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# syslog and the journal: daemons that are missing, stuck or restarted. Each
# test has a /dev and a /run of its own.
load helpers

setup() {
	need_mounts
	DEV=$BATS_TEST_TMPDIR/dev
	RUN=$BATS_TEST_TMPDIR/run
	GOT=$BATS_TEST_TMPDIR/got
	mkdir -p "$DEV" "$RUN/systemd/journal"
	touch "$DEV/null" "$DEV/urandom"
	export DEV RUN
	superd_wrap unshare -m --propagation private sh -c '
		for node in null urandom; do
			mount --bind "/dev/$node" "$DEV/$node" || exit
		done
		mount --rbind "$DEV" /dev && mount --bind "$RUN" /run &&
		    exec "$@"' sh
	DAEMON_PID=
}

teardown() {
	superd_kill
	daemon_stop
}

# conf SINK [KEY = VALUE]
conf() {
	superd_conf <<-EOT
		[superd]
		log = $1
		log_level = info
		${2-}
		[echo]
		listen = 127.0.0.1:0
		handler = /bin/cat
		$AS_USER
	EOT
}

# daemon_start SOCKET [stuck]: what it gets is in $GOT, a datagram a line.
daemon_start() {
	timeout 120 python3 - "$1" "$GOT" "${2-}" 3>&- <<-'PYTHON' &
		import os, socket, sys, time
		path, got, stuck = sys.argv[1:]
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(path + ".new")
		os.rename(path + ".new", path)
		while stuck:
		    time.sleep(1)
		with open(got, "a") as out:
		    while True:
		        print(s.recv(65536).decode("latin-1").encode("unicode_escape")
		              .decode(), file=out, flush=True)
	PYTHON
	DAEMON_PID=$!
	wait_for test -S "$1"
}

daemon_stop() {
	[ -n "$DAEMON_PID" ] || return 0
	kill "$DAEMON_PID"
	wait "$DAEMON_PID" || :
	DAEMON_PID=
}

got() {
	[ -f "$GOT" ] && grep -qe "$1" "$GOT"
}

@test "syslog gets <PRIORITY>superd[PID]: EVENT and fields" {
	conf syslog
	daemon_start "$DEV/log"
	superd_start
	[ "$(ask "$(superd_port echo)" x)" = x ]
	wait_for got "^<30>superd\[$SUPERD_PID\]: conn.close service=echo connection=[0-9]* "
	superd_stop
	got "^<29>superd\[[0-9]*\]: superd.start"
	wait_for got "^<29>superd\[[0-9]*\]: superd.stop"
	refute got '\\n'
}

@test "syslog gets JSON with log_format = json" {
	conf syslog "log_format = json"
	daemon_start "$DEV/log"
	superd_start
	wait_for got '^<29>superd\[[0-9]*\]: {"time":".*"event":"superd.ready"'
	superd_stop
}

@test "syslog gets RFC 5424 with log_format = rfc5424" {
	conf syslog "log_format = rfc5424"
	daemon_start "$DEV/log"
	superd_start
	[ "$(ask "$(superd_port echo)" x)" = x ]
	wait_for got "^<30>1 20[0-9T:.-]*Z [!-~]* superd $SUPERD_PID conn.close \[superd@32473 service=\"echo\" connection=\"1\" .*\] conn.close service=echo connection=1 "
	superd_stop
	refute got '\\n'
}

@test "the journal gets fields of their own" {
	conf journal
	daemon_start "$RUN/systemd/journal/socket"
	superd_start
	[ "$(ask "$(superd_port echo)" x)" = x ]
	wait_for got SUPERD_EVENT=conn.close
	superd_stop
	got '^MESSAGE=conn.open service=echo .*\\nPRIORITY=6\\nSYSLOG_IDENTIFIER=superd\\nSUPERD_EVENT=conn.open\\nSUPERD_SERVICE=echo\\nSUPERD_CONNECTION=[0-9]*\\n'
}

@test "without a syslog socket superd does not start, and says why" {
	conf syslog
	run -1 superd_start
	[[ $output == *"cannot connect to syslog at '/dev/log'"* ]]
}

@test "with a stuck syslog superd serves" {
	conf syslog
	daemon_start "$DEV/log" stuck
	superd_start
	[ "$(ask_many "$(superd_port echo)" 100)" = 100 ]
	superd_stop
}

@test "with a stuck journal superd serves" {
	conf journal
	daemon_start "$RUN/systemd/journal/socket" stuck
	superd_start
	[ "$(ask_many "$(superd_port echo)" 100)" = 100 ]
	superd_stop
}

@test "with a syslog that has gone superd serves" {
	conf syslog
	daemon_start "$DEV/log"
	superd_start
	daemon_stop
	[ "$(ask_many "$(superd_port echo)" 100)" = 100 ]
	superd_stop
}

@test "a syslog that was restarted gets what it missed" {
	conf syslog
	daemon_start "$DEV/log"
	superd_start
	wait_for got superd.ready
	daemon_stop
	rm "$DEV/log"
	[ "$(ask "$(superd_port echo)" x)" = x ]
	daemon_start "$DEV/log"
	wait_for got conn.open
	superd_stop
	refute got log.dropped
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# SIGUSR2: another superd in the same process, and nobody notices.
# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own
load helpers

bats_require_minimum_version 1.5.0

# The program is a copy, so that another one can take its place.
setup() {
	PROGRAM=$BATS_TEST_TMPDIR/superd
	cp "$SUPERD" "$PROGRAM"
	SUPERD=$PROGRAM
}

teardown() {
	superd_end
}

# replace: the program on stdin takes the place of superd's.
replace() {
	cat >"$PROGRAM.new"
	chmod 755 "$PROGRAM.new"
	mv "$PROGRAM.new" "$PROGRAM"
}

# the_next: a program that is superd, but not the same file.
the_next() {
	cp "$TOP_BUILDDIR/src/superd" "$PROGRAM.real"
	replace <<-EOT
		#!/bin/sh
		exec "$PROGRAM.real" "\$@"
	EOT
}

upgraded() {
	local before
	before=$(count_logged "superd.upgraded\|upgrade.refused")
	kill -USR2 "$SUPERD_PID"
	wait_for has_logged $((before + 1)) "superd.upgraded\|upgrade.refused"
	grep "superd.upgraded\|upgrade.refused" "$SUPERD_ERR" | tail -n 1 |
	    grep -q "superd.upgraded"
}

refused() {
	refute upgraded
}

# has_files COUNT: so many descriptors, for wait_for.
has_files() {
	[ "$(open_files)" = "$1" ]
}

serves() {
	[ "$(ask "$1" x)" = x ]
}

@test "the new one serves where the old one did, as the same process" {
	LISTEN="127.0.0.1:0, unix:$BATS_TEST_TMPDIR/sock" \
	    superd_service it /bin/cat
	superd_start
	port=$(superd_port it)
	inode=$(stat -c %i "$BATS_TEST_TMPDIR/sock")
	before=$(readlink "/proc/$SUPERD_PID/exe")
	the_next
	upgraded
	[ "$(readlink "/proc/$SUPERD_PID/exe")" = "$PROGRAM.real" ]
	[ "$before" != "$PROGRAM.real" ]
	serves "$port"
	[ "$(stat -c %i "$BATS_TEST_TMPDIR/sock")" = "$inode" ]
	client "$BATS_TEST_TMPDIR/sock" <<<'assert ask(sys.argv[1], b"x") == b"x"'
	logged "conn.open service=it connection=1"
	logged "conn.open service=it connection=2"
	logged "superd.upgraded version=[^ ]* from=[^ ]* connections=0 generation=2 gap="
	superd_stop
	[ ! -e "$BATS_TEST_TMPDIR/sock" ]
}

@test "handlers stay its children and are accounted for" {
	script slow <<-'EOT'
		#!/bin/sh
		printf 'half a ' >&2
		echo ready
		read -r line
		echo "line of $line" >&2
		echo "$line"
		exit 7
	EOT
	superd_service slow "$SCRIPTS/slow"
	superd_start
	client_start "$(superd_port slow)" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert read_line(s) == b"ready\n"
		say("open")
		until_told()
		s.sendall(b"mine\n")
		assert read_all(s) == b"mine\n"
		say("answered")
	PYTHON
	upgraded
	has_handlers 1
	client_end
	wait_for logged "conn.close service=slow connection=1 .*status=exit:7 duration="
	logged 'handler.stderr service=slow connection=1 .*text="half a line of mine"'
	wait_for has_handlers 0
	superd_stop
}

@test "limits count those who came before" {
	superd_service it /bin/cat "max_connections = 1" "over_limit = refuse"
	superd_service per /bin/cat "max_per_source = 1"
	superd_service ban /bin/false "ban_after = 2/1m" "ban_on = exit:1"
	superd_start
	client_start "$(superd_port it)" "$(superd_port per)" <<-'PYTHON'
		socks = [connect(port) for port in sys.argv[1:]]
		assert all(echoes(s) for s in socks)
		say("open")
		until_told()
	PYTHON
	client "$(superd_port ban)" <<-'PYTHON'
		for i in range(2):
		    let_go(sys.argv[1])
	PYTHON
	wait_for logged source.banned
	upgraded
	for name in it per ban; do
		client "$(superd_port "$name")" <<<'assert let_go(sys.argv[1])'
	done
	logged "conn.refuse service=it .*reason=max_connections"
	logged "conn.refuse service=per .*reason=max_per_source"
	logged "conn.refuse service=ban .*reason=banned"
	client_end
	wait_for has_handlers 0
	serves "$(superd_port it)"
	serves "$(superd_port per)"
}

@test "max_runtime and kill_grace run on" {
	script deaf <<-'EOT'
		#!/bin/sh
		trap "" TERM
		echo deaf
		cat >/dev/null
		sleep 100
	EOT
	superd_service it /bin/cat "max_runtime = 1500ms"
	superd_service deaf "$SCRIPTS/deaf" "max_runtime = 300ms" \
	    "kill_grace = 2s"
	superd_start
	client_start "$(superd_port it)" "$(superd_port deaf)" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		d = connect(sys.argv[2])
		assert read_line(d) == b"deaf\n"
		say("open")
		assert read_all(s) == b""
		until_told()
	PYTHON
	wait_for logged "conn.timeout service=deaf"
	upgraded
	wait_for logged "conn.close service=it .*status=signal:TERM reason=runtime"
	wait_for logged "conn.close service=deaf .*status=signal:KILL reason=runtime"
	client_end
}

@test "the new one reads the file as it is now" {
	superd_service stays /bin/cat
	superd_service goes /bin/cat
	superd_start
	port=$(superd_port goes)
	client_start "$port" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		say("open")
		until_told()
		assert echoes(s)
	PYTHON
	superd_daemon
	superd_service stays /bin/cat
	superd_service comes /bin/cat
	upgraded
	serves "$(superd_port stays)"
	logged "superd.listen service=comes"
	wait_for logged "superd.unlisten service=goes"
	has_handlers 1
	client_end
	wait_for logged "conn.close service=goes connection=1 .*status=exit:0"
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.reload .*generation=3 services=2 opened=0 kept=2"
}

@test "a program that cannot take over is told, and the old one goes on" {
	superd_service it /bin/cat
	superd_start
	port=$(superd_port it)
	client_start "$port" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		say("open")
		until_told()
		assert echoes(s)
	PYTHON
	files=$(open_files)
	cp "$PROGRAM" "$PROGRAM.good"
	rm "$PROGRAM"
	refused
	logged "upgrade.refused .*No such file"
	replace <<<"no program"
	refused
	replace <<-'EOT'
		#!/bin/sh
		exit 3
	EOT
	refused
	logged "upgrade.refused .*it exits with status 3"
	replace </bin/true
	refused
	logged "upgrade.refused .*it exits with status 0 and no answer"
	replace <<-'EOT'
		#!/bin/sh
		echo "superd can resume 0123456789abcdef"
	EOT
	refused
	replace <<-'EOT'
		#!/bin/sh
		echo "I am of another kind"
		exit 1
	EOT
	refused
	logged "upgrade.refused .*it says: I am of another kind"
	replace <<-'EOT'
		#!/bin/sh
		kill -SEGV $$
	EOT
	refused
	logged "upgrade.refused .*signal 11"
	serves "$port"
	[ "$(open_files)" = "$files" ]
	cp "$PROGRAM.good" "$PROGRAM.x"
	mv "$PROGRAM.x" "$PROGRAM"
	upgraded
	serves "$port"
	client_end
}

@test "a program that hangs is given up" {
	superd_service it /bin/cat
	superd_start
	replace <<-'EOT'
		#!/bin/sh
		exec sleep 1000
	EOT
	refused
	logged "upgrade.refused .*no answer in time"
	serves "$(superd_port it)"
	wait_for has_handlers 0
}

@test "a bad configuration is a refusal with its mistake" {
	superd_service it /bin/cat
	superd_start
	port=$(superd_port it)
	superd_service other /bin/nothing
	refused
	logged "upgrade.refused .*it says: .*superd.ini:.*/bin/nothing"
	superd_daemon
	superd_service it /bin/cat
	LISTEN=127.0.0.1:1 superd_service other /bin/cat
	if [ "$(id -u)" != 0 ]; then
		refused
		logged "upgrade.refused .*permission denied"
	fi
	serves "$port"
}

@test "an address that is taken is found before anything happens" {
	superd_service it /bin/cat
	superd_start
	client_start <<-'PYTHON'
		s = socket.socket()
		s.bind((HOST, 0))
		s.listen()
		say(s.getsockname()[1])
		until_told()
	PYTHON
	LISTEN=127.0.0.1:$(cat "$CLIENT_OUT") superd_service other /bin/cat
	refused
	logged "upgrade.refused .*somebody else listens there"
	serves "$(superd_port it)"
	client_end
	upgraded
	logged "superd.listen service=other"
}

@test "many upgrades under load lose nobody and leave nothing" {
	local count=6000
	[ -z "${SUPERD_SANITIZERS-}" ] || count=800
	need_files 1000
	superd_daemon "pidfile = $BATS_TEST_TMPDIR/superd.pid"
	superd_service echo "$HANDLER_DIR/echo"
	superd_start
	upgraded
	files=$(open_files)
	timeout 100 "$TOP_BUILDDIR/tests/bench/load" -c 32 -n "$count" \
	    "$(superd_port echo)" >"$BATS_TEST_TMPDIR/load" 3>&- &
	job=$!
	while kill -0 "$job" 2>/dev/null; do
		kill -USR2 "$SUPERD_PID"
		sleep 0.03
	done
	wait "$job"
	grep -q " right=$count " "$BATS_TEST_TMPDIR/load"
	refute logged refused
	[ "$(count_logged superd.upgraded)" -gt 3 ]
	wait_for has_handlers 0
	# The last signal of the load may be at work still.
	upgraded
	wait_for has_files "$files"
	[ "$(cat "$BATS_TEST_TMPDIR/superd.pid")" = "$SUPERD_PID" ]
	superd_stop
	[ ! -e "$BATS_TEST_TMPDIR/superd.pid" ]
	[ "$(count_logged conn.open)" = "$(count_logged conn.close)" ]
}

@test "all signals in any order under load do no harm" {
	local count=3000
	[ -z "${SUPERD_SANITIZERS-}" ] || count=600
	need_files 1000
	superd_service echo "$HANDLER_DIR/echo"
	superd_start
	timeout 100 "$TOP_BUILDDIR/tests/bench/load" -c 32 -n "$count" \
	    "$(superd_port echo)" >"$BATS_TEST_TMPDIR/load" 3>&- &
	job=$!
	while kill -0 "$job" 2>/dev/null; do
		for name in USR2 HUP USR1 RTMIN HUP CHLD; do
			kill -"$name" "$SUPERD_PID"
		done
		sleep 0.00$((RANDOM % 9))
	done
	wait "$job"
	grep -q " right=$count " "$BATS_TEST_TMPDIR/load"
	kill -USR2 "$SUPERD_PID"
	kill -QUIT "$SUPERD_PID"
	wait_for superd_is_gone
	wait "$SUPERD_JOB"
	SUPERD_PID=
}

@test "nobody else is given what is between two superds" {
	run -2 "$SUPERD" --resume x
	[[ $output == *"send SIGUSR2"* ]]
	superd_service it /bin/cat
	run -1 "$SUPERD" --resume 0 -c "$CONF" </dev/null
	[[ $output == *"cannot take over"* ]]
	run -1 "$SUPERD" --check-resume 77 -c "$CONF" </dev/null
	[[ $output == *"cannot take over"* ]]
}

@test "a superd in the background is upgraded, too" {
	superd_daemon "pidfile = $BATS_TEST_TMPDIR/superd.pid" \
	    "log = $BATS_TEST_TMPDIR/log"
	superd_service it /bin/cat
	cd "$BATS_TEST_TMPDIR"
	timeout 60 ./superd -d -c superd.ini
	SUPERD_PID=$(cat "$BATS_TEST_TMPDIR/superd.pid")
	SUPERD_JOB=
	kill -USR2 "$SUPERD_PID"
	wait_for grep -q superd.upgraded "$BATS_TEST_TMPDIR/log"
	serves "$(sed -n 's/.*listen.*address=.*:\([0-9]*\).*/\1/p' \
	    "$BATS_TEST_TMPDIR/log")"
}

@test "a superd that is not root any more can still become other users" {
	need_root "to give it up"
	need setpriv
	# Program and configuration are his to read, too.
	make_scripts
	cp "$PROGRAM" "$SCRIPTS/superd"
	SUPERD=$SCRIPTS/superd CONF=$SCRIPTS/superd.ini
	superd_daemon "user = nobody"
	superd_service it /usr/bin/id "user = daemon"
	superd_start
	port=$(superd_port it)
	[[ $(ask "$port" "") == *"(daemon)"* ]]
	caps=$(grep Cap "/proc/$SUPERD_PID/status")
	upgraded
	refute logged superd.fault
	[[ $(ask "$port" "") == *"(daemon)"* ]]
	[ "$(grep Cap "/proc/$SUPERD_PID/status")" = "$caps" ]
	[ "$(awk '/^Uid/ { print $3 }' "/proc/$SUPERD_PID/status")" = \
	    "$(id -u nobody)" ]
}

@test "a log or a pid file that cannot be had is found beforehand" {
	superd_service it /bin/cat
	superd_start
	port=$(superd_port it)
	for line in "log = /nowhere/at/all.log" "pidfile = /nowhere/it.pid" \
	    "pidfile = /dev/null" "log = syslog"; do
		[ "$line" != "log = syslog" ] || [ ! -S /dev/log ] || continue
		superd_daemon "$line"
		superd_service it /bin/cat
		refused
		serves "$port"
	done
	logged "upgrade.refused .*/nowhere/at/all.log"
	logged "upgrade.refused .*/dev/null' is not a regular file"
	superd_daemon "pidfile = $BATS_TEST_TMPDIR/new.pid"
	superd_service it /bin/cat
	upgraded
	[ "$(cat "$BATS_TEST_TMPDIR/new.pid")" = "$SUPERD_PID" ]
	superd_stop
	[ ! -e "$BATS_TEST_TMPDIR/new.pid" ]
}

@test "with a user of its own, the log is his" {
	need_root "to give it up"
	make_scripts
	cp "$PROGRAM" "$SCRIPTS/superd"
	SUPERD=$SCRIPTS/superd CONF=$SCRIPTS/superd.ini
	superd_daemon "user = nobody" "log = $SCRIPTS/log"
	superd_service it /bin/cat
	superd_start
	[ "$(stat -c %U "$SCRIPTS/log")" = nobody ]
	kill -USR2 "$SUPERD_PID"
	wait_for grep -q superd.upgraded "$SCRIPTS/log"
	kill -USR1 "$SUPERD_PID"
	wait_for grep -q log.reopened "$SCRIPTS/log"
	refute grep -q superd.fault "$SCRIPTS/log"
	serves "$(superd_port it)"
	superd_stop
}

@test "who waits where the new file no longer listens is served or told" {
	superd_service stays /bin/cat
	superd_service moves /bin/cat "max_connections = 1"
	superd_start
	port=$(superd_port moves)
	client_start "$port" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		late = connect(sys.argv[1])
		late.sendall(b"late\n")
		say("one waits")
		until_told()
		s.close()
		assert read_line(late) == b"late\n"
		say("served")
	PYTHON
	wait_for logged service.full
	superd_daemon
	superd_service stays /bin/cat
	LISTEN=unix:$BATS_TEST_TMPDIR/moved superd_service moves /bin/cat
	upgraded
	client_end
	grep -q served "$CLIENT_OUT"
	wait_for logged "superd.unlisten service=moves"
	superd_daemon
	LISTEN=unix:$BATS_TEST_TMPDIR/moved superd_service moves /bin/cat
	began=$(date +%s)
	upgraded
	wait_for logged "superd.unlisten service=stays"
	[ $(($(date +%s) - began)) -lt 5 ]
}

@test "a link that superd was started by is followed" {
	mkdir "$BATS_TEST_TMPDIR/v1" "$BATS_TEST_TMPDIR/v2" \
	    "$BATS_TEST_TMPDIR/bin"
	cp "$PROGRAM" "$BATS_TEST_TMPDIR/v1/superd"
	cp "$PROGRAM" "$BATS_TEST_TMPDIR/v2/superd"
	ln -s ../v1/superd "$BATS_TEST_TMPDIR/bin/superd"
	superd_wrap env PATH="$BATS_TEST_TMPDIR/bin:$PATH"
	SUPERD=superd
	superd_service it /bin/cat
	superd_start
	ln -sfn ../v2/superd "$BATS_TEST_TMPDIR/bin/superd"
	upgraded
	[ "$(readlink "/proc/$SUPERD_PID/exe")" = "$BATS_TEST_TMPDIR/v2/superd" ]
}

@test "a reload that comes meanwhile is done, too" {
	superd_service it /bin/cat "stderr = null"
	superd_start
	replace <<-'EOT'
		#!/bin/sh
		sleep 1
		exit 9
	EOT
	kill -USR2 "$SUPERD_PID"
	superd_daemon
	superd_service it /bin/cat
	superd_service new /bin/cat
	kill -HUP "$SUPERD_PID"
	wait_for logged "upgrade.refused .*status 9"
	wait_for logged "superd.reload .*generation=2 services=2"
	refute logged "reload.refused"
	serves "$(superd_port it)"
}

@test "a refused program leaves no trace in what a reload needs" {
	superd_service it /bin/cat "stderr = null"
	superd_start
	port=$(superd_port it)
	client_start <<-'PYTHON'
		s = socket.socket()
		s.bind((HOST, 0))
		s.listen()
		say(s.getsockname()[1])
		until_told()
	PYTHON
	superd_daemon
	superd_service it /bin/cat
	LISTEN=127.0.0.1:$(cat "$CLIENT_OUT") superd_service z /bin/cat
	refused
	client_end
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.reload .*generation=2 services=2"
	upgraded
	serves "$port"
}

@test "handlers that are more than the limit now are carried over" {
	superd_service it /bin/cat "max_runtime = 1h"
	superd_start
	client_start "$(superd_port it)" <<-'PYTHON'
		socks = [connect(sys.argv[1]) for i in range(40)]
		assert all(echoes(s) for s in socks)
		say("forty")
		until_told()
		assert all(echoes(s) for s in socks)
	PYTHON
	superd_daemon "max_connections = 1"
	superd_service it /bin/cat "max_runtime = 1h" "max_connections = 1"
	for i in $(seq 30); do
		superd_service "s$i" /bin/cat "min_free_memory = 1k"
	done
	upgraded
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.reload .*generation=3 services=31"
	client_end
	wait_for has_handlers 0
	serves "$(superd_port it)"
}

@test "a socket that was about to retire takes clients again" {
	superd_service it /bin/cat "max_connections = 1"
	superd_start
	port=$(superd_port it)
	client_start "$port" <<-'PYTHON'
		socks = [connect(sys.argv[1]) for i in range(2)]
		assert echoes(socks[0])
		say("one is in, one waits")
		until_told()
	PYTHON
	wait_for logged service.full
	cp "$CONF" "$CONF.before"
	superd_daemon
	LISTEN=unix:$BATS_TEST_TMPDIR/sock superd_service it /bin/cat \
	    "max_connections = 1"
	kill -HUP "$SUPERD_PID"
	wait_for logged "superd.reload .*retired=1"
	cp "$CONF.before" "$CONF"
	upgraded
	client_end
	wait_for has_handlers 0
	serves "$port"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# superd as a daemon: -d, --pidfile, --ready-fd.
# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own
load helpers

bats_require_minimum_version 1.5.0

setup() {
	PID=$BATS_TEST_TMPDIR/superd.pid
	LOG=$BATS_TEST_TMPDIR/superd.log
}

teardown() {
	if [ -s "$PID" ] && SUPERD_PID=$(cat "$PID") is_superd; then
		kill -KILL "$(cat "$PID")"
	fi
	superd_end
}

is_superd() {
	[ "/proc/$SUPERD_PID/exe" -ef "$SUPERD" ]
}

ready_lines() {
	cat "$BATS_TEST_TMPDIR/ports"
}

# detach: superd -d; $PID has its pid afterwards.
detach() {
	run timeout 20 "$SUPERD" -d -c "$CONF" --pidfile "$PID" --ready-fd 9 \
	    9>"$BATS_TEST_TMPDIR/ports" 3>&- 4>&-
}

@test "-d returns with 0 when superd listens" {
	superd_daemon "log = $LOG"
	superd_service echo /bin/cat
	detach
	[ "$status" = 0 ]
	[ "$output" = "" ]
	# No waiting: it serves now, and its pid is in the file.
	SUPERD_PID=$(cat "$PID")
	is_superd
	[ "$(ask "$(superd_port echo)" hello)" = hello ]
	# In a session of its own, with nothing of ours.
	[ "$(awk '{ sub(/.*\) /, ""); print $4 }' "/proc/$SUPERD_PID/stat")" \
	    = "$SUPERD_PID" ]
	for fd in 0 1 2; do
		[ "$(readlink "/proc/$SUPERD_PID/fd/$fd")" = /dev/null ]
	done
	[ "$(readlink "/proc/$SUPERD_PID/cwd")" = / ]
	kill -TERM "$SUPERD_PID"
	wait_for superd_is_gone
	grep -q superd.stop "$LOG"
	[ ! -e "$PID" ]
	SUPERD_PID=
}

@test "-d returns with 1 and says why when superd cannot listen" {
	superd_daemon "log = $LOG"
	LISTEN=192.0.2.7:0 superd_service echo /bin/cat
	detach
	[ "$status" = 1 ]
	[[ $output = *"192.0.2.7:0"* ]]
	[ ! -e "$PID" ]
}

@test "-d returns with 3 when the configuration is bad" {
	superd_service echo /bin/cat "colour = blue"
	detach
	[ "$status" = 3 ]
	[[ $output = *colour* ]]
}

@test "-d and log = stderr: the log is syslog's, as stderr has no reader" {
	superd_service echo /bin/cat
	detach
	[[ $output != *superd.listen* ]]
	if [ ! -S /dev/log ]; then
		[ "$status" = 1 ]
		[[ $output = *"syslog at '/dev/log'"* ]]
		return
	fi
	[ "$status" = 0 ]
	SUPERD_PID=$(cat "$PID")
	[ "$(ask "$(superd_port echo)" hello)" = hello ]
	kill -TERM "$SUPERD_PID"
	wait_for superd_is_gone
	SUPERD_PID=
}

@test "-d and a service's log = stderr: its log is syslog's" {
	superd_daemon "log = $BATS_TEST_TMPDIR/log"
	superd_service echo /bin/cat "log = stderr"
	detach
	if [ ! -S /dev/log ]; then
		[ "$status" = 1 ]
		[[ $output = *"superd.ini:12: service 'echo': cannot connect to syslog at '/dev/log'"* ]]
		return
	fi
	[ "$status" = 0 ]
	SUPERD_PID=$(cat "$PID")
	[ "$(ask "$(superd_port echo)" hello)" = hello ]
	kill -TERM "$SUPERD_PID"
	wait_for superd_is_gone
	SUPERD_PID=
	grep -q superd.stop "$BATS_TEST_TMPDIR/log"
	refute grep -q conn.open "$BATS_TEST_TMPDIR/log"
}

@test "the pid file has superd's pid while it runs" {
	superd_service echo /bin/cat
	superd_start --pidfile "$PID"
	[ "$(cat "$PID")" = "$SUPERD_PID" ]
	[ "$(stat -c %a "$PID")" = 600 ]
	superd_stop
	[ ! -e "$PID" ]
}

@test "a pid file in use is told with the pid, and stays" {
	superd_service echo /bin/cat
	superd_start --pidfile "$PID"
	run -1 timeout 20 "$SUPERD" -c "$CONF" --pidfile "$PID"
	[[ $output = *"'$PID'"*"pid $SUPERD_PID"* ]]
	[ "$(cat "$PID")" = "$SUPERD_PID" ]
	[ "$(ask "$(superd_port echo)" x)" = x ]
}

@test "a pid file that was left behind does not matter, whose pid it has" {
	superd_service echo /bin/cat
	# The pid of a process that lives, and is no superd.
	echo $$ >"$PID"
	superd_start --pidfile "$PID"
	[ "$(cat "$PID")" = "$SUPERD_PID" ]
	superd_stop
	superd_start --pidfile "$PID"
	superd_kill
	[ -s "$PID" ]
	superd_start --pidfile "$PID"
	[ "$(cat "$PID")" = "$SUPERD_PID" ]
	superd_stop
}

@test "a pid file that cannot be made is an error with its path" {
	superd_service echo /bin/cat
	run -1 timeout 20 "$SUPERD" -c "$CONF" \
	    --pidfile "$BATS_TEST_TMPDIR/absent/superd.pid"
	[[ $output = *"absent/superd.pid"* ]]
}

@test "a pid file that is a link is not followed" {
	echo precious >"$BATS_TEST_TMPDIR/file"
	ln -s file "$PID"
	superd_service echo /bin/cat
	run -1 timeout 20 "$SUPERD" -c "$CONF" --pidfile "$PID"
	[ "$(cat "$BATS_TEST_TMPDIR/file")" = precious ]
	rm "$PID"
}

@test "--ready-fd gets a line for each socket and then the end" {
	superd_service one /bin/cat
	LISTEN="127.0.0.1:0, unix:$BATS_TEST_TMPDIR/sock" \
	    superd_service two /bin/cat
	superd_start
	# superd_start has read to the end while superd runs.
	ready_lines | sed 's/:[0-9]*$/:PORT/' | diff - <(cat <<-EOT
		one 127.0.0.1:PORT
		two 127.0.0.1:PORT
		two unix:$BATS_TEST_TMPDIR/sock
	EOT
	)
	superd_stop
}

@test "nothing is said to --ready-fd when superd cannot listen" {
	superd_service one /bin/cat
	LISTEN=192.0.2.7:0 superd_service two /bin/cat
	run -1 timeout 20 "$SUPERD" -c "$CONF" --ready-fd 9 \
	    9>"$BATS_TEST_TMPDIR/ports"
	[ ! -s "$BATS_TEST_TMPDIR/ports" ]
}

@test "a reader of --ready-fd that is slow or gone does not stop superd" {
	superd_service echo /bin/cat
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	exec 6<>"$BATS_TEST_TMPDIR/pipe"
	timeout 10 dd if=/dev/zero bs=4096 count=100 oflag=nonblock >&6 \
	    2>/dev/null || :
	timeout 60 "$SUPERD" -c "$CONF" --pidfile "$PID" \
	    --ready-fd 6 2>"$LOG" 3>&- &
	# shellcheck disable=SC2034 # superd_stop waits for it
	SUPERD_JOB=$!
	wait_for grep -q superd.ready "$LOG"
	exec 6>&-
	SUPERD_PID=$(cat "$PID")
	port=$(sed -n 's/.*superd.listen .*address=127.0.0.1:\([0-9]*\)$/\1/p' \
	    "$LOG")
	[ "$(ask "$port" x)" = x ]
	superd_stop
}

@test "a disabled service does not listen" {
	superd_service on /bin/cat
	superd_service off /bin/cat "enabled = no"
	superd_start
	[ "$(ready_lines | cut -d " " -f 1)" = on ]
	superd_stop
}

@test "memory and start do not suffer from 500 services" {
	superd_daemon
	for i in $(seq 500); do
		printf '[s%d]\nlisten = 127.0.0.1:0\nhandler = /bin/cat\n' "$i"
	done >>"$CONF"
	need_files 2000
	superd_start
	[ "$(wc -l <"$BATS_TEST_TMPDIR/ports")" = 500 ]
	[ "$(ask "$(superd_port s500)" x)" = x ]
	[ -n "${SUPERD_SANITIZERS-}" ] || [ "$(rss_kb)" -lt 9216 ]
	superd_stop
}

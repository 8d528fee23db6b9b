#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A service with a log of its own: what is in it, who shares it, and what a
# reload, an upgrade or a sink that is stuck does to it.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	DIR=$BATS_TEST_TMPDIR
	LOG=$DIR/own.log
}

teardown() {
	superd_end
}

# conf [LINE...]: echo, with these lines, and plain.
conf() {
	superd_conf <<-EOT
		[superd]
		log_level = info
		[echo]
		listen = 127.0.0.1:0
		handler = /bin/cat
		$AS_USER
		$(printf '%s\n' "$@")
		[plain]
		listen = 127.0.0.1:0
		handler = /bin/cat
		$AS_USER
	EOT
}

# has FILE PATTERN [COUNT]
has() {
	[ -f "$1" ] && [ "$(grep -ce "$2" "$1")" -ge "${3:-1}" ]
}

# reload: until it is told what came of it.
reload() {
	local before
	before=$(count_logged "superd.reload")
	kill -HUP "$SUPERD_PID"
	wait_for reloaded "$((before + 1))"
}

reloaded() {
	[ "$(count_logged "superd.reload")" = "$1" ]
}

use() {
	[ "$(ask "$(superd_port "$1")" x)" = x ]
}

# open_times NAME: how many descriptors superd has of it.
open_times() {
	find "/proc/$SUPERD_PID/fd" -lname "*/$1" | wc -l
}

@test "what a service does is in its own log, all else is in superd's" {
	conf "log = $LOG"
	superd_start
	use echo
	use plain
	wait_for has "$LOG" "conn.close service=echo"
	wait_for logged "conn.close service=plain"
	superd_stop
	has "$LOG" "conn.open service=echo"
	refute logged conn.*service=echo
	refute has "$LOG" service=plain
	refute has "$LOG" " superd\."
	logged "superd.listen service=echo"
	[ "$(stat -c %a "$LOG")" = 640 ]
}

@test "stderr, refusals and what could not be started are there too" {
	superd_conf <<-EOT
		[defaults]
		log = $LOG
		$AS_USER
		[says]
		listen = 127.0.0.1:0
		handler = /bin/sh -c 'echo from the handler >&2; cat'
		[denies]
		listen = 127.0.0.1:0
		handler = /bin/cat
		deny = 127.0.0.1
		[fails]
		listen = 127.0.0.1:0
		handler = /bin/cat
		limit_as = 1M
	EOT
	superd_start
	run ask "$(superd_port says)" x
	run ask "$(superd_port denies)" x
	run ask "$(superd_port fails)" x
	wait_for has "$LOG" 'handler.stderr service=says.*text="from the handler"'
	wait_for has "$LOG" "conn.refuse service=denies"
	wait_for has "$LOG" "conn.close service=fails"
	superd_stop
	refute logged "conn\.\|handler\."
}

@test "services that name the same file share a descriptor" {
	superd_conf <<-EOT
		[defaults]
		log = $LOG
		$AS_USER
		[a]
		listen = 127.0.0.1:0
		handler = /bin/cat
		[b]
		listen = 127.0.0.1:0
		handler = /bin/cat
		log = $LOG
	EOT
	superd_start
	[ "$(open_times own.log)" = 1 ]
	use a
	use b
	wait_for has "$LOG" conn.close 2
	superd_stop
}

@test "a service that names superd's own log has that" {
	superd_conf <<-EOT
		[superd]
		log = $LOG
		[defaults]
		log = $DIR/other.log
		$AS_USER
		[a]
		listen = 127.0.0.1:0
		handler = /bin/cat
		log = $LOG
	EOT
	superd_start
	use a
	wait_for has "$LOG" "conn.close service=a"
	[ "$(open_times own.log)" = 1 ]
	superd_stop
	[ ! -e "$DIR/other.log" ]
}

@test "a log that cannot be opened is an error, with its line" {
	conf "log = $DIR/nowhere/log"
	run -1 superd_start
	[[ $output == *"superd.ini:7: service 'echo': cannot open log file '$DIR/nowhere/log'"* ]]
}

@test "a value that is none is a mistake, a path is dumped" {
	conf "log = sislog"
	run -3 timeout 20 "$SUPERD" -t -c "$CONF"
	[[ $output == *"superd.ini:7: section 'echo': log: 'sislog' is unknown: did you mean 'syslog'?"* ]]
	conf "log = ./own.log"
	run -0 timeout 20 "$SUPERD" --dump -c "$CONF"
	[ "$(grep -c "^log = " <<<"$output")" = 2 ]
	[[ $output == *"log = $DIR/own.log"* ]]
	[ ! -e "$DIR/own.log" ]
}

@test "SIGUSR1 opens each anew; one that cannot be is told and goes on" {
	superd_conf <<-EOT
		[defaults]
		$AS_USER
		[a]
		listen = 127.0.0.1:0
		handler = /bin/cat
		log = $DIR/a.log
		[b]
		listen = 127.0.0.1:0
		handler = /bin/cat
		log = $DIR/b.log
	EOT
	superd_start
	mv "$DIR/a.log" "$DIR/a.log.1"
	mv "$DIR/b.log" "$DIR/b.log.1"
	mkdir "$DIR/b.log"
	kill -USR1 "$SUPERD_PID"
	wait_for logged log.reopened
	logged "superd.fault what=\"the log of a service stays open\" error=\"cannot open log file '$DIR/b.log'"
	use a
	use b
	wait_for has "$DIR/a.log" "conn.close service=a"
	wait_for has "$DIR/b.log.1" "conn.close service=b"
	superd_stop
	[ ! -s "$DIR/a.log.1" ]
}

@test "a reload moves a service to another log, and what is queued stays" {
	conf "log = $LOG"
	superd_start
	use echo
	wait_for has "$LOG" conn.close
	conf "log = $DIR/next.log"
	reload
	use echo
	wait_for has "$DIR/next.log" conn.close
	refute has "$LOG" conn.close 2
	[ "$(open_times own.log)" = 0 ]
	conf
	reload
	use echo
	wait_for logged "conn.close service=echo"
	superd_stop
	refute has "$DIR/next.log" conn.close 2
}

@test "a reload with a log that cannot be opened changes nothing" {
	conf "log = $LOG"
	superd_start
	before=$(open_files)
	conf "log = $DIR/nowhere/log"
	reload
	logged "config.mistake file=$CONF line=7 text=\"service 'echo': cannot open log file"
	logged "superd.reload.refused"
	[ "$(open_files)" = "$before" ]
	use echo
	wait_for has "$LOG" conn.close
	superd_stop
}

@test "a connection that outlives its service is told in the service's log" {
	conf "log = $LOG"
	superd_start
	client_start "$(superd_port echo)" <<-'PYTHON'
		with connect(sys.argv[1]) as s:
		    print("connected", flush=True)
		    sys.stdin.read()
	PYTHON
	wait_for has "$LOG" conn.open
	superd_conf <<-EOT
		[plain]
		listen = 127.0.0.1:0
		handler = /bin/cat
		$AS_USER
	EOT
	reload
	client_end
	wait_for has "$LOG" "conn.close service=echo"
	[ "$(open_times own.log)" = 0 ]
	superd_stop
}

@test "an upgrade opens them anew, and goes on in them" {
	conf "log = $LOG"
	superd_start
	use echo
	kill -USR2 "$SUPERD_PID"
	wait_for logged superd.upgraded
	use echo
	wait_for has "$LOG" conn.close 2
	superd_stop
	refute has "$LOG" conn.close 3
}

@test "an upgrade counts the lines that a stuck log was left with" {
	mkfifo "$LOG"
	conf "log = $LOG"
	superd_start
	dd if=/dev/zero of="$LOG" bs=64k count=1 oflag=nonblock status=none || :
	for _ in 1 2 3; do
		use echo
	done
	kill -USR2 "$SUPERD_PID"
	wait_for logged superd.upgraded
	wait_for logged "log.dropped count=6"
	superd_stop
}

@test "superd's own user gets the file, and can open it anew" {
	need_root
	make_scripts
	mkdir "$SCRIPTS/run" "$SCRIPTS/logs"
	chown 4242 "$SCRIPTS/logs"
	LOG=$SCRIPTS/logs/own
	conf "log = $LOG"
	sed -i 's/^log_level.*/&\nuser = 4242\ngroup = 4243/' "$CONF"
	RUNTIME_DIRECTORY=$SCRIPTS/run superd_start
	[ "$(stat -c %u "$LOG")" = 4242 ]
	mv "$LOG" "$LOG.1"
	kill -USR1 "$SUPERD_PID"
	wait_for test -e "$LOG"
	use echo
	wait_for has "$LOG" conn.close
	superd_stop
}

@test "a log that nobody reads: the service serves, the loss is told" {
	mkfifo "$LOG"
	conf "log = $LOG"
	superd_start
	[ "$(ask_many "$(superd_port echo)" 700)" = 700 ]
	logged "superd.fault what=\"a log takes no lines\" log=$LOG"
	use plain
	wait_for logged "conn.close service=plain"
	timeout 60 cat "$LOG" >"$DIR/got" 3>&- &
	wait_for has "$DIR/got" "log.dropped count="
	use echo
	superd_stop
	# Each line was written or counted.
	[ "$(($(grep -c "conn\." "$DIR/got") +
	    $(sed -n 's/.*log.dropped count=//p' "$DIR/got" |
		paste -sd + - | bc)))" = 1402 ]
}

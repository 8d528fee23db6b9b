#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Handlers that cannot be started: the client is let go, the log says why
# once, and superd goes on.
# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own
load helpers

bats_require_minimum_version 1.5.0

setup() {
	make_scripts
	H=$SCRIPTS/handler
	: >"$H"
	chmod 755 "$H"
}

teardown() {
	superd_end
}

# start: `broken` is $H, which superd checks when it starts; `echo` is well.
start() {
	cp "$(program cat)" "$H"
	superd_service broken "$H"
	superd_service echo /bin/cat
	superd_start
}

# fails ERRNO-TEXT: six clients are let go within 3 seconds each, without a
# word; there is one event with the path and the reason, and no process left.
fails() {
	local files
	files=$(open_files)
	client "$(superd_port broken)" <<-'PYTHON'
		for i in range(6):
		    began = time.monotonic()
		    assert let_go(sys.argv[1], b"hello")
		    assert time.monotonic() - began < 3
	PYTHON
	wait_for has_logged 6 "conn.close service=broken .*status=\"not started\""
	[ "$(count_logged spawn.failed)" = 1 ]
	wait_for logged "spawn.failed service=broken .*step=exec error=\"cannot execute '$H': $1"
	has_handlers 0
	[ "$(open_files)" = "$files" ]
	[ "$(ask "$(superd_port echo)" hello)" = hello ]
}

# No second process runs superd's own program.
one_superd() {
	local exe n=0
	for exe in /proc/[0-9]*/exe; do
		[ ! "$exe" -ef "/proc/$SUPERD_PID/exe" ] || n=$((n + 1))
	done
	[ "$n" = 1 ]
}

@test "a handler that is removed: its clients are let go, the log says why" {
	start
	rm "$H"
	fails "No such file or directory"
}

@test "a handler that comes back is started, without a restart" {
	start
	mv "$H" "$H.away"
	fails "No such file or directory"
	mv "$H.away" "$H"
	[ "$(ask "$(superd_port broken)" hello)" = hello ]
}

@test "a handler that is not executable" {
	start
	chmod 644 "$H"
	fails "Permission denied"
}

@test "a handler that is a directory" {
	start
	rm "$H"
	mkdir -m 755 "$H"
	fails "Permission denied"
}

@test "a script whose interpreter is missing" {
	start
	printf '#!/nowhere/sh\n' >"$H.new"
	chmod 755 "$H.new"
	mv "$H.new" "$H"
	fails "No such file or directory (the file, or the interpreter"
}

@test "a script without a first line" {
	start
	rm "$H"
	echo "echo hello" >"$H"
	chmod 755 "$H"
	fails "Exec format error (a script needs a first line"
}

@test "a program that is broken" {
	start
	head -c 64 "$(program cat)" >"$H.new"
	head -c 5000 /dev/zero | tr '\0' '\377' >>"$H.new"
	chmod 755 "$H.new"
	mv "$H.new" "$H"
	client "$(superd_port broken)" <<-'PYTHON'
		assert let_go(sys.argv[1])
	PYTHON
	wait_for logged "conn.close service=broken"
	[ "$(ask "$(superd_port echo)" hello)" = hello ]
}

@test "a handler that the user cannot reach" {
	need_root "for another user"
	mkdir -m 755 "$SCRIPTS/dir"
	H=$SCRIPTS/dir/handler
	start
	chmod 700 "$SCRIPTS/dir"
	fails "Permission denied"
}

@test "a directory that is removed is named in the event" {
	mkdir -m 755 "$SCRIPTS/dir"
	superd_service lost /bin/cat "directory = $SCRIPTS/dir"
	superd_start
	rmdir "$SCRIPTS/dir"
	client "$(superd_port lost)" <<<'assert let_go(sys.argv[1], b"hello")'
	wait_for logged "spawn.failed service=lost .*step=directory error=\"cannot enter the directory '$SCRIPTS/dir': No such file"
}

@test "a failed start leaves no second superd behind" {
	# A copy: other suites may run their superd at the same time.
	cp "$SUPERD" "$SCRIPTS/superd"
	SUPERD=$SCRIPTS/superd start
	rm "$H"
	client "$(superd_port broken)" <<-'PYTHON'
		for i in range(30):
		    assert let_go(sys.argv[1])
	PYTHON
	wait_for has_handlers 0
	one_superd
}

@test "a hundred failed starts take no slot: the service is not full" {
	cp "$(program cat)" "$H"
	superd_service broken "$H" "max_connections = 2"
	superd_start
	rm "$H"
	client "$(superd_port broken)" <<-'PYTHON'
		for i in range(100):
		    assert let_go(sys.argv[1])
	PYTHON
	cp "$(program cat)" "$H"
	[ "$(ask "$(superd_port broken)" hello)" = hello ]
	[ "$(count_logged spawn.failed)" -le 2 ]
}

@test "handlers that crash or fail are told with signal and status" {
	script end <<-'EOT'
		#!/bin/sh
		read -r how
		case $how in
		[0-9]*) exit "$how" ;;
		*) kill -"$how" $$ ;;
		esac
	EOT
	superd_service end "$SCRIPTS/end"
	superd_start
	for how in 0 7 255 SEGV ABRT KILL TERM USR1; do
		ask "$(superd_port end)" "$how"$'\n'
	done
	for how in exit:0 exit:7 exit:255 signal:SEGV signal:ABRT signal:KILL \
	    signal:TERM signal:USR1; do
		wait_for logged "conn.close service=end .*status=$how "
	done
	refute logged "reason="
}

@test "a close event tells duration, processor time and memory" {
	superd_service echo /bin/cat
	superd_start
	ask "$(superd_port echo)" x
	wait_for logged "conn.close service=echo connection=1 pid=[0-9]* peer=127.0.0.1:[0-9]* status=exit:0 duration=[0-9.]* user=[0-9.]* system=[0-9.]* max_rss=[1-9][0-9]* listen=127.0.0.1:[0-9]* start=20[0-9T:.-]*Z spawn=0\.[0-9]* exit=0\b"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Unix sockets: who may connect, and what is never removed.
# shellcheck disable=SC2030,SC2031 # each test is a subshell of its own
load helpers

bats_require_minimum_version 1.5.0

setup() {
	AT=$BATS_TEST_TMPDIR/echo.sock
}

teardown() {
	superd_end
}

# conf [LINE...]: echo on $AT
conf() {
	LISTEN=unix:$AT superd_service echo /bin/cat "$@"
}

answers() {
	[ "$(client "${1:-$AT}" \
	    <<<'print(ask(sys.argv[1], b"hello").decode())')" = hello ]
}

starts_not() {
	run "-${1:-1}" timeout 20 "$SUPERD" -c "$CONF"
	refute grep -q superd.ready <<<"$output"
}

# leave_socket PATH: a socket at the path whose owner is gone.
leave_socket() {
	client "$1" <<-'PYTHON'
		s = socket.socket(socket.AF_UNIX)
		s.bind(sys.argv[1])
		s.listen()
	PYTHON
	[ -S "$1" ]
}

# serve_socket PATH: somebody who listens there until client_end.
serve_socket() {
	client_start "$1" <<-'PYTHON'
		s = socket.socket(socket.AF_UNIX)
		s.bind(sys.argv[1])
		s.listen()
		say("listening")
		until_told()
		s.settimeout(0)
		try:
		    s.accept()
		except BlockingIOError:
		    say("not disturbed")
	PYTHON
}

@test "a service on a path answers, and says so" {
	conf
	superd_start
	[ "$(cat "$BATS_TEST_TMPDIR/ports")" = "echo unix:$AT" ]
	answers
	wait_for logged "superd.listen service=echo address=unix:$AT"
	wait_for logged "conn.open .*service=echo .*peer=unix:uid=$(id -u)"
	superd_stop
}

@test "a path in a relative directory is relative to its file" {
	mkdir "$BATS_TEST_TMPDIR/dir"
	LISTEN=unix:dir/sock superd_service echo /bin/cat
	superd_start
	answers "$BATS_TEST_TMPDIR/dir/sock"
}

@test "the path's mode is 0660 unless socket_mode says otherwise" {
	conf
	LISTEN="unix:$AT.600" superd_service private /bin/cat \
	    "socket_mode = 0600"
	LISTEN="unix:$AT.666" superd_service public /bin/cat \
	    "socket_mode = 0666"
	umask 077
	superd_start
	umask 022
	[ "$(stat -c %a "$AT")" = 660 ]
	[ "$(stat -c %a "$AT.600")" = 600 ]
	[ "$(stat -c %a "$AT.666")" = 666 ]
}

@test "socket_user and socket_group own the path" {
	need_root "to give a file away"
	conf "socket_user = nobody" "socket_group = 4242" "socket_mode = 0640"
	superd_start
	[ "$(stat -c %u:%g:%a "$AT")" = "$(id -u nobody):4242:640" ]
	answers
}

@test "who may not write to the path cannot connect" {
	need_root "to be somebody else"
	need setpriv
	make_scripts
	AT=$SCRIPTS/echo.sock
	conf "socket_mode = 0600"
	superd_start
	cp "$TOP_SRCDIR/tests/client.py" "$SCRIPTS"
	run timeout 20 setpriv --reuid=65534 --regid=65534 --clear-groups \
	    env PYTHONPATH="$SCRIPTS" PYTHONDONTWRITEBYTECODE=1 \
	    "$(program python3)" \
	    -c 'from client import *; ask(sys.argv[1])' "$AT"
	[[ $output = *PermissionError* ]]
}

@test "a socket that its owner left behind is replaced" {
	leave_socket "$AT"
	conf
	superd_start
	answers
	superd_stop
}

@test "a regular file at the path is not removed" {
	echo precious >"$AT"
	conf
	starts_not
	[[ $output = *"cannot listen on unix:$AT: a file that is no socket is there"* ]]
	[ "$(cat "$AT")" = precious ]
}

@test "a directory at the path is not removed" {
	mkdir "$AT"
	conf
	starts_not
	[ -d "$AT" ]
}

@test "a socket that somebody serves is not removed" {
	serve_socket "$AT"
	inode=$(stat -c %i "$AT")
	conf
	starts_not
	[[ $output = *"cannot listen on unix:$AT: somebody else listens there"* ]]
	[ "$(stat -c %i "$AT")" = "$inode" ]
	# superd has asked whether somebody is there, without a connection.
	client_end
	grep -q "not disturbed" "$CLIENT_OUT"
}

@test "a symbolic link at the path is not removed, nor what it points to" {
	leave_socket "$BATS_TEST_TMPDIR/other.sock"
	ln -s other.sock "$AT"
	conf
	starts_not
	[ -L "$AT" ]
	[ -S "$BATS_TEST_TMPDIR/other.sock" ]
}

@test "a dangling link at the path is not followed" {
	ln -s elsewhere "$AT"
	conf
	starts_not
	[ -L "$AT" ]
	[ ! -e "$BATS_TEST_TMPDIR/elsewhere" ]
}

@test "the path is removed at the end" {
	conf
	superd_start
	[ -S "$AT" ]
	superd_stop
	[ ! -e "$AT" ]
}

@test "what somebody else has put at the path is not removed at the end" {
	conf
	superd_start
	rm "$AT"
	leave_socket "$AT"
	superd_stop
	[ -S "$AT" ]
}

@test "the path is removed when a later service cannot listen" {
	conf
	echo x >"$AT.file"
	LISTEN="unix:$AT.file" superd_service later /bin/cat
	starts_not
	[ ! -e "$AT" ]
	[ -f "$AT.file" ]
}

@test "a path that is too long is an error, not a shorter path" {
	long=$(printf 'x%.0s' $(seq 120))
	LISTEN="unix:/tmp/$long" superd_service echo /bin/cat
	starts_not 3
	[[ $output = *"$CONF:"[0-9]*"has 125 bytes, at most 107"* ]]
	refute ls -d /tmp/xxxxxxxxxx*
}

@test "an abstract address answers and leaves no file" {
	name=superd-test-$$-$RANDOM
	LISTEN=unix:@$name superd_service echo /bin/cat
	superd_start
	[ "$(cat "$BATS_TEST_TMPDIR/ports")" = "echo unix:@$name" ]
	answers "@$name"
	superd_stop
}

@test "an abstract address in use is an error with the address" {
	name=superd-test-$$-$RANDOM
	LISTEN=unix:@$name superd_service echo /bin/cat
	superd_start
	starts_not
	[[ $output = *"unix:@$name"* ]]
	answers "@$name"
}

@test "a handler knows from which process its client comes" {
	LISTEN=unix:$AT superd_service who "/bin/cat /proc/self/environ"
	superd_start
	client "$AT" <<-'PYTHON'
		env = dict(e.split(b"=", 1) for e in ask(sys.argv[1]).split(b"\0")
		           if e)
		def has(name, value):
		    assert env[name] == str(value).encode(), (name, env)
		has(b"PROTO", "UNIX")
		has(b"UNIXREMOTEPID", os.getpid())
		has(b"UNIXREMOTEEUID", os.geteuid())
		has(b"IPCREMOTEEGID", os.getegid())
		has(b"UNIXLOCALPATH", sys.argv[1])
		assert not [n for n in env if b"TCP" in n], env
	PYTHON
}

@test "half-closing works over a unix socket too" {
	script answer <<-'EOT'
		#!/bin/sh
		cat >/dev/null
		exec head -c 3000000 /dev/zero
	EOT
	LISTEN=unix:$AT superd_service answer "$SCRIPTS/answer"
	superd_start
	client "$AT" <<-'PYTHON'
		assert len(ask(sys.argv[1], b"now")) == 3000000
	PYTHON
}

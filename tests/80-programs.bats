#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Programs that were not written for superd, as its handlers.
load helpers

bats_require_minimum_version 1.5.0

teardown() {
	superd_end
}

# serve NAME HANDLER [LINE...]
serve() {
	superd_service "$@"
	superd_start
	PORT=$(superd_port "$1")
}

@test "cat gives everything back, whatever it is" {
	serve cat "$(program cat)"
	client "$PORT" <<-'PYTHON'
		import threading
		data = os.urandom(3000000)
		s = connect(sys.argv[1])
		def send():
		    s.sendall(data)
		    s.shutdown(socket.SHUT_WR)
		t = threading.Thread(target=send)
		t.start()
		assert read_all(s) == data
		t.join()
	PYTHON
}

@test "tr answers when its input ends" {
	serve tr "$(program tr) a-z A-Z"
	[ "$(ask "$PORT" "hello, world")" = "HELLO, WORLD" ]
}

@test "a filter that buffers answers line by line with stdbuf" {
	need stdbuf
	serve tr "$(program stdbuf) -oL $(program tr) a-z A-Z"
	client "$PORT" <<-'PYTHON'
		s = connect(sys.argv[1])
		for line in b"one\n", b"two\n":
		    s.sendall(line)
		    assert read_line(s) == line.upper()
	PYTHON
}

@test "bc calculates, line by line" {
	need bc
	serve bc "$(program bc) -q"
	client "$PORT" <<-'PYTHON'
		s = connect(sys.argv[1])
		for sum, result in (b"6 * 7\n", b"42\n"), (b"2^64\n", b"18446744073709551616\n"):
		    s.sendall(sum)
		    assert read_line(s) == result
	PYTHON
}

@test "awk answers line by line" {
	need awk
	# mawk reads whole blocks unless it is told not to.
	script reverse <<-'EOT'
		#!/bin/sh
		mawk=$(awk -W version 2>&1 </dev/null | grep -c '^mawk')
		[ "$mawk" = 0 ] && set -- || set -- -W interactive
		exec awk "$@" '{ for (i = NF; i > 0; i--) printf "%s ", $i
			print ""; fflush() }'
	EOT
	serve awk "$SCRIPTS/reverse"
	client "$PORT" <<-'PYTHON'
		s = connect(sys.argv[1])
		for i in range(3):
		    s.sendall(b"one two three\n")
		    assert read_line(s) == b"three two one \n"
	PYTHON
}

@test "a shell script talks with its client" {
	script greet <<-'EOT'
		#!/bin/sh
		echo "what is your name?"
		read -r name
		echo "hello $name from ${TCPREMOTEIP:-somewhere}"
	EOT
	serve greet "$SCRIPTS/greet"
	client "$PORT" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert read_line(s) == b"what is your name?\n"
		s.sendall(b"anna\n")
		assert read_all(s) == b"hello anna from 127.0.0.1\n"
	PYTHON
}

@test "python3 finds a socket on its descriptor 0" {
	need python3
	{
		printf '#!%s\n' "$(program python3)"
		cat <<-'PYTHON'
			import socket
			s = socket.socket(fileno=0)
			s.sendall(repr(s.getpeername()).encode() + s.recv(100))
		PYTHON
	} | script peer
	serve peer "$SCRIPTS/peer"
	client "$PORT" <<-'PYTHON'
		s = connect(sys.argv[1])
		s.sendall(b"!")
		assert read_all(s) == repr(s.getsockname()).encode() + b"!"
	PYTHON
}

@test "git daemon --inetd: a clone over git:// is the same" {
	need git
	make_scripts
	export HOME=$BATS_TEST_TMPDIR GIT_CONFIG_NOSYSTEM=1
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org
	export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
	git init -q "$SCRIPTS/project"
	head -c 300000 /dev/urandom >"$SCRIPTS/project/file"
	git -C "$SCRIPTS/project" add file
	git -C "$SCRIPTS/project" commit -qm "a file"
	[ "$(id -u)" != 0 ] || chown -R nobody "$SCRIPTS/project"
	[ -x "$(git --exec-path)/git-daemon" ] || skip "git has no daemon here"
	serve git "$(program git) daemon --inetd --export-all --base-path=$SCRIPTS $SCRIPTS"
	timeout 60 git clone -q "git://127.0.0.1:$PORT/project" \
	    "$BATS_TEST_TMPDIR/clone" 3>&-
	cmp "$SCRIPTS/project/file" "$BATS_TEST_TMPDIR/clone/file"
	timeout 60 git -C "$BATS_TEST_TMPDIR/clone" fetch -q 3>&-
	wait_for logged "conn.close service=git .*status=exit:0"
	superd_stop
}

@test "busybox httpd -i serves a page and a 404 to curl" {
	need busybox curl
	busybox --list | grep -qx httpd || skip "this busybox has no httpd"
	make_scripts
	mkdir -m 755 "$SCRIPTS/www"
	head -c 200000 /dev/urandom >"$SCRIPTS/www/page.bin"
	serve www "$(program busybox) httpd -i -h $SCRIPTS/www"
	timeout 30 curl -sS --noproxy '*' -o "$BATS_TEST_TMPDIR/page.bin" \
	    "http://127.0.0.1:$PORT/page.bin"
	cmp "$SCRIPTS/www/page.bin" "$BATS_TEST_TMPDIR/page.bin"
	[ "$(timeout 30 curl -sS --noproxy '*' -o /dev/null -w '%{http_code}' \
	    "http://127.0.0.1:$PORT/absent")" = 404 ]
	superd_stop
}

@test "ten curls at a time get their pages" {
	need busybox curl
	busybox --list | grep -qx httpd || skip "this busybox has no httpd"
	make_scripts
	mkdir -m 755 "$SCRIPTS/www"
	head -c 50000 /dev/urandom >"$SCRIPTS/www/page.bin"
	serve www "$(program busybox) httpd -i -h $SCRIPTS/www"
	pids=
	for i in 1 2 3 4 5 6 7 8 9 10; do
		timeout 30 curl -sS --noproxy '*' -o "$BATS_TEST_TMPDIR/p$i" \
		    "http://127.0.0.1:$PORT/page.bin" 3>&- &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid"
	done
	for i in 1 2 3 4 5 6 7 8 9 10; do
		cmp "$SCRIPTS/www/page.bin" "$BATS_TEST_TMPDIR/p$i"
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# More at once than usual, bounded in time; nothing may be lost or kept.
load helpers

bats_require_minimum_version 1.5.0

LOAD=$TOP_BUILDDIR/tests/bench/load

setup() {
	LOG_LEVEL=notice superd_daemon "max_connections = 2000"
	ECHO=$HANDLER_DIR/echo
	[ -x "$ECHO" ] || ECHO=$(program cat)
}

teardown() {
	superd_end
}

@test "a burst of 1500 connects at once: every one is answered" {
	need_files 3500
	superd_service echo "$ECHO"
	superd_start
	files=$(open_files)
	run -0 timeout 60 "$LOAD" -c 1500 -n 1500 "$(superd_port echo)"
	echo "$output"
	[[ $output = *" right=1500 "* ]]
	wait_for has_handlers 0
	[ "$(open_files)" = "$files" ]
}

@test "200 at a time for seconds: nothing is lost, others are quick" {
	local count=6000
	[ -z "${SUPERD_SANITIZERS-}" ] || count=1500
	need_files 1000
	superd_service echo "$ECHO"
	superd_service other /bin/cat
	superd_start
	timeout 100 "$LOAD" -c 200 -n "$count" "$(superd_port echo)" \
	    >"$BATS_TEST_TMPDIR/load" 3>&- &
	job=$!
	client "$(superd_port other)" <<-'PYTHON'
		slowest = 0
		for i in range(100):
		    began = time.monotonic()
		    assert ask(sys.argv[1], b"x") == b"x"
		    slowest = max(slowest, time.monotonic() - began)
		print("slowest %.3f s" % slowest)
		assert slowest < 3
	PYTHON
	wait "$job"
	grep -q " right=$count " "$BATS_TEST_TMPDIR/load"
}

@test "answers of 64 KiB, 50 at a time, are whole" {
	superd_service echo "$ECHO"
	superd_start
	run -0 timeout 60 "$LOAD" -c 50 -n 400 -b 65536 "$(superd_port echo)"
	[[ $output = *" right=400 "* ]]
}

@test "five kinds of services mixed: all as before when it is over" {
	need_files 1000
	script lines <<-'EOT'
		#!/bin/sh
		read -r line
		echo "$line" >&2
		echo "$line"
	EOT
	script crash <<-'EOT'
		#!/bin/sh
		kill -SEGV $$
	EOT
	superd_service echo "$ECHO"
	superd_service cat /bin/cat "max_connections = 5"
	superd_service lines "$SCRIPTS/lines"
	superd_service crash "$SCRIPTS/crash"
	cp "$(program cat)" "$SCRIPTS/gone"
	superd_service gone "$SCRIPTS/gone"
	superd_start
	rm "$SCRIPTS/gone"
	mix() {
		CLIENT_LIMIT=80 client "$(superd_port echo)" "$(superd_port cat)" \
		    "$(superd_port lines)" "$(superd_port crash)" \
		    "$(superd_port gone)" "$1" <<-'PYTHON'
			import threading
			ports, count = sys.argv[1:6], int(sys.argv[6])
			wrong = []
			def run(kind, port):
			    for i in range(count):
			        data = b"%d\n" % i
			        try:
			            if kind < 3:
			                right = ask(port, data) == data
			            else:
			                right = let_go(port, data)
			        except OSError as e:
			            right = e
			        if right is not True:
			            wrong.append((kind, i, right))
			threads = [threading.Thread(target=run, args=(kind, port))
			           for kind, port in enumerate(ports) for i in range(4)]
			for t in threads: t.start()
			for t in threads: t.join()
			assert not wrong, wrong[:5]
		PYTHON
	}
	mix 10
	wait_for has_handlers 0
	files=$(open_files)
	rss=$(rss_kb)
	mix 100
	wait_for has_handlers 0
	[ "$(open_files)" = "$files" ]
	[ -n "${SUPERD_SANITIZERS-}" ] || [ $(($(rss_kb) - rss)) -lt 256 ]
	superd_stop
}

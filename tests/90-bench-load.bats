#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What measures must count right itself: each kind of wrong server is told as
# what it is, in bounded time.
load helpers

bats_require_minimum_version 1.5.0

LOAD=$TOP_BUILDDIR/tests/bench/load
LIMIT=$TOP_BUILDDIR/tests/bench/limit

teardown() {
	superd_end
	if [ -n "${SERVER_PID-}" ]; then
		kill "$SERVER_PID"
		wait "$SERVER_PID" || :
	fi
}

# serve: a server in Python, whose function serve(connection) is stdin; its
# port is $PORT.
serve() {
	{
		cat <<-'PYTHON'
			import socket, struct, sys, threading, time

			def end_of(c):
			    data = b""
			    while True:
			        piece = c.recv(65536)
			        if not piece:
			            return data
			        data += piece

			def reset(c):
			    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
			                 struct.pack("ii", 1, 0))
			    c.close()

		PYTHON
		cat
		cat <<-'PYTHON'

			listener = socket.create_server(("127.0.0.1", 0), backlog=1000)
			print(listener.getsockname()[1], flush=True)
			while True:
			    c = listener.accept()[0]
			    threading.Thread(target=serve, args=(c,), daemon=True).start()
		PYTHON
	} >"$BATS_TEST_TMPDIR/server.py"
	serve_with timeout 120 python3 "$BATS_TEST_TMPDIR/server.py"
}

# serve_with COMMAND...: it prints its port.
serve_with() {
	mkfifo "$BATS_TEST_TMPDIR/port"
	"$@" >"$BATS_TEST_TMPDIR/port" 3>&- </dev/null &
	SERVER_PID=$!
	PORT=$(timeout 30 sed 's/[^0-9]*//; q' <"$BATS_TEST_TMPDIR/port")
}

# load_fails OPTION...: it says so in its status.
load_fails() {
	run -1 timeout 60 "$LOAD" "$@" "$PORT"
	echo "$output"
}

has() {
	local figure
	for figure; do
		[[ " $output " = *" $figure "* ]]
	done
}

@test "load: a server that echoes is right" {
	serve <<-'PYTHON'
		def serve(c):
		    c.sendall(end_of(c))
		    c.close()
	PYTHON
	run -0 timeout 60 "$LOAD" -n 200 -c 7 -b 3000 "$PORT"
	has connections=200 right=200 unfinished=0
	run -0 timeout 60 "$LOAD" -B -n 50 "$PORT"
	has connections=50 right=50
}

@test "load: nobody listens: every connect has failed, at once" {
	serve <<-'PYTHON'
		def serve(c):
		    c.close()
	PYTHON
	kill "$SERVER_PID"
	wait "$SERVER_PID" || :
	SERVER_PID=
	local began=$SECONDS
	load_fails -n 2000 -t 50
	has connect_failed=2000 right=0 unfinished=0
	[ $((SECONDS - began)) -lt 30 ]
}

@test "load: a server that resets" {
	serve <<-'PYTHON'
		def serve(c):
		    reset(c)
	PYTHON
	load_fails -n 100
	has reset=100 right=0 unfinished=0
	# To one that expects to be dropped this is right.
	run -0 timeout 60 "$LOAD" -D -n 100 "$PORT"
}

@test "load: a server that answers something else, or too much" {
	serve <<-'PYTHON'
		count = 0

		def serve(c):
		    global count
		    data = end_of(c)
		    count += 1
		    c.sendall(data.swapcase() if count % 2 else data + b"x")
		    c.close()
	PYTHON
	load_fails -n 100 -c 1
	has wrong_answer=100 right=0 unfinished=0
}

@test "load: one wrong answer among many is found" {
	serve <<-'PYTHON'
		count = 0

		def serve(c):
		    global count
		    data = bytearray(end_of(c))
		    count += 1
		    if count == 50:
		        data[-1] ^= 1
		    c.sendall(data)
		    c.close()
	PYTHON
	load_fails -n 100 -c 1
	has wrong_answer=1 right=99
}

@test "load: a server that ends before all is answered" {
	serve <<-'PYTHON'
		def serve(c):
		    c.sendall(end_of(c)[:-1])
		    c.close()
	PYTHON
	load_fails -n 100
	has ended_early=100 right=0 unfinished=0
}

@test "load: a server that never answers is given up in time" {
	serve <<-'PYTHON'
		def serve(c):
		    time.sleep(100)
	PYTHON
	local began=$SECONDS
	load_fails -n 100 -c 10 -t 2
	has unfinished=100 right=0
	load_fails -n 10 -o 20 -t 1
	has unfinished=10 held=20 held_right=0
	load_fails -S 1m -t 1
	has unfinished=1 right=0
	[ $((SECONDS - began)) -lt 30 ]
}

@test "load: a server that answers and never ends is not right" {
	serve <<-'PYTHON'
		def serve(c):
		    c.sendall(end_of(c))
		    time.sleep(100)
	PYTHON
	load_fails -n 20 -c 10 -t 2
	has unfinished=20 right=0
}

@test "load: answers where a refusal is wanted are wrong" {
	serve <<-'PYTHON'
		def serve(c):
		    c.sendall(b"hello")
		    c.close()
	PYTHON
	load_fails -D -n 50
	has wrong_answer=50 right=0
}

@test "load: one of those that are held is dropped" {
	serve <<-'PYTHON'
		count = 0

		def serve(c):
		    global count
		    count += 1
		    mine = count
		    while True:
		        data = c.recv(65536)
		        if not data:
		            break
		        c.sendall(data)
		        if mine == 3:
		            break
		    c.close()
	PYTHON
	load_fails -H -n 20 -t 20 </dev/null
	[[ $output = "held 20"* ]]
	has right=19 unfinished=0
	has ended_early=1 || has reset=1
}

@test "load: hold lasts no longer than it may" {
	serve <<-'PYTHON'
		def serve(c):
		    while True:
		        data = c.recv(65536)
		        if not data:
		            break
		        c.sendall(data)
	PYTHON
	local began=$SECONDS
	mkfifo "$BATS_TEST_TMPDIR/never"
	exec 6<>"$BATS_TEST_TMPDIR/never"
	run -0 timeout 60 "$LOAD" -H -n 5 -k 1 "$PORT" <&6
	exec 6>&-
	has right=5
	[ $((SECONDS - began)) -lt 30 ]
}

@test "load: a stream is compared to its last byte" {
	serve <<-'PYTHON'
		spoil = [False, True]

		def serve(c):
		    bad, left = spoil.pop(0), 8 << 20
		    while True:
		        data = bytearray(c.recv(65536))
		        if not data:
		            break
		        left -= len(data)
		        if bad and left == 0:
		            data[-1] ^= 1
		        c.sendall(data)
		    c.close()
	PYTHON
	run -0 timeout 60 "$LOAD" -S 8m "$PORT"
	has right=1 bytes=8388608
	load_fails -S 8m
	has wrong_answer=1 right=0
}

@test "load: datagrams that come back, differ, or do not" {
	cat >"$BATS_TEST_TMPDIR/udp.py" <<-'PYTHON'
		import socket
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(("127.0.0.1", 0))
		print(s.getsockname()[1], flush=True)
		count = 0
		while True:
		    data, peer = s.recvfrom(65536)
		    count += 1
		    if count == 1010:
		        continue
		    if count == 1020:
		        data = data[:-1] + b"\0"
		    s.sendto(data, peer)
	PYTHON
	serve_with timeout 120 python3 "$BATS_TEST_TMPDIR/udp.py"
	run -0 timeout 60 "$LOAD" -U -n 1000 -b 512 "$PORT"
	has datagrams=1000 right=1000 lost=0
	load_fails -U -n 100
	has right=98 lost=1 wrong_answer=1 unfinished=0
	kill "$SERVER_PID"
	wait "$SERVER_PID" || :
	SERVER_PID=
	load_fails -U -n 50
	has right=0 unfinished=0
}

@test "load: --json has the same figures, and is JSON" {
	superd_service echo /bin/cat
	superd_start
	PORT=$(superd_port echo)
	run -0 timeout 60 "$LOAD" -j -p "$SUPERD_PID" -n 300 "$PORT"
	echo "$output"
	python3 -c '
import json, sys
o = json.loads(sys.argv[1])
assert o["right"] == o["connections"] == 300 and o["reset"] == 0
assert o["p50_us"] <= o["p99_us"] <= o["max_us"]
assert o["cpu_all_us"] >= o["cpu_us"] >= 0 and o["cpu_all_us"] > 0
' "$output"
}

@test "load: no number, no port, two modes: told, and not tried" {
	run -2 "$LOAD" -n 10x 7
	[[ $output = *"'10x' is no number"* ]]
	run -2 "$LOAD" -n 0 7
	run -2 "$LOAD"
	run -2 "$LOAD" 70000
	run -2 "$LOAD" -H -D 7
	run -0 "$LOAD" --help
}

@test "limit: each loop serves, and keeps no child" {
	local mode
	for mode in fork posix_spawn vfork vfork-any clone clone-status \
	    "-s all clone-status" "-s session clone"; do
		rm -f "$BATS_TEST_TMPDIR/port"
		# shellcheck disable=SC2086 # words
		serve_with "$LIMIT" $mode 0 "$(program cat)"
		run -0 timeout 60 "$LOAD" -n 300 -p "$SERVER_PID" "$PORT"
		has right=300
		wait_for no_child "$SERVER_PID"
		kill "$SERVER_PID"
		wait "$SERVER_PID" || :
	done
	rm -f "$BATS_TEST_TMPDIR/port"
	serve_with "$LIMIT" close 0
	run -0 timeout 60 "$LOAD" -D -n 300 "$PORT"
	has right=300
}

no_child() {
	[ -z "$(cat "/proc/$1/task/$1/children")" ]
}

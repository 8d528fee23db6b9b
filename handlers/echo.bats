#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2154 # for bash -c; bats sets $stderr

load helpers.bash

@test "echo answers a line before the client has finished" {
	client <<-'END'
	for kind in "tcp", "unix":
	    peer = Peer(handler("echo"), kind=kind)
	    for line in b"hello\r\n", b"\0", b"\xff\n":
	        peer.send(line)
	        assert peer.receive(len(line)) == line
	    peer.half_close()
	    assert peer.receive_all() == b""
	    peer.end()
	END
}

@test "echo of nothing is nothing" {
	client <<-'END'
	peer = Peer(handler("echo"))
	assert peer.converse(b"") == b""
	peer.end()
	END
}

@test "echo returns 10 MB unchanged over sockets" {
	client <<-'END'
	data = noise(10_000_000)
	for kind in "tcp", "unix":
	    for blocking in True, False:
	        peer = Peer(handler("echo"), kind=kind, blocking=blocking)
	        assert peer.converse(data) == data, (kind, blocking)
	        peer.end()
	END
}

@test "echo returns requests of every size around its buffers" {
	client <<-'END'
	for size in 1, 4095, 4096, 4097, 8192, 65535, 65536, 69632, 400_000:
	    for kind in "tcp", "unix":
	        peer = Peer(handler("echo"), kind=kind)
	        assert peer.converse(noise(size)) == noise(size), size
	        peer.end()
	END
}

@test "echo waits where a non-blocking socket has nothing for it" {
	client <<-'END'
	peer = Peer(handler("echo"), blocking=False)
	for turn in range(100):
	    peer.send(b"%d\n" % turn)
	    assert peer.receive(len(b"%d\n" % turn)) == b"%d\n" % turn
	peer.half_close()
	assert peer.receive_all() == b""
	peer.end()
	END
}

@test "echo waits for a client that reads late" {
	client <<-'END'
	data = noise(3_000_000)
	for blocking in True, False:
	    peer = Peer(handler("echo"), blocking=blocking)
	    sender = threading.Thread(
	        target=lambda: (peer.send(data), peer.half_close()))
	    sender.start()
	    got = b""
	    while part := peer.sock.recv(1000):
	        got += part
	    sender.join()
	    assert got == data
	    peer.end()
	END
}

@test "echo works on pipes, files and devices" {
	local data=$BATS_TEST_TMPDIR/data out=$BATS_TEST_TMPDIR/out

	head -c 10000000 /dev/urandom >"$data"
	handler echo <"$data" >"$out"
	cmp "$data" "$out"
	# splice(2) refuses a file that is opened for appending
	: >"$out"
	handler echo <"$data" >>"$out"
	cmp "$data" "$out"
	: >"$out"
	timeout 60 cat "$data" | handler echo >>"$out"
	cmp "$data" "$out"
	# shellcheck disable=SC2002 # a pipe is what this is about
	timeout 60 cat "$data" | handler echo | cmp "$data" -
	handler echo </dev/null >"$out"
	[ ! -s "$out" ]
}

@test "echo works on a terminal" {
	client <<-'END'
	shown = on_terminal(handler("echo"), typed=b"hello\n")
	assert shown == b"hello\r\n", shown
	END
}

@test "echo is done, without a word, when the client goes in the middle" {
	client <<-'END'
	for size in 10, 30_000_000:
	    for blocking in True, False:
	        peer = Peer(handler("echo"), blocking=blocking)
	        peer.sock.setblocking(False)
	        rest = memoryview(bytes(size))
	        try:
	            while rest:
	                rest = rest[peer.sock.send(rest):]
	        except BlockingIOError:
	            pass
	        peer.reset()
	        peer.end()
	END
}

@test "echo is done when a pipe has lost its reader" {
	client <<-'END'
	for size in 10, 10_000_000:
	    proc = subprocess.Popen([handler("echo")], stdin=subprocess.PIPE,
	        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
	    proc.stdout.close()
	    try:
	        proc.stdin.write(bytes(size))
	        proc.stdin.close()
	    except BrokenPipeError:
	        pass
	    assert proc.stderr.read() == b""
	    assert proc.wait(timeout=TIMEOUT) == 0
	END
}

@test "echo says why it failed, and ends with 111" {
	run --separate-stderr -111 bash -c \
	    'echo hello | timeout 60 "$HANDLER_DIR/echo" >/dev/full'
	[ "$stderr" = "echo: cannot write: no space left on device" ]
	run --separate-stderr -111 bash -c \
	    'timeout 60 "$HANDLER_DIR/echo" <"$TOP_SRCDIR"'
	[ "$stderr" = "echo: cannot read: is a directory" ]
	run --separate-stderr -111 bash -c \
	    'timeout 60 "$HANDLER_DIR/echo" <&-'
	[ "$stderr" = "echo: cannot read: not open" ]
}

@test "echo of 10 MB to a full device fails too" {
	run --separate-stderr -111 bash -c 'head -c 10000000 /dev/zero |
	    timeout 60 "$HANDLER_DIR/echo" >/dev/full'
	[ "$stderr" = "echo: cannot write: no space left on device" ]
}

@test "echo refuses arguments" {
	refuses_arguments echo
}

@test "echo of one request on a socket is four system calls" {
	local trace=$BATS_TEST_TMPDIR/trace

	tiny_handlers_only
	command -v strace >/dev/null || skip "strace is not installed"
	strace -o "$trace" true || skip "strace may not trace here"
	TRACE=$trace client <<-'END'
	peer = Peer("strace", "-o", os.environ["TRACE"], handler("echo"))
	assert peer.converse(b"hello\n") == b"hello\n"
	peer.end()
	END
	run cut -d '(' -f 1 "$trace"
	[ "${output//$'\n'/ }" = \
	    "execve read sendto read exit_group +++ exited with 0 +++" ]
}

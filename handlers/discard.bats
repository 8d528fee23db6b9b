#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2154 # for bash -c; bats sets $stderr

load helpers.bash

@test "discard takes 10 MB over sockets and says nothing" {
	client <<-'END'
	for kind in "tcp", "unix":
	    for blocking in True, False:
	        peer = Peer(handler("discard"), kind=kind, blocking=blocking)
	        assert peer.converse(noise(10_000_000)) == b""
	        peer.end()
	END
}

@test "discard of nothing ends at once" {
	client <<-'END'
	peer = Peer(handler("discard"))
	assert peer.converse(b"") == b""
	peer.end()
	END
}

@test "discard keeps the connection until the client has finished" {
	client <<-'END'
	peer = Peer(handler("discard"))
	for turn in range(10):
	    peer.send(b"hello\n")
	    assert peer.proc.poll() is None
	peer.half_close()
	assert peer.receive_all() == b""
	peer.end()
	END
}

@test "discard works on pipes, files and a terminal" {
	run -0 handler discard < <(head -c 1000000 /dev/zero)
	[ -z "$output" ]
	run -0 handler discard <"$TOP_SRCDIR/handlers/qotd.txt"
	[ -z "$output" ]
	client <<-'END'
	assert on_terminal(handler("discard"), typed=b"hello\n") == b""
	END
}

@test "discard is done when the client goes in the middle" {
	client <<-'END'
	peer = Peer(handler("discard"))
	peer.send(noise(100_000))
	peer.reset()
	peer.end()
	END
}

@test "discard says why it failed, and ends with 111" {
	run --separate-stderr -111 handler discard <"$TOP_SRCDIR"
	[ "$stderr" = "discard: cannot read: is a directory" ]
}

@test "discard refuses arguments" {
	refuses_arguments discard
}

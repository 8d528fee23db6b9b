#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2154 # for bash -c; bats sets $stderr

load helpers.bash

@test "upper raises ASCII letters and nothing else" {
	client <<-'END'
	every = bytes(range(256)) * 3
	peer = Peer(handler("upper"))
	assert peer.converse(every) == every.upper()
	peer.end()
	END
	run -0 handler upper <<<'grüße, {world}'
	[ "$output" = 'GRüßE, {WORLD}' ]
}

@test "upper answers each line before the client has finished" {
	client <<-'END'
	peer = Peer(handler("upper"), blocking=False)
	for line in b"one\n", b"two\n":
	    peer.send(line)
	    assert peer.receive(4) == line.upper()
	peer.half_close()
	assert peer.receive_all() == b""
	peer.end()
	END
}

@test "upper passes 10 MB over sockets" {
	client <<-'END'
	data = noise(10_000_000)
	for blocking in True, False:
	    peer = Peer(handler("upper"), blocking=blocking)
	    assert peer.converse(data) == data.upper()
	    peer.end()
	END
}

@test "upper of nothing is nothing" {
	run -0 handler upper </dev/null
	[ -z "$output" ]
}

@test "upper is done when the client goes in the middle" {
	client <<-'END'
	peer = Peer(handler("upper"))
	peer.send(noise(100_000))
	peer.reset()
	peer.end()
	END
}

@test "upper says why it failed, and ends with 111" {
	run --separate-stderr -111 bash -c \
	    'timeout 60 "$HANDLER_DIR/upper" <<<hello >/dev/full'
	[ "$stderr" = "upper: cannot write: no space left on device" ]
}

@test "upper refuses arguments" {
	refuses_arguments upper
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2154 # for bash -c; bats sets $stderr

load helpers.bash

@test "chargen sends the lines of RFC 864" {
	client <<-'END'
	ring = bytes(range(32, 127)) * 2
	block = b"".join(ring[i:i + 72] + b"\r\n" for i in range(95))
	for blocking in True, False:
	    peer = Peer(handler("chargen"), blocking=blocking)
	    data = peer.receive(1_000_003)
	    assert data == (block * 150)[:1_000_003]
	    peer.reset()
	    peer.end()
	END
}

@test "chargen goes on after the client has finished its own side" {
	client <<-'END'
	peer = Peer(handler("chargen"), kind="unix")
	peer.half_close()
	assert len(peer.receive(5_000_000)) == 5_000_000
	peer.reset()
	peer.end()
	END
}

@test "chargen does not mind what the client sends" {
	client <<-'END'
	peer = Peer(handler("chargen"))
	peer.send(b"stop!\r\n")
	assert len(peer.receive(1_000_000)) == 1_000_000
	peer.sock.close()
	peer.end()
	END
}

@test "chargen is done when a pipe has lost its reader" {
	run -0 bash -c 'timeout 60 "$HANDLER_DIR/chargen" </dev/null |
	    head -n 1; exit "${PIPESTATUS[0]}"'
	[ "${#output}" -ge 72 ]
	[ "${output:0:9}" = " !\"#\$%&'(" ]
}

@test "chargen says why it failed, and ends with 111" {
	run --separate-stderr -111 bash -c \
	    'timeout 60 "$HANDLER_DIR/chargen" >/dev/full'
	[ "$stderr" = "chargen: cannot write: no space left on device" ]
}

@test "chargen does not flood the one whom a datagram names" {
	client <<-'END'
	ours, theirs = socket.socketpair(type=socket.SOCK_DGRAM)
	proc = subprocess.run([handler("chargen")], stdin=theirs, stdout=theirs,
	    stderr=subprocess.PIPE, timeout=TIMEOUT)
	assert proc.returncode == 100, proc
	assert b"datagram" in proc.stderr, proc
	END
}

@test "chargen refuses arguments" {
	refuses_arguments chargen
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2154 # for bash -c; bats sets $stderr

load helpers.bash

@test "time tells the seconds since 1900 in four bytes" {
	client <<-'END'
	import time
	for blocking in True, False:
	    before = int(time.time())
	    peer = Peer(handler("time"), blocking=blocking)
	    answer = peer.receive_all()
	    peer.end()
	    assert len(answer) == 4
	    # what is told begins again at 0 in 2036
	    past = (int.from_bytes(answer, "big") - 2208988800 - before) % 2**32
	    assert past <= time.time() - before, past
	END
}

@test "time begins again at 0 in 2036" {
	command -v faketime >/dev/null || skip "faketime is not installed"
	if grep -q tiny_start "$HANDLER_DIR/time"; then
		skip "faketime cannot reach a handler without a libc"
	fi
	run -0 bash -c 'TZ=UTC timeout 60 faketime -f "2036-02-07 06:28:16" \
	    "$HANDLER_DIR/time" | od -An -tx1'
	[ "$output" = " 00 00 00 00" ]
}

@test "time's answer survives a client that has already sent something" {
	client <<-'END'
	for turn in range(50):
	    peer = Peer(handler("time"), early=b"\n" * 10000)
	    assert len(peer.receive_all()) == 4
	    peer.end()
	END
}

@test "time is done when the client has gone" {
	client <<-'END'
	peer = Peer(handler("time"), kind="unix")
	peer.sock.close()
	peer.end()
	END
}

@test "time says why it failed, and ends with 111" {
	run --separate-stderr -111 bash -c \
	    'timeout 60 "$HANDLER_DIR/time" >/dev/full'
	[ "$stderr" = "time: cannot write: no space left on device" ]
}

@test "time refuses arguments" {
	refuses_arguments time
}

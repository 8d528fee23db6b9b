#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2154 # for bash -c; bats sets $stderr

load helpers.bash

@test "daytime tells the time of this machine, in UTC" {
	client <<-'END'
	import time
	before = int(time.time())
	for blocking in True, False:
	    peer = Peer(handler("daytime"), blocking=blocking)
	    answer = peer.receive_all().decode("ascii")
	    peer.end()
	    told = {time.strftime("%A, %B %%d, %Y %H:%M:%S-UTC\r\n",
	                time.gmtime(at)) % time.gmtime(at).tm_mday
	            for at in range(before, int(time.time()) + 1)}
	    assert answer in told, (answer, told)
	END
}

@test "daytime speaks UTC in every time zone" {
	run -0 env TZ=Asia/Tokyo timeout 60 "$HANDLER_DIR/daytime"
	[[ $output == *day,\ *-UTC$'\r' ]]
}

@test "daytime's answer survives a client that has already sent something" {
	client <<-'END'
	for turn in range(50):
	    peer = Peer(handler("daytime"), early=b"GET / HTTP/1.0\r\n\r\n")
	    assert peer.receive_all().endswith(b"-UTC\r\n")
	    peer.end()
	END
}

@test "daytime is done when the client has gone" {
	client <<-'END'
	peer = Peer(handler("daytime"), kind="unix")
	peer.sock.close()
	peer.end()
	END
	run -0 bash -c 'timeout 60 "$HANDLER_DIR/daytime" > >(:)'
}

@test "daytime says why it failed, and ends with 111" {
	run --separate-stderr -111 bash -c \
	    'timeout 60 "$HANDLER_DIR/daytime" >/dev/full'
	[ "$stderr" = "daytime: cannot write: no space left on device" ]
}

@test "daytime refuses arguments" {
	refuses_arguments daytime
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2154 # for bash -c; bats sets $stderr

load helpers.bash

# env_with VARIABLE...: the answer of env in just this environment.
env_with() {
	run -0 timeout 60 env -i "$@" "$HANDLER_DIR/env"
}

@test "env tells a TCP client who it is and where it came in" {
	env_with TCPREMOTEIP=192.0.2.7 TCPREMOTEPORT=4242 \
	    TCPLOCALIP=192.0.2.1 TCPLOCALPORT=7008 \
	    SUPERD_SERVICE=env SUPERD_CONNECTION=17
	[ "${lines[0]}" = "You are 192.0.2.7, port 4242." ]
	[ "${lines[1]}" = \
	    "This is service env at 192.0.2.1, port 7008, connection 17." ]
}

@test "env tells a client on a unix socket who it is" {
	env_with PROTO=UNIX UNIXREMOTEPID=99 UNIXREMOTEEUID=1000 \
	    UNIXREMOTEEGID=100 UNIXLOCALPATH=/run/x \
	    SUPERD_SERVICE=env SUPERD_CONNECTION=3
	[ "${lines[0]}" = "You are process 99, user 1000, group 100." ]
	[ "${lines[1]}" = "This is service env at /run/x, connection 3." ]
}

@test "env works without superd" {
	env_with A=1
	[ "$output" = "You are someone on stdin."$'\n\n'"A=1" ]
	env_with
	[ "$output" = "You are someone on stdin." ]
}

@test "env shows one variable a line, and strange bytes as hexadecimal" {
	env_with $'A=1\n2\t\x1b[0m\\' $'B=\xc3\xa9' C= D=x=y
	[ "${lines[1]}" = 'A=1\x0a2\x09\x1b[0m\x5c' ]
	[ "${lines[2]}" = 'B=\xc3\xa9' ]
	[ "${lines[3]}" = 'C=' ]
	[ "${lines[4]}" = 'D=x=y' ]
	[ "${#lines[@]}" = 5 ]
}

@test "env takes a name for what it is, not for its beginning" {
	env_with TCPREMOTEIPX=1 TCPREMOTEI=2
	[ "${lines[0]}" = "You are someone on stdin." ]
}

@test "env shows an environment of 100 kB whole" {
	local long

	long=$(head -c 100000 /dev/zero | tr '\0' x)
	env_with "LONG=$long" LAST=1
	[ "${lines[1]}" = "LONG=$long" ]
	[ "${lines[2]}" = "LAST=1" ]
}

@test "env is done when the client has gone" {
	client <<-'END'
	peer = Peer(handler("env"), kind="unix")
	peer.sock.close()
	peer.end()
	END
}

@test "env says why it failed, and ends with 111" {
	run --separate-stderr -111 bash -c \
	    'timeout 60 "$HANDLER_DIR/env" >/dev/full'
	[ "$stderr" = "env: cannot write: no space left on device" ]
}

@test "env refuses arguments" {
	refuses_arguments env
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2154 # for bash -c; bats sets $stderr

# What holds for all our handlers, and what tiny.h promises of programs
# without a libc.

load helpers.bash

handlers="chargen daytime discard echo env qotd time upper"

@test "every handler is small, static and without writable data" {
	local name

	tiny_handlers_only
	command -v readelf >/dev/null || skip "readelf is not installed"
	for name in $handlers; do
		run -0 readelf -lW "$HANDLER_DIR/$name"
		[[ $output != *INTERP* ]]
		[[ $output != *DYNAMIC* ]]
		[[ ! $output =~ LOAD[^$'\n']*\ RW ]]
		[[ ! $output =~ GNU_STACK[^$'\n']*E ]]
	done
}

@test "a handler ends with 0 and no signal when its stdout has no reader" {
	local name

	for name in $handlers; do
		[ "$name" != discard ] || continue
		NAME=$name client <<-'END'
		proc = subprocess.Popen(
		    [handler(os.environ["NAME"])] +
		    [os.environ["TOP_SRCDIR"] + "/handlers/qotd.txt"] *
		    (os.environ["NAME"] == "qotd"),
		    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		proc.stdout.close()
		try:
		    proc.stdin.write(b"hello\n")
		    proc.stdin.close()
		except BrokenPipeError:
		    pass
		assert proc.wait(timeout=TIMEOUT) == 0
		END
	done
}

@test "a handler lives without stderr, and with one that nobody reads" {
	run -100 bash -c 'timeout 60 "$HANDLER_DIR/echo" surplus 2>&-'
	run -100 bash -c 'timeout 60 "$HANDLER_DIR/echo" surplus 2>/dev/full'
	client <<-'END'
	read, write = os.pipe()
	os.close(read)
	proc = subprocess.run([handler("echo"), "surplus"], stderr=write,
	    timeout=TIMEOUT)
	assert proc.returncode == 100, proc
	END
}

@test "a handler starts without arguments and environment" {
	client <<-'END'
	pid = os.posix_spawn(handler("upper"), ["upper"], {}, file_actions=[
	    (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)])
	assert os.waitpid(pid, 0)[1] == 0
	END
	run -0 timeout 60 env -i "$HANDLER_DIR/daytime"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# stderr may be anything, also something that takes nothing: superd serves.
load helpers

setup() {
	superd_conf <<-EOT
		[superd]
		log_level = info
		[echo]
		listen = 127.0.0.1:0
		handler = /bin/cat
		$AS_USER
	EOT
	FIFO=$BATS_TEST_TMPDIR/fifo
}

teardown() {
	superd_kill
	exec 5>&- 6>&-
}

serves_and_stops() {
	[ "$(ask_many "$(superd_port echo)" 100)" = 100 ]
	superd_stop
}

fifo_has() {
	timeout 5 dd bs=65536 count=1 iflag=nonblock <&5 \
	    >>"$BATS_TEST_TMPDIR/read" 2>/dev/null || :
	grep -aqe "$1" "$BATS_TEST_TMPDIR/read"
}

@test "with stderr closed superd serves" {
	SUPERD_ERR=- superd_start
	serves_and_stops
}

@test "with stderr on /dev/full superd serves" {
	SUPERD_ERR=/dev/full superd_start
	serves_and_stops
}

@test "with nobody behind the pipe superd serves" {
	mkfifo "$FIFO"
	exec 5<>"$FIFO"
	SUPERD_ERR=$FIFO superd_start
	exec 5>&-
	serves_and_stops
}

@test "with a full pipe that nobody reads superd serves" {
	mkfifo "$FIFO"
	exec 5<>"$FIFO"
	# As full as it gets: superd finds no room for a single line.
	timeout 10 dd if=/dev/zero bs=4096 count=100 oflag=nonblock >&5 \
	    2>/dev/null || :
	SUPERD_ERR=$FIFO superd_start
	[ "$(ask_many "$(superd_port echo)" 100)" = 100 ]
	superd_stop
}

@test "a pipe that is read late gets its lines, and the gap is told" {
	mkfifo "$FIFO"
	exec 5<>"$FIFO"
	timeout 10 dd if=/dev/zero bs=4096 count=100 oflag=nonblock >&5 \
	    2>/dev/null || :
	SUPERD_ERR=$FIFO superd_start
	# Some 280 bytes each: the queue of 64 KiB overflows.
	[ "$(ask_many "$(superd_port echo)" 500)" = 500 ]
	wait_for fifo_has " warning log.dropped count=[0-9]*$"
	tr -d '\0' <"$BATS_TEST_TMPDIR/read" >"$BATS_TEST_TMPDIR/lines"
	refute grep -vE '^20[^ ]*Z [a-z]+ [a-z]+\.[a-z]+( [^ ]+=[^ ]+)*$' \
	    "$BATS_TEST_TMPDIR/lines"
	superd_stop
}

@test "the pipe's description is not made non-blocking for others" {
	mkfifo "$FIFO"
	exec 5<>"$FIFO"
	# One description for superd and for us, as behind `superd 2>&1 | ...`.
	exec 6>"$FIFO"
	superd_wrap sh -c 'exec "$@" 2>&6' sh
	superd_start
	wait_for fifo_has superd.ready
	flags=$(sed -n 's/^flags:[^0-9]*//p' /proc/$$/fdinfo/6)
	[ $((flags & 04000)) = 0 ]
	superd_stop
}

@test "a line for the journal's stderr has a priority instead of a time" {
	: >"$SUPERD_ERR"
	JOURNAL_STREAM=$(stat -c %d:%i "$SUPERD_ERR") superd_start
	[ "$(ask "$(superd_port echo)" x)" = x ]
	superd_stop
	grep -q '^<5>superd.start' "$SUPERD_ERR"
	grep -q '^<6>conn.open service=echo' "$SUPERD_ERR"
	refute grep -qv '^<[3-6]>[a-z]*\.' "$SUPERD_ERR"
}

@test "JOURNAL_STREAM of somebody else changes nothing" {
	JOURNAL_STREAM=1:1 superd_start
	superd_stop
	grep -q 'Z notice superd.start' "$SUPERD_ERR"
}

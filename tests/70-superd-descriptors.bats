#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# superd started with some of 0, 1 and 2 closed, or with the wrong number for
# --ready-fd: nothing that it opens itself is taken for one of them.
load helpers

bats_require_minimum_version 1.5.0

COMBINATIONS=("<&-" ">&-" "2>&-" "<&- >&-" "<&- 2>&-" ">&- 2>&-" "<&- >&- 2>&-")

setup() {
	PID=$BATS_TEST_TMPDIR/superd.pid
	LOG=$BATS_TEST_TMPDIR/superd.log
	superd_daemon "log = $LOG"
	superd_service files "/bin/ls -l /proc/self/fd"
	superd_service echo /bin/cat
}

teardown() {
	if [ -s "$PID" ] && SUPERD_PID=$(cat "$PID") is_superd; then
		kill -KILL "$(cat "$PID")"
	fi
	superd_end
}

is_superd() {
	[ "/proc/$SUPERD_PID/exe" -ef "$SUPERD" ]
}

# Its zombie does not count: whoever inherits it may take a while.
has_ended() {
	! is_superd
}

# answers: both services do. 0 and 1 are one socket, 2 is another one, 3 is
# the directory that is listed.
answers() {
	run -0 client "$(superd_port files)" "$(superd_port echo)" <<-'PYTHON'
		print(ask(sys.argv[1]).decode())
		assert ask(sys.argv[2], b"hello") == b"hello"
	PYTHON
	awk '/->/ { n++; at[$(NF - 2)] = $NF }
	    END {
		exit !(n == 4 && at[0] ~ /^socket:/ && at[1] == at[0] &&
		    at[2] ~ /^socket:/ && at[2] != at[0] &&
		    at[3] ~ /^\/proc\/[0-9]*\/fd$/)
	    }' <<<"$output"
}

# serves_and_stops: with nothing on 0 to 2 but what a superd has there.
serves_and_stops() {
	local fd
	answers
	for fd in 0 1 2; do
		readlink "/proc/$SUPERD_PID/fd/$fd"
	done >"$BATS_TEST_TMPDIR/links"
	refute grep -v "^/dev/null$\|superd\.out$\|superd\.err$" \
	    "$BATS_TEST_TMPDIR/links"
	refute grep -q "superd\.ini" <(ls -l "/proc/$SUPERD_PID/fd")
	kill -TERM "$SUPERD_PID"
	wait_for has_ended
	grep -q superd.stop "$LOG"
}

@test "--ready-fd with a number that is not open is a usage error" {
	for number in 77 1000000 2147483647; do
		run -2 timeout 20 "$SUPERD" -c "$CONF" --pidfile "$PID" \
		    --ready-fd "$number" 77>&-
		[[ $output = *--ready-fd*"'$number'"* ]]
		[ ! -e "$PID" ]
	done
}

@test "so it is with -d, at once and without a superd behind" {
	run -2 timeout 20 "$SUPERD" -d -c "$CONF" --pidfile "$PID" \
	    --ready-fd 77 77>&- 3>&- 4>&-
	[[ $output = *--ready-fd*"'77'"* ]]
	[ ! -e "$PID" ]
	[ ! -e "$LOG" ]
}

@test "--ready-fd never means a descriptor that superd opens itself" {
	# The lowest free numbers are those that superd would use first.
	for number in 3 4 5 6 7 8; do
		run -2 timeout 20 sh -c '
			fds="3>&- 4>&- 5>&- 6>&- 7>&- 8>&-"
			eval "exec \"\$@\" $fds"' sh "$SUPERD" -c "$CONF" \
		    --pidfile "$PID" --ready-fd "$number"
		[ ! -e "$PID" ]
	done
}

@test "-d returns with 0 and serves whichever of 0 to 2 are closed" {
	for closed in "${COMBINATIONS[@]}"; do
		echo "closed: $closed"
		rm -f "$LOG"
		timeout 20 sh -c "exec \"\$@\" $closed" sh "$SUPERD" -d \
		    -c "$CONF" --pidfile "$PID" --ready-fd 9 \
		    9>"$BATS_TEST_TMPDIR/ports" 3>&- 4>&-
		SUPERD_PID=$(cat "$PID")
		is_superd
		serves_and_stops
		[ ! -e "$PID" ]
		SUPERD_PID=
	done
}

@test "in the foreground it serves whichever of 0 to 2 are closed" {
	for closed in "${COMBINATIONS[@]}"; do
		echo "closed: $closed"
		rm -f "$LOG"
		superd_wrap sh -c "exec \"\$@\" $closed" sh
		superd_start
		serves_and_stops
		wait "$SUPERD_JOB"
		SUPERD_PID=
	done
}

@test "-d returns with its error's status whichever of 0 to 2 are closed" {
	LISTEN=192.0.2.7:0 superd_service absent /bin/cat
	for closed in "${COMBINATIONS[@]}"; do
		run -1 timeout 20 sh -c "exec \"\$@\" $closed" sh "$SUPERD" -d \
		    -c "$CONF" --pidfile "$PID" 3>&- 4>&-
		[ ! -e "$PID" ]
	done
}

@test "the configuration is read through none of 0 to 2" {
	need_tracing
	skip_if_sanitized "to be run without a tracer"
	for closed in "${COMBINATIONS[@]}"; do
		strace -e trace=openat,open -o "$BATS_TEST_TMPDIR/trace" \
		    sh -c "exec \"\$@\" $closed" sh "$SUPERD" -t -c "$CONF"
		awk -v file="\"$CONF\"" 'index($0, file) { n++; low += $NF < 3 }
		    END { exit !(n > 0 && low == 0) }' \
		    "$BATS_TEST_TMPDIR/trace"
	done
}

@test "a mistake is not written into what superd has opened itself" {
	superd_service wrong /bin/cat "colour = blue"
	cp "$CONF" "$BATS_TEST_TMPDIR/before"
	for closed in "${COMBINATIONS[@]}"; do
		run -3 timeout 20 sh -c "exec \"\$@\" $closed" sh "$SUPERD" \
		    -d -c "$CONF" --pidfile "$PID" 3>&- 4>&-
		cmp "$CONF" "$BATS_TEST_TMPDIR/before"
	done
}

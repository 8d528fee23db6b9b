#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Many services: children share superd's table of descriptors until they have
# one of their own, and what a connection costs does not grow with it.
load helpers

bats_require_minimum_version 1.5.0

LOAD=$TOP_BUILDDIR/tests/bench/load

setup() {
	# It gives its connection up, and stays.
	script leave <<-'EOT'
		#!/bin/sh
		echo leaving
		exec <&- >&-
		sleep 60
	EOT
	LOG_LEVEL=warning superd_daemon "max_connections = 500"
	superd_service echo /bin/cat
	superd_service leave "$SCRIPTS/leave"
	superd_service files "/bin/ls -l /proc/self/fd"
}

teardown() {
	superd_end
}

# with_others COUNT: so many services besides.
with_others() {
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "[other%d]\nlisten = 127.0.0.1:0\n" \
			    "handler = /bin/cat\n", i
	}' >>"$CONF"
}

# above NUMBER: how many of superd's descriptors are.
above() {
	# shellcheck disable=SC2012 # the names are numbers
	ls "/proc/$SUPERD_PID/fd" | awk -v n="$1" '$1 > n' | wc -l
}

# the_end_comes: to a client whose handler has closed its descriptors and
# stays, at once, though nothing else happens in superd.
the_end_comes() {
	client "$(superd_port leave)" <<-'PYTHON'
		for i in range(5):
		    s = connect(sys.argv[1], limit=20)
		    assert read_line(s) == b"leaving\n"
		    assert read_all(s) == b""
	PYTHON
}

# serves_well: and keeps nothing.
serves_well() {
	local before
	before=$(open_files)
	the_end_comes
	[ "$(ask "$(superd_port echo)" hello)" = hello ]
	[ "$(ask "$(superd_port files)" | grep -c -e '->')" = 4 ]
	timeout 60 "$LOAD" -c 64 -n 500 "$(superd_port echo)"
	wait_for has_handlers 5
	[ "$(open_files)" = "$before" ]
}

# cost COUNT: microseconds of processor time, superd's and its handlers', of
# so many connections.
cost() {
	local before
	before=$(used)
	timeout 60 "$LOAD" -c 16 -n "$1" "$(superd_port echo)" >&2
	wait_for has_handlers 0
	echo "$((($(used) - before) * 1000000 / $(getconf CLK_TCK) / $1))"
}

used() {
	awk '{ sub(/.*\) /, ""); print $12 + $13 + $14 + $15 }' \
	    "/proc/$SUPERD_PID/stat"
}

@test "few services: the end comes while the handler stays" {
	superd_start
	serves_well
}

@test "300 services: nothing is lost, mixed up or left open" {
	need_files 1200
	with_others 300
	superd_start
	# Low numbers are for connections.
	[ "$(above 255)" -gt 600 ]
	serves_well
}

@test "300 services with few descriptors left: it goes without sharing" {
	with_others 300
	superd_wrap sh -c 'ulimit -n 700 && exec "$@"' sh
	superd_start
	[ "$(above 255)" -lt 500 ]
	serves_well
}

@test "8,000 services: a connection costs as much as beside few" {
	need_files 16500
	skip_if_sanitized "time"
	superd_start
	few=$(cost 500)
	superd_stop
	with_others 8000
	superd_start
	many=$(cost 500)
	echo "$many us, beside few $few us"
	[ "$many" -lt $((4 * few)) ]
	superd_stop
}

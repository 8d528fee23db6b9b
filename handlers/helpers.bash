# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154 # bats sets $stderr
# What the suites of the handlers share.

bats_require_minimum_version 1.5.0

# client: runs a Python program from stdin that has peer.py at hand.
client() {
	command -v python3 >/dev/null || skip "python3 is not installed"
	{
		echo 'from peer import *'
		cat
	} | PYTHONPATH=$TOP_SRCDIR/handlers PYTHONDONTWRITEBYTECODE=1 \
	    timeout 120 python3 -
}

# handler NAME [ARGUMENT...]: runs one, with a limit to its time.
handler() {
	local name=$1

	shift
	timeout 60 "$HANDLER_DIR/$name" "$@"
}

# expect STATUS STDERR NAME [ARGUMENT...]: runs one that must fail.
expect() {
	local status=$1 words=$2

	shift 2
	run --separate-stderr "-$status" handler "$@" </dev/null
	[ "$stderr" = "$words" ]
	[ -z "$output" ]
}

# refuses_arguments NAME
refuses_arguments() {
	expect 100 "usage: $1" "$1" surplus
	expect 100 "usage: $1" "$1" --help
}

# The handlers that need no libc have an entry point of our own.
tiny_handlers_only() {
	grep -q tiny_start "$HANDLER_DIR/echo" ||
	    skip "the handlers are linked with a libc, or stripped"
}

# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What the suites of superctl share: a superd that only talks, and superctl
# asking it, each with a bound.

: "${SUPERCTL:=$TOP_BUILDDIR/src/superctl/superctl}"
export SUPERD_CONTROL=$BATS_TEST_TMPDIR/control.sock
unset COLUMNS NO_COLOR XDG_RUNTIME_DIR

# fake_start [NAME=VALUE...]: starts tests/fake-control.py with more in its
# environment; returns when it listens. Its requests are in $REQUESTS.
fake_start() {
	local dir=$BATS_TEST_TMPDIR
	REQUESTS=$dir/requests
	rm -f "$dir/ready" "$dir/end" "$SUPERD_CONTROL"
	mkfifo "$dir/ready" "$dir/end"
	env "$@" timeout -k 5 300 "$(program python3)" \
	    "$TOP_SRCDIR/tests/fake-control.py" "$SUPERD_CONTROL" \
	    "$dir/ready" "$REQUESTS" <"$dir/end" 3>&- &
	FAKE_JOB=$!
	exec 8>"$dir/end"
	timeout 30 cat "$dir/ready" >/dev/null
}

# fake_end: for teardown(), too.
fake_end() {
	[ -n "${FAKE_JOB-}" ] || return 0
	echo >&8 || : # others may hold the descriptor, too
	exec 8>&-
	wait "$FAKE_JOB" || :
	FAKE_JOB=
}

# ctl STATUS ARG...: runs superctl; $output is its stdout, $stderr the rest.
ctl() {
	local status=$1
	shift
	run --separate-stderr "-$status" timeout 60 "$SUPERCTL" "$@" 8>&-
}

# json_lines: is each line of stdin an object? With a Python expression over
# `rows` it must hold, too.
json_lines() {
	python3 -c '
import json, sys
rows = [json.loads(line) for line in sys.stdin]
assert rows and all(isinstance(row, dict) for row in rows), rows
assert eval("(" + sys.argv[1] + ")"), rows
' "${1-True}"
}

# asked LINE: was this a request?
asked() {
	grep -qxFe "$1" "$REQUESTS" || {
		cat "$REQUESTS"
		return 1
	}
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What a log line says, in text and JSON, and who may not decide it.
load helpers

teardown() {
	superd_kill
}

# conf [KEY = VALUE]...: for [superd]; a service that answers, one that
# writes what it is sent to its stderr.
conf() {
	superd_conf <<-EOT
		[superd]
		log_level = info
		$(printf '%s\n' "$@")
		[defaults]
		$AS_USER
		[echo]
		listen = 127.0.0.1:0
		handler = /bin/cat
		[complain]
		listen = 127.0.0.1:0
		handler = /bin/sh -c 'exec cat >&2'
	EOT
}

logged() {
	grep -qe "$1" "$SUPERD_ERR"
}

# with_events CODE: Python, with `events`, the JSON lines of the log.
with_events() {
	timeout 20 python3 -c "
import json, sys
events = [json.loads(line) for line in open('$SUPERD_ERR', 'rb')]
names = [e['event'] for e in events]
def one(name, **fields):
    found = [e for e in events if e['event'] == name and
             all(e.get(k) == v for k, v in fields.items())]
    assert len(found) == 1, (name, fields, found)
    return found[0]
$1"
}

@test "each line of the text log is TIME LEVEL EVENT and fields" {
	conf
	superd_start
	[ "$(ask "$(superd_port echo)" hello)" = hello ]
	wait_for logged "conn.close service=echo"
	superd_stop
	run grep -vE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z (error|warning|notice|info) [a-z]+\.[a-z.]+( [a-z_]+=("([^"\\]|\\.)*"|[^ "\\]+))*$' \
	    "$SUPERD_ERR"
	[ "$output" = "" ]
	logged " notice superd.start"
	logged " notice superd.listen .*service=echo"
	logged " notice superd.ready"
	logged " info conn.open service=echo connection=[0-9]* .*peer=127.0.0.1:[0-9]*"
	logged " notice superd.stop"
}

@test "the listen event tells the port that was chosen" {
	conf
	superd_start
	logged "superd.listen .*address=127.0.0.1:$(superd_port echo)\( \|\$\)"
}

@test "a connection's open and close events have one number" {
	conf
	superd_start
	ask "$(superd_port echo)" x
	wait_for logged "conn.close service=echo"
	number=$(sed -n 's/.* conn.open .*connection=\([0-9]*\).*/\1/p' "$SUPERD_ERR")
	[ -n "$number" ]
	logged "conn.close .*connection=$number\b"
}

@test "each line of the JSON log is an object with typed values" {
	conf "log_format = json"
	superd_start
	ask "$(superd_port echo)" hello
	ask "$(superd_port complain)" $'first line\nsecond line\n'
	wait_for logged conn.close
	wait_for logged "second line"
	superd_stop
	with_events "
o = one('conn.open', service='echo')
assert isinstance(o['connection'], int) and isinstance(o['pid'], int), o
assert o['peer'].startswith('127.0.0.1:') and o['level'] == 'info', o
assert o['time'].endswith('Z') and len(o['time']) == 24, o
assert names[0] == 'superd.start' and names[-1] == 'superd.stop', names
assert names.count('handler.stderr') == 2, names
"
}

@test "what a client sends cannot forge a line of the text log" {
	conf
	superd_start
	ask "$(superd_port complain)" \
	    $'a\r2026-11-20T08:47:43.123Z error forged.event\033[2J\x7f"\\\n\xff\xfe\n'
	wait_for logged '\\xff\\xfe'
	superd_stop
	refute grep -q '^[^ ]* error forged' "$SUPERD_ERR"
	refute grep -q '[^ -~]' "$SUPERD_ERR"
	grep -qF 'a\r2026-11-20T08:47:43.123Z error forged.event\x1b[2J\x7f\"' \
	    "$SUPERD_ERR"
}

@test "what a client sends cannot forge an object of the JSON log" {
	conf "log_format = json"
	superd_start
	ask "$(superd_port complain)" \
	    $'","event":"forged"}\r{"event":"forged",\xff\xc3\xa4\xf0\x9f\x98\x80\n'
	wait_for logged forged
	superd_stop
	refute grep -q '[^ -~]' "$SUPERD_ERR"
	with_events "
assert 'forged' not in names, names
e = one('handler.stderr')
assert any(v == '\",\"event\":\"forged\"}\r{\"event\":\"forged\",\\\\xffä😀'
           for v in e.values()), e
"
}

@test "a line of a handler is cut before the log's line is too long" {
	conf "log_format = json"
	superd_start
	# shellcheck disable=SC2046
	ask "$(superd_port complain)" "$(printf '\001%.0s' $(seq 6000))"
	wait_for logged handler.stderr
	superd_stop
	with_events "assert 'handler.stderr' in names"
	[ "$(awk '{ if (length > n) n = length } END { print n }' \
	    "$SUPERD_ERR")" -lt 4096 ]
}

@test "log_level = notice leaves out connections, not handlers' complaints" {
	conf "log_level = notice"
	sed -i '/^log_level = info/d' "$CONF"
	superd_start
	ask "$(superd_port echo)" x
	ask "$(superd_port complain)" "help me"
	wait_for logged "help me"
	superd_stop
	refute logged "conn\."
}

@test "log_address = prefix logs the network of a client only" {
	conf "log_address = prefix"
	superd_start
	ask "$(superd_port echo)" x
	wait_for logged "conn.open .*peer=127.0.0.0/24"
	refute logged "peer=127.0.0.1"
}

@test "log_address = none logs no address of a client" {
	conf "log_address = none"
	superd_start
	ask "$(superd_port echo)" x
	wait_for logged "conn.close service=echo"
	refute logged "peer=127"
}

@test "superd --events lists every event with its level" {
	run -0 timeout 10 "$SUPERD" --events
	[ "${#lines[@]}" -gt 15 ]
	for line in "${lines[@]}"; do
		[[ $line =~ ^[a-z.]+$'\t'(error|warning|notice|info|debug)$'\t'.+ ]]
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# superctl asks something that is not superd, or a superd that is broken: a
# clear sentence in time, and nothing that a terminal would obey.
load helpers
load control

setup() {
	need python3
}

teardown() {
	fake_end
}

# hostile MOOD STATUS PATTERN: each command that reads objects, human and JSON.
hostile() {
	fake_start "HOSTILE=$1"
	for command in ping status list "show 1" "kill 1" bans reload upgrade \
	    "top -n 1" events "drain x --timeout 1s" log-level; do
		for option in --json --timeout=1s; do
			# shellcheck disable=SC2086 # words
			ctl "$2" --timeout 1s $command "$option"
			# shellcheck disable=SC2053 # a pattern
			[[ $stderr = $3 ]] || {
				echo "$command $option: $stderr"
				return 1
			}
			[ "$(tr -d '[:print:]\n' <<<"$output$stderr")" = "" ]
		done
	done
	fake_end
}

@test "garbage is not superd" {
	hostile garbage 1 "*is not superd*"
	hostile binary 1 "*control characters*"
	hostile end 1 "*unknown end*"
	hostile bare 1 "*unknown end*"
	hostile nocode 1 "*without a reason*"
}

@test "a line without end is not read for ever" {
	hostile huge 1 "*a line of more than 65536 bytes*"
}

@test "an answer that ends too early is told" {
	hostile nothing 4 "*closed the connection*"
	hostile half 1 "*in the middle of a line*"
}

@test "an unknown refusal is shown harmless" {
	hostile strange 1 "superctl: what ~ is this"
	hostile denied 5 "superctl: only 'control_admin_group' may do that"
}

@test "a refusal is read though the request was not taken" {
	fake_start HOSTILE=unread
	for _ in {1..40}; do # the request comes sooner than the end, or later
		ctl 5 ping
		[ "$stderr" = "superctl: you may not even ask" ]
	done
	ctl 5 drain echo
	ctl 5 events
	ctl 5 top -n 1
}

@test "what is no object is told" {
	for mood in notjson array deep; do
		fake_start "HOSTILE=$mood"
		for command in ping status list bans reload log-level "top -n 1"; do
			# shellcheck disable=SC2086 # words
			ctl 1 $command
			[[ $stderr = *"no JSON object"* ]]
		done
		fake_end
	done
}

@test "strange numbers are shown as something" {
	fake_start HOSTILE=numbers
	ctl 0 ping
	[[ $output = "superd 17 (pid 99999999999999999999) is ? for 0,"* ]]
	ctl 0 status
	ctl 0 list
	ctl 0 list --json
}

@test "ping that is answered by nothing is a failure" {
	fake_start HOSTILE=ok
	ctl 1 ping
	[[ $stderr = *"is not superd"* ]]
}

@test "who never answers is waited for no longer than --timeout" {
	fake_start HOSTILE=silent
	for command in ping status list reload upgrade "top -n 1" bans \
	    "drain x"; do
		local began=$SECONDS
		# shellcheck disable=SC2086 # words
		ctl 4 --timeout 200ms $command
		[[ $stderr = *"no answer within 0.2 s"* ]]
		[ $((SECONDS - began)) -lt 15 ]
	done
}

@test "a line that comes byte by byte is no answer" {
	fake_start HOSTILE=trickle
	ctl 4 --timeout 300ms ping
	[[ $stderr = *"no answer within"* ]]
}

@test "who does not take the connection is told" {
	python3 - "$SUPERCTL" "$SUPERD_CONTROL" <<-'PYTHON'
		import socket, subprocess, sys
		s = socket.socket(socket.AF_UNIX)
		s.bind(sys.argv[2])
		s.listen(0)
		held = [socket.socket(socket.AF_UNIX) for _ in range(8)]
		for c in held:
		    c.setblocking(False)
		    try:
		        c.connect(sys.argv[2])
		    except BlockingIOError:
		        break
		done = subprocess.run([sys.argv[1], "--timeout", "300ms", "ping"],
		                      stderr=subprocess.PIPE, timeout=60)
		assert done.returncode == 4, done
		assert b"nobody takes the connection" in done.stderr, done
	PYTHON
}

@test "a listing whose reader goes away ends" {
	fake_start
	run -0 timeout 30 sh -c '"$@" | head -n 1' sh "$SUPERCTL" \
	    list many20000 --json 8>&-
	[ "${#lines[@]}" = 1 ]
}

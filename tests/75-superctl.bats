#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# superctl: each command, for people and as JSON, against a superd that only
# talks; and its exit statuses.
load helpers
load control

setup() {
	need python3
}

teardown() {
	fake_end
}

@test "ping says who answers" {
	fake_start
	ctl 0 ping
	[ "$output" = "superd 0.5 (pid 71) is running for 3.2s, generation 1, upgrades 0; you may act" ]
	[ "$stderr" = "" ]
	ctl 0 ping --json
	json_lines 'rows[0]["pid"] == 71 and len(rows) == 1' <<<"$output"
}

@test "status has two lines for superd and one for each service" {
	fake_start
	ctl 0 status
	[[ ${lines[0]} = "superd 0.5 (pid 71) is running for 1h03m, generation 1 of /etc/superd.ini" ]]
	[[ ${lines[1]} = "3/4096 live, "*"/s, accepted 1.23M, refused 14,"* ]]
	[[ ${lines[2]} = SERVICE*STATE*LISTEN*LIVE/MAX*REFUSED*"LAST FAILURE" ]]
	[[ ${lines[3]} =~ ^echo\ +running\ +\*:7\ +1/256\ +17\ +14,\ deny\ 12\ +0.5\ +-$ ]]
	[[ ${lines[4]} =~ ^git\ +paused\ +192.0.2.1:9418\ .*\ 3\ ban\ .*\ 2m1[0-9]s\ ago:\ exec:\ cannot ]]
	[[ ${lines[5]} =~ ^local\ +full\ .*\ 2/2\ .*\ 1.23k\ +-$ ]]
}

@test "status of one service has no line for superd" {
	fake_start
	ctl 0 status git
	[ "${#lines[@]}" = 2 ]
	asked "status git"
	ctl 6 status nosuch
	[ "$stderr" = "superctl: there is no service 'nosuch'" ]
	[ "$output" = "" ]
}

@test "what failed this second, or on a clock ahead, failed just now" {
	fake_start FAILED_AGO=-5
	ctl 0 status git
	[[ $output = *" just now: exec: cannot execute"* ]]
}

@test "status --json is what superd sent" {
	fake_start
	ctl 0 --json status
	json_lines 'rows[0]["type"] == "superd" and
	    [r["service"] for r in rows[1:]] ==
	    ["echo", "git", "local", "evil"] and
	    rows[1]["refused"] == {"deny": 12, "max_per_source": 2}' \
	    <<<"$output"
}

@test "foreign bytes do not reach the terminal" {
	fake_start
	ctl 0 status evil
	[[ $output = *'a\x1b]0;x\x07b'* ]]
	[ "$(tr -d '[:print:]\n' <<<"$output")" = "" ]
	LC_ALL=C.UTF-8 ctl 0 status evil
	[ "$(tr -d '[:print:]\n' <<<"$output")" = "" ]
}

@test "a table is never cut unless something says how wide it is" {
	fake_start
	ctl 0 status
	[[ $output = *"No such file or directory"* ]]
	COLUMNS=60 ctl 0 status
	[ "$(awk 'length > 60' <<<"$output" | tail -n +3)" = "" ]
	[[ $output = *"~"* ]]
}

@test "on 80 columns ports stay, and what says nothing goes" {
	fake_start
	COLUMNS=80 ctl 0 status
	[[ $output = *" ~0.2.1:9418 "* && $output = *" ~local.sock "* ]]
	[[ $output = *"  LAST FAIL~"* ]]
	[ "$(awk 'length > 80' <<<"$output")" = "" ]
	COLUMNS=64 ctl 0 status echo
	[[ ${lines[0]} = *REFUSED*RATE/s ]]
	[[ $output = *" *:7 "* ]]
	COLUMNS=100 ctl 0 status echo
	[[ ${lines[0]} = *"LAST FAILURE" ]]
}

@test "list tells what the kernel knows of a connection" {
	fake_start
	ctl 0 list
	[[ ${lines[0]} =~ ^ID\ +SERVICE\ +PEER\ +PID\ +AGE\ +CPU\ +RSS\ +IN\ +OUT\ +RTT ]]
	[[ ${lines[1]} =~ ^12\ +echo\ +127.0.0.1:.*s\ .*MiB\ +1000\ B\ +300\ B\ +[0-9.]+[um]s\ +-$ ]]
	[[ ${lines[2]} =~ ^13\ +local\ +unix:uid=0,pid=7\ .*1.5s\ +-\ +-\ +-\ +-\ +-\ +-$ ]]
	[[ ${lines[3]} =~ runtime$ ]]
}

@test "list --json has the kernel's figures where they are known" {
	fake_start
	ctl 0 list --json
	json_lines 'rows[0]["bytes_in"] == 1000 and
	    rows[0]["bytes_out"] == 300 and rows[0]["retransmits"] == 0 and
	    0 < rows[0]["rtt"] < 1 and rows[0]["rss"] > 100000 and
	    "cpu" in rows[0] and
	    not {"cpu", "rss", "rtt", "bytes_in"} & set(rows[1])' <<<"$output"
}

@test "a process that is older or younger than the connection is another" {
	fake_start
	ctl 0 list --json
	json_lines 'rows[2]["id"] == 14 and "rss" not in rows[2]' <<<"$output"
}

@test "list of nobody is empty" {
	fake_start
	ctl 0 list nobody
	[ "$output" = "no connection is live" ]
	ctl 0 list nobody --json
	[ "$output" = "" ]
}

@test "a long list passes through" {
	fake_start
	ctl 0 list many513 --json
	[ "${#lines[@]}" = 513 ]
	json_lines '[r["id"] for r in rows] == list(range(513))' <<<"$output"
	ctl 0 list many512
	[ "${#lines[@]}" = 513 ]
	[ "$stderr" = "" ]
	ctl 0 list many513
	[ "${#lines[@]}" = 514 ]
	[[ $stderr = *"513 connections: --full tells"* ]]
	ctl 0 list many513 --full
	[ "$stderr" = "" ]
}

@test "10,000 connections cost superctl less than 40 ms" {
	skip_if_sanitized
	fake_start
	"$SUPERCTL" list many10000 --json >"$BATS_TEST_TMPDIR/out" 8>&-
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" = 10000 ]
	python3 - "$SUPERCTL" <<-'PYTHON'
		import resource, subprocess, sys
		best = 1
		for _ in range(5):
		    before = resource.getrusage(resource.RUSAGE_CHILDREN)
		    subprocess.run([sys.argv[1], "list", "many10000", "--json"],
		                   stdout=subprocess.DEVNULL, check=True)
		    after = resource.getrusage(resource.RUSAGE_CHILDREN)
		    best = min(best, after.ru_utime + after.ru_stime -
		               before.ru_utime - before.ru_stime)
		print("%.1f ms" % (best * 1000))
		assert best < 0.040
	PYTHON
}

@test "show tells all of one connection" {
	fake_start
	ctl 0 show 12
	[[ $output = *"time left    55.2s"* ]]
	[[ $output = *"bytes in     1000 B"* ]]
	ctl 0 show 12 --json
	json_lines 'rows[0]["deadline"] == 55.2 and rows[0]["bytes_in"] == 1000' \
	    <<<"$output"
	ctl 6 show 99
	[ "$stderr" = "superctl: there is no connection 99" ]
}

@test "kill takes several, and goes on behind one that is missing" {
	fake_start
	ctl 6 kill 99 id:12 192.0.2.0/24
	[ "$output" = "id:12: 1 connection to end
192.0.2.0/24: 2 connections to end" ]
	asked "kill 192.0.2.0/24"
	ctl 0 kill service:echo --json
	[ "$output" = '{"killed":2}' ]
}

@test "pause, resume, disable and enable say what the service is then" {
	fake_start
	ctl 0 pause echo
	[ "$output" = "echo is paused, 1 connection live" ]
	ctl 0 resume echo
	ctl 0 enable echo
	ctl 0 disable git
	[ "$output" = "git is disabled, 0 connections live" ]
	asked "disable git"
	ctl 0 disable git --json
	json_lines 'rows[0]["state"] == "disabled"' <<<"$output"
	ctl 6 pause nosuch
}

@test "resume, enable and pause say what else keeps a service closed" {
	fake_start
	ctl 0 resume evil
	[ "$output" = "evil is still disabled: 'superctl enable evil' opens it" ]
	ctl 0 enable git
	[ "$output" = "git is enabled but still paused: 'superctl resume git' serves its clients" ]
	ctl 0 pause evil
	[ "$output" = "evil is paused, but still disabled: 'superctl enable evil' opens it" ]
	ctl 0 disable evil
	[ "$output" = "evil is disabled, 0 connections live" ]
	ctl 0 enable evil
	[ "$output" = "evil is running, 0 connections live" ]
	ctl 0 resume git
	[ "$output" = "git is running, 0 connections live" ]
}

@test "drain counts down" {
	fake_start
	ctl 0 drain local
	[ "$output" = "local: 2 connections left
local: 1 connection left
local has no connection left" ]
	ctl 0 drain local --json
	json_lines '[r["live"] for r in rows] == [2, 1]' <<<"$output"
}

@test "drain asks again when superd has become another" {
	fake_start DRAIN=upgrade
	ctl 0 drain local
	[ "$output" = "local: 2 connections left
local: 2 connections left
local: 1 connection left
local has no connection left" ]
	[ "$stderr" = "superctl: superd was upgraded; draining goes on" ]
	[ "$(grep -cx "drain local" "$REQUESTS")" = 2 ]
}

@test "drain says how far it came when superd has ended" {
	fake_start DRAIN=dead
	ctl 4 --timeout 200ms drain local
	[ "$stderr" = "superctl: superd has ended; 'local' had 2 connections left" ]
	fake_end
	fake_start DRAIN=dead
	ctl 4 --timeout 200ms drain local --json
	json_lines 'rows[1]["error"] == "unreachable"' <<<"$output"
}

@test "events go on when superd closes, between lines or within one" {
	for cut in "" yes; do
		fake_start CUT=$cut
		run --separate-stderr timeout 60 sh -c '"$@" | head -n 6' sh \
		    "$SUPERCTL" events --json 8>&-
		json_lines 'rows[:3] == rows[3:]' <<<"$output"
		[[ $stderr = "superctl: superd closed the connection; events may be missing"* ]]
		fake_end
	done
}

@test "reload says what it found and what came of it" {
	fake_start
	ctl 0 reload
	[ "$output" = "generation 2: services 3; sockets opened 1, kept 2, retired 0" ]
	[ "$stderr" = "/etc/superd.ini:3: warning: nobody can reach this" ]
}

@test "reload of a file with mistakes tells them and exits with 3" {
	fake_start RELOAD=bad
	ctl 3 reload
	[ "$output" = "" ]
	[ "$stderr" = "/etc/superd.ini:3: warning: nobody can reach this
/etc/superd.ini:14: service 'ssh': unknown user 'sshd'
/etc/superd.ini: no service is left
superctl: the configuration has 2 mistakes: superd goes on with the old one" ]
	ctl 3 reload --json
	json_lines '[r.get("mistake") for r in rows] ==
	    [False, True, True, None] and rows[3]["error"] == "refused"' \
	    <<<"$output"
	[ "${#stderr_lines[@]}" = 1 ]
}

@test "reload that is refused for another reason exits with 1" {
	fake_start RELOAD=busy
	ctl 1 reload
	[ "$stderr" = "superctl: superd is stopping" ]
}

@test "upgrade says from which version to which" {
	fake_start
	ctl 0 upgrade
	[ "$output" = "superd 0.5 has become superd 0.6 (pid 71, upgrades 1)" ]
	ctl 0 upgrade --json
	json_lines 'rows[0] == {"upgrade": "asked"} and
	    rows[1]["upgrades"] == 2' <<<"$output"
}

@test "upgrade that is refused, or does not come about, is a failure" {
	fake_start UPGRADE=refused
	ctl 1 upgrade
	[ "$stderr" = "superctl: the new program does not understand the state" ]
	fake_end
	fake_start UPGRADE=lost
	ctl 1 upgrade --timeout 300ms
	[[ $stderr = *"is still the same"* ]]
}

@test "bans and ban are tables, unban counts" {
	fake_start
	ctl 0 bans
	[[ ${lines[1]} =~ ^192.0.2.7\ +git\ +8m52s\ +0$ ]]
	ctl 0 ban 192.0.2.9 10m git
	[ "${#lines[@]}" = 2 ]
	asked "ban 192.0.2.9 10m git"
	ctl 0 ban 192.0.2.9 --json
	json_lines 'len(rows) == 2 and rows[0]["left"] == 600' <<<"$output"
	ctl 0 unban 192.0.2.7
	[ "$output" = "2 bans lifted" ]
	ctl 6 unban 192.0.2.8
}

@test "log-level asks and sets, reopen says nothing" {
	fake_start
	ctl 0 log-level
	[ "$output" = "info" ]
	ctl 0 log-level debug --json
	[ "$output" = '{"log_level":"debug"}' ]
	ctl 2 log-level loud
	ctl 0 reopen
	[ "$output$stderr" = "" ]
}

@test "events come as they are, by service and level" {
	fake_start
	ctl 4 --timeout 300ms events -f -s echo -l info
	asked "events echo info"
	[ "${lines[0]}" = '15:05:40.123 info    conn.open service=echo peer=192.0.2.1:4711 text="a\x1bb" words="[\"echo\",\"info\"]"' ]
	[[ ${lines[1]} =~ events.lost\ count=12$ ]]
	[[ $stderr = *"superd closed the connection"* ]]
	ctl 4 --timeout 300ms events --json -l error
	asked "events - error"
	json_lines 'rows[1] == {"event": "events.lost", "count": 12}' <<<"$output"
}

@test "no text of a handler looks like a field of an event" {
	fake_start FORGE=yes
	LC_ALL=C.UTF-8 ctl 4 --timeout 300ms events
	[[ ${lines[1]} = *' conn.note text="x status=exit:0 service=fake" quote="say \"a\\b\"" lines="1\n2\xc3\xa9" none="" bare=a=b count=7' ]]
}

@test "an event is printed when it comes, not when the next one does" {
	fake_start
	mkfifo "$BATS_TEST_TMPDIR/events"
	timeout 60 "$SUPERCTL" events --json >"$BATS_TEST_TMPDIR/events" \
	    2>/dev/null 8>&- 3>&- &
	python3 - "$BATS_TEST_TMPDIR/events" <<-'PYTHON'
		import sys, time
		with open(sys.argv[1]) as f:
		    first = f.readline()
		    began = time.monotonic()
		    f.readline()
		    f.readline()
		    assert time.monotonic() - began > 0.1
	PYTHON
	wait $! || :
}

@test "metrics are text, with --json too" {
	fake_start
	ctl 0 metrics
	[ "${lines[2]}" = 'superd_live{service="echo"} 1' ]
	ctl 0 metrics --json
	[ "${lines[2]}" = 'superd_live{service="echo"} 1' ]
}

@test "without superd: status 4, and what to look at" {
	ctl 4 ping
	[ "$stderr" = "superctl: there is no $SUPERD_CONTROL: is superd running, and does its file have 'control'? -s PATH names another socket" ]
	ctl 4 ping --json
	json_lines 'rows[0]["error"] == "unreachable"' <<<"$output"
	python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$SUPERD_CONTROL"
	ctl 4 ping
	[[ $stderr = *"nobody listens on $SUPERD_CONTROL"* ]]
	: >"$BATS_TEST_TMPDIR/file"
	ctl 4 -s "$BATS_TEST_TMPDIR/file" ping
}

@test "a socket that may not be asked: status 5" {
	need_root "to be somebody else"
	need setpriv
	fake_start
	chmod 600 "$SUPERD_CONTROL"
	cp "$SUPERCTL" "$TMPDIR/superctl"
	chmod 755 "$TMPDIR" "$BATS_TEST_TMPDIR" "$TMPDIR/superctl"
	run -5 --separate-stderr setpriv --reuid 65534 --clear-groups \
	    "$TMPDIR/superctl" ping 8>&-
	rm "$TMPDIR/superctl"
	[[ $stderr = *"permission denied"*"control_group"* ]]
}

@test "the socket is looked for: option, environment, places" {
	fake_start
	mkdir -p "$BATS_TEST_TMPDIR/run/superd"
	ln -s "$SUPERD_CONTROL" "$BATS_TEST_TMPDIR/run/superd/control.sock"
	local path=$SUPERD_CONTROL
	SUPERD_CONTROL=/nonexistent/a ctl 0 --socket "$path" ping
	SUPERD_CONTROL=/nonexistent/a ctl 4 ping
	[[ $stderr = *"/nonexistent/a"* ]]
	unset SUPERD_CONTROL
	ctl 0 -V
	[[ $output = *"/superd/control.sock" ]]
	XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run ctl 0 -V
	if [ "$(id -u)" = 0 ]; then
		[[ $output != *"$BATS_TEST_TMPDIR"* ]]
	else
		[[ $output = *"$BATS_TEST_TMPDIR/run/superd/control.sock" ]]
		XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run ctl 0 ping
	fi
	export SUPERD_CONTROL=$path
}

@test "who is not root has a place of his own, if there is something" {
	need_root "to be somebody else"
	need setpriv
	cp "$SUPERCTL" "$TMPDIR/superctl"
	chmod 755 "$TMPDIR" "$BATS_TEST_TMPDIR" "$TMPDIR/superctl"
	mkdir -p "$TMPDIR/own/superd"
	unset SUPERD_CONTROL
	export XDG_RUNTIME_DIR=$TMPDIR/own
	local other=(setpriv --reuid 65534 --clear-groups "$TMPDIR/superctl")
	run -0 "${other[@]}" -V
	[[ $output != *"$TMPDIR"* ]]
	: >"$TMPDIR/own/superd/control.sock"
	run -0 "${other[@]}" -V
	[[ $output = *"socket: $TMPDIR/own/superd/control.sock" ]]
	rm -r "$TMPDIR/own" "$TMPDIR/superctl"
}

@test "misuse is status 2, with a hint" {
	ctl 2
	ctl 2 statsu
	[[ $stderr = *"did you mean 'status'"* ]]
	ctl 2 ps
	[[ $stderr = *"did you mean 'list'"* ]]
	ctl 2 xyzzy
	[[ $stderr = *"superctl -h"* ]]
	ctl 2 show
	[ "$stderr" = "superctl: the usage is: superctl show ID" ]
	ctl 2 list a b
	ctl 2 list --count 3
	ctl 2 --full list
	ctl 2 -Z ping
	ctl 2 --timeout soon ping
	ctl 2 --timeout 0 ping
	ctl 2 top -n 0
	ctl 2 -s "" ping
	ctl 2 -s "$(printf '%0200d' 0)" ping
	fake_start
	ctl 2 status "$(printf '%01100d' 0)"
	ctl 2 status $'a\tb'
	ctl 2 status $'a\nping'
	[ ! -s "$REQUESTS" ]
}

@test "-h lists each command and option in a line" {
	ctl 0 -h
	[ "$(awk 'length > 79' <<<"$output")" = "" ]
	while IFS=$'\t' read -r name _; do
		grep -q "^  $name " <<<"$output"
	done < <("$SUPERCTL" --commands)
	ctl 0 status --help
}

@test "stdout that cannot be written is a failure" {
	[ -w /dev/full ] || skip "no /dev/full"
	fake_start
	for command in ping status "list many10000 --json" -h metrics; do
		# shellcheck disable=SC2086 # words
		run -1 timeout 20 sh -c '"$@" >/dev/full' sh "$SUPERCTL" \
		    $command 8>&-
	done
}

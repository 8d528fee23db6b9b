#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# superctl top: plain where there is no terminal, and on a terminal of its own.
load helpers
load control

setup() {
	need python3
}

teardown() {
	fake_end
}

# on_terminal: runs the Python program on stdin with terminal.py at hand; TOP
# is the command line.
on_terminal() {
	{
		echo 'from terminal import *
import signal
TOP = [sys.argv[1], "top", "-d", "50ms"]'
		cat
	} | PYTHONPATH=$TOP_SRCDIR/tests PYTHONDONTWRITEBYTECODE=1 \
	    timeout -k 5 120 python3 - "$SUPERCTL" 3>&- 8>&-
}

@test "without a terminal top prints a block each time" {
	fake_start
	ctl 0 top -d 20ms -n 3
	[ "$(grep -c "^superd 0.5" <<<"$output")" = 3 ]
	[ "$(grep -c "^echo " <<<"$output")" = 3 ]
	[[ $output != *$'\033'* ]]
	ctl 0 top -n 1 git
	[ "$(grep -c "^git " <<<"$output")" = 1 ]
	[[ $output != *"superd 0.5"* ]]
}

@test "top --json prints the objects of each look" {
	fake_start
	ctl 0 top -d 20ms -n 2 --json
	json_lines 'len(rows) == 10' <<<"$output"
}

@test "the pictures are of ASCII, or blocks where the locale has them" {
	fake_start
	ctl 0 top -d 10ms -n 4
	[[ ${lines[-1]} = local*"   ####"* ]]
	LC_ALL=C.UTF-8 ctl 0 top -d 10ms -n 4
	[[ ${lines[-1]} = local*"████"* ]]
}

@test "without superd top ends with 4, for a service that is not with 6" {
	ctl 4 top
	fake_start
	ctl 6 top nosuch
}

@test "top fills the screen, and q gives it back as it was" {
	fake_start
	on_terminal <<-'PYTHON'
		with Terminal(TOP, rows=20, columns=70, LC_ALL="C.UTF-8") as t:
		    t.until(b"\x1b[?1049h")
		    picture = plain(t.until(b"services 1 to 4 of 4"))
		    assert "superd 0.5 (pid 71)" in picture
		    assert "local" in picture and "\u2588" in picture, picture
		    lines = picture.replace("\r", "").split("\n")
		    assert max(len(line) for line in lines) <= 70, lines
		    assert len(lines) <= 20, lines
		    t.type(b"q")
		    assert t.end() == 0
		    assert t.seen.endswith(b"\x1b[?25h\x1b[0m\x1b[?1049l"), t.seen
		    assert t.is_restored()
	PYTHON
}

@test "keys sort and scroll" {
	fake_start
	on_terminal <<-'PYTHON'
		with Terminal(TOP, rows=11) as t:
		    t.until(b"services 1 to 3 of 4")
		    t.type(b"j")
		    t.until(b"services 2 to 4 of 4")
		    t.type(b"jjj\x1b[B")
		    t.until(b"services 2 to 4 of 4")
		    t.type(b"\x1b[A")
		    t.until(b"services 1 to 3 of 4")
		    t.type(b"G")
		    t.until(b"services 2 to 4 of 4")
		    t.type(b"s")
		    t.until(b"sort: live")
		    picture = plain(t.until(b"services 1 to 3 of 4") +
		                    t.until(b"services 1 to 3 of 4"))
		    assert picture.index("local") < picture.index("echo"), picture
		    t.type(b"x\x1b[1;5Zq")
		    assert t.end() == 0
	PYTHON
}

@test "a signal ends top with the terminal as it was" {
	fake_start
	on_terminal <<-'PYTHON'
		for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT:
		    with Terminal(TOP) as t:
		        t.until(b"services 1 to 4")
		        os.kill(t.pid, number)
		        status = t.end()
		        assert os.WTERMSIG(status) == number, status
		        assert b"\x1b[?1049l" in t.seen
		        assert t.is_restored()
		with Terminal(TOP) as t:
		    t.until(b"services 1 to 4")
		    t.type(b"\x03")
		    assert os.WTERMSIG(t.end()) == signal.SIGINT
		    assert t.is_restored()
	PYTHON
}

@test "top can be stopped and goes on" {
	fake_start
	on_terminal <<-'PYTHON'
		# Only a shell's job can be stopped.
		job = '"$0" top -d 50ms; echo "status $?"; read go; fg'
		with Terminal(["/bin/sh", "-mc", job, sys.argv[1]]) as t:
		    t.until(b"services 1 to 4")
		    t.type(b"\x1a")
		    t.until(b"\x1b[?1049l")
		    t.until(b"status 148")
		    t.type(b"\n")
		    t.until(b"\x1b[?1049h")
		    t.until(b"services 1 to 4")
		    t.type(b"q")
		    assert t.end() == 0
	PYTHON
}

@test "top follows the size of its window" {
	fake_start
	on_terminal <<-'PYTHON'
		with Terminal(TOP, rows=30, columns=120) as t:
		    t.until(b"services 1 to 4 of 4")
		    t.resize(10, 40)
		    t.until(b"services 1 to 2")
		    t.resize(1, 1)
		    t.read(0.3)
		    t.resize(3, 500)
		    t.until(b"services 1 to 1 of 4")
		    t.type(b"q")
		    assert t.end() == 0
	PYTHON
}

@test "top survives superd going away and coming back" {
	fake_start
	mkfifo "$BATS_TEST_TMPDIR/step" "$BATS_TEST_TMPDIR/told"
	on_terminal <<-PYTHON &
		with Terminal(TOP, columns=200) as t:
		    t.until(b"services 1 to 4")
		    open("$BATS_TEST_TMPDIR/told", "w").close()
		    open("$BATS_TEST_TMPDIR/step").close()
		    t.until(b"is superd running")
		    open("$BATS_TEST_TMPDIR/told", "w").close()
		    open("$BATS_TEST_TMPDIR/step").close()
		    t.until(b"bans 1")
		    t.until(b"\x1b[H")
		    picture = t.until(b"services 1 to 4")
		    assert b"is superd running" not in picture, picture
		    t.type(b"q")
		    assert t.end() == 0
	PYTHON
	local job=$!
	timeout 60 cat "$BATS_TEST_TMPDIR/told"
	fake_end
	rm -f "$SUPERD_CONTROL"
	timeout 60 sh -c ': >"$1"' sh "$BATS_TEST_TMPDIR/step"
	timeout 60 cat "$BATS_TEST_TMPDIR/told"
	fake_start
	timeout 60 sh -c ': >"$1"' sh "$BATS_TEST_TMPDIR/step"
	wait "$job"
}

@test "on a terminal that understands nothing top is plain" {
	fake_start
	on_terminal <<-'PYTHON'
		with Terminal(TOP + ["-n", "2"], TERM="dumb") as t:
		    assert t.end() == 0
		    assert b"\x1b" not in t.seen, t.seen
	PYTHON
}

@test "states are coloured on a terminal, but not with NO_COLOR" {
	fake_start
	on_terminal <<-'PYTHON'
		status = [sys.argv[1], "status"]
		with Terminal(status) as t:
		    assert t.end() == 0
		    assert b"\x1b[32mrunning\x1b[0m" in t.seen, t.seen
		with Terminal(status, NO_COLOR="1") as t:
		    assert t.end() == 0
		    assert b"\x1b" not in t.seen
	PYTHON
}

@test "failures are red, and that there is none is not" {
	fake_start
	on_terminal <<-'PYTHON'
		for command in [sys.argv[1], "status"], TOP + ["-n", "1"]:
		    with Terminal(command, columns=200) as t:
		        assert t.end() == 0
		        assert b"\x1b[1;31m2m1" in t.seen, t.seen
		        assert b"m-\x1b" not in t.seen, t.seen
	PYTHON
}

@test "a table is as wide as the terminal" {
	fake_start
	on_terminal <<-'PYTHON'
		for width in 40, 79, 100:
		    with Terminal([sys.argv[1], "status"], columns=width,
		                  NO_COLOR="1", LC_ALL="C.UTF-8") as t:
		        assert t.end() == 0
		        rows = t.seen.decode().split("\r\n")[3:]
		        assert max(map(len, rows)) <= width, rows
		        assert width < 79 or "\u2026" in t.seen.decode()
	PYTHON
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Bans: what leads to one, whom it concerns, and that it ends by itself.
load helpers

bats_require_minimum_version 1.5.0

SERVE="/bin/echo served"

teardown() {
	superd_end
}

# end_as HANDLER: a handler that says "served" and then ends as told.
end_as() {
	script end <<-EOT
		#!/bin/sh
		echo served
		$1
	EOT
}

# banned_after COUNT: that many connections of 127.0.0.9 are served, then it
# is banned from service x; nobody else is, and it is from nowhere else.
banned_after() {
	superd_service other "$SERVE" "ban_after = 1/h"
	superd_start
	client "$(superd_port x)" "$(superd_port other)" "$SUPERD_ERR" "$1" \
	    <<-'PYTHON'
		from gate import *
		x, other, log, count = sys.argv[1:]
		for i in range(int(count)):
		    assert not logged(log, "source.banned"), i
		    expect("served", fate(x, "127.0.0.9"), "before the ban")
		    until(lambda: len(logged(log, "conn.close service=x")) > i)
		until(lambda: logged(log, "source.banned service=x",
		                     " source=127.0.0.9 "), "the ban")
		expect({"refused": 3}, fates(x, 3, "127.0.0.9"), "banned")
		expect("served", fate(x, "127.0.0.8"), "somebody else")
		expect("served", fate(other, "127.0.0.9"), "another service")
	PYTHON
	logged "conn.refuse service=x peer=\"\?127.0.0.9:.* reason=banned"
	[ "$(count_logged "source.banned .*source=127.0.0.9")" = 1 ]
	logged "warning source.banned service=x source=127.0.0.9 for=600.000000"
}

@test "refusals ban a source for a while" {
	superd_service x "$SERVE" "ban_after = 3/min" "deny = 127.0.0.9"
	superd_start
	client "$(superd_port x)" "$SUPERD_ERR" <<-'PYTHON'
		from gate import *
		port, log = sys.argv[1:]
		for i in range(3):
		    assert not logged(log, "source.banned"), i
		    expect("refused", fate(port, "127.0.0.9"), i)
		until(lambda: logged(log, "source.banned"), "the ban")
		assert not logged(log, "reason=banned")
		expect("refused", fate(port, "127.0.0.9"), "banned")
		until(lambda: logged(log, "conn.refuse", "reason=banned"), "it")
		expect("served", fate(port, "127.0.0.8"), "somebody else")
	PYTHON
	logged "source.banned service=x source=127.0.0.9 for=600.000000 .*reason=rule"
	[ "$(count_logged source.banned)" = 1 ]
}

@test "handlers' exit codes ban, when they are told to" {
	end_as "exit 7"
	superd_service x "$SCRIPTS/end" "ban_after = 3/min" "ban_on = exit:7"
	banned_after 3
}

@test "handlers that are killed ban, when they are told to" {
	end_as 'kill -KILL $$'
	superd_service x "$SCRIPTS/end" "ban_after = 2/min" "ban_on = signal"
	banned_after 2
}

@test "a handler bans its client at once with exit code 112" {
	end_as "exit 112"
	superd_service x "$SCRIPTS/end" "ban_after = 1000/min" "ban_on = none"
	banned_after 1
}

@test "ban_exit is another code, or none" {
	end_as "exit 112"
	superd_service x "$SCRIPTS/end" "ban_after = 1000/min" "ban_exit = 0"
	superd_service y "$SCRIPTS/end" "ban_after = 1000/min" "ban_exit = 113"
	superd_start
	client "$(superd_port x)" "$(superd_port y)" "$SUPERD_ERR" <<-'PYTHON'
		from gate import *
		for port in sys.argv[1:3]:
		    expect({"served": 5}, fates(port, 5))
		until(lambda: len(logged(sys.argv[3], "conn.close")) == 10)
		for port in sys.argv[1:3]:
		    expect({"served": 1}, fates(port, 1))
	PYTHON
	refute logged source.banned
}

@test "the ends that are not named ban nobody, nor do limits of all" {
	end_as "exit 8"
	superd_service x "$SCRIPTS/end" "ban_after = 1/min" \
	    "ban_on = refused, exit:7, exit:9-255, signal" "rate = 3/h" \
	    "over_limit = refuse"
	superd_start
	client "$(superd_port x)" "$SUPERD_ERR" <<-'PYTHON'
		from gate import *
		expect({"served": 3, "refused": 5}, fates(sys.argv[1], 8))
		until(lambda: len(logged(sys.argv[2], "conn.close")) == 3)
		expect("refused", fate(sys.argv[1]))
	PYTHON
	logged "conn.refuse service=x .*reason=rate"
	refute logged "source.banned\|reason=banned"
}

@test "bans end by themselves, and each is twice as long up to ban_max" {
	end_as "exit 112"
	superd_service x "$SCRIPTS/end" "ban_after = 9/min" "ban_for = 1s" \
	    "ban_max = 1500ms"
	superd_start
	client "$(superd_port x)" "$SUPERD_ERR" <<-'PYTHON'
		from gate import *
		port, log = sys.argv[1:]
		for i, length in enumerate((1, 1.5, 1.5)):
		    # Those who try all the time are not banned for longer.
		    until(lambda: fate(port) == "served", "the end of the ban")
		    now = time.monotonic()
		    assert i == 0 or now - began >= (1, 1.5)[i - 1], (i, now)
		    until(lambda: len(logged(log, "source.banned")) == i + 1)
		    assert " for=%.6f" % length in logged(log, "source.banned")[i]
		    # The ban began before we know, and after this.
		    began = now
	PYTHON
	[ "$(count_logged source.banned)" = 3 ]
}

@test "SIGRTMIN lists the bans that are in force" {
	end_as "exit 112"
	superd_service x "$SCRIPTS/end" "ban_after = 9/min" "ban_for = 1h"
	superd_service short "$SCRIPTS/end" "ban_after = 9/min" "ban_for = 1s"
	superd_start
	kill -RTMIN "$SUPERD_PID"
	wait_for logged "notice ban.list bans=0"
	refute logged ban.listed
	client "$(superd_port x)" "$(superd_port short)" "$SUPERD_ERR" <<-'PYTHON'
		from gate import *
		for source in "127.0.0.8", "127.0.0.9":
		    expect("served", fate(sys.argv[1], source))
		expect("served", fate(sys.argv[2]))
		until(lambda: len(logged(sys.argv[3], "source.banned")) == 3)
		until(lambda: fate(sys.argv[2], "127.0.0.1") == "served")
	PYTHON
	kill -RTMIN "$SUPERD_PID"
	wait_for logged "ban.list bans=[23]"
	logged "notice ban.listed service=x source=127.0.0.8 left=3[56]"
	logged "notice ban.listed service=x source=127.0.0.9 left=3[56]"
	superd_stop
}

@test "one source can be in many bans, many sources in one service" {
	superd_service x "$SERVE" "deny = 127.0.0.0/8" "ban_after = 1/min"
	superd_start
	client "$(superd_port x)" "$SUPERD_PID" <<-'PYTHON'
		from gate import *
		for i in range(300):
		    fate(sys.argv[1], "127.1.%d.%d" % (i // 200, i % 200 + 1))
		os.kill(int(sys.argv[2]), signal.SIGRTMIN)
	PYTHON
	wait_for logged "ban.list bans=300"
	kill -RTMIN "$SUPERD_PID"
	wait_for has_logged 2 "ban.list bans=300"
}

@test "a ban tells no more of an address than log_address allows" {
	superd_daemon "log_address = none"
	superd_service x "$SERVE" "deny = 127.0.0.9" "ban_after = 1/min"
	superd_start
	client "$(superd_port x)" <<-'PYTHON'
		from gate import *
		expect({"refused": 2}, fates(sys.argv[1], 2, "127.0.0.9"))
	PYTHON
	kill -RTMIN "$SUPERD_PID"
	wait_for logged "ban.list bans=1"
	wait_for logged "source.banned service=x"
	refute logged "source=127\|peer=127"
}

@test "one of a network is banned with all of it" {
	superd_service x "$SERVE" "deny = 127.0.1.9" "ban_after = 1/min" \
	    "source_prefix_v4 = 24"
	superd_start
	client "$(superd_port x)" <<-'PYTHON'
		from gate import *
		port = sys.argv[1]
		expect("served", fate(port, "127.0.1.8"), "before")
		expect("refused", fate(port, "127.0.1.9"), "denied")
		expect("refused", fate(port, "127.0.1.8"), "its neighbour")
		expect("served", fate(port, "127.0.2.8"), "next door")
	PYTHON
	wait_for logged "source.banned service=x source=127.0.1.0/24 "
}

@test "a client who stays until max_runtime is over can be banned for it" {
	superd_service x /bin/cat "max_runtime = 1s" "ban_after = 1/h" \
	    "ban_on = signal"
	superd_start
	client "$(superd_port x)" <<-'PYTHON'
		from gate import *
		s = connect_from("127.0.0.9", sys.argv[1])
		assert s.recv(1) == b""
	PYTHON
	wait_for logged "source.banned service=x source=127.0.0.9 .*reason=handler"
	superd_stop
}

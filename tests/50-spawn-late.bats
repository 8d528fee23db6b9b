#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Children that do not come to their exec: because its file hangs, or because
# somebody who may has stopped them.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	need python3
	[ "$(cat /proc/sys/fs/lease-break-time)" -ge 20 ] ||
	    skip "a lease does not last long enough here"
	script handler <<-'EOT'
		#!/bin/sh
		exec cat
	EOT
	H=$SCRIPTS/handler
	client "$H" <<<"$lease" >/dev/null || skip "no leases here"
	superd_daemon "max_connections = 70"
	superd_service hang "$H" "max_connections = 60"
	superd_service echo /bin/cat
	superd_start
}

teardown() {
	superd_end
}

# While take_lease() holds the handler's file nobody can open it, so that
# each exec of it hangs: fcntl(2), F_SETLEASE. echo_until() is answered by
# the other service, at once, until something is true.
lease='
import fcntl

def take_lease(path):
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    fd = os.open(path, os.O_RDONLY)
    fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    return fd

def echo_until(port, done, seconds):
    end, longest = time.monotonic() + seconds, 0
    while not done():
        began = time.monotonic()
        assert began < end, "it goes on for %d seconds" % seconds
        assert ask(port, b"quick") == b"quick"
        longest = max(longest, time.monotonic() - began)
    print("the longest answer took %.3f s" % longest)
    assert longest < 2, longest

def count(path, *words):
    with open(path) as f:
        return sum(all(w in line for w in words) for line in f)

take_lease(sys.argv[1])
'

hanging() {
	client "$H" "$(superd_port hang)" "$(superd_port echo)" \
	    "$SUPERD_ERR" "$SUPERD_PID" \
	    < <(printf '%s\n' "${lease%take_lease*}" && cat)
}

# Every place is free: as many as there are get an answer at the same time.
has_all_places() {
	wait_for has_handlers 0
	client "$(superd_port hang)" <<-'PYTHON'
		socks = [connect(sys.argv[1]) for i in range(60)]
		assert all(echoes(s) for s in socks)
	PYTHON
	wait_for has_handlers 0
	[ "$(count_logged conn.open)" = "$(count_logged conn.close)" ]
}

@test "60 clients whose handler hangs do not keep others from being served" {
	hanging <<-'PYTHON'
		path, hang, echo, log, pid = sys.argv[1:]
		lease = take_lease(path)
		began = time.monotonic()
		socks = [connect(hang) for i in range(60)]
		echo_until(echo, lambda: answered(socks, 1, 0.05), 15)
		took = time.monotonic() - began
		assert 4.5 < took, "after %.1f s already" % took
		# Most are killed together; who comes behind them may go on.
		assert len(answered(socks, 30, 15)) >= 30
		os.close(lease)
		lost = 0
		for s in socks:
		    try:
		        s.sendall(b"ping\n")
		        line = read_line(s)
		    except (ConnectionResetError, BrokenPipeError):
		        line = b""
		    assert line in (b"", b"ping\n"), line
		    lost += line == b""
		print("%d are let go, after %.1f s" % (lost, took))
		assert 30 <= lost < 60, lost
		assert echoes(connect(hang))
	PYTHON
	wait_for logged "spawn.failed service=hang .*step=late"
	has_all_places
	superd_stop
}

@test "who stops his handlers before their exec keeps no place for long" {
	need_root "to start handlers as somebody else"
	need setpriv
	hanging <<-'PYTHON'
		import pwd
		import subprocess
		path, hang, echo, log, pid = sys.argv[1:]
		lease = take_lease(path)
		socks = [connect(hang) for i in range(20)]
		opened = "conn.open service=hang"
		echo_until(echo, lambda: count(log, opened) == 20, 15)
		pids = []
		with open(log) as f:
		    for line in f:
		        if opened in line:
		            pids.append(line.split(" pid=")[1].split()[0])
		uid = "Uid:\t%d\t" % pwd.getpwnam("nobody").pw_uid
		echo_until(echo, lambda: all(
		    count("/proc/%s/status" % p, uid) for p in pids), 15)
		# A signal interrupts exec, which begins again only after SIGCONT.
		subprocess.run(["setpriv", "--reuid=nobody", "--clear-groups",
		                "kill", "-STOP"] + pids, check=True)
		echo_until(echo, lambda: all(
		    count("/proc/%s/stat" % p, ") T ") for p in pids), 15)
		os.close(lease)
		for p in pids:
		    assert os.path.samefile("/proc/%s/exe" % p, "/proc/%s/exe" % pid)
		# Others of the service are served meanwhile.
		assert echoes(connect(hang))
		echo_until(echo, lambda: answered(socks, 20, 0.05)[19:], 20)
		for s in socks:
		    assert read_all(s) == b""
	PYTHON
	wait_for has_logged 20 \
	    'conn.close service=hang .*status="not started"'
	wait_for logged "spawn.failed service=hang .*step=late"
	has_all_places
	superd_stop
}

@test "superd can be stopped while handlers hang" {
	client_start "$H" "$(superd_port hang)" < <(printf '%s\n' "${lease%take_lease*}" && cat <<-'PYTHON'
		lease = take_lease(sys.argv[1])
		socks = [connect(sys.argv[2]) for i in range(60)]
		say("they hang")
		until_told()
	PYTHON
	)
	wait_for has_logged 48 "conn.open service=hang"
	superd_stop
	client_end
}

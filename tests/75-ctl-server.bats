#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The control socket: whoever asks whatever, the services go on.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	make_scripts
	chmod 755 "$BATS_TEST_TMPDIR"
	CONTROL=$SCRIPTS/control.sock
}

teardown() {
	superd_end
}

# with_control [LINE...]: superd with one service and a control socket.
with_control() {
	superd_daemon "control = $CONTROL" "$@"
	superd_service it /bin/cat
	superd_start
}

# serves: the service answers, and so does the socket.
serves() {
	[ "$(ask "$(superd_port it)" x)" = x ]
	client "$CONTROL" <<-'PYTHON'
		with Control(sys.argv[1]) as c:
		    rows, end = c.ask("ping")
		    assert end == ".ok" and rows[0]["state"] == "running"
	PYTHON
}

@test "garbage gets an error, and the next request its answer" {
	with_control
	client "$CONTROL" <<-'PYTHON'
		for bad in (b"\n", b"\0\n", b"\x7f\n", b"\xff\xfe\n", b" ping\n",
		            b"ping ping\n", b"ping\tx\n", b"{}\n", b"\t\t\t\t\t\t\n",
		            b"status\ta\tb\n", b"show\n", b"show\t-1\n",
		            b"show\t99999999999999999999\n", b"kill\t\n",
		            b"kill\tid:x\n", b"kill\tsource:x\n", b"ban\tx\n",
		            b"ban\t127.0.0.1\t0\n", b"ban\t127.0.0.1\t1x\n",
		            b"log-level\tloud\n", b"events\tno-such\n",
		            b"%s%n%p\n", b"\r\n", b"GET / HTTP/1.1\r\n"):
		    with Control(sys.argv[1]) as c:
		        c.s.sendall(bad)
		        rows, end = c.answer()
		        assert rows == [] and end.startswith(".error "), (bad, end)
		        assert c.ask("ping")[1] == ".ok", bad
	PYTHON
	serves
}

@test "a line without an end is refused at its limit" {
	with_control
	client "$CONTROL" <<-'PYTHON'
		with Control(sys.argv[1]) as c:
		    c.s.sendall(b"x" * 1023 + b"\n")
		    assert c.answer()[1].startswith(".error usage")
		    assert c.ask("ping")[1] == ".ok"
		    try:
		        c.s.sendall(b"x" * 100000)
		    except OSError:
		        pass
		    assert "at most 1024" in c.answer()[1]
		    assert c.is_closed()
	PYTHON
	serves
}

@test "half a request waits for the other half" {
	with_control
	client "$CONTROL" <<-'PYTHON'
		half = Control(sys.argv[1])
		half.s.sendall(b"pi")
		with Control(sys.argv[1]) as c:
		    assert c.ask("ping")[1] == ".ok"
		half.s.sendall(b"ng\n")
		assert half.answer()[1] == ".ok"
		half.s.sendall(b"pin")
		half.s.close()
	PYTHON
	serves
}

@test "requests that are sent ahead are answered in their order" {
	with_control
	client "$CONTROL" <<-'PYTHON'
		with Control(sys.argv[1]) as c:
		    for i in range(200):
		        c.s.sendall(b"ping\nstatus\nnonsense\n")
		        assert c.answer()[0][0]["role"] == "act"
		        assert [r["type"] for r in c.answer()[0]] == ["superd", "service"]
		        assert c.answer()[1].startswith(".error usage")
		    c.s.sendall(b"ping\n" * 50)
		    c.s.shutdown(socket.SHUT_WR)
		    for i in range(50):
		        assert c.answer()[1] == ".ok"
		    assert c.is_closed()
	PYTHON
}

@test "who asks and goes at once is obeyed" {
	with_control
	client "$CONTROL" <<-'PYTHON'
		c = Control(sys.argv[1])
		c.s.sendall(b"log-level\tdebug\n")
		c.s.close()
	PYTHON
	wait_for logged 'control.command command="log-level debug" uid='
	serves
}

@test "who never reads costs a buffer, and is let go" {
	with_control "max_connections = 2000"
	client "$CONTROL" "$SUPERD_PID" <<-'PYTHON'
		def memory():
		    with open("/proc/%s/status" % sys.argv[2]) as f:
		        return [int(l.split()[1]) for l in f if l.startswith("VmRSS")][0]
		stuck = []
		with Control(sys.argv[1]) as c:
		    c.ask("status")
		    c.ask("metrics")
		before = memory()
		for i in range(10):
		    c = Control(sys.argv[1])
		    c.s.setblocking(False)
		    try:
		        while True:
		            c.s.send(b"status\nmetrics\n" * 30)
		    except BlockingIOError:
		        pass
		    except (BrokenPipeError, ConnectionResetError):
		        pass
		    stuck.append(c)
		with Control(sys.argv[1]) as c:
		    assert c.ask("ping")[1] == ".ok"
		if "SUPERD_SANITIZERS" not in os.environ:
		    assert memory() - before < 10 * 128, memory() - before
		# They are let go after half a minute.
		deadline = time.time() + 50
		while time.time() < deadline:
		    with Control(sys.argv[1]) as c:
		        names = os.listdir("/proc/%s/fd" % sys.argv[2])
		    time.sleep(1)
		    if stuck[0].has_hung_up() and stuck[-1].has_hung_up():
		        break
		else:
		    sys.exit("they are still there")
	PYTHON
	serves
}

@test "a thousand callers at once take nobody's place for long" {
	need_files 3000
	with_control
	client "$CONTROL" "$(superd_port it)" <<-'PYTHON'
		crowd = []
		while len(crowd) < 1000:
		    c = Control(sys.argv[1])
		    crowd.append(c)
		    if len(crowd) % 100 == 50:
		        c.s.sendall(b"half a requ")
		with Control(sys.argv[1]) as c:
		    assert c.ask("ping")[1] == ".ok"
		assert ask(sys.argv[2], b"x") == b"x"
		# The last ones are there, the first had to go.
		last = crowd[-1].ask("ping")
		assert last[1] == ".ok", last
		assert crowd[0].is_closed()
	PYTHON
	serves
}

@test "callers that come and go in a storm leave nothing behind" {
	with_control
	local before
	before=$(find "/proc/$SUPERD_PID/fd" -mindepth 1 | wc -l)
	client "$CONTROL" <<-'PYTHON'
		import random
		random.seed(5)
		words = [b"ping", b"status", b"list", b"metrics", b"bans", b"events",
		         b"show\t1", b"nonsense", b"list\tit", b"log-level"]
		for i in range(1500):
		    c = Control(sys.argv[1])
		    line = b"\n".join(random.choice(words)
		                      for n in range(random.randrange(1, 4))) + b"\n"
		    line = bytearray(line)
		    for n in range(random.randrange(3)):
		        line[random.randrange(len(line))] = random.randrange(256)
		    c.s.sendall(line)
		    if random.random() < 0.3:
		        c.s.shutdown(socket.SHUT_WR)
		    if random.random() < 0.5:
		        c.s.settimeout(0.02)
		        try:
		            c.s.recv(random.randrange(1, 5000))
		        except socket.timeout:
		            pass
		    c.s.close()
	PYTHON
	serves
	as_before() {
		[ "$(find "/proc/$SUPERD_PID/fd" -mindepth 1 | wc -l)" -le "$before" ]
	}
	wait_for as_before
}

@test "clients are served while callers keep superd busy" {
	with_control
	client "$CONTROL" "$(superd_port it)" <<-'PYTHON'
		import threading
		stop = False
		def pester():
		    while not stop:
		        with Control(sys.argv[1]) as c:
		            c.ask("metrics")
		            c.ask("status")
		crowd = [threading.Thread(target=pester) for i in range(4)]
		for t in crowd:
		    t.start()
		try:
		    for i in range(200):
		        assert ask(sys.argv[2], b"hello") == b"hello"
		finally:
		    stop = True
		for t in crowd:
		    t.join()
	PYTHON
}

# as_user NAME[:GROUP] REQUEST: what the socket answers this user.
as_user() {
	local user=${1%%:*} group=${1#*:}
	shift
	PYTHONPATH=$TOP_SRCDIR/tests PYTHONDONTWRITEBYTECODE=1 \
	    setpriv --reuid "$user" --regid "$user_gid" --groups "$group" \
	    "$(program python3)" -c '
import sys
sys.path.insert(0, "'"$SCRIPTS"'")
from client import *
c = Control(sys.argv[1])
print(c.ask(sys.argv[2].replace(" ", "\t"))[1])
' "$CONTROL" "$1"
}

@test "root may act, members of the groups may act or look, others nothing" {
	need_root
	need setpriv
	cp "$TOP_SRCDIR/tests/client.py" "$SCRIPTS/client.py"
	user_gid=65534
	with_control "control_group = 4401" "control_admin_group = 4402"
	[ "$(as_user root:0 "pause it")" = .ok ]
	[ "$(as_user 65534:4402 "resume it")" = .ok ]
	[ "$(as_user 65534:4401 "status")" = .ok ]
	[ "$(as_user 65534:4401 "events nothing")" != .ok ]
	[[ $(as_user 65534:4401 "pause it") == ".error denied "*control_admin_group* ]]
	[[ $(as_user 65534:4401 "log-level debug") == ".error denied "* ]]
	[ "$(as_user 65534:4401 "log-level")" = .ok ]
	[[ $(as_user 65534:4403 "ping") == ".error denied "*control_group* ]]
	# Its own group counts as any other.
	user_gid=4402
	[ "$(as_user 65534:4403 "reload")" = .ok ]
	logged 'control.command command="resume it" uid=65534'
	logged 'control.command command="pause it" uid=65534 result=denied'
}

@test "without groups nobody but the owner can even connect" {
	need_root
	need setpriv
	cp "$TOP_SRCDIR/tests/client.py" "$SCRIPTS/client.py"
	user_gid=65534
	with_control
	[ "$(stat -c %a "$CONTROL")" = 600 ]
	run -1 as_user 65534:0 ping
	[[ $output == *PermissionError* ]]
}

@test "one user cannot keep all the others out" {
	need_root
	need setpriv
	cp "$TOP_SRCDIR/tests/client.py" "$SCRIPTS/client.py"
	with_control "control_group = 4401"
	PYTHONPATH=$SCRIPTS PYTHONDONTWRITEBYTECODE=1 setpriv --reuid 65534 \
	    --regid 4401 --clear-groups "$(program python3)" -u -c '
from client import *
crowd = [Control(sys.argv[1]) for i in range(40)]
for c in crowd:
    try:
        c.s.sendall(b"events\n")
    except OSError:
        pass
say("there")
until_told()
' "$CONTROL" >"$BATS_TEST_TMPDIR/crowd" < <(sleep 20) &
	local crowd=$!
	wait_for grep -q there "$BATS_TEST_TMPDIR/crowd"
	serves
	kill "$crowd"
}

@test "the socket moves, changes its mode, and goes with a reload" {
	with_control
	sed -i "s|^control = .*|&.2|" "$CONF"
	"$SUPERCTL" -s "$CONTROL" reload
	wait_for test -S "$CONTROL.2"
	[ ! -e "$CONTROL" ]
	[[ $("$SUPERCTL" -s "$CONTROL.2" ping) == *running* ]]
	sed -i "s|^control = .*|&\ncontrol_mode = 0666|" "$CONF"
	"$SUPERCTL" -s "$CONTROL.2" reload
	[ "$(stat -c %a "$CONTROL.2")" = 666 ]
	sed -i "/^control/d" "$CONF"
	"$SUPERCTL" -s "$CONTROL.2" reload
	[ ! -e "$CONTROL.2" ]
	[ "$(ask "$(superd_port it)" x)" = x ]
}

@test "a socket that cannot be made refuses the reload, and the start" {
	with_control
	sed -i "s|^control = .*|control = $SCRIPTS/no/such/dir/x|" "$CONF"
	run -3 "$SUPERCTL" -s "$CONTROL" reload
	[[ $output == *"control"*"no/such/dir"* ]]
	serves
	kill -TERM "$SUPERD_PID"
	wait_for superd_is_gone
	[ ! -e "$CONTROL" ]
	run superd_start
	[ "$status" != 0 ]
	[[ $output == *"control: cannot listen on unix:$SCRIPTS/no/such/dir/x"* ]]
}

@test "an upgrade keeps the socket, and who waits at it" {
	with_control
	"$SUPERCTL" -s "$CONTROL" pause it
	stat -c %i "$CONTROL" >"$BATS_TEST_TMPDIR/before"
	"$SUPERCTL" -s "$CONTROL" upgrade
	stat -c %i "$CONTROL" | cmp - "$BATS_TEST_TMPDIR/before"
	[[ $("$SUPERCTL" -s "$CONTROL" status it) == *paused* ]]
	"$SUPERCTL" -s "$CONTROL" resume it
	serves
}

@test "control = auto is below XDG_RUNTIME_DIR for who is not root" {
	[ "$(id -u)" != 0 ] || need setpriv
	CONF=$SCRIPTS/superd.ini
	superd_daemon "control = auto"
	superd_service it /bin/cat
	[ "$(id -u)" != 0 ] || sed -i '/^user = /d' "$CONF"
	[ "$(id -u)" != 0 ] || superd_wrap setpriv --reuid 65534 --regid 65534 \
	    --clear-groups
	chmod 644 "$CONF"
	mkdir "$SCRIPTS/run"
	[ "$(id -u)" != 0 ] || chown 65534:65534 "$SCRIPTS/run"
	XDG_RUNTIME_DIR=$SCRIPTS/run superd_start
	CONTROL=$SCRIPTS/run/superd/control.sock
	[ "$(stat -c %a "$SCRIPTS/run/superd")" = 755 ]
	serves
}

@test "a reload that changes the groups changes what open callers may do" {
	need_root
	need setpriv
	cp "$TOP_SRCDIR/tests/client.py" "$SCRIPTS/client.py"
	with_control "control_admin_group = 4402"
	PYTHONPATH=$SCRIPTS PYTHONDONTWRITEBYTECODE=1 setpriv --reuid 65534 \
	    --regid 4402 --clear-groups "$(program python3)" -u -c '
from client import *
with Control(sys.argv[1]) as c:
    say(c.ask("pause", "it")[1])
    while c.ask("log-level")[1] == ".ok":
        time.sleep(0.1)
    say(c.answer() if c.data else "denied")
' "$CONTROL" >"$BATS_TEST_TMPDIR/caller" &
	wait_for grep -q ".ok" "$BATS_TEST_TMPDIR/caller"
	sed -i "/^control_admin_group/d; s|^control = .*|&\ncontrol_mode = 0666|" \
	    "$CONF"
	"$SUPERCTL" -s "$CONTROL" reload
	wait_for grep -q denied "$BATS_TEST_TMPDIR/caller"
}

@test "services are served while others ask what costs most" {
	local i
	superd_daemon "control = $CONTROL" "max_sources = 100000"
	superd_service it /bin/cat
	for ((i = 0; i < 500; i++)); do
		LISTEN=unix:@superd-test-$$-$i superd_service "s$i" /bin/cat \
		    "stderr = null"
	done
	superd_start
	client "$CONTROL" "$(superd_port it)" <<-'PYTHON'
		crowd = [Control(sys.argv[1]) for i in range(40)]
		for c in crowd:
		    c.s.setblocking(False)
		    try:
		        while True:
		            c.s.send(b"status\tno-such-service\nbans\nshow\t7\n" * 20)
		    except BlockingIOError:
		        pass
		times = []
		for i in range(60):
		    began = time.time()
		    assert ask(sys.argv[2], b"x") == b"x"
		    times.append(time.time() - began)
		    for c in crowd:
		        try:
		            c.s.recv(65536)
		            c.s.send(b"status\tno-such-service\nbans\nshow\t7\n" * 9)
		        except (BlockingIOError, BrokenPipeError):
		            pass
		print(sorted(times)[30])
		assert sorted(times)[30] < 1
	PYTHON
}

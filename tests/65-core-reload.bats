#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# SIGHUP: a new configuration is in force whole, or not at all.
load helpers

bats_require_minimum_version 1.5.0

teardown() {
	superd_end
}

# hup: SIGHUP, and waits until superd has said what came of it.
hup() {
	local before
	before=$(count_logged "superd.reload")
	kill -HUP "$SUPERD_PID"
	wait_for has_logged $((before + 1)) "superd.reload"
}

accepted() {
	hup
	refute_refused
}

refute_refused() {
	local last
	last=$(grep "superd.reload" "$SUPERD_ERR" | tail -n 1)
	[[ $last != *refused* ]] || {
		cat "$SUPERD_ERR"
		return 1
	}
}

refused() {
	hup
	[[ $(grep "superd.reload" "$SUPERD_ERR" | tail -n 1) == *refused* ]]
}

# serves PORT TEXT: what comes back for "x".
serves() {
	[ "$(ask "$1" x)" = "$2" ]
}

refuses() {
	client "$1" <<-'PYTHON'
		try:
		    connect(sys.argv[1]).close()
		    sys.exit(1)
		except ConnectionRefusedError:
		    pass
	PYTHON
}

# line_of TEXT: where it stands in the file.
line_of() {
	awk -v text="$1" 'index($0, text) { print NR; exit }' "$CONF"
}

# free_port: one that nobody has now, at any address. It is none of those
# that the kernel gives to clients, who come and go.
free_port() {
	client <<-'PYTHON'
		import random
		while True:
		    port = random.randrange(10000, 30000)
		    try:
		        s = socket.create_server(("", port))
		        s.close()
		        if socket.has_dualstack_ipv6():
		            socket.create_server(("", port), family=socket.AF_INET6,
		                                 dualstack_ipv6=True).close()
		        break
		    except OSError:
		        continue
		print(port)
	PYTHON
}

say() {
	script "$1" <<-EOT
		#!/bin/sh
		echo "$2"
		cat >/dev/null
	EOT
}

@test "services come, go and stay" {
	superd_service stays /bin/cat
	superd_service goes /bin/cat
	superd_start
	stays=$(superd_port stays) goes=$(superd_port goes)
	comes=$(free_port)
	superd_daemon
	superd_service stays /bin/cat
	LISTEN=127.0.0.1:$comes superd_service comes /bin/cat
	accepted
	serves "$stays" x
	serves "$comes" x
	wait_for refuses "$goes"
	wait_for logged "superd.unlisten service=goes address=127.0.0.1:$goes"
	logged "superd.listen service=comes address=127.0.0.1:$comes"
	logged "superd.reload .*generation=2 services=2 opened=1 kept=1 retired=1"
	superd_stop
}

@test "handlers live on under the configuration that they began in" {
	say old before
	say new after
	superd_service it "$SCRIPTS/old" "kill_grace = 1s"
	superd_start
	client_start "$(superd_port it)" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert read_line(s) == b"before\n"
		say("open")
		until_told()
		assert read_line(connect(sys.argv[1])) == b"after\n"
		s.shutdown(socket.SHUT_WR)
		assert read_all(s) == b""
		say("ended well")
	PYTHON
	superd_daemon
	superd_service it "$SCRIPTS/new"
	accepted
	client_end
	grep -q "ended well" "$CLIENT_OUT"
	wait_for has_handlers 0
	logged "conn.close service=it connection=1 .*status=exit:0"
}

@test "a service that went is accounted for to its last handler" {
	superd_service keeps /bin/cat
	superd_service goes /bin/cat
	superd_start
	client_start "$(superd_port goes)" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		say("open")
		until_told()
		assert echoes(s)
	PYTHON
	superd_daemon
	superd_service keeps /bin/cat
	accepted
	accepted
	has_handlers 1
	client_end
	wait_for logged "conn.close service=goes"
}

@test "a service that comes back has its connections counted on" {
	superd_service it /bin/cat "max_connections = 1" "over_limit = refuse"
	superd_service other /bin/cat
	superd_start
	port=$(superd_port it)
	client_start "$port" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		say("open")
		until_told()
	PYTHON
	superd_daemon
	superd_service other /bin/cat
	accepted
	wait_for refuses "$port"
	superd_daemon
	LISTEN=127.0.0.1:$port superd_service it /bin/cat \
	    "max_connections = 1" "over_limit = refuse"
	superd_service other /bin/cat
	accepted
	client "$port" <<<'assert let_go(sys.argv[1])'
	logged "conn.refuse service=it .*reason=max_connections"
	client_end
	wait_for has_handlers 0
	serves "$port" x
}

@test "every mistake is in the log with its place, and nothing changes" {
	superd_service it /bin/cat
	superd_start
	port=$(superd_port it)
	superd_daemon "max_conections = 3"
	superd_service it /bin/nothing
	refused
	logged "config.mistake file=\"*[^ ]*superd.ini\"* line=3 .*max_conections"
	logged "config.mistake .*line=$(line_of /bin/nothing) .*/bin/nothing"
	serves "$port" x
	printf '[superd' >"$CONF"
	refused
	serves "$port" x
	printf '[superd]\ninclude = nowhere/*.ini more.ini\n' >"$CONF"
	refused
	serves "$port" x
	rm "$CONF"
	refused
	serves "$port" x
	superd_daemon
	superd_service it /bin/cat
	accepted
	logged "superd.reload .*generation=2 "
	serves "$port" x
}

@test "a port that is taken: nothing of the new file happens" {
	superd_service it /bin/cat
	superd_start
	port=$(superd_port it) early=$(free_port)
	client_start <<-'PYTHON'
		s = socket.socket()
		s.bind((HOST, 0))
		s.listen()
		say(s.getsockname()[1])
		until_told()
	PYTHON
	taken=$(cat "$CLIENT_OUT")
	files=$(open_files)
	superd_daemon
	LISTEN=127.0.0.1:$early superd_service early /bin/cat
	LISTEN=127.0.0.1:$taken superd_service it /bin/cat
	refused
	logged "config.mistake .*line=$(line_of ":$taken") .*:$taken: somebody else"
	serves "$port" x
	refuses "$early"
	[ "$(open_files)" = "$files" ]
	client_end
	accepted
	serves "$early" x
	serves "$taken" x
}

@test "a log or a pid file that cannot be had is a refusal, too" {
	superd_service it /bin/cat
	superd_start
	port=$(superd_port it) other=$(free_port)
	superd_daemon "log = /nowhere/at/all.log"
	LISTEN=127.0.0.1:$other superd_service it /bin/cat
	refused
	logged "config.mistake .*/nowhere/at/all.log"
	superd_daemon "pidfile = /dev/null"
	LISTEN=127.0.0.1:$other superd_service it /bin/cat
	refused
	[ -c /dev/null ]
	superd_daemon "pidfile = /nowhere/at/all.pid"
	LISTEN=127.0.0.1:$other superd_service it /bin/cat
	refused
	logged "config.mistake .*/nowhere/at/all.pid"
	serves "$port" x
	refuses "$other"
}

@test "log, level, format and pid file follow the file" {
	superd_daemon "pidfile = $BATS_TEST_TMPDIR/one.pid"
	superd_service it /bin/cat
	superd_start
	port=$(superd_port it)
	LOG_LEVEL=warning superd_daemon "pidfile = $BATS_TEST_TMPDIR/two.pid"
	superd_service it /bin/cat
	kill -HUP "$SUPERD_PID"
	wait_for test -f "$BATS_TEST_TMPDIR/two.pid"
	[ "$(cat "$BATS_TEST_TMPDIR/two.pid")" = "$SUPERD_PID" ]
	wait_for test ! -e "$BATS_TEST_TMPDIR/one.pid"
	serves "$port" x
	refute logged "conn.open"
	superd_daemon "log = $BATS_TEST_TMPDIR/log" "log_format = json"
	superd_service it /bin/cat
	kill -HUP "$SUPERD_PID"
	wait_for grep -q '"event":"superd.reload"' "$BATS_TEST_TMPDIR/log"
	wait_for test ! -e "$BATS_TEST_TMPDIR/two.pid"
	serves "$port" x
	wait_for grep -q '"event":"conn.close"' "$BATS_TEST_TMPDIR/log"
}

@test "limits follow: who waits gets in when there is room" {
	superd_service it /bin/cat "max_connections = 1"
	superd_start
	client_start "$(superd_port it)" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		late = connect(sys.argv[1])
		late.sendall(b"here\n")
		say("one waits")
		until_told()
		assert read_line(late) == b"here\n"
		assert echoes(s)
		say("both served")
	PYTHON
	wait_for logged service.full
	superd_daemon
	superd_service it /bin/cat "max_connections = 2"
	accepted
	client_end
	grep -q "both served" "$CLIENT_OUT"
}

@test "the daemon's max_connections grows with connections open" {
	need_files 7000
	superd_daemon "max_connections = 2"
	superd_service it /bin/cat "max_connections = 10000"
	superd_start
	client_start "$(superd_port it)" <<-'PYTHON'
		socks = [connect(sys.argv[1]) for i in range(2)]
		assert all(echoes(s) for s in socks)
		socks += [connect(sys.argv[1]) for i in range(60)]
		say("two served")
		until_told()
		assert all(echoes(s) for s in socks)
		say("all served")
	PYTHON
	superd_daemon "max_connections = 9000"
	superd_service it /bin/cat "max_connections = 10000"
	accepted
	superd_daemon "max_connections = 5"
	superd_service it /bin/cat "max_connections = 10000"
	client_end
	grep -q "all served" "$CLIENT_OUT"
	wait_for has_handlers 0
	accepted
	serves "$(superd_port it)" x
}

@test "counts by source and bans outlive a reload" {
	superd_service it /bin/false "ban_after = 2/1m" "ban_on = exit:1"
	superd_start
	port=$(superd_port it)
	client "$port" <<-'PYTHON'
		for i in range(2):
		    let_go(sys.argv[1])
	PYTHON
	wait_for logged source.banned
	superd_daemon
	superd_service it /bin/cat "ban_after = 2/1m"
	accepted
	client "$port" <<<'assert let_go(sys.argv[1])'
	logged "conn.refuse .*reason=banned"
}

@test "options of a socket that stays are applied to it" {
	script options <<-'EOT'
		#!/usr/bin/env python3
		import socket
		s = socket.socket(fileno=0)
		print(s.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
		      s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY),
		      s.getsockopt(socket.IPPROTO_IP, socket.IP_TOS),
		      s.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 131072)
	EOT
	superd_service it "$SCRIPTS/options"
	superd_start
	port=$(superd_port it)
	[ "$(ask "$port" "")" = "1 1 0 False" ]
	superd_daemon
	superd_service it "$SCRIPTS/options" "keepalive = no" "nodelay = no" \
	    "tos = 16" "send_buffer = 64k"
	accepted
	[ "$(ask "$port" "")" = "0 0 16 True" ]
	logged "superd.reload .*kept=1"
	superd_daemon
	superd_service it "$SCRIPTS/options"
	sed -i "s/127.0.0.1:0/127.0.0.1:$port/" "$CONF"
	accepted
	[ "$(ask "$port" "")" = "1 1 0 False" ]
}

@test "owner and mode of a unix socket follow the file" {
	LISTEN=unix:$BATS_TEST_TMPDIR/sock superd_service it /bin/cat
	superd_start
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/sock")" = 660 ]
	inode=$(stat -c %i "$BATS_TEST_TMPDIR/sock")
	superd_daemon
	LISTEN=unix:$BATS_TEST_TMPDIR/sock superd_service it /bin/cat \
	    "socket_mode = 0600" "socket_group = $(id -gn)"
	accepted
	[ "$(stat -c %a "$BATS_TEST_TMPDIR/sock")" = 600 ]
	[ "$(stat -c %i "$BATS_TEST_TMPDIR/sock")" = "$inode" ]
	if [ "$(id -u)" = 0 ]; then
		for keys in "socket_user = nobody" "socket_mode = 0600"; do
			superd_daemon
			LISTEN=unix:$BATS_TEST_TMPDIR/sock superd_service it \
			    /bin/cat "$keys"
			accepted
			stat -c %U "$BATS_TEST_TMPDIR/sock" >>"$BATS_TEST_TMPDIR/owners"
		done
		[ "$(tr "\n" " " <"$BATS_TEST_TMPDIR/owners")" = "nobody root " ]
	fi
	client "$BATS_TEST_TMPDIR/sock" <<<'assert ask(sys.argv[1], b"x") == b"x"'
	superd_stop
	[ ! -e "$BATS_TEST_TMPDIR/sock" ]
}

@test "a unix path that somebody has removed is made again" {
	LISTEN=unix:$BATS_TEST_TMPDIR/sock superd_service it /bin/cat
	superd_start
	rm "$BATS_TEST_TMPDIR/sock"
	accepted
	client "$BATS_TEST_TMPDIR/sock" <<<'assert ask(sys.argv[1], b"x") == b"x"'
	superd_stop
	[ ! -e "$BATS_TEST_TMPDIR/sock" ]
}

@test "an address moves from one service to another" {
	say one one
	say two two
	superd_service one "$SCRIPTS/one"
	superd_start
	port=$(superd_port one)
	sed -i "s/127.0.0.1:0/127.0.0.1:$port/" "$CONF"
	accepted
	sed -i "s/^\[one\]/[two]/; s,scripts/one,scripts/two,; s,/one\$,/two," "$CONF"
	accepted
	serves "$port" two
	logged "conn.open service=two"
}

@test "a wildcard takes over from an address, and back" {
	port=$(free_port)
	LISTEN=127.0.0.1:$port superd_service it /bin/cat
	superd_start
	client_start "$port" <<-'PYTHON'
		s = connect(sys.argv[1])
		assert echoes(s)
		say("open")
		until_told()
		assert echoes(s)
	PYTHON
	for listen in "0.0.0.0:$port" "127.0.0.1:$port" "$port" \
	    "127.0.0.1:$port"; do
		superd_daemon
		LISTEN=$listen superd_service it /bin/cat
		accepted
		serves "$port" x
	done
	client_end
	superd_daemon
	LISTEN=127.0.0.1:$port superd_service it /bin/cat
	accepted
	# Nobody else may join what was shared for an instant.
	client "$port" <<-'PYTHON'
		s = socket.socket()
		try:
		    s.bind(("127.0.0.1", int(sys.argv[1])))
		    sys.exit(1)
		except OSError as e:
		    assert e.errno == errno.EADDRINUSE
	PYTHON
}

@test "v6only changes without a gap" {
	need_ipv6
	port=$(free_port)
	LISTEN="[::1]:$port" superd_service it /bin/cat
	superd_start
	for value in no yes no; do
		superd_daemon
		LISTEN="[::]:$port" superd_service it /bin/cat "v6only = $value"
		accepted
		client "$port" <<<'assert ask(sys.argv[1], b"x", "::1") == b"x"'
	done
	serves "$port" x
}

@test "clients at a wildcard that comes and goes are never refused" {
	port=$(free_port)
	LISTEN=127.0.0.1:$port superd_service it /bin/cat
	superd_start
	client_start "$port" <<-'PYTHON'
		import threading
		stop, wrong, count = [], [], [0]
		def run():
		    while not stop:
		        try:
		            if ask(sys.argv[1], b"x") != b"x":
		                wrong.append("answer")
		            count[0] += 1
		        except OSError as e:
		            wrong.append(e)
		threads = [threading.Thread(target=run) for i in range(4)]
		for t in threads: t.start()
		say("running")
		until_told()
		stop.append(1)
		for t in threads: t.join()
		say(count[0], wrong[:3])
		assert not wrong and count[0] > 20
	PYTHON
	for _ in 1 2 3; do
		for listen in "0.0.0.0:$port" "127.0.0.1:$port"; do
			superd_daemon
			LISTEN=$listen superd_service it /bin/cat
			accepted
		done
	done
	client_end
}

@test "a storm of HUPs under load loses nobody" {
	local count=4000
	[ -z "${SUPERD_SANITIZERS-}" ] || count=800
	need_files 1000
	superd_service echo "$HANDLER_DIR/echo"
	superd_start
	timeout 100 "$TOP_BUILDDIR/tests/bench/load" -c 32 -n "$count" \
	    "$(superd_port echo)" >"$BATS_TEST_TMPDIR/load" 3>&- &
	job=$!
	while kill -0 "$job" 2>/dev/null; do
		kill -HUP "$SUPERD_PID"
		sleep 0.01
	done
	wait "$job"
	grep -q " right=$count " "$BATS_TEST_TMPDIR/load"
	[ "$(count_logged superd.reload)" -gt 5 ]
	refute logged refused
}

@test "hundreds of reloads leave nothing behind" {
	superd_service one /bin/cat "allow = 127.0.0.0/8"
	superd_service two /bin/cat
	superd_start
	change() {
		for _ in $(seq "$1"); do
			superd_daemon
			superd_service one /bin/cat "allow = 127.0.0.0/8"
			superd_service two /bin/cat "rate = 5/s"
			superd_service three /bin/cat
			hup
			superd_daemon
			superd_service one /bin/cat
			superd_service two /bin/cat
			hup
		done
	}
	change 5
	wait_for has_logged 5 superd.unlisten
	files=$(open_files)
	rss=$(rss_kb)
	change 60
	wait_for has_logged 65 superd.unlisten
	refute logged refused
	[ "$(open_files)" = "$files" ]
	echo "$rss $(rss_kb)"
	[ -n "${SUPERD_SANITIZERS-}" ] || [ $(($(rss_kb) - rss)) -lt 200 ]
}

@test "superd --reload finds the running one by its pid file" {
	superd_daemon "pidfile = $BATS_TEST_TMPDIR/superd.pid"
	superd_service it /bin/cat
	superd_start
	run -0 "$SUPERD" -q -c "$CONF" --reload
	wait_for logged "superd.reload .*generation=2"
	superd_service it2 /bin/nothing
	run -3 "$SUPERD" -c "$CONF" --reload
	[[ $output == *"/bin/nothing"* ]]
	superd_daemon "pidfile = $BATS_TEST_TMPDIR/superd.pid"
	superd_service it /bin/cat
	superd_stop
	run -1 "$SUPERD" -q -c "$CONF" --reload
	[[ $output == *"superd.pid': no superd runs with it"* ]]
	superd_daemon
	superd_service it /bin/cat
	run -1 "$SUPERD" -q -c "$CONF" --reload
	[[ $output == *"no pidfile"* ]]
}

@test "paths are relative to where superd was started" {
	superd_service it /bin/cat
	cd "$BATS_TEST_TMPDIR"
	CONF=superd.ini superd_start
	accepted
	serves "$(superd_port it)" x
}

@test "without a file there is nothing to read again" {
	timeout 60 "$SUPERD" -l 127.0.0.1:0 --set user="$(id -un)" \
	    --ready-fd 9 -- /bin/cat 9>"$BATS_TEST_TMPDIR/port" \
	    2>"$SUPERD_ERR" 3>&- &
	SUPERD_JOB=$! SUPERD_PID=
	wait_for test -s "$BATS_TEST_TMPDIR/port"
	kill -HUP "$SUPERD_JOB"
	wait_for logged "superd.reload.refused .*without a file"
	kill "$SUPERD_JOB"
	wait "$SUPERD_JOB"
}

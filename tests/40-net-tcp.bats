#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# TCP sockets as clients and other programs see them.
load helpers

bats_require_minimum_version 1.5.0

teardown() {
	superd_end
}

# A program that holds a port: $HELD is its number, until client_end.
hold_port() {
	client_start <<-'PYTHON'
		s = socket.socket()
		s.bind((HOST, 0))
		s.listen()
		say(s.getsockname()[1])
		until_told()
	PYTHON
	HELD=$(cat "$CLIENT_OUT")
}

# starts_not: superd must say so and end with 1, without listening.
starts_not() {
	run -1 timeout 20 "$SUPERD" -c "$CONF"
	refute grep -q superd.ready <<<"$output"
}

# option_handler NAME...: a handler that prints these options of its socket.
option_handler() {
	need python3
	{
		printf '#!%s\n' "$(program python3)"
		cat <<-'PYTHON'
			import os, socket, sys
			s = socket.socket(fileno=0)
			for name in sys.argv[1:]:
			    level, _ = name.split("_", 1)
			    level = {"SO": socket.SOL_SOCKET, "IP": socket.IPPROTO_IP,
			             "TCP": socket.IPPROTO_TCP,
			             "IPV6": socket.IPPROTO_IPV6}[level]
			    print(name, s.getsockopt(level, getattr(socket, name)))
			print("blocking", os.get_blocking(0))
		PYTHON
	} | script options
}

@test "a service on an IPv4 address answers there" {
	superd_service echo /bin/cat
	superd_start
	grep -qx 'echo 127.0.0.1:[1-9][0-9]*' "$BATS_TEST_TMPDIR/ports"
	[ "$(ask "$(superd_port echo)" hello)" = hello ]
	superd_stop
}

@test "a service on an IPv6 address answers there" {
	need_ipv6
	LISTEN='[::1]:0' superd_service echo /bin/cat
	superd_start
	grep -qx 'echo \[::1\]:[1-9][0-9]*' "$BATS_TEST_TMPDIR/ports"
	[ "$(client "$(superd_port echo)" <<<'print(ask(sys.argv[1], b"hello", "::1"))')" = "b'hello'" ]
	superd_stop
}

@test "a bare port listens on IPv4 and IPv6 under one number" {
	need_ipv6
	LISTEN=0 superd_service where "/bin/cat /proc/self/environ"
	superd_start
	[ "$(superd_port where 1)" = "$(superd_port where 2)" ]
	grep -qx 'where 0\.0\.0\.0:[1-9][0-9]*' "$BATS_TEST_TMPDIR/ports"
	grep -qx 'where \[::\]:[1-9][0-9]*' "$BATS_TEST_TMPDIR/ports"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/ports")" = 2 ]
	client "$(superd_port where)" <<-'PYTHON'
		four = ask(sys.argv[1]).split(b"\0")
		six = ask(sys.argv[1], host="::1").split(b"\0")
		assert b"TCPREMOTEIP=127.0.0.1" in four, four
		assert b"TCPREMOTEIP=::1" in six, six
	PYTHON
}

@test "a bare port that is taken on IPv4 is not half opened" {
	need_ipv6
	hold_port
	LISTEN=$HELD superd_service echo /bin/cat
	starts_not
	[[ $output = *":$HELD: somebody else listens there"* ]]
	client_end
}

@test "a service with several addresses answers on each" {
	LISTEN="127.0.0.1:0, 127.0.0.2:0, unix:@superd-$$-$RANDOM" \
	    superd_service echo /bin/cat
	superd_start
	[ "$(wc -l <"$BATS_TEST_TMPDIR/ports")" = 3 ]
	client "$(superd_port echo)" "$(superd_port echo 2)" \
	    "$(superd_port echo 3)" <<-'PYTHON'
		assert ask(sys.argv[1], b"one") == b"one"
		assert ask(sys.argv[2], b"two", "127.0.0.2") == b"two"
		assert ask(sys.argv[3], b"three") == b"three"
	PYTHON
}

@test "with v6only = no an IPv6 socket serves IPv4 under its own name" {
	need_ipv6
	LISTEN='[::]:0' superd_service where "/bin/cat /proc/self/environ" \
	    "v6only = no"
	superd_start
	client "$(superd_port where)" <<-'PYTHON'
		four = ask(sys.argv[1]).split(b"\0")
		assert b"TCPREMOTEIP=127.0.0.1" in four, four
		assert b"TCPLOCALIP=127.0.0.1" in four, four
	PYTHON
}

@test "with v6only = yes an IPv6 socket refuses IPv4" {
	need_ipv6
	LISTEN='[::]:0' superd_service echo /bin/cat
	superd_start
	client "$(superd_port echo)" <<-'PYTHON'
		assert ask(sys.argv[1], b"six", "::1") == b"six"
		try:
		    connect(sys.argv[1])
		    sys.exit("IPv4 is served")
		except ConnectionRefusedError:
		    pass
	PYTHON
}

@test "a client that has ended its sending gets all of 10 MB" {
	script answer <<-'EOT'
		#!/bin/sh
		cat >/dev/null
		exec head -c 10485760 /dev/zero
	EOT
	superd_service answer "$SCRIPTS/answer"
	superd_start
	client "$(superd_port answer)" <<-'PYTHON'
		got = ask(sys.argv[1], b"now")
		assert len(got) == 10485760, len(got)
	PYTHON
	wait_for logged "conn.close service=answer .*status=exit:0"
}

@test "a handler that closes the connection ends it while it lives on" {
	script leave <<-'EOT'
		#!/bin/sh
		echo bye
		exec >&- <&- && exec sleep 60
	EOT
	superd_service leave "$SCRIPTS/leave"
	superd_start
	client "$(superd_port leave)" <<-'PYTHON'
		with connect(sys.argv[1]) as s:
		    assert read_all(s) == b"bye\n"
	PYTHON
	has_handlers 1
	superd_stop
}

@test "a handler that shuts its sending down still gets what is sent" {
	need python3
	{
		printf '#!%s\n' "$(program python3)"
		cat <<-'PYTHON'
			import os, socket, sys
			s = socket.socket(fileno=os.dup(1))
			s.sendall(b"done\n")
			s.shutdown(socket.SHUT_WR)
			sys.stderr.write("got %d bytes\n" % len(sys.stdin.read()))
		PYTHON
	} | script half
	superd_service half "$SCRIPTS/half"
	superd_start
	client "$(superd_port half)" <<-'PYTHON'
		with connect(sys.argv[1]) as s:
		    assert read_all(s) == b"done\n"
		    s.sendall(bytes(1000000))
	PYTHON
	wait_for logged 'handler.stderr service=half .*text="got 1000000 bytes"'
}

@test "small answers go at once and dead clients are found, by default" {
	option_handler
	superd_service plain "$SCRIPTS/options TCP_NODELAY SO_KEEPALIVE TCP_KEEPIDLE SO_REUSEPORT"
	superd_start
	run ask "$(superd_port plain)" ""
	[ "$output" = "$(printf '%s\n' "TCP_NODELAY 1" "SO_KEEPALIVE 1" \
	    "TCP_KEEPIDLE 120" "SO_REUSEPORT 0" "blocking True")" ]
}

@test "what a service says of its sockets holds for its connections" {
	option_handler
	superd_service tuned "$SCRIPTS/options TCP_NODELAY SO_KEEPALIVE IP_TOS SO_RCVBUF" "nodelay = no" "keepalive = no" "tos = 16" \
	    "receive_buffer = 16k"
	superd_start
	run ask "$(superd_port tuned)" ""
	[ "$output" = "$(printf '%s\n' "TCP_NODELAY 0" "SO_KEEPALIVE 0" \
	    "IP_TOS 16" "SO_RCVBUF 32768" "blocking True")" ]
}

@test "mark and device are set on the connections" {
	need_root "to mark packets"
	option_handler
	superd_service marked "$SCRIPTS/options SO_MARK" "mark = 4660" \
	    "device = lo"
	superd_start
	run ask "$(superd_port marked)" ""
	[ "$output" = "$(printf '%s\n' "SO_MARK 4660" "blocking True")" ]
}

@test "a handler that makes its socket non-blocking disturbs nobody" {
	need python3
	{
		printf '#!%s\n' "$(program python3)"
		cat <<-'PYTHON'
			import os
			print(os.get_blocking(0), os.get_blocking(2), flush=True)
			os.set_blocking(0, False)
			os.set_blocking(2, False)
		PYTHON
	} | script rude
	superd_service rude "$SCRIPTS/rude"
	superd_start
	for _ in 1 2 3; do
		[ "$(ask "$(superd_port rude)" "")" = "True True" ]
	done
}

@test "a port in use: exit status 1, and the address in the message" {
	hold_port
	LISTEN=127.0.0.1:$HELD superd_service echo /bin/cat
	starts_not
	[[ $output = *"$CONF:"[0-9]*": service 'echo': cannot listen on 127.0.0.1:$HELD: somebody else listens there"* ]]
	client_end
}

@test "when the last of many services cannot listen none does" {
	hold_port
	for i in 1 2 3; do
		superd_service "s$i" /bin/cat
	done
	LISTEN=127.0.0.1:$HELD superd_service last /bin/cat
	starts_not
	[[ $output = *"service 'last'"* ]]
	client_end
}

@test "with reuseport two superds share a port" {
	superd_service echo /bin/cat "reuseport = yes"
	superd_start
	local first=$SUPERD_PID first_job=$SUPERD_JOB
	sed -i "s/127.0.0.1:0/127.0.0.1:$(superd_port echo)/" "$CONF"
	superd_start
	[ "$(ask "$(superd_port echo)" x)" = x ]
	superd_stop
	SUPERD_PID=$first SUPERD_JOB=$first_job
	[ "$(ask "$(superd_port echo)" x)" = x ]
	superd_stop
}

@test "a second superd on the same file leaves the first undisturbed" {
	local socket=$BATS_TEST_TMPDIR/echo.sock
	LISTEN="unix:$socket, 127.0.0.1:0" superd_service echo /bin/cat
	superd_start
	sed -i "s/127.0.0.1:0/127.0.0.1:$(superd_port echo 2)/" "$CONF"
	inode=$(stat -c %i "$socket")
	starts_not
	[ "$(stat -c %i "$socket")" = "$inode" ]
	# The other way round: the TCP port is found in use first.
	sed -i "s/^listen = .*/listen = 127.0.0.1:$(superd_port echo 2), unix:${socket//\//\\/}/" \
	    "$CONF"
	starts_not
	[ "$(stat -c %i "$socket")" = "$inode" ]
	client "$socket" "$(superd_port echo 2)" <<-'PYTHON'
		assert ask(sys.argv[1], b"one") == b"one"
		assert ask(sys.argv[2], b"two") == b"two"
	PYTHON
	superd_stop
}

@test "freebind listens on an address that this machine does not have" {
	LISTEN=192.0.2.7:0 superd_service later /bin/cat "freebind = yes"
	superd_start
	grep -qx 'later 192\.0\.2\.7:[1-9][0-9]*' "$BATS_TEST_TMPDIR/ports"
	superd_stop
}

@test "an address that this machine does not have is an error that helps" {
	LISTEN=192.0.2.7:0 superd_service later /bin/cat
	starts_not
	[[ $output = *"cannot listen on 192.0.2.7:0: this machine has no such address (freebind = yes"* ]]
}

@test "a low port that is not allowed is an error that helps" {
	[ "$(id -u)" != 0 ] || skip "root may"
	[ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -gt 7 ] ||
	    skip "low ports are free for all here"
	LISTEN=127.0.0.1:7 superd_service echo /bin/cat
	starts_not
	[[ $output = *"127.0.0.1:7"*"CAP_NET_BIND_SERVICE"* ]]
}

@test "backlog is how many clients wait in the kernel" {
	superd_service short /bin/cat "backlog = 2" "max_connections = 1"
	superd_service long /bin/cat "max_connections = 1"
	superd_start
	client "$(superd_port short)" "$(superd_port long)" <<-'PYTHON'
		short = [begin(sys.argv[1]) for i in range(20)]
		long = [begin(sys.argv[2]) for i in range(20)]
		assert established(long, 20, 20) == 20
		n = established(short, 0.3)
		assert 1 <= n < 10, n
	PYTHON
}

@test "the backlog is as long as the system allows by default" {
	need ss
	superd_service echo /bin/cat
	superd_start
	most=$(cat /proc/sys/net/core/somaxconn)
	run -0 ss -Hltn "sport = :$(superd_port echo)"
	read -r _ _ backlog _ <<<"$output"
	[ "$backlog" = "$((most < 4096 ? most : 4096))" ]
}

@test "with defer_accept a handler starts when its client has spoken" {
	superd_service shy /bin/cat "defer_accept = 30s"
	superd_service echo /bin/cat
	superd_start
	client_start "$(superd_port shy)" <<-'PYTHON'
		s = connect(sys.argv[1])
		say("connected")
		until_told()
		assert echoes(s)
	PYTHON
	[ "$(ask "$(superd_port echo)" x)" = x ]
	wait_for logged "conn.close service=echo"
	refute logged "conn.open service=shy"
	client_end
	wait_for logged "conn.open service=shy"
}

@test "fastopen is set on the listening socket" {
	[ $(($(cat /proc/sys/net/ipv4/tcp_fastopen) & 2)) != 0 ] ||
	    skip "the kernel's server side of fast open is off"
	superd_service fast /bin/cat "fastopen = 16"
	superd_start
	[ "$(client "$(superd_port fast)" <<-'PYTHON'
		s = socket.socket()
		s.settimeout(LIMIT)
		s.sendto(b"at once", socket.MSG_FASTOPEN, (HOST, int(sys.argv[1])))
		s.shutdown(socket.SHUT_WR)
		print(read_all(s).decode())
	PYTHON
	)" = "at once" ]
}

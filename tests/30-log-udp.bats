#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# RFC 5424: to a log host by UDP, to /dev/log, into a file. The receiver
# parses by the grammar and takes nothing else.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	GOT=$BATS_TEST_TMPDIR/got
	HOST_JOB=
}

teardown() {
	superd_kill
	host_stop
}

# host_start ADDRESS [PORT]: $HOST_PORT is its port; what comes is in $GOT,
# one line each: PRI, the words of the head, the parameters, MSG; or "bad".
host_start() {
	: >"$GOT"
	timeout 120 python3 - "$1" "${2-0}" "$GOT" 3>&- <<-'PYTHON' &
		import re, socket, sys
		word = r"([!-~]{1,%d})"
		head = re.compile(
		    r"<(0|[1-9][0-9]{0,2})>1 "
		    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z) "
		    + " ".join(word % n for n in (255, 48, 128, 32)) + " ")
		name = r'[!#-<>-\\^-~]{1,32}'
		value = r'"((?:[^"\\\]]|\\["\\\]])*)"'
		element = re.compile(r"\[(%s)((?: %s=%s)*)\]" % (name, name, value))
		param = re.compile(r" (%s)=%s" % (name, value))

		def parse(text):
		    m = head.match(text)
		    if not m or int(m.group(1)) > 191:
		        return "bad head"
		    rest = text[m.end():]
		    params = []
		    if rest.startswith("-"):
		        rest = rest[1:]
		    else:
		        e = element.match(rest)
		        if not e or e.group(1) != "superd@32473":
		            return "bad structured data"
		        params = [k + "=" + re.sub(r'\\(["\\\]])', r"\1", v)
		                  for k, v in param.findall(e.group(2))]
		        rest = rest[e.end():]
		    if not rest.startswith(" ") or re.search(r"[\x00-\x1f]", rest):
		        return "bad message"
		    return "|".join(m.groups()[:1] + m.groups()[2:]
		                    + (",".join(params), rest[1:]))

		family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
		s = socket.socket(family, socket.SOCK_DGRAM)
		s.bind((sys.argv[1], int(sys.argv[2])))
		with open(sys.argv[3], "a") as out:
		    print("port", s.getsockname()[1], file=out, flush=True)
		    while True:
		        text = s.recv(65536).decode("utf-8")
		        print(parse(text) + ("" if text.isascii() else " bad"),
		              file=out, flush=True)
	PYTHON
	HOST_JOB=$!
	wait_for got "^port"
	HOST_PORT=$(sed -n 's/^port //p' "$GOT" | tail -n 1)
}

host_stop() {
	[ -n "$HOST_JOB" ] || return 0
	kill "$HOST_JOB"
	wait "$HOST_JOB" || :
	HOST_JOB=
}

got() {
	[ -f "$GOT" ] && grep -qe "$1" "$GOT"
}

# conf LOG [LINE...]
conf() {
	superd_conf <<-EOT
		[superd]
		log = $1
		log_level = info
		$(printf '%s\n' "${@:2}")
		[echo]
		listen = 127.0.0.1:0
		handler = /bin/sh -c 'printf "a \42b\42 [c] \134d\t\377" >&2; cat'
		$AS_USER
	EOT
}

@test "udp: gets each event as a datagram of RFC 5424" {
	host_start 127.0.0.1
	conf "udp:127.0.0.1:$HOST_PORT"
	superd_start
	pid=$SUPERD_PID
	[ "$(ask "$(superd_port echo)" x)" = x ]
	superd_stop
	wait_for got "superd.stop"
	refute got bad
	host=$(uname -n)
	got "^29|$host|superd|$pid|superd.ready|services=1|superd.ready services=1$"
	got "^30|$host|superd|[0-9]*|conn.open|service=echo,connection=1,pid=[0-9]*,peer=127.0.0.1:[0-9]*|conn.open service=echo connection=1 "
	got '|handler.stderr|service=echo,connection=1,pid=[0-9]*,text=a "b" \[c\] \\d\\t\\xff|handler.stderr service=echo .* text="a \\"b\\" \[c\] \\\\d\\t\\xff"$'
	[ ! -s "$SUPERD_ERR" ]
}

@test "udp: over IPv6, and of a service only" {
	[ -e /proc/net/if_inet6 ] || skip "no IPv6"
	host_start ::1
	conf stderr
	echo "log = udp:[::1]:$HOST_PORT" >>"$CONF"
	superd_start
	[ "$(ask "$(superd_port echo)" x)" = x ]
	wait_for got "|conn.close|service=echo,"
	superd_stop
	refute got bad
	refute got superd.ready
	logged superd.ready
}

@test "udp: with log_format = json MSG is the object" {
	host_start 127.0.0.1
	conf "udp:127.0.0.1:$HOST_PORT" "log_format = json"
	superd_start
	superd_stop
	wait_for got '|superd.stop||{"time":".*","event":"superd.stop","pid":[0-9]*}$'
	refute got bad
}

@test "udp: to a port that nobody has, superd serves; later lines arrive" {
	host_start 127.0.0.1
	conf "udp:127.0.0.1:$HOST_PORT"
	host_stop
	superd_start
	[ "$(ask_many "$(superd_port echo)" 100)" = 100 ]
	host_start 127.0.0.1 "$HOST_PORT"
	[ "$(ask_many "$(superd_port echo)" 20)" = 20 ]
	superd_stop
	wait_for got "|superd.stop|"
	[ "$(grep -c "|conn.open|" "$GOT")" = 20 ]
	[ "$(grep -c "|conn.close|" "$GOT")" -ge 20 ]
	refute got log.dropped
	refute got bad
}

@test "udp: names, missing ports and wildcards are mistakes" {
	for value in localhost:514 127.0.0.1 127.0.0.1:0 0.0.0.0:514 \
	    unix:/x "" ::1:514; do
		conf "udp:$value"
		run -3 timeout 20 "$SUPERD" -t -c "$CONF"
		[[ $output == *"superd.ini:2: "*"log: 'udp:$value' is wrong: an address and a port are wanted, as in udp:192.0.2.1:514 or udp:[2001:db8::1]:514"* ]]
	done
	conf "udp:[2001:db8::1]:514" "log_format = rfc5424"
	run -0 timeout 20 "$SUPERD" --dump -c "$CONF"
	[[ $output == *"log = udp:[2001:db8::1]:514"* ]]
	[[ $output == *"log_format = rfc5424"* ]]
}

@test "a file with log_format = rfc5424 has the same lines" {
	conf "$BATS_TEST_TMPDIR/log" "log_format = rfc5424"
	superd_start
	[ "$(ask "$(superd_port echo)" x)" = x ]
	superd_stop
	grep -q '^<30>1 20[0-9T:.-]*Z [!-~]* superd [0-9]* conn.open \[superd@32473 service="echo" connection="1" .*\] conn.open service=echo connection=1 ' \
	    "$BATS_TEST_TMPDIR/log"
}

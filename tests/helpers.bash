# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2119,SC2120 # the suites pass arguments
# What the suites share: superd started, asked and stopped, each with a bound.
# run-bats says what $SUPERD and $HANDLER_DIR are.

bats_require_minimum_version 1.5.0

# Where this test's superd has its configuration, its stderr and its pid.
CONF=$BATS_TEST_TMPDIR/superd.ini
SUPERD_ERR=$BATS_TEST_TMPDIR/superd.err
SUPERD_PID=
SUPERD_WRAP=()

# Every service needs a user if superd is root, and may not have one if not.
AS_USER=
if [ "$(id -u)" = 0 ]; then
	AS_USER="user = nobody"
fi
export CONF SUPERD_ERR AS_USER

# superd_conf: the configuration is what comes on stdin.
superd_conf() {
	cat >"$CONF"
}

# superd_wrap WORD...: what superd_start puts in front of superd, as in
# superd_wrap unshare -m.
superd_wrap() {
	SUPERD_WRAP=("$@")
}

# superd_start [ARG...]: runs superd on $CONF in the background and returns
# when everything listens; fails, with what superd said, if it does not.
# stderr goes to $SUPERD_ERR ("-": it is closed).
superd_start() {
	local dir=$BATS_TEST_TMPDIR
	rm -f "$dir/ready" "$dir/pid"
	mkfifo "$dir/ready"
	export READY=$dir/ready PIDFILE=$dir/pid
	timeout -k 5 "${SUPERD_LIMIT:-120}" sh -c '
		echo $$ >"$PIDFILE"
		unset PIDFILE
		if [ "$SUPERD_ERR" = - ]; then
			exec "$@" 9>"$READY" 2>&-
		else
			exec "$@" 9>"$READY" 2>>"$SUPERD_ERR"
		fi' sh "${SUPERD_WRAP[@]}" "$SUPERD" -c "$CONF" \
	    --ready-fd 9 "$@" </dev/null >>"$dir/superd.out" 3>&- 7>&- &
	SUPERD_JOB=$!
	timeout 30 cat "$READY" >"$dir/ports" || :
	SUPERD_PID=$(cat "$PIDFILE")
	unset READY PIDFILE
	[ -s "$dir/ports" ] && return
	[ ! -f "$SUPERD_ERR" ] || cat "$SUPERD_ERR"
	echo "superd does not listen"
	return 1
}

# superd_port SERVICE [N]: the port of its Nth socket, the first by default.
superd_port() {
	awk -v service="$1" -v n="${2:-1}" '
		$1 == service && ++seen == n { sub(/.*:/, "", $2); print $2 }
	' "$BATS_TEST_TMPDIR/ports"
}

superd_is_gone() {
	! kill -0 "$SUPERD_PID" 2>/dev/null
}

# superd_stop: SIGTERM; succeeds if superd then exits with 0 in time.
superd_stop() {
	local status=0
	kill -TERM "$SUPERD_PID"
	wait_for superd_is_gone
	wait "$SUPERD_JOB" || status=$?
	SUPERD_PID=
	[ "$status" = 0 ] || echo "superd exits with $status"
	return "$status"
}

# superd_kill: for teardown(): whatever still runs ends now.
superd_kill() {
	[ -n "$SUPERD_PID" ] || return 0
	kill -KILL "$SUPERD_PID" 2>/dev/null || :
	wait "$SUPERD_JOB" 2>/dev/null || :
	SUPERD_PID=
}

# wait_for COMMAND...: until it succeeds, 30 seconds at most.
wait_for() {
	local tries=600
	until "$@"; do
		((tries-- > 0)) || {
			echo "waited in vain: $*"
			return 1
		}
		sleep 0.05
	done
}

# refute COMMAND...: succeeds if it fails. (A plain ! fails no test.)
refute() {
	if "$@"; then
		echo "succeeds, but should not: $*"
		return 1
	fi
}

# ask PORT TEXT: sends the text, half-closes, prints the answer.
ask() {
	timeout 90 python3 - "$1" "$2" <<-'PYTHON'
		import socket, sys
		s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60)
		s.sendall(sys.argv[2].encode("utf-8", "surrogateescape"))
		s.shutdown(socket.SHUT_WR)
		while True:
		    piece = s.recv(65536)
		    if not piece:
		        break
		    sys.stdout.buffer.write(piece)
	PYTHON
}

# ask_many PORT COUNT: as many connections, one after the other, each of which
# wants its own text back; prints how many got it.
ask_many() {
	timeout 60 python3 - "$1" "$2" <<-'PYTHON'
		import socket, sys
		right = 0
		for i in range(int(sys.argv[2])):
		    try:
		        s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
		        s.sendall(b"number %d" % i)
		        s.shutdown(socket.SHUT_WR)
		        right += s.makefile("rb").read() == b"number %d" % i
		        s.close()
		    except OSError as e:
		        print(e, file=sys.stderr)
		print(right)
	PYTHON
}

# need_mounts: skips where the test cannot have mounts of its own.
need_mounts() {
	[ "$(id -u)" = 0 ] || skip "needs root, for mounts of its own"
	unshare -m true 2>/dev/null || skip "no mount namespaces here"
}

# A configuration in pieces: superd_daemon, then superd_service for each.
# Each service runs as $AS_USER, and its handlers can be told from those of
# other tests.

# superd_daemon [LINE...]: begins it; the lines are keys of [superd], and
# $LOG_LEVEL is its log_level.
superd_daemon() {
	{
		printf '%s\n' "[superd]" "log_level = ${LOG_LEVEL:-info}" "$@"
		printf '%s\n' "[defaults]" "$AS_USER" "kill_grace = 2s" \
		    "environment = TESTED_BY=$BATS_TEST_TMPDIR/"
	} >"$CONF"
}

# superd_service NAME HANDLER [LINE...]: adds a service on a free port of
# 127.0.0.1, or on $LISTEN; the lines are further keys.
superd_service() {
	local name=$1 handler=$2
	shift 2
	[ -f "$CONF" ] || superd_daemon
	printf '%s\n' "" "[$name]" "listen = ${LISTEN:-127.0.0.1:0}" \
	    "handler = $handler" "$@" >>"$CONF"
}

# script NAME: makes the script on stdin a program that every user can run,
# in $SCRIPTS.
script() {
	make_scripts
	cat >"$SCRIPTS/$1"
	chmod 755 "$SCRIPTS/$1"
}

# make_scripts: makes $SCRIPTS, a directory that every user may look into.
SCRIPTS=${TMPDIR:-/tmp}/scripts.${BATS_TEST_NUMBER-}
make_scripts() {
	mkdir -p "$SCRIPTS"
	chmod 755 "$SCRIPTS"
}

# superd_end: for teardown(): ends superd, and fails if a handler of this
# test is left. What a test leaves on purpose it ends itself.
superd_end() {
	if [ -n "$SUPERD_PID" ] && kill -TERM "$SUPERD_PID" 2>/dev/null; then
		kill -CONT "$SUPERD_PID" 2>/dev/null || :
		wait_for superd_is_gone || :
	fi
	superd_kill
	rm -rf "$SCRIPTS"
	wait_for no_leftovers || {
		# shellcheck disable=SC2046 # words on purpose
		kill -KILL $(leftovers) || :
		return 1
	}
}

# leftovers: the pids of this test's handlers.
leftovers() {
	grep -lsa "TESTED_BY=$BATS_TEST_TMPDIR/" /proc/[0-9]*/environ |
	    tr -dc '0-9\n'
}

no_leftovers() {
	[ -z "$(leftovers)" ]
}

# program NAME: its path, where every user can run it; else nothing.
program() {
	PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin \
	    command -v "$1"
}

# need PROGRAM...: skips the test where one is missing.
need() {
	local name
	for name; do
		program "$name" >/dev/null || skip "$name is not installed"
	done
}

need_root() {
	[ "$(id -u)" = 0 ] || skip "needs root: $1"
}

# need_files COUNT: skips where so many descriptors cannot be had.
need_files() {
	[ "$(ulimit -Hn)" = unlimited ] || [ "$(ulimit -Hn)" -ge "$1" ] ||
	    skip "the hard limit of open files is $(ulimit -Hn), below $1"
	ulimit -n "$1" 2>/dev/null || :
}

need_tracing() {
	need strace
	strace -e trace=none true 2>/dev/null || skip "ptrace is not allowed"
}

need_ipv6() {
	grep -q '^0*1 ' /proc/net/if_inet6 2>/dev/null || skip "no ::1 here"
}

# Times and sizes of a sanitizer's build say nothing about superd.
skip_if_sanitized() {
	[ -z "${SUPERD_SANITIZERS-}" ] || skip "the sanitizers need ${1:-more}"
}

# client [ARG...]: runs the Python program on stdin, with client.py at hand.
client() {
	local python
	python=$(program python3) || skip "python3 is not installed"
	{
		echo 'from client import *'
		cat
	} | PYTHONPATH=$TOP_SRCDIR/tests PYTHONDONTWRITEBYTECODE=1 \
	    timeout -k 5 "${CLIENT_LIMIT:-120}" "$python" - "$@" 3>&-
}

# client_start [ARG...]: the same in the background, until client_end; what
# it prints is in $CLIENT_OUT. Returns when it has printed something.
client_start() {
	local tag
	tag=$(mktemp "$BATS_TEST_TMPDIR/client.XXXXXX")
	cat >"$tag.py"
	CLIENT_OUT=$tag.out
	mkfifo "$tag.in"
	PYTHONPATH=$TOP_SRCDIR/tests PYTHONDONTWRITEBYTECODE=1 timeout -k 5 \
	    "${CLIENT_LIMIT:-120}" "$(program python3)" -u -c \
	    "from client import *; exec(open('$tag.py').read())" "$@" \
	    <"$tag.in" >"$CLIENT_OUT" 2>&1 3>&- &
	CLIENT_JOB=$!
	exec 7>"$tag.in"
	wait_for test -s "$CLIENT_OUT"
}

# client_end: closes its stdin and succeeds if it then does; prints the rest.
client_end() {
	local status=0
	exec 7>&-
	wait "$CLIENT_JOB" || status=$?
	cat "$CLIENT_OUT"
	return "$status"
}

# logged PATTERN: has superd said so?
logged() {
	grep -qe "$1" "$SUPERD_ERR"
}

# count_logged PATTERN: the number of lines.
count_logged() {
	grep -ce "$1" "$SUPERD_ERR" || :
}

# has_logged COUNT PATTERN: so many lines, for wait_for.
has_logged() {
	[ "$(count_logged "$2")" = "$1" ]
}

# handlers [STATE]: the pids of superd's children, all or those in STATE.
handlers() {
	# Processes end while they are looked at: cat goes on then, awk ends.
	{ cat /proc/[0-9]*/stat 2>/dev/null || :; } |
	    awk -v parent="$SUPERD_PID" -v state="${1-}" '{
		pid = $1
		sub(/.*\) /, "")
		if ($2 == parent && (state == "" || $1 == state))
			print pid
	}'
}

# has_handlers COUNT: so many, no more and no fewer.
has_handlers() {
	[ "$(handlers | wc -l)" = "$1" ]
}

# cpu_ms [PID]: the processor time that superd has used.
cpu_ms() {
	awk -v hz="$(getconf CLK_TCK)" '{
		sub(/.*\) /, "")
		print int(($12 + $13) * 1000 / hz)
	}' "/proc/${1:-$SUPERD_PID}/stat"
}

# open_files: how many descriptors superd has.
open_files() {
	# shellcheck disable=SC2012 # the names are numbers
	ls "/proc/$SUPERD_PID/fd" | wc -l
}

# rss_kb: superd's resident memory.
rss_kb() {
	awk '/^VmRSS:/ { print $2 }' "/proc/$SUPERD_PID/status"
}

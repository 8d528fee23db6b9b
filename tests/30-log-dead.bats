#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Logs that take nothing, of services and of superd: nobody waits for them,
# and each line that is missing is counted where it is missing.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	DIR=$BATS_TEST_TMPDIR
}

teardown() {
	superd_kill
	daemon_stop
}

# service NAME LOG [LINE...]
service() {
	cat <<-EOT
		[$1]
		listen = 127.0.0.1:0
		handler = /bin/cat
		${2:+log = $2}
		$AS_USER
		$(printf '%s\n' "${@:3}")
	EOT
}

# has FILE PATTERN
has() {
	[ -f "$1" ] && grep -qe "$2" "$1"
}

# accounted FILE: its lines of connections and those that it says are lost.
accounted() {
	awk '/ conn\./ { count++ }
	    / log\.dropped / { sub(/.*count=/, ""); count += $0 }
	    END { print count + 0 }' "$1"
}

has_accounted() {
	[ "$(accounted "$1")" = "$2" ]
}

# is_calm: nothing is to be done, and superd does nothing.
is_calm() {
	client "$SUPERD_PID" <<-'PYTHON'
		cpu = cpu_s(sys.argv[1])
		time.sleep(1)
		used = cpu_s(sys.argv[1]) - cpu
		assert used <= 0.05, used
	PYTHON
}

# daemon_start SOCKET: it reads from SIGUSR1 on; what it gets is in
# $DIR/daemon.
daemon_start() {
	python3 - "$1" "$DIR/daemon" 3>&- <<-'PYTHON' &
		import signal, socket, sys
		signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
		signal.alarm(120)
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1])
		print("bound", file=open(sys.argv[2], "w"), flush=True)
		signal.sigwait([signal.SIGUSR1])
		with open(sys.argv[2], "a") as out:
		    while True:
		        print(s.recv(65536).decode("ascii"), file=out, flush=True)
	PYTHON
	DAEMON_PID=$!
	wait_for has "$DIR/daemon" bound
}

daemon_stop() {
	[ -n "${DAEMON_PID-}" ] || return 0
	kill "$DAEMON_PID"
	wait "$DAEMON_PID" || :
	DAEMON_PID=
}

@test "every kind at once: the services serve, the others are logged" {
	mkfifo "$DIR/fifo"
	superd_conf <<-EOT
		$(service fifo "$DIR/fifo")
		$(service full /dev/full)
		$(service udp udp:127.0.0.1:9)
		$(service well)
	EOT
	superd_start
	for name in fifo full udp; do
		[ "$(ask_many "$(superd_port $name)" 700)" = 700 ]
	done
	[ "$(ask_many "$(superd_port well)" 100)" = 100 ]
	wait_for has_logged 100 "conn.close service=well"
	logged "superd.fault what=\"a log takes no lines\" log=$DIR/fifo"
	logged "superd.fault what=\"a log takes no lines\" log=/dev/full"
	[ "$(count_logged superd.fault)" = 2 ]
	is_calm
	superd_stop
}

@test "superd's own log is full, a service's is not: that has all its lines" {
	superd_conf <<-EOT
		[superd]
		log = /dev/full
		$(service well "$DIR/own")
		$(service other)
	EOT
	superd_start
	[ "$(ask_many "$(superd_port other)" 700)" = 700 ]
	[ "$(ask_many "$(superd_port well)" 700)" = 700 ]
	superd_stop
	[ "$(grep -c conn.close "$DIR/own")" = 700 ]
	refute has "$DIR/own" log.dropped
}

@test "a service's disk is full: it serves, and nothing goes uncounted" {
	need_mounts
	disk=$DIR/disk
	mkdir "$disk"
	superd_conf <<-EOT
		$(service echo "$disk/log" "log_max_size = 8k" "log_keep = 100")
	EOT
	superd_wrap env "DISK=$disk" unshare -m --propagation private \
	    sh -c 'mount -t tmpfs -o size=16k none "$DISK" && exec "$@"' sh
	superd_start
	there=/proc/$SUPERD_PID/root$disk
	[ "$(ask_many "$(superd_port echo)" 700)" = 700 ]
	[ "$(stat -f -c %a "$there")" = 0 ]
	nsenter -t "$SUPERD_PID" -m mount -o remount,size=10m "$disk"
	[ "$(ask_many "$(superd_port echo)" 10)" = 10 ]
	all() {
		cat "$there"/log* >"$DIR/all"
		has_accounted "$DIR/all" 1420
	}
	wait_for all
	has "$DIR/all" log.dropped
	refute grep -vE '^20[^ ]*Z [a-z]+ [a-z]+\.[a-z]+( [a-z_]+=[^ ]+)*$' "$DIR/all"
	superd_stop
}

@test "a service's syslog is stuck: it serves, and is told what is missing" {
	need_mounts
	DEV=$DIR/dev
	mkdir "$DEV"
	touch "$DEV/null" "$DEV/urandom"
	export DEV
	superd_wrap unshare -m --propagation private sh -c '
		for node in null urandom; do
			mount --bind "/dev/$node" "$DEV/$node" || exit
		done
		mount --rbind "$DEV" /dev && exec "$@"' sh
	daemon_start "$DEV/log"
	superd_conf <<-EOT
		$(service echo syslog)
		$(service well)
	EOT
	superd_start
	[ "$(ask_many "$(superd_port echo)" 700)" = 700 ]
	[ "$(ask_many "$(superd_port well)" 10)" = 10 ]
	wait_for has_logged 10 "conn.close service=well"
	logged "superd.fault what=\"a log takes no lines\" log=syslog"
	is_calm
	kill -USR1 "$DAEMON_PID"
	wait_for has_accounted "$DIR/daemon" 1400
	superd_stop
}

@test "two hundred logs that nobody reads cost the others nothing" {
	need_files 1000
	{
		for i in $(seq 200); do
			mkfifo "$DIR/fifo$i"
			service "s$i" "$DIR/fifo$i"
		done
		service well "$DIR/well"
	} | superd_conf
	superd_start
	# Fill them by the kernel's means: a pipe takes 64 KiB.
	for i in $(seq 200); do
		timeout 5 dd if=/dev/zero of="$DIR/fifo$i" bs=64k count=1 \
		    oflag=nonblock status=none || :
	done
	for i in $(seq 200); do
		echo "$(superd_port "s$i")"
	done >"$DIR/all-ports"
	client "$DIR/all-ports" <<-'PYTHON'
		for port in open(sys.argv[1]):
		    assert ask(port.strip(), b"x") == b"x"
	PYTHON
	[ "$(ask_many "$(superd_port well)" 300)" = 300 ]
	is_calm
	superd_stop
	[ "$(grep -c conn.close "$DIR/well")" = 300 ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What a handler inherits: exactly what superd.ini(5) says, whatever superd
# itself was started with.
load helpers

bats_require_minimum_version 1.5.0

teardown() {
	superd_end
}

# see NAME FILE [LINE...]: a service whose clients see /proc/self/FILE.
see() {
	local name=$1 file=$2
	shift 2
	superd_service "$name" "/bin/cat /proc/self/$file" "$@"
}

answer() {
	ask "$(superd_port "$1")" ""
}

# value NAME SERVICE: the fields behind NAME: in an answer like /proc/*/status
value() {
	answer "$2" | awk -v name="$1:" '
		$1 == name { $1 = ""; sub(/^ /, ""); print }'
}

# limit NAME SERVICE: soft and hard limit.
limit() {
	answer "$2" | awk -v name="$1" '
		index($0, name) == 1 {
			sub(name, "")
			print $1, $2
		}'
}

# environment SERVICE: sorted, one variable a line.
environment() {
	answer "$1" | tr '\0' '\n' | LC_ALL=C sort
}

# rude_parent: superd's parent leaves open descriptors, ignored and blocked
# signals, a strange environment, groups, umask and directory behind.
rude_parent() {
	need python3
	cat >"$BATS_TEST_TMPDIR/rude.py" <<-'PYTHON'
		import os, signal, sys
		for fd in (11, 13, 77):
		    os.dup2(os.open("/etc/passwd", os.O_RDONLY), fd, True)
		os.set_inheritable(9, True)
		for name in ("PIPE", "CHLD", "USR1", "QUIT", "TSTP"):
		    signal.signal(getattr(signal, "SIG" + name), signal.SIG_IGN)
		signal.pthread_sigmask(signal.SIG_BLOCK,
		    {signal.SIGCHLD, signal.SIGUSR2, signal.SIGALRM,
		     signal.SIGWINCH, signal.SIGRTMIN + 1})
		if os.geteuid() == 0:
		    os.setgroups([0, 4711, 42])
		os.umask(0o77)
		os.chdir("/tmp")
		os.environ.update(LD_BIND_NOW="1", NOTIFY_SOCKET="/nowhere",
		    LISTEN_FDS="1", LISTEN_PID=str(os.getpid()),
		    LISTEN_FDNAMES="x", WATCHDOG_USEC="1000", IFS="x",
		    BASH_ENV="/nowhere", SECRET="hunter2", HOME="/root",
		    TCPREMOTEIP="6.6.6.6", USER="somebody", SHELL="/nowhere",
		    PASSED="this one", PATH="/usr/bin:/bin:/sbin")
		os.execvp(sys.argv[1], sys.argv[1:])
	PYTHON
	superd_wrap "$(program python3)" "$BATS_TEST_TMPDIR/rude.py"
}

# The listing shows 0 and 1, one socket; 2; and the directory being listed.
only_standard_files() {
	local list
	list=$(answer "$1" | awk '/->/ { print $(NF - 2), $NF }')
	[ "$(awk '{ print $1 }' <<<"$list" | sort -n | xargs)" = "0 1 2 3" ] ||
	    {
		    echo "$list"
		    return 1
	    }
	awk '$1 == 3 { exit $2 !~ /^\/proc\/[0-9]*\/fd$/ }' <<<"$list"
	awk '$1 < 2 { n += !seen[$2]++; s += $2 ~ /^socket:/ }
	    END { exit !(n == 1 && s == 2) }' <<<"$list"
}

@test "a handler has descriptors 0, 1 and 2 only" {
	rude_parent
	superd_service files "/bin/ls -l /proc/self/fd"
	superd_start
	only_standard_files files
}

@test "so it has when superd is started with 0 to 2 closed" {
	# shellcheck disable=SC2016 # sh expands it
	superd_wrap sh -c 'exec "$@" <&- >&- 2>&-' sh
	superd_service files "/bin/ls -l /proc/self/fd"
	superd_service echo /bin/cat
	superd_start
	only_standard_files files
	[ "$(ask "$(superd_port echo)" "hello")" = hello ]
	superd_stop
}

@test "so it has under load, with many services and addresses" {
	for i in $(seq 20); do
		superd_service "echo$i" /bin/cat
	done
	superd_service files "/bin/ls -l /proc/self/fd"
	superd_start
	client_start "$(superd_port echo1)" <<-'PYTHON'
		held = [connect(sys.argv[1]) for i in range(100)]
		say(all(echoes(s) for s in held))
		until_told()
	PYTHON
	grep -q True "$CLIENT_OUT"
	for _ in 1 2 3 4 5; do
		only_standard_files files
	done
	client_end
}

@test "no signal is ignored or blocked" {
	rude_parent
	see status status
	superd_start
	for _ in 1 2; do
		run answer status
		for set in SigIgn SigBlk SigPnd ShdPnd; do
			grep -q "^$set:.0000000000000000$" <<<"$output"
		done
	done
	# SIGCHLD was blocked: superd must reap all the same.
	wait_for has_handlers 0
}

@test "a handler that writes to a client that has gone gets SIGPIPE" {
	rude_parent
	# The first write after the end fails, the next one has the signal.
	script talk <<-'EOT'
		#!/bin/sh
		while :; do echo and another line; done 2>/dev/null
	EOT
	superd_service talk "$SCRIPTS/talk"
	superd_start
	client "$(superd_port talk)" <<-'PYTHON'
		with connect(sys.argv[1]) as s:
		    s.recv(1000)
	PYTHON
	wait_for logged "conn.close service=talk .*status=signal:PIPE"
}

@test "the environment is what the manual says and no more" {
	local name home shell
	rude_parent
	see environ environ "environment = GREETING=hello 'TWO=two words'" \
	    "pass_environment = PASSED ABSENT"
	superd_start
	name=nobody
	[ "$(id -u)" = 0 ] || name=$(id -un)
	IFS=: read -r _ _ _ _ _ home shell < <(getent passwd "$name")
	run environment environ
	port=$(sed -n 's/^TCPREMOTEPORT=//p' <<<"$output")
	[ "$port" -gt 0 ]
	diff <(LC_ALL=C sort <<-EOT
		GREETING=hello
		HOME=$home
		LOGNAME=$name
		PASSED=this one
		PATH=/usr/bin:/bin:/sbin
		PROTO=TCP
		REMOTE_ADDR=127.0.0.1
		REMOTE_HOST=127.0.0.1
		REMOTE_PORT=$port
		SHELL=${shell:-/bin/sh}
		SUPERD_CONNECTION=1
		SUPERD_SERVICE=environ
		TCPLOCALIP=127.0.0.1
		TCPLOCALPORT=$(superd_port environ)
		TCPREMOTEIP=127.0.0.1
		TCPREMOTEPORT=$port
		TWO=two words
		USER=$name
	EOT
	) - <<<"$output"
}

@test "each connection has a number of its own" {
	see environ environ
	superd_start
	run ask "$(superd_port environ)" ""
	for i in 2 3; do
		environment environ | grep -qx "SUPERD_CONNECTION=$i"
	done
	wait_for logged "conn.close .*connection=3 "
}

@test "without a PATH of its own superd gives handlers the usual one" {
	see environ environ
	superd_wrap env -u PATH
	superd_start
	environment environ | grep -qx 'PATH=/.*/bin'
}

@test "a handler is its user, for good" {
	need_root "to change ids"
	rude_parent
	see status status "user = nobody"
	superd_start
	id=$(id -u nobody) group=$(id -g nobody)
	run answer status
	[ "$(value Uid status)" = "$id $id $id $id" ]
	[ "$(value Gid status)" = "$group $group $group $group" ]
	[ "$(value Groups status)" = "$(id -G nobody)" ]
	for set in CapInh CapPrm CapEff CapAmb; do
		grep -q "^$set:.0000000000000000$" <<<"$output"
	done
}

@test "group and groups replace those of the user" {
	need_root "to change ids"
	see status status "user = nobody" "group = 4242" "groups = 4243, 4244"
	see none status "user = nobody" "groups = none"
	superd_start
	[ "$(value Gid status)" = "4242 4242 4242 4242" ]
	[ "$(value Groups status)" = "4243 4244" ]
	[ "$(value Groups none)" = "" ]
}

@test "user = root keeps root's groups, not those of superd's parent" {
	need_root "to change ids"
	rude_parent
	see status status "user = root"
	superd_start
	[ "$(value Uid status)" = "0 0 0 0" ]
	[ "$(value Groups status)" = "$(id -G root)" ]
}

@test "an ordinary user's handlers have no more than that user" {
	[ "$(id -u)" != 0 ] || skip "is root"
	see status status
	superd_start
	[ "$(value Uid status)" = "$(id -u) $(id -u) $(id -u) $(id -u)" ]
	[ "$(value Groups status)" = \
	    "$(awk '/^Groups:/ { $1 = ""; print }' /proc/self/status | xargs)" ]
}

# belongs: what /proc/*/stat on stdin tells: pid, group, session, tty.
belongs() {
	awk '{
		pid = $1
		sub(/.*\) /, "")
		print pid, $3, $4, $5
	}'
}

@test "a handler leads a group of its own in superd's session" {
	need setsid
	see stat stat
	superd_wrap setsid
	superd_start
	read -r pid group session tty < <(answer stat | belongs)
	[ "$pid" = "$group" ]
	[ "$session" = "$(belongs <"/proc/$SUPERD_PID/stat" | cut -d' ' -f3)" ]
	[ "$tty" = 0 ]
}

@test "beside superd's terminal a handler leads a session, without it" {
	need python3
	cat >"$BATS_TEST_TMPDIR/terminal.py" <<-'PYTHON'
		import os, pty, sys
		if os.fork() > 0:
		    os._exit(os.WEXITSTATUS(os.wait()[1]))
		os.setsid()
		master, slave = pty.openpty()
		os.open(os.ttyname(slave), os.O_RDWR)
		os.set_inheritable(master, True)
		os.execvp(sys.argv[1], sys.argv[1:])
	PYTHON
	see stat stat
	superd_service tty '/bin/sh -c "(: </dev/tty) 2>&1 || echo none"'
	superd_wrap python3 "$BATS_TEST_TMPDIR/terminal.py"
	superd_start
	SUPERD_PID=$(handlers)
	[ "$(belongs <"/proc/$SUPERD_PID/stat" | cut -d' ' -f4)" != 0 ]
	read -r pid group session tty < <(answer stat | belongs)
	[ "$pid" = "$group" ]
	[ "$pid" = "$session" ]
	[ "$tty" = 0 ]
	[[ $(answer tty) = *none ]]
}

@test "a handler starts in / with umask 022 and one thread" {
	rude_parent
	see status status
	superd_service where "/bin/ls -l /proc/self/cwd"
	superd_start
	[ "$(value Umask status)" = 0022 ]
	[ "$(value Threads status)" = 1 ]
	[[ $(answer where) = *" -> /" ]]
}

@test "directory, umask, nice and argv0 are as configured" {
	make_scripts
	see status status "umask = 0027"
	see stat stat "nice = 5"
	superd_service where "/bin/ls -l /proc/self/cwd" "directory = $SCRIPTS"
	see named cmdline "argv0 = my name"
	superd_start
	[ "$(value Umask status)" = 0027 ]
	[ "$(answer stat | awk '{ sub(/.*\) /, ""); print $17 }')" = 5 ]
	[[ $(answer where) = *" -> $SCRIPTS" ]]
	[ "$(answer named | tr '\0' '|')" = "my name|/proc/self/cmdline|" ]
}

@test "a handler gets its arguments as they are written" {
	script args <<-'EOT'
		#!/bin/sh
		printf '<%s>' "$@"
	EOT
	superd_service print "$SCRIPTS/args a 'b  c' \"d'e\" f\\ g \$HOME *"
	superd_start
	[ "$(answer print)" = "<a><b  c><d'e><f g><\$HOME><*>" ]
}

@test "chroot is the handler's root" {
	need_root "to change the root"
	need busybox
	make_scripts
	mkdir "$SCRIPTS/root" "$SCRIPTS/root/only-here"
	cp "$(program busybox)" "$SCRIPTS/root/busybox"
	chmod 755 "$SCRIPTS/root" "$SCRIPTS/root/busybox"
	"$(program unshare)" --root="$SCRIPTS/root" /busybox true ||
	    skip "this busybox needs libraries"
	superd_service jailed "/busybox ls /" "chroot = $SCRIPTS/root"
	superd_service inside "/busybox pwd" "chroot = $SCRIPTS/root" \
	    "directory = /only-here"
	superd_start
	[ "$(answer jailed | xargs)" = "busybox only-here" ]
	[ "$(answer inside)" = /only-here ]
}

@test "superd's raised limit of open files is not the handlers'" {
	need prlimit
	superd_wrap "$(program prlimit)" --nofile=100:500 --
	see plain limits
	see own limits "limit_nofile = 32:64"
	superd_start
	[ "$(awk '/^Max open files/ { print $4, $5 }' \
	    "/proc/$SUPERD_PID/limits")" = "500 500" ]
	[ "$(limit "Max open files" plain)" = "100 500" ]
	[ "$(limit "Max open files" own)" = "32 64" ]
}

@test "limits are as configured, and no core is dumped by default" {
	see limits limits "limit_as = 1g" "limit_cpu = 10s:20s" \
	    "limit_fsize = 4096" "limit_stack = 1m" \
	    "limit_data = 512m" "limit_memlock = 16k"
	superd_start
	[ "$(limit "Max core file size" limits)" = "0 0" ]
	[ "$(limit "Max address space" limits)" = "1073741824 1073741824" ]
	[ "$(limit "Max cpu time" limits)" = "10 20" ]
	[ "$(limit "Max file size" limits)" = "4096 4096" ]
	[ "$(limit "Max stack size" limits)" = "1048576 1048576" ]
	[ "$(limit "Max data size" limits)" = "536870912 536870912" ]
	[ "$(limit "Max locked memory" limits)" = "16384 16384" ]
}

@test "limit_nproc is as configured" {
	local most
	most=$(ulimit -Hu)
	# The handler's user has other processes, which count.
	[ "$most" = unlimited ] || [ "$most" -gt 15000 ] ||
	    skip "the hard limit of processes is $most"
	see limits limits "limit_nproc = 14000:15000"
	superd_start
	[ "$(limit "Max processes" limits)" = "14000 15000" ]
}

@test "superd's protection from the OOM killer is not the handlers'" {
	need_root "to be protected"
	# shellcheck disable=SC2016 # sh expands it
	superd_wrap sh -c 'echo -500 >/proc/self/oom_score_adj; exec "$@"' sh
	see oom oom_score_adj
	superd_start
	[ "$(cat "/proc/$SUPERD_PID/oom_score_adj")" = -500 ] ||
	    skip "oom_score_adj cannot be lowered here"
	[ "$(answer oom)" = 0 ]
}

@test "a handler cannot be traced by its user before it is the handler" {
	need_root "to change ids"
	superd_service echo /bin/cat
	superd_start
	# What superd's memory holds is root's: nobody else may look.
	[ "$(stat -c %u "/proc/$SUPERD_PID/environ")" = 0 ]
	run setpriv --reuid=65534 --regid=65534 --clear-groups \
	    cat "/proc/$SUPERD_PID/maps"
	[ "$status" != 0 ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Who superd is when it serves, what it may do then, and what its handlers
# may. The numbers are users that nobody else is.
load helpers

bats_require_minimum_version 1.5.0

OWN=("user = 4242" "group = 4243")
NONE=0000000000000000
# CAP_KILL, CAP_SETGID, CAP_SETUID
IDS=00000000000000e0

# In /run a superd that is not root any more would leave its directory.
setup() {
	make_scripts
	mkdir "$SCRIPTS/runtime"
	chmod 755 "$SCRIPTS/runtime"
	export RUNTIME_DIRECTORY=$SCRIPTS/runtime
}

teardown() {
	superd_end
}

# status NAME [PID]: that line of /proc/PID/status; on stdin without PID.
status() {
	awk -v name="$1:" '$1 == name {
		sub(/^[^\t]*\t/, ""); gsub(/\t/, " "); sub(/ *$/, ""); print
	}' ${2:+"/proc/$2/status"}
}

# has_caps PID SET: permitted and in force, and never a set to inherit.
has_caps() {
	[ "$(status CapPrm "$1")" = "$2" ]
	[ "$(status CapEff "$1")" = "$2" ]
	[ "$(status CapInh "$1")" = "$NONE" ]
	[ "$(status CapAmb "$1")" = "$NONE" ]
}

# handler SERVICE: what its /proc/self/status says, in $output.
handler() {
	run -0 ask "$(superd_port "$1")" ""
}

# is_powerless UID GID GROUPS: the handler whose status is in $output.
is_powerless() {
	[ "$(status Uid <<<"$output")" = "$1 $1 $1 $1" ]
	[ "$(status Gid <<<"$output")" = "$2 $2 $2 $2" ]
	[ "$(status Groups <<<"$output")" = "$3" ]
	for set in CapInh CapPrm CapEff CapAmb; do
		[ "$(status "$set" <<<"$output")" = "$NONE" ]
	done
	[ "$(status CapBnd <<<"$output")" = "$(status CapBnd $$)" ]
	[ "$(status NoNewPrivs <<<"$output")" = "$(status NoNewPrivs $$)" ]
}

# open_directory NAME: $DIR, which all users can get at, and which is root's.
open_directory() {
	make_scripts
	DIR=$SCRIPTS/$1
	mkdir "$DIR"
	chmod 755 "$DIR"
}

# need_capabilities NAME...: skips where root itself has not got them.
need_capabilities() {
	need setpriv
	local name
	for name; do
		setpriv -d | grep -q "^Capability bounding set: .*\b$name\b" ||
		    skip "root has no $name here"
	done
}

# as NAME [CAPS]: superd runs as that user with these capabilities, "+a,+b",
# out of a directory that everybody may look into.
as() {
	make_scripts
	cp "$SUPERD" "$SCRIPTS/superd"
	SUPERD=$SCRIPTS/superd
	# shellcheck disable=SC2034 # superd_start reads it
	CONF=$SCRIPTS/superd.ini
	superd_wrap "$(program setpriv)" --reuid="$1" --regid="$(id -g "$1")" \
	    --clear-groups ${2:+--inh-caps="$2" --ambient-caps="$2"}
	"${SUPERD_WRAP[@]}" true || skip "no ambient capabilities here"
}

@test "without need superd keeps nothing of root" {
	need_root "to give it up"
	superd_daemon "${OWN[@]}"
	superd_service own "/bin/cat /proc/self/status" "${OWN[@]}"
	superd_start
	has_caps "$SUPERD_PID" "$NONE"
	[ "$(status Uid "$SUPERD_PID")" = "4242 4242 4242 4242" ]
	[ "$(status Gid "$SUPERD_PID")" = "4243 4243 4243 4243" ]
	[ "$(status Groups "$SUPERD_PID")" = 4243 ]
	[ "$(status CapBnd "$SUPERD_PID")" = "$(status CapBnd $$)" ]
	logged 'superd.privileges user=4242 uid=4242 gid=4243 capabilities=none$'
	handler own
	is_powerless 4242 4243 4243
	superd_stop
}

@test "handlers of other users: CAP_SETUID, CAP_SETGID, CAP_KILL" {
	need_root "to give it up"
	superd_daemon "${OWN[@]}"
	superd_service other "/bin/cat /proc/self/status" "user = 4244" \
	    "group = 4245" "groups = 4246"
	superd_service own "/bin/cat /proc/self/status" "${OWN[@]}"
	superd_service root "/bin/cat /proc/self/status" "user = root" \
	    "groups = none"
	superd_start
	has_caps "$SUPERD_PID" "$IDS"
	logged 'superd.privileges .*capabilities="CAP_KILL CAP_SETGID CAP_SETUID"'
	handler other
	is_powerless 4244 4245 4246
	handler own
	is_powerless 4242 4243 4243
	# Who is root after its execve has what the bounding set allows.
	handler root
	[ "$(status Uid <<<"$output")" = "0 0 0 0" ]
	[ "$(status CapEff <<<"$output")" = "$(status CapBnd $$)" ]
	superd_stop
}

@test "chroot and nice keep what they need and work" {
	need_root "to give it up"
	need busybox
	superd_daemon "${OWN[@]}"
	make_scripts
	mkdir "$SCRIPTS/root"
	cp "$(program busybox)" "$SCRIPTS/root/busybox"
	superd_service jailed "/busybox ls /" "chroot = $SCRIPTS/root"
	superd_service quick "/bin/sh -c nice" "nice = -7"
	superd_start
	# With CAP_SYS_CHROOT, CAP_SYS_NICE
	has_caps "$SUPERD_PID" 00000000008400e0
	[ "$(ask "$(superd_port jailed)" "")" = busybox ]
	[ "$(ask "$(superd_port quick)" "")" = -7 ]
	superd_stop
}

@test "a chroot that superd's user cannot enter is told at start" {
	need_root "to give it up"
	need busybox
	superd_daemon "${OWN[@]}"
	open_directory closed
	mkdir "$DIR/root"
	cp "$(program busybox)" "$DIR/root/busybox"
	chmod 700 "$DIR"
	superd_service jailed "/busybox ls /" "chroot = $DIR/root"
	run -1 timeout 20 "$SUPERD" -c "$CONF"
	[[ $output = *"$CONF:"*": service 'jailed': superd's user cannot enter \
chroot '$DIR/root': Permission denied"* ]]
}

@test "a place for stderr that superd's user cannot enter is told at start" {
	need_root "to give it up"
	superd_daemon "${OWN[@]}"
	superd_service other "/bin/cat"
	open_directory closed
	chmod 700 "$DIR"
	RUNTIME_DIRECTORY=$DIR run -1 timeout 20 "$SUPERD" -c "$CONF"
	[[ $output = *"superd's user cannot enter '$DIR/"*"where stderr is read"* ]]
}

@test "a limit above superd's own keeps what it needs and works" {
	need_root "to give it up"
	need_capabilities sys_resource
	superd_daemon "${OWN[@]}"
	superd_service large "/bin/sh -c 'ulimit -Hn'" "limit_nofile = 700"
	superd_wrap "$(program sh)" -c 'ulimit -n 600; exec "$@"' sh
	superd_start
	# With CAP_SYS_RESOURCE
	has_caps "$SUPERD_PID" 00000000010000e0
	[ "$(ask "$(superd_port large)" "")" = 700 ]
	superd_stop
}

@test "superd's own user cannot look into superd" {
	need_root "to give it up"
	need setpriv
	superd_daemon "${OWN[@]}"
	superd_service own "/bin/cat" "${OWN[@]}"
	superd_start
	for file in mem environ maps; do
		refute setpriv --reuid=4242 --regid=4243 --clear-groups \
		    head -c 1 "/proc/$SUPERD_PID/$file"
	done
	superd_stop
}

@test "handlers of other users are ended, by time and at the end" {
	need_root "to give it up"
	superd_daemon "${OWN[@]}"
	script stubborn <<-'EOT'
		#!/bin/sh
		trap '' TERM
		echo ready
		while :; do sleep 1; done
	EOT
	superd_service slow "$SCRIPTS/stubborn" "max_runtime = 200ms" \
	    "kill_grace = 100ms"
	superd_service calm "/bin/sh -c 'echo ready; exec sleep 1000'"
	superd_start
	[ "$(ask "$(superd_port slow)" "")" = ready ]
	wait_for logged 'conn.close service=slow .*signal:KILL reason=runtime'
	client_start "$(superd_port calm)" <<-'PYTHON'
		s = connect(sys.argv[1])
		print(read_line(s))
		sys.stdin.read()
	PYTHON
	superd_stop
	client_end
	logged 'conn.close service=calm .*signal:TERM reason=stop'
	refute logged superd.fault
}

@test "what handlers write to stderr is logged, and the place is cleaned" {
	need_root "to give it up"
	open_directory run
	superd_daemon "${OWN[@]}"
	superd_service other "/bin/sh -c 'echo from another >&2'"
	superd_service own "/bin/sh -c 'echo from our own >&2'" "${OWN[@]}"
	for _ in 1 2; do
		: >"$SUPERD_ERR"
		RUNTIME_DIRECTORY=$DIR superd_start
		# What the one before could not remove is gone now.
		set -- "$DIR"/*
		[ "$#" = 1 ]
		[ "$(stat -c '%u %a' "$1")" = "4242 700" ]
		ask "$(superd_port other)" ""
		ask "$(superd_port own)" ""
		wait_for logged 'handler.stderr service=other .*text="from another"'
		wait_for logged 'handler.stderr service=own .*text="from our own"'
		superd_stop
		[ -z "$(ls -A "$1")" ]
	done
}

@test "the log is reopened where superd's user may, else the old one goes on" {
	need_root "to give it up"
	open_directory log
	superd_daemon "${OWN[@]}" "log = $DIR/superd.log"
	superd_service echo "/bin/cat"
	superd_start
	mv "$DIR/superd.log" "$DIR/old"
	kill -USR1 "$SUPERD_PID"
	wait_for grep -q 'superd.fault what="the log stays open"' "$DIR/old"
	[ ! -e "$DIR/superd.log" ]
	chown 4242 "$DIR"
	kill -USR1 "$SUPERD_PID"
	wait_for grep -q log.reopened "$DIR/superd.log"
	[ "$(stat -c %u "$DIR/superd.log")" = 4242 ]
	superd_stop
	grep -q superd.stop "$DIR/superd.log"
}

@test "the pid file is removed where superd's user may, else it is empty" {
	need_root "to give it up"
	open_directory run
	PID=$DIR/superd.pid
	superd_daemon "${OWN[@]}"
	superd_service echo "/bin/cat"
	superd_start --pidfile "$PID"
	[ "$(cat "$PID")" = "$SUPERD_PID" ]
	superd_stop
	[ -e "$PID" ]
	[ ! -s "$PID" ]
	chown 4242 "$DIR"
	superd_start --pidfile "$PID"
	[ "$(cat "$PID")" = "$SUPERD_PID" ]
	superd_stop
	[ ! -e "$PID" ]
}

@test "a setuid program works as a handler" {
	need_root "to give it up"
	make_scripts
	cp "$(program id)" "$SCRIPTS/id"
	chmod 4755 "$SCRIPTS/id"
	[ "$(setpriv --reuid=4244 "$SCRIPTS/id" -u)" = 0 ] ||
	    skip "no setuid programs here"
	superd_daemon "${OWN[@]}"
	superd_service id "$SCRIPTS/id -u" "user = 4244" "group = 4244"
	superd_start
	[ "$(ask "$(superd_port id)" "")" = 0 ]
	superd_stop
}

@test "handlers are not protected from the killer of a full memory" {
	need_root "to be protected"
	need choom
	need_capabilities sys_resource
	superd_daemon "${OWN[@]}"
	superd_service adj "/bin/cat /proc/self/oom_score_adj"
	superd_wrap "$(program choom)" -n -500 --
	superd_start
	[ "$(cat "/proc/$SUPERD_PID/oom_score_adj")" = -500 ]
	[ "$(ask "$(superd_port adj)" "")" = 0 ]
	superd_stop
}

@test "root with a reduced set: an error at start, only where it matters" {
	need_root "to be reduced"
	need setpriv
	superd_service plain "/bin/cat /proc/self/status"
	superd_wrap "$(program setpriv)" --bounding-set=-sys_nice,-sys_chroot
	superd_start
	handler plain
	[ "$(status Uid <<<"$output")" = "65534 65534 65534 65534" ]
	superd_stop
	superd_service quick "/bin/cat" "nice = -7"
	for option in "-t" ""; do
		run -3 timeout 20 "${SUPERD_WRAP[@]}" "$SUPERD" $option -c "$CONF"
		[ "${lines[0]}" = "$CONF:$(wc -l <"$CONF"): section 'quick': nice \
= -7 needs CAP_SYS_NICE, which superd does not have" ]
	done
	superd_wrap "$(program setpriv)" --bounding-set=-setuid
	run -3 timeout 20 "${SUPERD_WRAP[@]}" "$SUPERD" -c "$CONF"
	[ "${lines[0]}" = "$CONF:4: section 'defaults': user = nobody needs \
CAP_SETUID, which superd does not have" ]
}

@test "root without any capability serves as root, if that is all" {
	need_root "to be reduced"
	need setpriv
	superd_wrap "$(program setpriv)" --bounding-set=-all
	superd_service root "/bin/cat /proc/self/status" "user = root"
	superd_start
	handler root
	[ "$(status Uid <<<"$output")" = "0 0 0 0" ]
	[ "$(status CapEff <<<"$output")" = "$NONE" ]
	superd_stop
}

@test "capabilities without root are used, and those without use dropped" {
	need_root "to give capabilities away"
	need setpriv
	as nobody "+setuid,+setgid,+kill,+net_raw,+sys_admin"
	superd_daemon
	superd_service other "/bin/cat /proc/self/status" "user = 4244" \
	    "group = 4245"
	superd_service slow "/bin/sleep 1000" "user = 4244" "group = 4245" \
	    "max_runtime = 100ms"
	superd_start
	[ "$(status Uid "$SUPERD_PID")" = "65534 65534 65534 65534" ]
	has_caps "$SUPERD_PID" "$IDS"
	logged 'superd.privileges uid=65534 .*="CAP_KILL CAP_SETGID CAP_SETUID"'
	handler other
	is_powerless 4244 4245 4245
	ask "$(superd_port slow)" ""
	wait_for logged 'conn.close service=slow .*signal:TERM reason=runtime'
	superd_stop
}

@test "a capability that is missing without root is told at start" {
	need_root "to give capabilities away"
	need setpriv
	as nobody "+setuid,+setgid"
	superd_daemon
	superd_service other "/bin/cat" "user = 4244" "group = 4245"
	run -3 timeout 20 "${SUPERD_WRAP[@]}" "$SUPERD" -c "$CONF"
	[[ $output = *"section 'other': user = 4244, whose handlers superd has \
to end, needs CAP_KILL, which superd does not have"* ]]
}

@test "without root, a user of superd's own is an error unless it is that" {
	need_root "to become somebody else"
	need setpriv
	as nobody
	superd_daemon "user = nobody"
	superd_service echo "/bin/cat"
	superd_start
	has_caps "$SUPERD_PID" "$NONE"
	[ "$(ask "$(superd_port echo)" hello)" = hello ]
	superd_stop
	superd_daemon "${OWN[@]}"
	superd_service echo "/bin/cat"
	for option in "-t" ""; do
		run -3 timeout 20 "${SUPERD_WRAP[@]}" "$SUPERD" $option -c "$CONF"
		[[ $output = "$CONF:3: section 'superd': user, group: superd runs as \
user id 65534 and group id "*", and only root can become another one"* ]]
	done
}

@test "a service of superd's own user is worth a warning" {
	need_root "to have users"
	superd_daemon "${OWN[@]}"
	superd_service own "/bin/cat" "${OWN[@]}"
	run -0 timeout 20 "$SUPERD" -t -c "$CONF"
	[[ $output = *"warning: section 'own': user = 4242 is superd's own user: \
its handlers can stop superd"* ]]
}

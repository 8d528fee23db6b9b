#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Who superd is when it serves, what it may do then, and what its handlers
# may. The numbers are users that nobody else is.
load helpers

bats_require_minimum_version 1.5.0

NONE=0000000000000000

teardown() {
	superd_end
}

# status NAME [PID]: that line of /proc/PID/status; on stdin without PID.
status() {
	awk -v name="$1:" '$1 == name {
		sub(/^[^\t]*\t/, ""); gsub(/\t/, " "); sub(/ *$/, ""); print
	}' ${2:+"/proc/$2/status"}
}

# handler SERVICE: what its /proc/self/status says, in $output.
handler() {
	run -0 ask "$(superd_port "$1")" ""
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

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# allow, deny and hosts_access, as clients of many addresses see them.
load helpers

bats_require_minimum_version 1.5.0

# It says so at once, so that who is let in can be told from who is not.
SERVE="/bin/echo served"

teardown() {
	superd_end
}

# fates PORT SOURCE=FATE...: does each source meet with its fate?
fates() {
	client "$@" <<-'PYTHON'
		from gate import *
		for word in sys.argv[2:]:
		    source, wanted = word.split("=")
		    expect(wanted, fate(sys.argv[1], source), source)
	PYTHON
}

@test "the most specific network decides, deny where both name it" {
	superd_service x "$SERVE" \
	    "allow = 127.0.0.0/8, 127.0.1.2, 127.0.3.0/24" \
	    "deny = 127.0.1.0/24, 127.0.3.0/24, 127.0.4.4"
	superd_start
	fates "$(superd_port x)" 127.0.1.1=refused 127.0.0.1=served \
	    127.0.1.2=served 127.0.1.3=refused 127.0.3.5=refused \
	    127.0.4.4=refused 127.0.4.5=served 127.99.1.2=served
	logged 'conn.refuse service=x peer="\?127.0.1.1:.* reason=rule rule="deny 127.0.1.0/24"'
	[ "$(count_logged 'conn.open service=x')" = 4 ]
}

@test "without an allow everybody may enter whom no deny names" {
	superd_service x "$SERVE" "deny = 127.0.1.0/24"
	superd_start
	fates "$(superd_port x)" 127.0.0.1=served 127.0.1.1=refused \
	    127.0.2.1=served
}

@test "with an allow nobody may enter whom it does not name" {
	superd_service x "$SERVE" "allow = 127.0.1.0/24"
	superd_start
	fates "$(superd_port x)" 127.0.0.1=refused 127.0.1.1=served \
	    127.0.2.1=refused
	logged 'conn.refuse service=x .*reason=rule'
}

@test "a service opens what the defaults have closed" {
	superd_daemon
	printf '%s\n' "allow = 127.0.1.0/24" "deny = 127.0.1.9" >>"$CONF"
	superd_service x "$SERVE"
	superd_service all "$SERVE" "allow = all"
	superd_service none "$SERVE" "deny = none"
	superd_start
	fates "$(superd_port x)" 127.0.0.1=refused 127.0.1.1=served \
	    127.0.1.9=refused
	fates "$(superd_port all)" 127.0.0.1=served 127.0.1.9=refused
	fates "$(superd_port none)" 127.0.0.1=refused 127.0.1.9=served
}

@test "unix names the clients of unix sockets" {
	local here=$BATS_TEST_TMPDIR
	LISTEN="unix:$here/a" superd_service a "$SERVE" "deny = unix"
	LISTEN="unix:$here/b, 127.0.0.1:0" superd_service b "$SERVE" \
	    "allow = unix"
	LISTEN="unix:$here/c" superd_service c "$SERVE" "deny = 0.0.0.0/0, ::/0"
	LISTEN="unix:$here/d, 127.0.0.1:0" superd_service d "$SERVE" \
	    "allow = 127.0.0.1"
	superd_start
	fates "$here/a" unix=refused
	fates "$here/b" unix=served
	fates "$(superd_port b 2)" 127.0.0.1=refused
	fates "$here/c" unix=served
	fates "$here/d" unix=refused
	fates "$(superd_port d 2)" 127.0.0.1=served
	logged 'conn.refuse service=a .*reason=rule rule="deny unix"'
}

@test "a file of 50,000 networks is obeyed to its ends" {
	local list=$BATS_TEST_TMPDIR/list
	awk 'BEGIN {
		print "# 127.64.0.0 to 127.64.195.79"
		for (i = 0; i < 50000; i++)
			printf "127.64.%d.%d%s\n", i / 256, i % 256,
			    i % 1000 ? "" : " ; another thousand"
	}' >"$list"
	superd_service bad "$SERVE" "deny = @$list"
	superd_service good "$SERVE" "allow = @list"
	superd_start
	fates "$(superd_port bad)" 127.64.0.7=refused 127.64.100.200=refused \
	    127.64.195.79=refused 127.64.195.80=served 127.65.0.7=served \
	    127.0.0.1=served
	fates "$(superd_port good)" 127.64.0.7=served 127.64.100.200=served \
	    127.64.195.79=served 127.64.195.80=refused 127.0.0.1=refused
	logged 'conn.refuse service=bad .* rule="deny 127.64.0.7\(/32\)\?"'
}

@test "an IPv4 client of a socket for both families is IPv4" {
	need_ipv6
	export LISTEN="[::]:0"
	superd_service v4 "$SERVE" "v6only = no" "deny = 127.0.0.0/24"
	superd_service v6 "$SERVE" "v6only = no" "allow = ::/0"
	superd_service mapped "$SERVE" "v6only = no" \
	    "deny = ::ffff:127.0.0.0/120"
	superd_start
	client "$(superd_port v4)" "$(superd_port v6)" \
	    "$(superd_port mapped)" <<-'PYTHON'
		from gate import *
		v4, v6, mapped = sys.argv[1:]
		for port in v4, mapped:
		    expect("refused", fate(port, "127.0.0.1"), port)
		    expect("served", fate(port, "127.0.1.1"), port)
		    expect("served", fate(port, None, "::1"), port)
		expect("refused", fate(v6, "127.0.0.1"), "v4 in ::/0")
		expect("served", fate(v6, None, "::1"), "v6 in ::/0")
	PYTHON
	logged 'conn.refuse service=v4 peer="\?127.0.0.1:.* rule="deny 127.0.0.0/24"'
}

@test "who is kept out may be told, or reset" {
	superd_service told "$SERVE" "deny = 127.0.0.9" "over_limit = refuse" \
	    "refuse_message = \$'not you\\r\\n'"
	superd_service reset "$SERVE" "deny = 127.0.0.9" "over_limit = reset"
	superd_start
	fates "$(superd_port told)" "127.0.0.9=not you" 127.0.0.1=served
	fates "$(superd_port reset)" 127.0.0.9=reset 127.0.0.1=served
}

# all_counted COUNT: do the lines account for so many refusals?
all_counted() {
	awk -v want="$1" '
	/conn.refuse service=x .*reason=rule/ {
		said += / peer=/
		if (match($0, /suppressed=[0-9]+/))
			said += substr($0, RSTART + 11, RLENGTH - 11)
	}
	END { exit said != want }' "$SUPERD_ERR"
}

@test "5,000 refusals are a few lines, and leave nothing behind" {
	local load=$TOP_BUILDDIR/tests/bench/load
	superd_service x "$SERVE" "deny = 127.0.0.0/8"
	superd_service y "$SERVE"
	superd_start
	timeout 60 "$load" -D -c 20 -n 1000 "$(superd_port x)"
	files=$(open_files)
	rss=$(rss_kb)
	run -0 timeout 60 "$load" -D -c 50 -n 5000 "$(superd_port x)"
	[[ $output = *" right=5000 "* ]]
	client "$(superd_port y)" <<-'PYTHON'
		from gate import *
		expect("served", fate(sys.argv[1]))
	PYTHON
	wait_for has_handlers 0
	[ "$(open_files)" = "$files" ]
	[ -n "${SUPERD_SANITIZERS-}" ] || [ $(($(rss_kb) - rss)) -lt 256 ]
	# The first at once, the others counted.
	wait_for all_counted 6000
	[ "$(count_logged "conn.refuse service=x")" -le 6 ]
	[ "$(count_logged "conn.refuse service=x peer=")" -ge 1 ]
}

@test "refusals that no line has told are told when superd stops" {
	superd_service x "$SERVE" "deny = 127.0.0.9"
	superd_start
	client "$(superd_port x)" <<-'PYTHON'
		from gate import *
		expect({"refused": 100}, fates(sys.argv[1], 100, "127.0.0.9"))
	PYTHON
	superd_stop
	all_counted 100
}

# hosts_files ALLOW DENY: what the two files say.
hosts_files() {
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' "$1" >allow
	printf '%s\n' "$2" >deny
	superd_daemon "hosts_allow = allow" "hosts_deny = deny"
}

@test "hosts.allow and hosts.deny decide as tcp_wrappers do" {
	hosts_files $'# ours\nx: 127.0.0.2\nALL: 127.0.1. EXCEPT 127.0.1.9
other: ALL EXCEPT \\\n 127.0.5.0/255.255.255.0' $'\nALL EXCEPT open: ALL'
	superd_service x "$SERVE" "hosts_access = yes"
	superd_service other "$SERVE" "hosts_access = yes"
	superd_service open "$SERVE" "hosts_access = yes"
	superd_service unasked "$SERVE"
	superd_start
	fates "$(superd_port x)" 127.0.0.1=refused 127.0.0.2=served \
	    127.0.1.1=served 127.0.1.9=refused
	fates "$(superd_port other)" 127.0.0.1=served 127.0.5.5=refused
	fates "$(superd_port open)" 127.0.0.1=served 127.0.1.9=served
	fates "$(superd_port unasked)" 127.0.0.1=served
	logged "conn.refuse service=x .*reason=hosts_access rule=.*/deny:2"
}

@test "hosts.deny knows a service by its handler's name, and LOCAL" {
	hosts_files "" $'echo: 127.0.3.3\ny: LOCAL'
	superd_service x "$SERVE" "hosts_access = yes"
	superd_service y "$SERVE" "hosts_access = yes"
	superd_start
	fates "$(superd_port x)" 127.0.3.3=refused 127.0.3.4=served
	fates "$(superd_port y)" 127.0.3.4=refused 127.0.0.1=refused
}

@test "allow and deny must let in as well as the files" {
	hosts_files "ALL: ALL" ""
	superd_service x "$SERVE" "hosts_access = yes" "deny = 127.0.0.9"
	superd_start
	fates "$(superd_port x)" 127.0.0.9=refused 127.0.0.1=served
	logged "conn.refuse service=x .*reason=rule"
}

@test "files of hosts that do not exist keep nobody out" {
	superd_daemon "hosts_allow = gone/allow" "hosts_deny = gone/deny"
	superd_service x "$SERVE" "hosts_access = yes"
	superd_start
	fates "$(superd_port x)" 127.0.0.1=served
}

# starts_not: superd exits with 3 and says what is in $output.
starts_not() {
	run -3 timeout -k 5 20 "$SUPERD" -c "$CONF"
}

@test "mistakes in the files of hosts have their file and line" {
	hosts_files $'ALL: 127.0.0.1\n\nx: .example.org' \
	    $'ALL: PARANOID\nALL: ALL: spawn (true)\nx 127.0.0.1'
	superd_service x "$SERVE" "hosts_access = yes"
	starts_not
	echo "$output"
	[[ $output = *"/allow:3: "*".example.org"* ]]
	[[ $output = *"/deny:1: "*"PARANOID"* ]]
	[[ $output = *"/deny:2: "* ]]
	[[ $output = *"/deny:3: "* ]]
	[[ $output != *"/allow:1: "* ]]
}

@test "files of hosts that nobody asks may say what they want" {
	hosts_files "nonsense" "more nonsense"
	superd_service x "$SERVE"
	superd_start
	fates "$(superd_port x)" 127.0.0.1=served
}

@test "bad networks keep superd from starting" {
	superd_service x "$SERVE" "allow = 127.0.0.1/8"
	starts_not
	[[ $output = *"the network is 127.0.0.0/8"* ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The keys of the gate, as superd -t and --dump see them.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	here=$(pwd -P)
}

# service LINE...: a service in t.ini, with these lines from line 4 on.
service() {
	printf '%s\n' "[x]" "listen = 127.0.0.1:0" "handler = cat" "$@" \
	    "[defaults]" "$AS_USER" >t.ini
}

check() {
	timeout -k 5 20 "$SUPERD" -t -c t.ini
}

# refused LINE...: superd -t says exactly that, and exits with 3.
refused() {
	run -3 check
	printf '%s\n' "$@" "superd: t.ini: $# mistake$([ $# = 1 ] || echo s), \
0 warnings" >want
	printf '%s\n' "$output" | diff -u want - || return
}

# accepted [WARNING]: all is well, but for that.
accepted() {
	run -0 check
	if [ $# = 0 ]; then
		echo "superd: t.ini: 1 service, no mistake" >want
	else
		printf '%s\n' "$1" \
		    "superd: t.ini: 1 service, no mistake, 1 warning" >want
	fi
	printf '%s\n' "$output" | diff -u want - || return
}

@test "superd takes all keys of the gate, and a dump loads to the same" {
	printf '%s\n' "# ours" "192.0.2.0/24" "2001:db8::/32 ; theirs" >list
	service "allow = 10.0.0.0/8, unix, @list" "deny = 10.1.0.0/16," \
	    "    192.0.2.7" "max_per_source = 10" "rate = 50/s burst 100" \
	    "rate_per_source = 10/min" "source_prefix_v4 = 24" \
	    "source_prefix_v6 = 56" "over_limit = refuse" \
	    "refuse_message = \$'421 busy\\r\\n'" "hours = mon-fri" \
	    "    08:00-18:00, sat 10:00-12:00" "max_load = 4.5" \
	    "min_free_memory = 64m" "ban_after = 20/min" \
	    "ban_on = refused, exit:100, signal" "ban_for = 5m" \
	    "ban_max = 2h" "ban_exit = 77" "hosts_access = yes" "[superd]" \
	    "max_sources = 10000" "hosts_allow = a" "hosts_deny = b"
	accepted
	timeout -k 5 20 "$SUPERD" --dump -c t.ini >first.ini
	mkdir elsewhere
	cp first.ini elsewhere
	timeout -k 5 20 "$SUPERD" --dump -c elsewhere/first.ini >second.ini
	diff -u first.ini second.ini
	tr -d '\n\t ' <first.ini |
	    grep -qF "allow=10.0.0.0/8,unix,@${here// /}/list"
	for line in "hours = mon-fri 08:00-18:00 sat 10:00-12:00" \
	    "rate = 50/s burst 100" "max_load = 4.5" \
	    "ban_on = refused, signal, exit:100" "hosts_deny = $here/b"; do
		grep -qxF "$line" first.ini
	done
}

@test "bits of hosts are refused, with the network, wherever they stand" {
	printf '%s\n' "# a list" "10.0.0.0/8" "10.0.0.1/8" "" "nonsense" >list
	service "allow = 10.0.0.1/8" "deny = @list"
	refused "t.ini:4: section 'x': allow: 10.0.0.1/8 has host bits: the \
network is 10.0.0.0/8" "$here/list:3: 10.0.0.1/8 has host bits: the network \
is 10.0.0.0/8" "$here/list:5: bad address 'nonsense': say 10.0.0.0/8, \
192.0.2.7 or 2001:db8::/32"
}

@test "a list that is not there is a mistake, an empty one a warning" {
	service "deny = @list"
	refused "t.ini:4: section 'x': deny: '$here/list' cannot be read: No \
such file or directory"
	echo "# nobody" >list
	accepted "$here/list: warning: has no network in it"
}

@test "a list starts beside the file that names it" {
	mkdir d
	echo 10.0.0.0/8 >d/list
	echo 10.0.0.1/8 >d/bad
	printf '%s\n' "[y]" "listen = 127.0.0.1:0" "handler = cat" \
	    "deny = @list, @./bad" >d/y.ini
	service "[superd]" "include = d/y.ini"
	refused "$here/d/bad:1: 10.0.0.1/8 has host bits: the network is \
10.0.0.0/8"
}

@test "rates and hours are refused with what is allowed" {
	service "rate = 0/s" "rate_per_source = 5/fortnight" "hours = mon 9-5" \
	    "over_limit = drop"
	refused "t.ini:4: section 'x': rate: a rate of 0 lets nobody in: say \
rate = none for no limit, enabled = no for no service" "t.ini:5: section 'x': \
rate_per_source: 'fortnight' is no period: s, min, h or d is wanted behind \
the '/', or a duration such as 10m" "t.ini:6: section 'x': hours: '9-5' is no \
time: HH:MM-HH:MM from 00:00 to 24:00 is wanted, such as 08:00-18:00" \
	    "t.ini:7: section 'x': over_limit: 'drop' is unknown: allowed are \
queue, refuse, reset"
}

@test "keys without effect are refused where they are said" {
	service "ban_for = 5m" "refuse_message = no"
	refused "t.ini:4: section 'x': ban_for has no meaning without \
ban_after: say how often is too often, as in ban_after = 20/min" \
	    "t.ini:5: section 'x': refuse_message has no meaning with \
over_limit = queue: say over_limit = refuse"
	printf '%s\n' "[x]" "listen = 127.0.0.1:0" "handler = cat" \
	    "[defaults]" "ban_for = 5m" "refuse_message = no" "$AS_USER" >t.ini
	accepted
	timeout -k 5 20 "$SUPERD" --dump -c t.ini >first.ini
	timeout -k 5 20 "$SUPERD" --dump -c first.ini | diff -u first.ini -
}

@test "root refuses a list that others may write to" {
	need_root "others' files"
	echo 10.0.0.0/8 >list
	chmod o+w list
	service "deny = @list"
	refused "t.ini:4: section 'x': deny: '$here/list' anybody may write to \
it, which root does not trust: chmod o-w '$here/list'"
	chmod o-w list
	accepted
}

@test "superd reads 100,000 networks for 1,000 services in a second" {
	skip_if_sanitized "more time"
	awk 'BEGIN {
		for (i = 0; i < 100000; i++)
			printf "10.%d.%d.%d\n", i / 65536, i / 256 % 256, i % 256
	}' >list
	awk -v user="$AS_USER" 'BEGIN {
		print "[defaults]\n" user "\ndeny = @list"
		for (i = 0; i < 1000; i++) {
			print "[s" i "]\nlisten = unix:@" i "\nhandler = cat"
			if (i % 2 == 0)
				print "allow = unix, @list"
		}
	}' >t.ini
	run -0 timeout -k 5 2 "$SUPERD" -t -c t.ini
	[ "$output" = "superd: t.ini: 1000 services, no mistake" ]
}

@test "a list of 17 MB is refused" {
	head -c 17000000 /dev/zero | tr '\0' '\n' >list
	service "deny = @list"
	refused "t.ini:4: section 'x': deny: '$here/list' has 17000000 bytes, \
at most 16777216 (16 MiB) are read"
}

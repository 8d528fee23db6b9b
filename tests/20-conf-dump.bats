#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# --dump, --keys and --set.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# dump FILE [ARG...]
dump() {
	local file=$1
	shift
	timeout -k 5 20 "$SUPERD" --dump -c "$file" "$@"
}

# round_trip FILE: what is dumped loads to the same, from elsewhere too.
round_trip() {
	dump "$1" >first.ini || return
	mkdir -p elsewhere
	cp first.ini elsewhere
	dump elsewhere/first.ini >second.ini || return
	diff -u first.ini second.ini
}

@test "a dump loads to the same: the file that we install" {
	sed "s,^\[superd\],&\nhandler_path = $HANDLER_DIR," \
	    "$TOP_SRCDIR/etc/superd.ini" >t.ini
	round_trip t.ini
}

@test "a dump loads to the same: quotes, long and odd values" {
	printf '#!/bin/sh\n' >script
	chmod 755 script
	long=$(printf '%0150d' 0)
	cat >t.ini <<-END
		[superd]
		log = "./a log"
		max_connections = 12
		[defaults]
		$AS_USER
		limit_cpu = 90s:infinity
		[ports]
		0 = sh -c 'a=1; echo "\$a"'
		[long]
		listen = 0, 127.0.0.1:0 unix:s,unix:@x [::1]:0
		handler = ./script '' '[a]' = 'a=b' ';c' '#d' a=b it\'s
		    \$'\\n\\x01\\xff' '$long' \\
		    '$long'\\
		    '$long'
		    'x = y' '[z]'
		description = 'a '';'' b'
		environment = A=1 'B=x y' C= 'lower=case'
		max_runtime = 1h1m1s1ms
		[unix]
		listen = unix:t
		handler = cat
		enabled = no
		socket_mode = 0600
	END
	round_trip t.ini
	[ "$(awk 'length > 198' first.ini)" = "" ]
}

@test "a dump tells every key of every service that has a value" {
	printf '%s\n' "[x]" "listen = 127.0.0.1:0" "handler = cat" "[defaults]" \
	    "$AS_USER" >t.ini
	run -0 --separate-stderr dump t.ini
	"$SUPERD" --keys | awk -F '\t' '$4 != "-" && $2 !~ /^(socket|ban)_/ {
		print $2 }' >want
	while read -r key; do
		grep -q "^$key = " <<<"$output"
	done <want
}

@test "--dump refuses a bad file as -t does, and prints nothing" {
	printf '%s\n' "[x]" "listen = 127.0.0.1:0" >t.ini
	run -3 --separate-stderr dump t.ini
	[ -z "$output" ]
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == "t.ini:1: section 'x': handler is missing"* ]]
}

@test "--set wins over the file, for the daemon and for services" {
	printf '%s\n' "[superd]" "log_level = error" "[x]" \
	    "listen = 127.0.0.1:0" "handler = cat" "backlog = 5" "[defaults]" \
	    "$AS_USER" >t.ini
	run -0 --separate-stderr dump t.ini --set backlog=7 \
	    --set log_level=debug --set superd.max_connections=9 \
	    --set max_connections=8
	grep -qx "backlog = 7" <<<"$output"
	grep -qx "log_level = debug" <<<"$output"
	[ "$(grep max_connections <<<"$output" | tr '\n' ,)" = \
	    "max_connections = 9,max_connections = 8," ]
}

@test "a bad --set is named" {
	printf '%s\n' "[x]" "listen = 127.0.0.1:0" "handler = cat" "[defaults]" \
	    "$AS_USER" >t.ini
	run -3 timeout -k 5 20 "$SUPERD" -t -c t.ini --set backlog=0 \
	    --set back_log=5 --set listen=5
	[ "${lines[0]}" = "command line: --set 'backlog=0': backlog: '0' is out \
of range: 1 to 65535 is allowed" ]
	[ "${lines[1]}" = "command line: --set 'back_log=5': unknown key \
'back_log': did you mean 'backlog'?" ]
	[ "${lines[2]}" = "command line: --set 'listen=5': listen cannot be set \
for all services at once" ]
}

@test "-l checks its addresses and handler" {
	set --
	[ -z "$AS_USER" ] || set -- --set "${AS_USER// /}"
	run -3 timeout -k 5 20 "$SUPERD" -t -l 70000 "$@" -- nosuchprogram
	[ "${lines[0]}" = "command line: -l: '70000': the port is too large: 0 \
to 65535 is allowed" ]
	[[ ${lines[1]} == "command line: service 'nosuchprogram': handler: \
'nosuchprogram' is neither in handler_path nor in PATH"* ]]
	run -0 timeout -k 5 20 "$SUPERD" -t -l 0 -l unix:@x "$@" -- cat
}

@test "--keys prints scope, name, type, default, range and description" {
	run -0 timeout -k 5 20 "$SUPERD" --keys
	[ "$(awk -F '\t' 'NF != 6 || $2 == "" || $6 == ""' <<<"$output")" = "" ]
	grep -qx "service	backlog	number	4096	1 to 65535	.*" <<<"$output"
	grep -q "^superd	log_format	choice	text	text, json, rfc5424	" <<<"$output"
	grep -q "^own	handler	words	-	-	" <<<"$output"
}

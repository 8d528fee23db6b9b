#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The command line: what it takes, what it refuses, with which status.
load helpers

bats_require_minimum_version 1.5.0

teardown() {
	superd_end
}

# superd STATUS ARG...: runs it; $output is what it says on stdout, $stderr
# the rest.
superd() {
	local status=$1
	shift
	run --separate-stderr "-$status" timeout 20 "$SUPERD" "$@"
}

# command_line ARG...: superd without a file, as superd_start does it.
command_line() {
	local user=()
	[ -z "$AS_USER" ] || user=(--set "user=nobody")
	# shellcheck disable=SC2016 # sh expands it
	superd_wrap sh -c 'superd=$1; shift 3; exec "$superd" "$@"' sh
	superd_start "${user[@]}" "$@"
}

@test "-h lists every option and ends with 0" {
	superd 0 -h
	for option in --config --listen --set --test --dump --keys --events \
	    --detach --pidfile --ready-fd --verbose --quiet --version --help; do
		[[ $output = *" $option"* ]] || {
			echo "$option is missing"
			return 1
		}
	done
	[ "$stderr" = "" ]
	[ "$(awk 'length > 79' <<<"$output")" = "" ]
}

@test "-V prints the version" {
	superd 0 -V
	[[ $output =~ ^superd\ [0-9]+\.[0-9] ]]
	superd 0 --version
}

@test "an unknown option is misuse: a hint, status 2" {
	superd 2 --no-such-option
	[[ $stderr = *"superd -h"* ]]
	[ "$output" = "" ]
	superd 2 -Z
	[[ $stderr = *"superd -h"* ]]
}

@test "what does not go together is misuse" {
	superd 2 -c
	superd 2 -l 0
	[[ $stderr = *"-l needs a handler"* ]]
	superd 2 -l 0 -c /dev/null -- /bin/cat
	superd 2 surplus
	[[ $stderr = *"surplus"* ]]
	superd 2 --set nonsense
	superd 2 --ready-fd x
	superd 2 --ready-fd -1
}

@test "stdout that cannot be written is a failure" {
	[ -w /dev/full ] || skip "no /dev/full"
	for option in -h -V --keys --events; do
		run -1 timeout 20 sh -c '"$@" >/dev/full' sh "$SUPERD" $option
	done
}

@test "-t: a good file is told on stderr, with status 0" {
	superd_service echo /bin/cat
	superd 0 -t -c "$CONF"
	[[ $stderr = *"$CONF: 1 service, no mistake"* ]]
	[ "$output" = "" ]
}

@test "-t: a bad file has status 3 and every mistake with file and line" {
	superd_daemon
	superd_service echo /bin/cat "colour = blue" "max_connections = none"
	superd 3 -t -c "$CONF"
	line=$(grep -n colour "$CONF" | cut -d : -f 1)
	[[ $stderr = *"$CONF:$line: "*colour* ]]
	[[ $stderr = *"$CONF:$((line + 1)): "*max_connections* ]]
	[[ $stderr = *"2 mistakes"* ]]
}

@test "a bad file does not start: the same words, status 3" {
	superd_service echo /bin/cat "colour = blue"
	superd 3 -t -c "$CONF"
	words=$stderr
	superd 3 -c "$CONF"
	[ "$stderr" = "$words" ]
}

@test "a file that is missing is named, also the default one" {
	superd 3 -c "$BATS_TEST_TMPDIR/absent.ini"
	[[ $stderr = *"$BATS_TEST_TMPDIR/absent.ini"*"No such file"* ]]
	default=$("$SUPERD" -V | sed -n 's/^configuration //p')
	[ -n "$default" ]
	[ ! -e "$default" ] || skip "$default exists"
	superd 3
	[[ $stderr = *"$default"*"No such file"* ]]
}

@test "--keys prints the table of keys" {
	superd 0 --keys
	for key in listen handler user max_connections max_runtime stderr \
	    log_level pidfile; do
		grep -qw "$key" <<<"$output"
	done
}

@test "--events prints the table of events" {
	superd 0 --events
	for event in superd.start conn.open conn.close spawn.failed \
	    accept.failed orphan.reaped; do
		grep -q "^$event"$'\t' <<<"$output"
	done
}

@test "--dump prints a file that means the same" {
	superd_service echo /bin/cat "max_connections = 7"
	superd 0 --dump -c "$CONF"
	grep -q "max_connections = 7" <<<"$output"
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/again.ini"
	first=$output
	superd 0 --dump -c "$BATS_TEST_TMPDIR/again.ini"
	[ "$output" = "$first" ]
}

@test "-l serves a handler without a file, on several addresses" {
	command_line -l 127.0.0.1:0 -l 127.0.0.2:0 -- /bin/cat
	[ "$(wc -l <"$BATS_TEST_TMPDIR/ports")" = 2 ]
	name=$(awk 'NR == 1 { print $1 }' "$BATS_TEST_TMPDIR/ports")
	client "$(superd_port "$name")" "$(superd_port "$name" 2)" <<-'PYTHON'
		assert ask(sys.argv[1], b"one") == b"one"
		assert ask(sys.argv[2], b"two", "127.0.0.2") == b"two"
	PYTHON
	superd_stop
}

@test "words behind -- are the handler's, options too" {
	script args <<-'EOT'
		#!/bin/sh
		printf '<%s>' "$@"
	EOT
	command_line -l 127.0.0.1:0 -- "$SCRIPTS/args" -c "two words" '$HOME' ''
	name=$(awk '{ print $1 }' "$BATS_TEST_TMPDIR/ports")
	[ "$(ask "$(superd_port "$name")" "")" = "<-c><two words><\$HOME><>" ]
	superd_stop
}

@test "--set sets keys of the service and of the daemon" {
	command_line -l 127.0.0.1:0 --set max_connections=3 \
	    --set stderr=client --set log_format=json -- \
	    /bin/sh -c 'echo to stderr >&2'
	name=$(awk '{ print $1 }' "$BATS_TEST_TMPDIR/ports")
	[ "$(ask "$(superd_port "$name")" "")" = "to stderr" ]
	wait_for logged '^{.*"superd.listen"'
	superd_stop
}

@test "--set that makes no sense is an error" {
	superd 3 -t -l 127.0.0.1:0 --set user=root --set colour=blue -- /bin/cat
	[[ $stderr = *colour* ]]
	superd 3 -t -l 127.0.0.1:0 --set user=root --set backlog=-1 -- /bin/cat
	[[ $stderr = *backlog* ]]
	superd 3 -t -l nonsense --set user=root -- /bin/cat
	[[ $stderr = *nonsense* ]]
}

@test "--set is over what the file says" {
	superd_service say "/bin/sh -c 'echo complaint >&2'" "stderr = null"
	superd_start --set stderr=client --set log_level=error
	[ "$(ask "$(superd_port say)" "")" = complaint ]
	superd_stop
	[ ! -s "$SUPERD_ERR" ]
}

@test "-q leaves out the connections, -v adds what is for debugging" {
	superd_service echo /bin/cat
	superd_start -q
	ask "$(superd_port echo)" x
	superd_stop
	wait_for logged superd.listen
	refute logged conn.open
	rm "$SUPERD_ERR"
	superd_start -qqq
	ask "$(superd_port echo)" x
	superd_stop
	[ ! -s "$SUPERD_ERR" ]
}

@test "as root a service without a user is an error, not root's" {
	need_root "is refused to nobody else"
	AS_USER="" superd_daemon
	superd_service echo /bin/cat
	superd 3 -t -c "$CONF"
	[[ $stderr = *"$CONF:"[0-9]*"user is missing"* ]]
	superd 3 -c "$CONF"
	superd 3 -l 127.0.0.1:0 -- /bin/cat
}

@test "as root a handler that anybody may change is warned of" {
	need_root "has something to lose"
	make_scripts
	cp "$(program cat)" "$SCRIPTS/open"
	chmod 777 "$SCRIPTS/open"
	superd_service open "$SCRIPTS/open"
	superd 0 -t -c "$CONF"
	[[ $stderr = *"warning: "*"anybody may write to '$SCRIPTS/open'"* ]]
	chmod 755 "$SCRIPTS/open"
	chmod 777 "$SCRIPTS"
	superd 0 -t -c "$CONF"
	[[ $stderr = *"warning: "*"anybody may replace the handler"* ]]
}

@test "who is not root is warned once that users are skipped" {
	[ "$(id -u)" != 0 ] || skip "is root"
	AS_USER="user = root" superd_daemon
	superd_service one /bin/cat
	superd_service two /bin/cat "group = root"
	superd_start
	[ "$(count_logged "config.warning .*does not run as root")" = 1 ]
	[ "$(ask "$(superd_port two)" x)" = x ]
	superd_stop
}

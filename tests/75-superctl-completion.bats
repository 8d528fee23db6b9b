#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What bash and zsh offer behind superctl.
load helpers
load control

COMPLETIONS=$TOP_SRCDIR/etc/completions

setup() {
	need python3
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	ln -sf "$SUPERCTL" "$BATS_TEST_TMPDIR/bin/superctl"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

teardown() {
	fake_end
}

# offered WORD...: what bash offers for the last word, on one line.
offered() {
	# shellcheck disable=SC2016 # bash expands it
	timeout 30 bash -c '
		. "$1" || exit
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_superctl
		echo "${COMPREPLY[*]}"' bash "$COMPLETIONS/superctl.bash" "$@"
}

@test "bash: commands and options" {
	[ "$(offered superctl re)" = "resume reload reopen" ]
	[ "$(offered superctl --j)" = "--json" ]
	[ "$(offered superctl list --f)" = "--full --follow" ]
	[ "$(offered superctl --json pi)" = "ping" ]
	[ "$(offered superctl "" | wc -w)" = \
	    "$("$SUPERCTL" --commands | wc -l)" ]
}

@test "bash: what the running superd has" {
	fake_start
	[ "$(offered superctl pause "")" = "echo git local evil" ]
	[ "$(offered superctl status g)" = "git" ]
	[ "$(offered superctl show "")" = "12 13 14" ]
	[ "$(offered superctl kill e)" = "echo evil" ]
	[ "$(offered superctl kill echo 1)" = "12 13 14" ]
	[ "$(offered superctl unban "")" = "192.0.2.7" ]
	[ "$(offered superctl unban 192.0.2.7 l)" = "local" ]
	[ "$(offered superctl ban 192.0.2.7 1)" = "10m 1h 1d" ]
	[ "$(offered superctl ban 192.0.2.7 1h gi)" = "git" ]
	[ "$(offered superctl log-level n)" = "notice" ]
	[ "$(offered superctl events -s ec)" = "echo" ]
	[ "$(offered superctl events -l w)" = "warning" ]
	local path=$SUPERD_CONTROL
	SUPERD_CONTROL=/nonexistent run -0 offered superctl -s "$path" pause g
	[ "$output" = "git" ]
}

@test "bash: without superd there is nothing to offer, and no noise" {
	run -0 offered superctl pause ""
	[ "$output" = "" ]
}

@test "bash: a socket is a file" {
	mkdir "$BATS_TEST_TMPDIR/there"
	[ "$(offered superctl -s "$BATS_TEST_TMPDIR/the")" = \
	    "$BATS_TEST_TMPDIR/there" ]
}

@test "zsh: the file can be read by zsh" {
	need zsh
	zsh -n "$COMPLETIONS/_superctl"
}

@test "zsh: each command that takes something has its case" {
	"$SUPERCTL" --commands | awk -F '\t' '$2 != "" { print $1 }' \
	    >"$BATS_TEST_TMPDIR/names"
	[ -s "$BATS_TEST_TMPDIR/names" ]
	while read -r name; do
		grep -Eq "^([a-z| -]* )?$name( [a-z| -]*)?\)\$" \
		    "$COMPLETIONS/_superctl" || {
			echo "$name is missing"
			return 1
		}
	done <"$BATS_TEST_TMPDIR/names"
}

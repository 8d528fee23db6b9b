#!/bin/sh
# SPDX-License-Identifier: ISC
# Includes point down only: a room sees rooms of lower rank and itself.
# Rooms of one rank never meet. Handlers see nothing of src/ but the raw
# system calls.
. "$(dirname "$0")/lib.sh"

# violations FILE...: one line for each include that may not be.
violations() (
	cd "$TOP_SRCDIR" || exit
	awk '
	BEGIN {
		n = split("compat:0 base:1 log:2 loop:2 conf:2 wire:2 net:3 " \
		    "gate:3 spawn:3 superctl:3 core:4 ctl:5 superd.c:6", \
		    row, " ")
		for (i = 1; i <= n; i++) {
			split(row[i], field, ":")
			rank[field[1]] = field[2]
		}
	}
	function room_of(path,    part, count) {
		count = split(path, part, "/")
		if (part[1] == "handlers")
			return "handlers"
		return count > 2 ? part[2] : "superd.c"
	}
	function exists(path,    line, there) {
		there = (getline line < path) >= 0
		close(path)
		return there
	}
	function complain(why) {
		printf "%s:%d: %s: %s\n", FILENAME, FNR, name, why
	}
	function judge_handler() {
		if (name ~ /^handlers\// || name !~ /\//)
			return
		if (name != "compat/raw-syscall.h")
			complain("a handler sees only handlers/ and " \
			    "compat/raw-syscall.h of ours")
	}
	function judge_room(own, target) {
		if (!(own in rank))
			complain("room \"" own "\" has no rank in this check")
		else if (!(target in rank))
			complain("\"" target "\" is no room: write " \
			    "\"room/file.h\"")
		else if (own == "superctl" && \
		    target !~ /^(superctl|wire|base|compat)$/)
			complain("superctl sees only wire and base of ours")
		else if (target != own && rank[target] == rank[own])
			complain(own " and " target " have one rank")
		else if (target != own && rank[target] > rank[own])
			complain(own " is below " target)
	}
	/^[ \t]*#[ \t]*include[ \t]*["<]/ {
		name = $0
		sub(/^[^"<]*["<]/, "", name)
		sub(/[">].*$/, "", name)
		if ($0 ~ /^[^"]*</ && !exists("src/" name))
			next # the system
		if (name ~ /^(config|(tests\/)?tap)\.h$/)
			next
		own = room_of(FILENAME)
		if (own == "superd.c" && name !~ /\// && exists("src/" name))
			next # main is in several files
		target = name
		sub(/\/.*$/, "", target)
		if (own == "handlers")
			judge_handler()
		else
			judge_room(own, target)
	}' "$@"
)

for dir in "$TOP_SRCDIR"/src/*/ "$TOP_SRCDIR/handlers/"; do
	dir=${dir%/}
	dir=${dir#"$TOP_SRCDIR/"}
	files=$(sources "$dir" -- '*.c' '*.h')
	[ -n "$files" ] || continue
	# shellcheck disable=SC2086 # our paths have no blanks
	verdict "$dir includes only what stands below it" \
	    "$(violations $files)"
done
# shellcheck disable=SC2046
verdict "src itself includes nothing above the rooms" "$(violations \
    $(sources src -- '*.c' '*.h' | grep -v '^src/.*/') /dev/null)"
finish

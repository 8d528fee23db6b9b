#!/bin/sh
# SPDX-License-Identifier: ISC
# Files are at most 400 lines (tests 600), functions 60, main() 80. A
# function is what stands between { and } in column 1.
. "$(dirname "$0")/lib.sh"

# long_files LIMIT FILE...
long_files() (
	limit=$1
	shift
	cd "$TOP_SRCDIR" || exit
	awk -v limit="$limit" '
	{ lines[FILENAME]++ }
	END {
		for (file in lines)
			if (lines[file] > limit)
				printf "%s: %d lines, %d are allowed\n", \
				    file, lines[file], limit
	}' "$@"
)

# long_functions FILE...
long_functions() (
	cd "$TOP_SRCDIR" || exit
	awk '
	FNR == 1 { start = 0; name = "" }
	/^[A-Za-z_][A-Za-z0-9_]*\(/ { name = $0; sub(/\(.*/, "", name) }
	/^{[ \t]*$/ { start = FNR }
	/^}/ && start {
		limit = name == "main" ? 80 : 60
		lines = FNR - start - 1
		if (lines > limit)
			printf "%s:%d: %s() has %d lines, %d are allowed\n", \
			    FILENAME, start, name, lines, limit
		start = 0
	}' "$@"
)

# check WHERE LIMIT FILES
check() {
	[ -n "$3" ] || return 0
	# shellcheck disable=SC2086 # our paths have no blanks
	verdict "$1: files have at most $2 lines" "$(long_files "$2" $3)"
	case $3 in
	*.c*)
		# shellcheck disable=SC2086
		verdict "$1: functions have at most 60 lines" \
		    "$(long_functions $3)"
		;;
	esac
}

for dir in src handlers; do
	check "$dir" 400 "$(sources $dir -- '*.c' '*.h' | grep -v '/test_')"
done
check "unit tests" 600 "$(sources src tests -- 'test_*.c')"
check "shell" 400 "$(sources bootstrap .ci tests handlers \
    -- bootstrap run 'run-*' '*.sh' '*.bash')"
check "suites" 600 "$(sources tests handlers -- '*.bats')"
finish

#!/bin/sh
# SPDX-License-Identifier: ISC
# What every text file of the tree owes its readers.
. "$(dirname "$0")/lib.sh"

cd "$TOP_SRCDIR" || exit 99
code=$(sources src handlers tests -- '*.c' '*.h')
texts="$code $(sources src handlers tests etc m4 .ci \
    -- '*.mk' '*.m4' '*.sh' '*.bash' '*.bats' '*.py' '*.pl' '*.awk' \
    '*.ini' '*.in' '*.txt' '*.[1-8]' 'run' 'run-*' child-symbols)
    $(for file in bootstrap configure.ac Makefile.am README NEWS HACKING \
	COPYING .gitignore .clang-format; do
	[ ! -f "$file" ] || echo "$file"
    done)"

# shellcheck disable=SC2086 # our paths have no blanks
{
	verdict "C files carry their licence in one line" \
	    "$(grep -L 'SPDX-License-Identifier: ISC' $code)"
	verdict "no line ends in a blank" \
	    "$(grep -nE '[[:blank:]]+$' $texts /dev/null)"
	verdict "no carriage returns" \
	    "$(grep -n "$(printf '\r')" $texts /dev/null)"
	verdict "no path of somebody's own machine" \
	    "$(grep -nE '/(wor[k]|hom[e])/' $texts /dev/null)"
	verdict "plain text pages are at most 72 columns wide" \
	    "$(cat README NEWS 2>/dev/null | awk 'length > 72')"
	verdict "every file ends in a newline" \
	    "$(for file in $texts; do
		[ -z "$(tail -c 1 "$file")" ] || echo "$file"
	    done)"
}
finish

#!/bin/sh
# SPDX-License-Identifier: ISC
# No file is forgotten: what is not in a local.mk is neither built, nor run
# as a test, nor in the tarball.
. "$(dirname "$0")/lib.sh"

cd "$TOP_SRCDIR" || exit 99
# The words of all fragments, each %D% replaced by where it stands.
lists=$(for list in Makefile.am $(sources src handlers etc tests -- local.mk); do
	dir=$(dirname "$list")/
	sed -e 's/#.*//' -e "s,%D%/,${dir#./},g" "$list"
done | tr -s ' \t\\=' '\n')

# missing WORD...: the words that no list has.
missing() {
	for word; do
		printf '%s\n' "$lists" | grep -qxF -e "$word" ||
		    echo "$word stands in no local.mk"
	done
}

# shellcheck disable=SC2046
{
	verdict "every source is in a list" "$(missing \
	    $(sources src handlers tests -- '*.c' '*.h' |
		grep -v '/test_[^/]*\.c$'))"
	verdict "every unit test is in a list" "$(missing \
	    $(sources src tests -- 'test_*.c' | sed 's/\.c$//'))"
	verdict "every suite is in a list" "$(missing \
	    $(sources tests handlers -- '*.bats'))"
	verdict "every script of the tests is in a list" "$(missing \
	    $(sources tests handlers \
		-- '*.sh' '*.bash' 'run-*' '*.py' '*.pl' '*.txt'))"
	verdict "every page is in a list" "$(missing \
	    $(sources src handlers -- '*.[1-8]'))"
	verdict "every example is in a list" "$(missing \
	    $(sources handlers/examples etc -- '*' | grep -v 'local.mk$' |
		grep -v '^etc/superd.service$'))"
	verdict "every macro file is in a list" "$(missing \
	    $(sources m4 -- '*.m4'))"
	verdict "every fragment is included" "$(missing \
	    $(sources src handlers etc tests -- local.mk))"
}
finish

#!/bin/sh
# SPDX-License-Identifier: ISC
# Nothing in our shell that shellcheck would change. What it is not asked:
# SC2317 calls functions unreachable that a trap calls; SC2016 is a hint that
# '$x' might be meant as "$x". It sees neither what `run` of bats sets
# (SC2154), nor that each test is a process of its own (SC2030, SC2031), nor
# who calls the functions of a helper (SC2119, SC2120).
. "$(dirname "$0")/lib.sh"

need shellcheck
cd "$TOP_SRCDIR" || exit 99

# bats files since 0.7
suites='*.bats'
printf '#!/usr/bin/env bats\n@test "x" {\n\t:\n}\n' |
    shellcheck - >/dev/null || suites=

for file in $(sources bootstrap .ci tests handlers etc \
    -- bootstrap run 'run-*' '*.sh' '*.bash' "${suites:-*.bash}"); do
	but=SC2317,SC2016
	case $file in
	*.bats) but=$but,SC2154,SC2030,SC2031 ;;
	*.bash) but=$but,SC2154,SC2119,SC2120 ;;
	esac
	verdict "$file: no finding of shellcheck" \
	    "$(shellcheck -x -P SCRIPTDIR -S info -e "$but" -f gcc "$file" 2>&1)"
done
[ -n "$suites" ] || skip "suites" "this shellcheck does not know bats"
finish

#!/bin/sh
# SPDX-License-Identifier: ISC
# Every header compiles alone, with the compiler and the flags of the build,
# and its guard is named after its place.
. "$(dirname "$0")/lib.sh"

: "${HOUSE_CC:=cc}"
: "${HOUSE_CPPFLAGS:=-I$TOP_SRCDIR -I$TOP_SRCDIR/src -D_GNU_SOURCE}"
: "${HOUSE_CFLAGS:=-Wall -Wextra}"

# compile HEADER: what the compiler says to it, twice in a row.
compile() {
	name=${1#src/}
	# shellcheck disable=SC2086 # flags are words
	printf '#include "%s"\n#include "%s"\n' "$name" "$name" |
	    $HOUSE_CC $HOUSE_CPPFLAGS -I"$TOP_SRCDIR" $HOUSE_CFLAGS \
		-Werror -fsyntax-only -x c - 2>&1 || echo "does not compile"
}

# guard HEADER: complains unless the guard has the one right name.
guard() {
	want=SUPERD_$(printf '%s' "${1#src/}" | tr 'a-z/.-' 'A-Z___')
	for word in ifndef define; do
		grep -q "^#$word $want\$" "$TOP_SRCDIR/$1" ||
		    echo "$1: there is no '#$word $want'"
	done
}

for header in $(sources src handlers tests -- '*.h'); do
	verdict "$header compiles alone" "$(compile "$header")"
	verdict "$header has its own guard" "$(guard "$header")"
done
finish

#!/bin/sh
# SPDX-License-Identifier: ISC
# The layout of C is what clang-format makes of it with our .clang-format.
. "$(dirname "$0")/lib.sh"

need clang-format
major=$(clang-format --version |
    sed -n 's/.*version \([0-9][0-9]*\)\..*/\1/p')
[ "${major:-0}" -ge 14 ] ||
    skip_all "clang-format ${major:-?} is older than 14"

cd "$TOP_SRCDIR" || exit 99
for file in $(sources src handlers tests -- '*.c' '*.h'); do
	verdict "$file is formatted" \
	    "$(clang-format --style=file "$file" | diff -u "$file" - |
		sed '1,2d; 12,$d')"
done
finish

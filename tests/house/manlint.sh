#!/bin/sh
# SPDX-License-Identifier: ISC
# mandoc has nothing to warn of in a page.
. "$(dirname "$0")/lib.sh"

need mandoc
cd "$TOP_SRCDIR" || exit 99
for page in $(sources src handlers -- '*.[1-8]'); do
	verdict "$page: no warning of mandoc" \
	    "$(mandoc -T lint -W warning "$page" 2>&1)"
done
finish

#!/bin/sh
# SPDX-License-Identifier: ISC
# embed.sh DIR: the status page as C, on stdout: the page's pieces before,
# between and behind its style and its script, which stand where index.html
# has a line @STYLE@ and one @SCRIPT@. Characters would be nicer than numbers,
# but a string may not be that long.
set -eu

dir=$1

# array NAME: the bytes of stdin.
array() {
	echo "static const unsigned char $1[] = {"
	od -An -v -tu1 | awk '{
		for (i = 1; i <= NF; i++)
			printf "%s,", $i
		print ""
	}'
	echo "};"
}

# piece N: of index.html.
piece() {
	awk -v n="$1" '/^@[A-Z]*@$/ { seen++; next } seen + 0 == n' \
	    "$dir/index.html"
}

piece 0 | array page_begin
array page_style <"$dir/page.css"
piece 1 | array page_middle
array page_script <"$dir/page.js"
piece 2 | array page_end

# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# Shared by the checks of the house: `. "$(dirname "$0")/lib.sh"`. A check
# looks for violations and hands what it found to verdict(); no text is good
# news. Each can be started by hand, without make.
set -u
export LC_ALL=C

house_dir=$(cd "$(dirname "$0")" && pwd) || exit 99
: "${TOP_SRCDIR:=$(dirname "$(dirname "$house_dir")")}"
if [ -z "${TOP_BUILDDIR-}" ]; then
	TOP_BUILDDIR=$TOP_SRCDIR/build
	[ -d "$TOP_BUILDDIR" ] || TOP_BUILDDIR=$TOP_SRCDIR
fi
house_run=0
house_failed=0

# verdict WHAT VIOLATIONS: ok if there are none.
verdict() {
	house_run=$((house_run + 1))
	if [ -z "$2" ]; then
		echo "ok $house_run - $1"
		return 0
	fi
	house_failed=$((house_failed + 1))
	echo "not ok $house_run - $1"
	printf '%s\n' "$2" | sed 's/^/#   /'
	return 0
}

# skip WHAT WHY: this one check cannot be made here.
skip() {
	house_run=$((house_run + 1))
	echo "ok $house_run - $1 # SKIP $2"
}

# skip_all WHY: none can.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

# need TOOL: skips everything if it is missing.
need() {
	command -v "$1" >/dev/null || skip_all "$1 is not installed"
}

# The last line of each check. One that looked at nothing has failed.
finish() {
	[ "$house_run" -gt 0 ] || verdict "there is something to check" \
	    "nothing was found below $TOP_SRCDIR"
	echo "1..$house_run"
	[ "$house_failed" = 0 ]
	exit
}

# sources DIR... -- PATTERN...: files below the directories of the tree whose
# names match, as sorted paths relative to TOP_SRCDIR.
sources() (
	cd "$TOP_SRCDIR" || exit
	dirs=
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		[ ! -e "$1" ] || dirs="$dirs $1"
		shift
	done
	shift
	[ -n "$dirs" ] || exit 0
	for pattern; do
		# shellcheck disable=SC2086 # words on purpose
		find $dirs -name .deps -prune -o -type f -name "$pattern" -print
	done | sort -u
)

#!/bin/sh
# SPDX-License-Identifier: ISC
# The tables in the code and the manual pages tell the same. In the pages,
# a row of a table is a list item:
#
#   keys       .It Ic name              superd.ini(5)
#   options    .It Fl c Ar file         superd(8), superctl(8)
#   commands   .It Ic name              superctl(8), section COMMANDS
#   metrics    .It Ic name              superctl(8), section METRICS
#   events     .It Ic name              superd(8), section EVENTS
#   fields     .It Cm name              superd(8), section EVENTS
#   exit codes .It 3                    both, section EXIT STATUS
#   handlers   .It Ic name              superd-handlers(7)
. "$(dirname "$0")/lib.sh"

: "${SUPERD:=$TOP_BUILDDIR/src/superd}"
: "${SUPERCTL:=$TOP_BUILDDIR/src/superctl/superctl}"
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cd "$TOP_SRCDIR" || exit 99

# items PAGE MACRO [SECTION]: the words that stand behind MACRO in the list
# items of the page, or of the sections whose names hold SECTION. MACRO "-"
# means no macro at all.
items() {
	awk -v macro="$2" -v section="${3-}" '
	$1 == ".Sh" { inside = index($0, section) > 0 }
	$1 != ".It" || (section != "" && !inside) { next }
	{
		now = "-"
		for (i = 2; i <= NF; i++) {
			word = $i
			if (word ~ /^[A-Z][a-z]$/) {
				dashes = word == "Fl" && $(i - 1) == "Fl" ? \
				    "-" : ""
				now = word
			} else if (now == macro && word !~ /^[,.|:;]$/) {
				print dashes word
				dashes = ""
			}
		}
	}' "$1" | sed 's/^\\&//; s/^"//; s/"$//; s/\\-/-/g' | sort -u
}

# same WHAT TABLE PAGE: two sorted files, both ways.
same() {
	verdict "each of the $1 has its line in the page" \
	    "$(comm -23 "$work/$2" "$work/$3")"
	verdict "the page has no $1 but those" \
	    "$(comm -13 "$work/$2" "$work/$3")"
}

# table NAME COMMAND...: the first thing that a table can be is empty.
table() {
	out=$1
	shift
	"$@" >"$work/raw" 2>&1
	status=$?
	sort -u "$work/raw" >"$work/$out"
	verdict "'${2##*/}${3+ $3}' prints a table" "$(
		[ "$status" = 0 ] || echo "exit status $status"
		[ -s "$work/raw" ] || echo "no output")"
}

compare_keys() {
	table key-rows "$SUPERD" --keys
	awk -F '\t' 'NF >= 6 { print $2 }' "$work/key-rows" |
	    sort -u >"$work/keys"
	items src/superd.ini.5 Ic >"$work/page-keys"
	verdict "each key has scope, name, type, default, range, description" \
	    "$(awk -F '\t' 'NF < 6 || $2 == "" || $6 == ""' \
		"$work/key-rows")"
	same keys keys page-keys
}

# compare_options PROGRAM PAGE. The usage has a line for each:
# "  -c, --config FILE   what it does". One dash is the macro's.
compare_options() {
	table usage "$1" -h
	sed -n 's/^ \{1,\}\(-.*\)/\1/p' "$work/usage" | sed 's/   *.*//' |
	    tr -s ', ' '\n' | sed -n 's/^-//p' | sort -u >"$work/options"
	items "$2" Fl >"$work/page-options"
	same "options of ${1##*/}" options page-options
}

compare_commands() {
	table command-rows "$SUPERCTL" --commands
	cut -f 1 "$work/command-rows" | sort -u >"$work/commands"
	items src/superctl/superctl.8 Ic COMMANDS >"$work/page-commands"
	verdict "each command has name, arguments, description" \
	    "$(awk -F '\t' 'NF != 3 || $1 == "" || $3 == ""' \
		"$work/command-rows")"
	same commands commands page-commands
}

compare_events() {
	table event-rows "$SUPERD" --events
	awk -F '\t' 'NF == 3 { print $1 }' "$work/event-rows" |
	    sort -u >"$work/events"
	items src/superd.8 Ic EVENTS >"$work/page-events"
	verdict "each event has name, level, description" \
	    "$(awk -F '\t' 'NF != 3 || $1 == "" || $3 == ""' \
		"$work/event-rows")"
	same events events page-events
}

# What log_fields allows, and the list in the entry of conn.close.
compare_fields() {
	"$SUPERD" --keys | awk -F '\t' '$2 == "log_fields" { print $5 }' |
	    tr -s ', ' '\n' | sort -u >"$work/fields"
	items src/superd.8 Cm EVENTS >"$work/page-fields"
	same "fields of conn.close" fields page-fields
}

# compare_exit_codes PAGE SOURCE...: the enum of the codes is the table.
compare_exit_codes() {
	page=$1
	shift
	awk '
	/^enum/ { next_code = 0 }
	/^\tEXIT_[A-Z_]*_CODE/ {
		if ($2 == "=")
			next_code = $3 + 0
		print next_code++
	}' "$@" | sort -u >"$work/codes"
	items "$page" - 'EXIT STATUS' >"$work/page-codes"
	verdict "$page: there are exit codes" \
	    "$([ -s "$work/codes" ] || echo "none is in: $*")"
	same "exit codes" codes page-codes
}

# The tables of ctl, and what superctl(8) says of the protocol and metrics.
compare_control() {
	page=src/superctl/superctl.8
	awk -F '"' '/^\t{ "[a-z-]+", CTL_ROLE_/ { print $2 }' \
	    "$TOP_SRCDIR/src/ctl/commands.c" | sort -u >"$work/control"
	items $page Ic COMMANDS >"$work/page-commands"
	verdict "ctl has commands" \
	    "$([ -s "$work/control" ] || echo "none in commands.c")"
	verdict "each command of superd's has its line in superctl(8)" \
	    "$(comm -23 "$work/control" "$work/page-commands")"
	{
		awk -F '"' '/^\t{ "[a-z_]+", "(gauge|counter|histogram)"/ {
			print "superd_" $2
		}' "$TOP_SRCDIR/src/ctl/metrics.c"
		grep -Eo '"(superd|process)_[a-z_]+"' \
		    "$TOP_SRCDIR/src/ctl/metrics_daemon.c" | tr -d '"'
	} | sort -u >"$work/metrics"
	items $page Ic METRICS >"$work/page-metrics"
	same metrics metrics page-metrics
}

# tiny-*.c is what they share.
compare_handlers() {
	sources handlers -- '*.c' | sed -n 's,^handlers/\([^/]*\)\.c$,\1,p' |
	    grep -v '^tiny' | sort -u >"$work/handlers"
	items handlers/superd-handlers.7 Ic >"$work/page-handlers"
	same handlers handlers page-handlers
}

if [ -x "$SUPERD" ]; then
	compare_keys
	compare_options "$SUPERD" src/superd.8
	compare_events
	compare_fields
else
	skip "keys, options, events, fields" "there is no $SUPERD: build first"
fi
if [ -x "$SUPERCTL" ]; then
	compare_commands
	compare_options "$SUPERCTL" src/superctl/superctl.8
else
	skip "commands" "there is no $SUPERCTL: build first"
fi
compare_exit_codes src/superd.8 src/*.[ch]
compare_exit_codes src/superctl/superctl.8 src/superctl/*.[ch]
compare_control
compare_handlers
finish

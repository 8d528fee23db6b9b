# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154 # run says what is where
# What was measured on which machine, as text, JSON and a picture.

# facts: lines of NAME=VALUE; nothing of them names the machine.
facts() {
	local name
	echo "date=$(date -u '+%Y-%m-%d %H:%M UTC')"
	[ -z "$note" ] || echo "note=$note"
	echo "command=$command"
	echo "rounds=$rounds, $seconds s each"
	echo "kernel=$(uname -srm)"
	awk -F '[ \t]*: ' '/^model name/ { print "processor=" $2; exit }' \
	    /proc/cpuinfo
	echo "processors=$(getconf _NPROCESSORS_ONLN)"
	awk '/^MemTotal/ { printf "memory=%.0f MiB\n", $2 / 1024 }' /proc/meminfo
	echo "load at start=$(cut -d ' ' -f 1-3 /proc/loadavg)"
	name=/proc/sys/kernel/sched_autogroup_enabled
	echo "sched_autogroup=$(cat $name 2>/dev/null || echo none)"
	echo "limits=pid_max $(cat /proc/sys/kernel/pid_max)," \
	    "threads-max $(cat /proc/sys/kernel/threads-max)," \
	    "nproc $(ulimit -u), nofile $(ulimit -n)," \
	    "somaxconn $(cat /proc/sys/net/core/somaxconn)"
	echo "superd=$("$builddir/src/superd" -V | head -n 1)"
	for name in "${present[@]}"; do
		echo "$name=$("$peers" version "$name")"
	done
}

results() {
	echo "Written by tests/bench/run; medians, not edited."
	echo
	sed 's/=/: /' "$work/facts"
	echo
	awk -f "$here/figures.awk" -f "$here/table.awk" "$work/raw"
	[ ! -s "$work/skipped" ] || {
		printf '\nLeft out\n\n'
		sort -u "$work/skipped"
	}
}

report() {
	[ -s "$work/raw" ] || { say "nothing was measured" && exit 1; }
	echo "load at end=$(cut -d ' ' -f 1-3 /proc/loadavg)" >>"$work/facts"
	results >"$work/RESULTS"
	awk -f "$here/json.awk" "$work/facts" "$work/raw" >"$work/results.json"
	if [ -n "$json" ]; then
		cat "$work/results.json"
	else
		cat "$work/RESULTS"
	fi
	[ -n "$output" ] || return 0
	mkdir -p "$output"
	awk -f "$here/figures.awk" -f "$here/chart.awk" "$work/raw" \
	    >"$output/results.svg"
	cp "$work/RESULTS" "$work/results.json" "$output"
}

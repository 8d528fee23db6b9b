# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154,SC2034 # run says what is where
# What is measured: for each scenario the servers that take part, a line each
# (NAME or NAME/VARIANT), and one measurement, which is a line in $work/raw.

all_scenarios=(rate16 latency held5000 listeners burst5000 memory deny
	throughput start)
# Those that take long have no more rounds than these.
declare -A most_rounds=([memory]=1 [held5000]=3 [burst5000]=3)

limits=(limit:fork limit:posix_spawn limit:vfork limit:vfork-any limit:clone
	limit:clone-status limit:clone-status+session
	limit:clone-status+all)

# servers NAME...: those of them that are wanted and here; `peers` and
# `limits` are all of these.
servers() {
	local name
	for name; do
		case $name in
		peers) servers "${present[@]}" ;;
		limits) servers "${limits[@]}" ;;
		superd*) [[ " $only " != *" superd "* ]] || echo "$name" ;;
		limit:*) [[ " $only " != *" limits "* ]] || echo "$name" ;;
		*)
			[[ " ${present[*]} " = *" ${name%%/*} "* ]] || continue
			[[ " $only " != *" peers "* &&
			    " $only " != *" ${name%%/*} "* ]] || echo "$name"
			;;
		esac
	done
}

# but NAME...: what stdin says, without these.
but() {
	grep -vxF "$(printf '%s\n' "$@")" || true
}

skip() {
	echo "$1 $2: $3" >>"$work/skipped"
	say "$1 $2: $3"
}

# record SERVER LINE: one more measurement.
record() {
	[ -n "$2" ] || return 1
	echo "$scenario $1 $round $2" >>"$work/raw"
}

# load SERVER OPTION...: the generator's line is recorded. ncat drops the
# answers of clients that half-close before them, so its clients do not.
load() {
	local name=$1 late=()
	shift
	[ "${name%%/*}" != ncat ] || late=(-e)
	record "$name" "$("$builddir/tests/bench/load" -p "$server" \
	    "${late[@]}" "$@" "$port" </dev/null | grep -v '^held' || true)"
}

warm_up() {
	"$builddir/tests/bench/load" -e -n 50 -t 10 "$port" >/dev/null || true
}

for_seconds() {
	load "$1" -n 10000000 -f "$seconds" -t $((seconds + 20)) "${@:2}"
}

servers_rate16() {
	servers superd peers limits
}

run_rate16() {
	start "$1" || return
	warm_up
	for_seconds "$1" -c 16
}

servers_latency() {
	servers superd peers limits
}

run_latency() {
	start "$1" || return
	warm_up
	for_seconds "$1" -c 1
}

# Left out: who sleeps a second for each child that ends, and who needs two
# processes for a connection.
servers_held5000() {
	servers superd peers limits | but inetutils-inetd ncat
}

run_held5000() {
	has_room 5000 || { echo "no room for 5000" >"$work/out" && return 1; }
	start "$1" || return
	for_seconds "$1" -c 16 -o 5000
}

# superd has two descriptors for each service: that of its stderr is one.
servers_listeners() {
	local most=10000 files
	files=$(ulimit -n)
	[ "$files" -gt 20100 ] || most=$(((files - 200) / 2))
	servers superd/1 superd/500 "superd/$most" xinetd/1 xinetd/500 \
	    openbsd-inetd/1 openbsd-inetd/500 rlinetd/1 rlinetd/500
}

run_listeners() {
	start "${1%/*}" "$work/echo" "${1#*/}" || return
	warm_up
	for_seconds "$1" -c 16
}

servers_burst5000() {
	servers superd peers limit:fork limit:vfork limit:clone-status |
	    but ncat
}

run_burst5000() {
	has_room 5000 || { echo "no room for 5000" >"$work/out" && return 1; }
	start "$1" || return
	load "$1" -B -n 5000 -t 20
}

servers_memory() {
	servers superd peers | but inetutils-inetd ncat
}

run_memory() {
	has_room 10000 || { echo "no room for 10000" >"$work/out" && return 1; }
	start "$1" || return
	load "$1" -H -n 10000 -c 64 -t 30
}

servers_deny() {
	servers superd/deny xinetd/deny tcpserver/deny superd/serve \
	    limit:close/deny
}

run_deny() {
	local options=()
	if [ "${1#*/}" = deny ]; then
		local -x PEERS_DENY=yes superd_allow=192.0.2.0/24
		options=(-D)
	fi
	start "${1%/*}" || return
	for_seconds "$1" -c 16 "${options[@]}"
}

# Left out: ncat stands still after 56 KiB of a stream that is echoed.
servers_throughput() {
	servers superd/echo superd/cat xinetd/internal openbsd-inetd/internal \
	    inetutils-inetd/internal tcpserver/cat socat/cat
}

run_throughput() {
	local handler
	case $1 in
	*/echo) handler=$work/echo ;;
	*/cat) handler=$(command -v cat) ;;
	*) handler=internal ;;
	esac
	# A relay, as it is for what is no program of its own.
	local -x PEERS_SOCAT=pipes
	start "${1%/*}" "$handler" || return
	load "$1" -S 1g -t 30
}

# build NAME COMPILER FLAG...: the small echo, linked that way.
build() {
	if "${@:2}" -O2 -o "$work/echo-$1" "$here/echo.c" 2>"$work/out"; then
		echo "$1"
	else
		skip start "$1" "cannot be built: $(why)"
	fi
}

servers_start() {
	local cc
	read -ra cc <<<"${CC:-cc}"
	echo superd-echo
	build musl-static musl-gcc -static
	build glibc-static "${cc[@]}" -static
	build glibc-dynamic "${cc[@]}"
}

run_start() {
	local handler=$work/echo-$1
	[ "$1" != superd-echo ] || handler=$work/echo
	record "$1" "$("$builddir/tests/bench/start" -n 500 "$handler")"
}

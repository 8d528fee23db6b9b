# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154,SC2034 # run says what is where
# superd, the limit loops and the peers: started on a free port of 127.0.0.1,
# one at a time, and stopped by their pid.

server='' port='' next_port=$((20000 + RANDOM % 4000))
files_wanted=32768
peers=$here/peers.sh

say() {
	echo "bench: $*" >&2
}

# Room for ten thousand of everything, and handlers that all may execute.
prepare() {
	local hard
	chmod 755 "$work"
	mkdir "$work/tmp"
	cp "$builddir/handlers/echo" "$work/echo"
	hard=$(ulimit -Hn)
	[ "$hard" = unlimited ] || [ "$hard" -ge "$files_wanted" ] ||
	    ulimit -Hn "$files_wanted" 2>/dev/null || true
	ulimit -Sn "$(ulimit -Hn)"
	ulimit -Su "$(ulimit -Hu)"
	present=()
	local name
	while read -r name; do
		if "$peers" version "$name" >/dev/null 2>"$work/why"; then
			present+=("$name")
		else
			echo "$name: $(sed 's/^peers: //' "$work/why")" \
			    >>"$work/skipped"
		fi
	done < <("$peers" list)
}

# has_room COUNT: may so many handlers live at once?
has_room() {
	local most
	most=$(cat /proc/sys/kernel/pid_max)
	[ "$most" -gt $(($1 * 2)) ] || return 1
	[ "$(ulimit -n)" -gt $(($1 + 100)) ] || return 1
	[ "$(ulimit -u)" = unlimited ] || [ "$(ulimit -u)" -gt $(($1 + 500)) ]
}

# listens PORT: is there a socket? Listening ones come first in the table.
listens() {
	awk -v port="$(printf ':%04X' "$1")" '
	NR > 1 && $4 != "0A" { exit }
	substr($2, 9) == port { found = 1; exit }
	END { exit !found }' /proc/net/tcp
}

# take_port COUNT: so many in a row where nobody listens, from 20000 on, below
# those that clients get.
take_port() {
	port=$(awk -v next_port="$next_port" -v count="$1" '
	function number(hex, i, n) {
		for (i = 1; i <= length(hex); i++)
			n = n * 16 + index("123456789ABCDEF", substr(hex, i, 1))
		return n
	}
	$4 == "0A" { sub(/.*:/, "", $2); busy[number($2)] = 1 }
	END {
		for (tries = 0; free < count && tries < 24000; tries++) {
			if (next_port > 32000) {
				next_port = 20000
				free = 0
			}
			free = next_port++ in busy ? 0 : free + 1
		}
		print next_port - count
	}' /proc/net/tcp /proc/net/tcp6)
	next_port=$((port + $1))
}

# until_it_listens: fails if the server ends, or after ten seconds.
until_it_listens() {
	local tries=400
	until listens "$port"; do
		kill -0 "$server" 2>/dev/null || return 1
		((tries-- > 0)) || return 1
		sleep 0.025
	done
}

# superd_ini HANDLER COUNT: everything on, and nothing that bites.
superd_ini() {
	local i
	cat <<-EOT
		[superd]
		log = $work/superd.log
		log_format = json
		max_connections = 20000
		[defaults]
		user = $(id -un)
		max_connections = 20000
		max_per_source = 20000
		rate = 1000000/s burst 1000000
		rate_per_source = 1000000/s burst 1000000
		allow = ${superd_allow-127.0.0.0/8, 10.0.0.0/8, 2001:db8::/32}
		deny = 127.255.0.0/16, 192.0.2.0/24
	EOT
	for ((i = 0; i < $2; i++)); do
		printf '[x%d]\nlisten = 127.0.%d.1:0\nhandler = %s\n' \
		    "$i" $((i / 500)) "$1"
	done
}

start_superd() {
	superd_ini "$@" >"$work/superd.ini"
	rm -f "$work/ready" "$work/superd.log"
	mkfifo "$work/ready"
	"$builddir/src/superd" -c "$work/superd.ini" --ready-fd 3 \
	    3>"$work/ready" >"$work/out" 2>&1 </dev/null &
	server=$!
	port=$(timeout 30 sed -n '/^x0 /s/.*://p' <"$work/ready")
	[ -n "$port" ]
}

# start_limit MODE[+STEP,...] HANDLER
start_limit() {
	local mode=${1%%+*} options=() program=("$2")
	[ "$mode" = "$1" ] || options=(-s "${1#*+}")
	[ "$mode" != close ] || program=()
	rm -f "$work/ready"
	mkfifo "$work/ready"
	"$builddir/tests/bench/limit" "${options[@]}" "$mode" 0 "${program[@]}" \
	    >"$work/ready" 2>"$work/out" </dev/null &
	server=$!
	port=$(timeout 30 sed -n 's/^ready //p; q' <"$work/ready")
	[ -n "$port" ]
}

# start_peer NAME HANDLER COUNT
start_peer() {
	take_port "$3"
	# Those have no port of their own for it.
	[ "$1/$2" != openbsd-inetd/internal ] || port=7
	[ "$1/$2" != inetutils-inetd/internal ] || port=7
	if [ "$port" = 7 ] && { listens 7 || [ "$(id -u)" != 0 ]; }; then
		echo "port 7 is not to be had" >"$work/out"
		return 1
	fi
	TMPDIR=$work/tmp "$peers" exec "$1" "$port" "$2" "$3" \
	    >"$work/out" 2>&1 </dev/null &
	server=$!
	until_it_listens
}

# start SERVER [HANDLER [COUNT]]
start() {
	local handler=${2-$work/echo} count=${3-1}
	: >"$work/out"
	case $1 in
	superd) start_superd "$handler" "$count" ;;
	limit:*) start_limit "${1#limit:}" "$handler" ;;
	*) start_peer "$1" "$handler" "$count" ;;
	esac
}

# wait_while TIMES COMMAND...: 25 ms each.
wait_while() {
	local times=$1
	shift
	while "$@" 2>/dev/null && ((times-- > 0)); do
		sleep 0.025
	done
}

# stop: by its pid; what does not go by itself goes after five seconds.
stop() {
	[ -n "$server" ] || return 0
	kill "$server" 2>/dev/null || true
	wait_while 200 kill -0 "$server"
	kill -KILL "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
	server=
	# The next one wants that very port.
	[ "$port" != 7 ] || wait_while 200 listens 7
}

# end_handlers: those that wait for ever, on connections that only they believe
# in: a full backlog lets the server think so. They are known by their file.
end_handlers() {
	local process
	for process in /proc/[0-9]*; do
		[ ! "$process/exe" -ef "$work/echo" ] ||
		    kill "${process#/proc/}" 2>/dev/null || true
	done
}

# why: the last thing the server said.
why() {
	tail -n 1 "$work/out" | sed 's,/[^ ]*/,,g' | cut -c 1-160
}

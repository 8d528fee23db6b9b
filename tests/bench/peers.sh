#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The other superservers, as Debian packages them, for tests/bench/run:
#
#	peers.sh list                      their names
#	peers.sh fetch DIR                 gets them all, without root
#	peers.sh version NAME              what is here; fails with a reason
#	peers.sh exec NAME PORT HANDLER [COUNT]
#
# The last becomes that server in the foreground, with HANDLER on COUNT ports
# of 127.0.0.1 from PORT on; the handler `internal` is the server's own echo.
# Each gets what it needs not to be throttled: instances, rates and backlog.
# With PEERS_DENY those that know rules refuse everybody. PEERS_SOCAT is how
# socat is joined to the handler: nofork, or pipes between them.
# PEERS_DIR is where fetch has put them; else the system's are used. What
# they are configured with is written to TMPDIR.
set -eu

# Packages, and the libraries that a small system may lack.
packages='ucspi-tcp ipsvd xinetd openbsd-inetd inetutils-inetd rlinetd socat
ncat libwrap0 libtirpc3 libnsl2 liblua5.3-0 libpcap0.8 libbsd0 libmd0'

# name, package, program
table='tcpserver ucspi-tcp usr/bin/tcpserver
tcpsvd ipsvd usr/bin/tcpsvd
xinetd xinetd usr/sbin/xinetd
openbsd-inetd openbsd-inetd usr/sbin/inetd
inetutils-inetd inetutils-inetd usr/sbin/inetutils-inetd
rlinetd rlinetd usr/sbin/rlinetd
socat socat usr/bin/socat
ncat ncat usr/bin/ncat
systemd-socket-activate systemd usr/bin/systemd-socket-activate'

most=20000 # at once; more than any scenario has

die() {
	echo "peers: $*" >&2
	exit 1
}

# row NAME FIELD
row() {
	echo "$table" | awk -v name="$1" -v field="$2" \
	    '$1 == name { print $field }'
}

# program NAME: its path; fails if it is not here.
program() {
	path=$(row "$1" 3)
	[ -n "$path" ] || die "there is no peer '$1'"
	if [ -n "${PEERS_DIR-}" ] && [ -x "$PEERS_DIR/$path" ]; then
		echo "$PEERS_DIR/$path"
	elif [ -x "/$path" ]; then
		echo "/$path"
	else
		die "$1 is not here (Debian: $(row "$1" 2))"
	fi
}

# As packages are unpacked, nothing is installed and no daemon is started;
# the inetds would not be installed side by side anyway.
fetch() {
	mkdir -p "$1/debs"
	cd "$1/debs"
	for package in $packages; do
		apt-get download -q "$package" >/dev/null ||
		    echo "peers: cannot get $package" >&2
	done
	for deb in *.deb; do
		[ -f "$deb" ] || die "nothing could be fetched"
		dpkg-deb -x "$deb" ..
		dpkg-deb -f "$deb" Package Version |
		    awk '{ printf "%s%s", $2, NR % 2 ? " " : "\n" }'
	done >../versions
	cat ../versions
}

version() {
	path=$(program "$1")
	package=$(row "$1" 2)
	case $path in
	"${PEERS_DIR-/dev/null}"/*)
		awk -v package="$package" '$1 == package { print $2 }' \
		    "$PEERS_DIR/versions"
		;;
	*)
		dpkg-query -W -f '${Version}\n' "$package" 2>/dev/null ||
		    echo "unknown version"
		;;
	esac
}

# each_port: the ports, a line each.
each_port() {
	seq "$port" $((port + count - 1))
}

# inetd.conf, as the BSDs and GNU read it; a rate of 0 is not endless to them
inetd_conf() {
	if [ "$handler" = internal ]; then
		echo "127.0.0.1:echo stream tcp nowait root internal"
		return
	fi
	each_port | while read -r p; do
		echo "127.0.0.1:$p stream tcp nowait.100000000 $user $handler handler"
	done
}

exec_tcpserver() {
	if [ -n "${PEERS_DENY-}" ]; then
		echo :deny | "$(dirname "$program")/tcprules" "$conf" "$conf.new"
		set -- -x "$conf"
	else
		set --
	fi
	exec "$program" "$@" -1 -H -R -l 0 -c "$most" -b 4096 \
	    127.0.0.1 "$port" "$handler"
}

exec_tcpsvd() {
	exec "$program" -c "$most" -b 4096 -l 0 127.0.0.1 "$port" "$handler"
}

exec_xinetd() {
	{
		printf '%s\n' defaults '{' \
		    "instances = UNLIMITED" "per_source = UNLIMITED" \
		    "cps = 0 0" "log_on_success =" "log_on_failure =" \
		    "${PEERS_DENY:+only_from = 192.0.2.0/24}" '}'
		each_port | while read -r p; do
			if [ "$handler" = internal ]; then
				printf '%s\n' "service echo" '{' \
				    "type = INTERNAL UNLISTED"
			else
				printf '%s\n' "service x$p" '{' \
				    "type = UNLISTED" "server = $handler"
			fi
			printf '%s\n' "socket_type = stream" "protocol = tcp" \
			    "wait = no" "user = $user" "bind = 127.0.0.1" \
			    "port = $p" '}'
		done
	} >"$conf"
	exec "$program" -dontfork -f "$conf" -filelog "$conf.log" \
	    -pidfile "$conf.pid"
}

exec_openbsd_inetd() {
	inetd_conf >"$conf"
	exec "$program" -i -q 4096 -R 100000000 "$conf"
}

# In the foreground only with -d, which makes it write a lot.
exec_inetutils_inetd() {
	inetd_conf >"$conf"
	exec "$program" -d -R 100000000 -p"$conf.pid" "$conf" \
	    "$TMPDIR/no-such-directory"
}

exec_rlinetd() {
	each_port | while read -r p; do
		printf '%s\n' "service \"x$p\" {" "port $p;" \
		    "interface 127.0.0.1;" "protocol tcp;" "backlog 4096;" \
		    "instances $most;" "user \"$user\";" \
		    "exec \"$handler\";" '}'
	done >"$conf"
	parser=$(dirname "$program")/../lib/rlinetd/libparse.so
	for found in "$(dirname "$program")"/../lib/*/rlinetd/libparse.so; do
		parser=$found
	done
	exec "$program" -d -p "$parser" -f "$conf"
}

exec_socat() {
	exec "$program" \
	    "TCP-LISTEN:$port,bind=127.0.0.1,reuseaddr,fork,backlog=4096" \
	    "EXEC:$handler,${PEERS_SOCAT-nofork}"
}

exec_ncat() {
	exec "$program" -l -k -m "$most" -e "$handler" 127.0.0.1 "$port"
}

exec_systemd_socket_activate() {
	exec "$program" --accept --inetd -l "127.0.0.1:$port" "$handler"
}

# become NAME PORT HANDLER [COUNT]
become() {
	program=$(program "$1")
	port=$2 handler=$3 count=${4-1} user=$(id -un)
	: "${TMPDIR:=/tmp}"
	conf=$TMPDIR/peer.$1.conf
	if [ -n "${PEERS_DIR-}" ]; then
		for dir in "$PEERS_DIR"/usr/lib/*-linux-gnu* \
		    "$PEERS_DIR"/lib/*-linux-gnu*; do
			LD_LIBRARY_PATH=$dir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
		done
		export LD_LIBRARY_PATH
	fi
	"exec_$(echo "$1" | tr - _)"
}

case ${1-} in
list)
	echo "$table" | awk '{ print $1 }'
	;;
fetch)
	[ $# = 2 ] || die "usage: peers.sh fetch DIR"
	fetch "$2"
	;;
version)
	[ $# = 2 ] || die "usage: peers.sh version NAME"
	version "$2"
	;;
exec)
	[ $# -ge 4 ] || die "usage: peers.sh exec NAME PORT HANDLER [COUNT]"
	shift
	become "$@"
	;;
*)
	die "usage: peers.sh list | fetch DIR | version NAME |" \
	    "exec NAME PORT HANDLER [COUNT]"
	;;
esac

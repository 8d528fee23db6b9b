#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The files of a configuration: which can be read, which are trusted, what
# they include, and how long that takes.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	printf '%s\n' "[x]" "listen = 127.0.0.1:0" "handler = cat" "[defaults]" \
	    "$AS_USER" >good.ini
}

# refused FILE LINE...: superd -t FILE says exactly that, and exits with 3.
refused() {
	local file=$1
	shift
	run -3 timeout -k 5 20 "$SUPERD" -t -c "$file"
	printf '%s\n' "$@" "superd: $file: $# mistake$([ $# = 1 ] ||
	    echo s), 0 warnings" >want
	printf '%s\n' "$output" | diff -u want - || return
}

accepted() {
	run -0 timeout -k 5 20 "$SUPERD" -t -c "$1"
	[ "$output" = "superd: $1: ${2-1 service}, no mistake" ] || {
		echo "$output"
		return 1
	}
}

@test "superd refuses a file that is missing, a directory or a FIFO" {
	mkfifo fifo
	refused none "none: cannot be read: No such file or directory"
	refused . ".: is a directory, not a file"
	refused fifo "fifo: is a FIFO, not a regular file"
	refused /dev/null "/dev/null: is a device or socket, not a regular file"
}

@test "superd refuses a file that it may not read" {
	[ "$(id -u)" != 0 ] || skip "root may read all"
	chmod 0 good.ini
	refused good.ini "good.ini: cannot be read: Permission denied"
}

@test "superd refuses a file without a service" {
	: >empty.ini
	echo "# nothing" >comment.ini
	words="no service in it: say PORT = HANDLER in a section [ports], or \
listen and handler in a section named as the service"
	refused empty.ini "empty.ini: $words"
	refused comment.ini "comment.ini: $words"
}

@test "superd refuses a file of 50 MB, and a line of 3 MB" {
	head -c 50000000 /dev/zero | tr '\0' a >big.ini
	refused big.ini \
	    "big.ini: has 50000000 bytes, at most 16777216 (16 MiB) are read"
	{
		cat good.ini
		head -c 3000000 /dev/zero | tr '\0' a
	} >line.ini
	refused line.ini "line.ini:6: this line has 3000000 bytes, at most 198 \
are allowed: continue it on the next line, indented"
}

@test "superd refuses 300 kB of garbage in no time" {
	head -c 300000 /dev/urandom >garbage.ini
	run -3 timeout -k 5 20 "$SUPERD" -t -c garbage.ini
	[ "${#lines[@]}" = 51 ]
}

@test "superd loads 100,000 services in less than 5 seconds" {
	skip_if_sanitized "more time"
	awk -v user="$AS_USER" 'BEGIN {
		print "[defaults]\n" user
		for (i = 0; i < 100000; i++)
			print "[s" i "]\nlisten = unix:@" i "\nhandler = cat -u"
	}' >many.ini
	run -0 timeout -k 5 5 "$SUPERD" -t -c many.ini
	[ "$output" = "superd: many.ini: 100000 services, no mistake" ]
}

@test "root refuses a file that others may write to" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	chmod o+w good.ini
	refused good.ini "good.ini: anybody may write to it, which root does \
not trust: chmod o-w 'good.ini'"
	chmod o-w good.ini
	accepted good.ini
}

@test "root refuses a file in a directory that others may write to" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	mkdir open sticky
	cp good.ini open
	cp good.ini sticky
	chmod 777 open
	chmod 1777 sticky
	refused open/good.ini "open/good.ini: anybody may replace it, which \
root does not trust: chmod o-w '$(realpath open)'"
	accepted sticky/good.ini
	chown nobody sticky/good.ini
	run -3 timeout -k 5 20 "$SUPERD" -t -c sticky/good.ini
	[[ $output == *"which root does not trust: chown it, or move it"* ]]
}

@test "root trusts the files of others elsewhere" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	chown nobody good.ini
	accepted good.ini
}

@test "root must say each service's user" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	sed -i /nobody/d good.ini
	refused good.ini "good.ini:1: section 'x': user is missing, and superd \
runs as root: say user = NAME here or in [defaults] (user = root if it must be)"
}

@test "another user is warned once that users are skipped" {
	printf '%s\n' "[x]" "listen = 127.0.0.1:0" "handler = cat" "[y]" \
	    "listen = 127.0.0.1:0" "handler = cat" "[defaults]" "user = root" \
	    >good.ini
	chmod 644 good.ini
	as=()
	if [ "$(id -u)" = 0 ]; then
		need setpriv
		as=(setpriv --reuid 65534 --clear-groups --)
		chmod a+rx . ..
		"${as[@]}" test -x "$SUPERD" -a -r good.ini ||
		    skip "others cannot get at superd"
	fi
	run -0 timeout -k 5 20 "${as[@]}" "$SUPERD" -t -c good.ini
	[ "${lines[0]}" = "good.ini:8: warning: section 'defaults': user, \
group and groups are skipped, here and in all services: superd does not run \
as root" ]
	[ "${lines[1]}" = "superd: good.ini: 2 services, no mistake, 1 warning" ]
}

@test "root is warned of a handler that others may change" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	printf '#!/bin/sh\n' >handler
	chmod 777 handler
	sed -i 's,cat,./handler,' good.ini
	run -0 timeout -k 5 20 "$SUPERD" -t -c good.ini
	[[ ${lines[0]} == "good.ini:3: warning: section 'x': handler: anybody \
may write to '"*"': chmod o-w" ]]
	chmod 700 handler
	run -0 timeout -k 5 20 "$SUPERD" -t -c good.ini
	[[ ${lines[0]} == "good.ini:3: warning: section 'x': handler: user \
'nobody' has no right to "* ]]
}

@test "superd includes files by name and by pattern, relative to the file" {
	mkdir -p d/e
	printf '%s\n' "[superd]" "include = d/*.ini none*.ini" >>good.ini
	printf '%s\n' "[superd]" "include = e/e.ini" "[ports]" "0 = cat" \
	    >d/b.ini
	printf '%s\n' "[a]" "listen = unix:s" "handler = cat" >d/a.ini
	printf '%s\n' "[e]" "listen = unix:s" "handler = ./h" >d/e/e.ini
	printf '#!/bin/sh\n' >d/e/h
	chmod 755 d/e/h
	run -0 --separate-stderr timeout -k 5 20 "$SUPERD" --dump -c good.ini
	[ "$(grep '^\[' <<<"$output" | tr -d '\n')" = "[superd][x][a][cat][e]" ]
	grep -qx "listen = unix:$PWD/d/s" <<<"$output"
	grep -qx "handler = $PWD/d/e/h" <<<"$output"
	grep -qx "argv0 = ./h" <<<"$output"
}

@test "superd refuses includes that are missing, loop, or come twice" {
	printf '%s\n' "[superd]" "include = none.ini a.ini b.ini b.ini" \
	    >>good.ini
	printf '%s\n' "[superd]" "include = good.ini" >a.ini
	printf '%s\n' "[superd]" "include = c.ini" >b.ini
	printf '%s\n' "[superd]" "include = b.ini" >c.ini
	refused good.ini "good.ini:7: section 'superd': include: 'none.ini' \
cannot be read: No such file or directory" "good.ini:7: section 'superd': \
include: 'b.ini' is read already, because of good.ini:7" "a.ini:2: section \
'superd': include: 'good.ini' includes itself: it is read as the main file" \
	    "c.ini:2: section 'superd': include: 'b.ini' includes itself: it is \
read because of good.ini:7"
}

@test "superd refuses includes that are nested too deep" {
	for i in $(seq 20); do
		printf '%s\n' "[superd]" "include = $((i + 1)).ini" >"$i.ini"
	done
	printf '%s\n' "[superd]" "include = 1.ini" >>good.ini
	refused good.ini "15.ini:2: section 'superd': include: '16.ini' is \
nested too deep: 16 levels are allowed"
}

@test "a key said in two files is refused, with the first place" {
	printf '%s\n' "[superd]" "log_level = info" "include = b.ini" >>good.ini
	printf '%s\n' "[superd]" "log_level = debug" "[x]" "listen = 0" >b.ini
	refused good.ini "b.ini:2: section 'superd': log_level is set already, \
at good.ini:7" "b.ini:3: section 'x' stands already at good.ini:1"
}

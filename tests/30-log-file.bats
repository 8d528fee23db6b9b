#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The log file: reopened, appended to, on a disk that fills up.
load helpers

setup() {
	LOG=$BATS_TEST_TMPDIR/superd.log
}

teardown() {
	superd_kill
	exec 5>&-
}

conf() {
	superd_conf <<-EOT
		[superd]
		log = ${1:-$LOG}
		log_level = info
		[echo]
		listen = 127.0.0.1:0
		handler = /bin/cat
		$AS_USER
	EOT
}

# has FILE PATTERN
has() {
	[ -f "$1" ] && grep -qe "$2" "$1"
}

# Is each line of FILE a whole one? A torn one shows by two heads in a line.
all_whole() {
	refute grep -vE '^20[^ ]*Z [a-z]+ [a-z]+\.[a-z]+( [a-z_]+=[^ ]+)*$' "$1"
	refute grep -E '.20[0-9-]+T[0-9:.]+Z [a-z]+ [a-z]+[.]' "$1"
}

@test "the log file is made, for its owner and group only" {
	conf
	superd_start
	superd_stop
	has "$LOG" superd.ready
	[ "$(stat -c %a "$LOG")" = 640 ]
	[ ! -s "$SUPERD_ERR" ]
}

@test "SIGUSR1 after a rotation: new lines go into a new file" {
	conf
	superd_start
	mv "$LOG" "$LOG.1"
	kill -USR1 "$SUPERD_PID"
	wait_for test -e "$LOG"
	[ "$(ask "$(superd_port echo)" x)" = x ]
	wait_for has "$LOG" conn.close
	superd_stop
	has "$LOG.1" superd.ready
	refute has "$LOG.1" conn.open
	has "$LOG" conn.open
	has "$LOG" superd.stop
}

@test "SIGUSR1 when the file cannot be opened: the old one goes on" {
	conf
	superd_start
	mv "$LOG" "$LOG.1"
	mkdir "$LOG"
	kill -USR1 "$SUPERD_PID"
	wait_for has "$LOG.1" "cannot open log file"
	[ "$(ask "$(superd_port echo)" x)" = x ]
	wait_for has "$LOG.1" conn.close
	superd_stop
}

@test "a second run appends, on a line of its own" {
	conf
	printf 'half a li' >"$LOG"
	superd_start
	superd_stop
	[ "$(head -n 1 "$LOG")" = "half a li" ]
	sed -i 1d "$LOG"
	all_whole "$LOG"
}

@test "a log file in a directory that is not there is an error at start" {
	conf "$BATS_TEST_TMPDIR/nowhere/log"
	run timeout 20 "$SUPERD" -c "$CONF"
	[ "$status" -ne 0 ]
	[ "$status" -ne 124 ]
	[[ $output == *"cannot open log file '$BATS_TEST_TMPDIR/nowhere/log'"* ]]
}

@test "a log file that is a FIFO without a reader does not hang" {
	mkfifo "$LOG"
	conf
	superd_start
	# More than the 64 KiB that a pipe takes.
	[ "$(ask_many "$(superd_port echo)" 500)" = 500 ]
	superd_stop
}

@test "a full disk: superd serves, and no line is torn when it has room" {
	need_mounts
	disk=$BATS_TEST_TMPDIR/disk
	mkdir "$disk"
	conf "$disk/log"
	superd_wrap env "DISK=$disk" unshare -m --propagation private \
	    sh -c 'mount -t tmpfs -o size=16k none "$DISK" && exec "$@"' sh
	superd_start
	there=/proc/$SUPERD_PID/root$disk
	[ "$(ask_many "$(superd_port echo)" 600)" = 600 ]
	[ "$(stat -f -c %a "$there")" = 0 ]
	nsenter -t "$SUPERD_PID" -m mount -o remount,size=10m "$disk"
	wait_for has "$there/log" "log.dropped count="
	[ "$(ask "$(superd_port echo)" x)" = x ]
	all_whole "$there/log"
	superd_stop
}

@test "a link is followed, but as root only one that root has made" {
	conf "$BATS_TEST_TMPDIR/link"
	ln -s "$LOG" "$BATS_TEST_TMPDIR/link"
	superd_start
	superd_stop
	has "$LOG" superd.ready
	need_root "to make the link of another"
	chown -h 4242 "$BATS_TEST_TMPDIR/link"
	run -1 superd_start
	[[ $output == *"cannot open log file '$BATS_TEST_TMPDIR/link': 'link' is a symbolic link that root has not made"* ]]
	[ "$(grep -c superd.ready "$LOG")" = 1 ]
}

@test "a path may be relative, and have root's own link on the way" {
	mkdir "$BATS_TEST_TMPDIR/data"
	ln -s data "$BATS_TEST_TMPDIR/var"
	cd "$BATS_TEST_TMPDIR"
	conf var/../var/superd.log
	superd_start
	superd_stop
	has data/superd.log superd.ready
}

@test "who owns a directory above the log does not choose what root writes" {
	need_root "to make the directory of another"
	dir=$BATS_TEST_TMPDIR
	mkdir -p "$dir/theirs/logs" "$dir/precious"
	chown -R 4242 "$dir/theirs"
	conf "$dir/theirs/logs/superd.log"
	superd_start
	mv "$dir/theirs/logs" "$dir/theirs/old"
	ln -s ../precious "$dir/theirs/logs"
	chown -h 4242 "$dir/theirs/logs"
	kill -USR1 "$SUPERD_PID"
	wait_for has "$dir/theirs/old/superd.log" "'logs' is a symbolic link that root has not made"
	[ "$(ask "$(superd_port echo)" x)" = x ]
	wait_for has "$dir/theirs/old/superd.log" conn.close
	superd_stop
	run -1 superd_start
	[[ $output == *"cannot open log file '$dir/theirs/logs/superd.log': 'logs' is a symbolic link that root has not made"* ]]
	[ -z "$(ls -A "$dir/precious")" ]
}

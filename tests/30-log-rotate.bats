#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# log_max_size and log_keep: files that make way while superd serves.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	DIR=$BATS_TEST_TMPDIR
	LOG=$DIR/log
}

teardown() {
	superd_end
}

# conf [LINE...]: of [superd].
conf() {
	superd_conf <<-EOT
		[superd]
		$(printf '%s\n' "$@")
		[echo]
		listen = 127.0.0.1:0
		handler = /bin/cat
		$AS_USER
	EOT
}

# all: every file of the log, oldest first.
all() {
	local number
	for number in $(find "$(dirname "$LOG")" -name 'log.*' |
	    sed 's/.*\.//' | sort -rn); do
		cat "$LOG.$number"
	done
	cat "$LOG"
}

# has_all COUNT PATTERN
has_all() {
	[ "$(all | grep -ce "$2")" = "$1" ]
}

@test "every connection is told once, in order, whatever the file" {
	conf "log = $LOG" "log_max_size = 4k" "log_keep = 1000"
	superd_start
	[ "$(ask_many "$(superd_port echo)" 300)" = 300 ]
	wait_for has_all 300 conn.close
	superd_stop
	[ -e "$LOG.9" ]
	[ -z "$(find "$DIR" -name 'log*' -size +5k)" ]
	[ "$(all | sed -n 's/.*conn.open.*connection=\([0-9]*\) .*/\1/p')" = \
	    "$(seq 300)" ]
	all >"$DIR/all"
	[ "$(stat -c %a "$LOG")" = 640 ]
	head -n 1 "$DIR/all" | grep -q superd.start
	tail -n 1 "$DIR/all" | grep -q superd.stop
	refute grep -vE '^20[^ ]*Z [a-z]+ [a-z]+\.[a-z]+( [a-z_]+=[^ ]+)*$' "$DIR/all"
}

@test "a service's file has its own limit, and as many old ones as it says" {
	conf "log_max_size = 1g"
	cat >>"$CONF" <<-EOT
		log = $LOG
		log_max_size = 4k
		log_keep = 2
	EOT
	superd_start
	[ "$(ask_many "$(superd_port echo)" 200)" = 200 ]
	superd_stop
	[ -e "$LOG.2" ]
	[ ! -e "$LOG.3" ]
}

@test "a reload changes the limit of a log that stays open" {
	conf "log = $LOG"
	superd_start
	[ "$(ask_many "$(superd_port echo)" 50)" = 50 ]
	wait_for has_all 50 conn.close
	[ ! -e "$LOG.1" ]
	conf "log = $LOG" "log_max_size = 4k"
	kill -HUP "$SUPERD_PID"
	wait_for test -e "$LOG.1"
	superd_stop
}

@test "superd's own user may not rename: that is told once, and it goes on" {
	need_root
	make_scripts
	mkdir "$SCRIPTS/run"
	LOG=$SCRIPTS/log
	conf "log = $LOG" "log_max_size = 4k" "user = 4242" "group = 4243"
	RUNTIME_DIRECTORY=$SCRIPTS/run superd_start
	[ "$(ask_many "$(superd_port echo)" 100)" = 100 ]
	superd_stop
	[ "$(grep -c "superd.fault what=\"a log file grows beyond" "$LOG")" = 1 ]
	grep -q "cannot rotate '$LOG': Permission denied" "$LOG"
	[ "$(grep -c conn.close "$LOG")" = 100 ]
	[ "$(find "$SCRIPTS" -name 'log*' | wc -l)" = 1 ]
}

@test "limits that contradict each other, or concern no file, are mistakes" {
	superd_conf <<-EOT
		[superd]
		log = $LOG
		[defaults]
		$AS_USER
		[a]
		listen = 127.0.0.1:0
		handler = /bin/cat
		log_max_size = 1m
		[b]
		listen = 127.0.0.1:0
		handler = /bin/cat
		log = $LOG
		log_keep = 7
		[c]
		listen = 127.0.0.1:0
		handler = /bin/cat
		log = $DIR/c
		log_max_size = 1m
		[d]
		listen = 127.0.0.1:0
		handler = /bin/cat
		log = $DIR/c
		log_max_size = 2m
	EOT
	run -3 timeout 20 "$SUPERD" -t -c "$CONF"
	[[ $output == *"superd.ini:8: section 'a': log_max_size has no meaning without a log file"* ]]
	[[ $output == *"superd.ini:13: section 'b': log_keep: '$LOG' is superd's own log, which has another log_keep"* ]]
	[[ $output == *"superd.ini:23: section 'd': log_max_size: '$DIR/c' is the log of 'c' too"* ]]
	[[ $output == *"3 mistakes"* ]]
}

@test "what is dumped reads the same" {
	conf "log_max_size = 1m" "log_keep = 3"
	cat >>"$CONF" <<-EOT
		log = $LOG
		[defaults]
		log_max_size = 2m
		[other]
		listen = 127.0.0.1:0
		handler = /bin/cat
		$AS_USER
	EOT
	run -0 timeout 20 "$SUPERD" --dump -c "$CONF"
	printf '%s\n' "$output" >"$DIR/dump.ini"
	[ "$(grep -c "^log_max_size = 2m" "$DIR/dump.ini")" = 1 ]
	run -0 timeout 20 "$SUPERD" --dump -c "$DIR/dump.ini"
	[ "$output" = "$(cat "$DIR/dump.ini")" ]
}

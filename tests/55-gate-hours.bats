#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Opening hours: the clock on the wall decides, at once and by itself.
load helpers

bats_require_minimum_version 1.5.0

SERVE="/bin/echo served"
STAY="/bin/sh -c 'echo served && exec cat'"

teardown() {
	superd_end
}

# day [DAYS]: mon to sun, in so many days.
day() {
	local name
	printf -v name '%(%a)T' $((EPOCHSECONDS + ${1-0} * 86400))
	echo "${name,,}"
}

# clock HOURS: what the clock shows in so many hours.
clock() {
	printf '%(%H:%M)T' $((EPOCHSECONDS + $1 * 3600))
}

# fates SERVICE=FATE...
fates() {
	local word args=()
	for word; do
		args+=("$(superd_port "${word%=*}")=${word#*=}")
	done
	client "${args[@]}" <<-'PYTHON'
		from gate import *
		for word in sys.argv[1:]:
		    port, wanted = word.split("=")
		    expect(wanted, fate(port), word)
	PYTHON
}

# zone SECONDS: the time zone in which it is noon in so many seconds.
zone() {
	local ahead=$((43200 - $1 - EPOCHSECONDS % 86400)) sign=-
	if ((ahead < 0)); then
		ahead=$((-ahead)) sign=+
	fi
	printf 'XXX%s%02d:%02d:%02d' $sign $((ahead / 3600)) \
	    $((ahead / 60 % 60)) $((ahead % 60))
}

@test "a service serves in its hours and refuses at other times" {
	superd_service today "$SERVE" \
	    "hours = $(day), $(day 1) 00:00-24:00"
	superd_service later "$SERVE" \
	    "hours = $(day 3)-$(day 5) 00:00-24:00"
	superd_service now "$SERVE" "hours = $(clock -2)-$(clock 2)"
	superd_service soon "$SERVE" "hours = $(clock 2)-$(clock 4)" \
	    "over_limit = reset"
	superd_service always "$SERVE"
	superd_start
	fates today=served later=refused now=served soon=reset always=served
	logged "conn.refuse service=later .*reason=hours"
	logged "conn.refuse service=soon .*reason=hours"
}

@test "a service drops the hours of the defaults" {
	superd_daemon
	echo "hours = $(day 3) 00:00-24:00" >>"$CONF"
	superd_service closed "$SERVE"
	superd_service open "$SERVE" "hours = always"
	superd_start
	fates closed=refused open=served
}

@test "hours are local time" {
	superd_service noon "$SERVE" "hours = daily 11:00-13:00"
	superd_service night "$SERVE" "hours = daily 22:00-02:00"
	TZ=$(zone 0) superd_start
	fates noon=served night=refused
	superd_stop
	TZ=$(zone 43200) superd_start
	fates noon=refused night=served
}

@test "a service opens and closes by itself, on the second" {
	superd_service opens "$SERVE" "hours = daily 12:00-18:00"
	superd_service closes "$STAY" "hours = daily 06:00-12:00"
	noon=$((EPOCHSECONDS + 4))
	TZ=$(zone $((noon - EPOCHSECONDS))) superd_start
	client "$(superd_port opens)" "$(superd_port closes)" "$noon" <<-'PYTHON'
		from gate import *
		opens, closes, noon = map(int, sys.argv[1:])
		said, held = enter(closes)
		if said == "served":
		    assert time.time() < noon + 60
		else:
		    assert time.time() >= noon
		while True:
		    before = time.time()
		    words = fate(opens), fate(closes)
		    after = time.time()
		    # superd looks at its clock once in a turn.
		    if after < noon:
		        expect(("refused", "served"), words, after - noon)
		    elif before >= noon + 0.5:
		        expect(("served", "refused"), words, before - noon)
		        break
		    time.sleep(0.05)
		# Who is there stays.
		assert said != "served" or echoes(held)
	PYTHON
}

@test "bad hours keep superd from starting" {
	local hours
	for hours in "mon 9-5" "mon 08:00-24:30" "fooday 08:00-10:00" mon \
	    "10:00-10:00"; do
		rm -f "$CONF"
		superd_service x "$SERVE" "hours = $hours"
		run -3 timeout -k 5 20 "$SUPERD" -c "$CONF"
		[[ $output = *"section 'x': hours: "* ]]
	done
}

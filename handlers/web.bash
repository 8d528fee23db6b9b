# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What the suites of the handlers that speak HTTP share: a control socket with
# nothing behind it, and a superd that serves the handler.

load ../tests/helpers.bash
load helpers.bash

# Keys of [superd], and a key of the service.
WEB_DAEMON=()
unset WEB_KEY

# control_start [MODE...]: fake_control.py at $CONTROL; its requests are in
# $CONTROL_OUT.
control_start() {
	command -v python3 >/dev/null || skip "python3 is not installed"
	command -v curl >/dev/null || skip "curl is not installed"
	make_scripts
	export CONTROL=$SCRIPTS/control.sock
	CONTROL_OUT=$BATS_TEST_TMPDIR/control.out
	rm -f "$CONTROL"
	: >"$CONTROL_OUT"
	PYTHONDONTWRITEBYTECODE=1 timeout 300 python3 \
	    "$TOP_SRCDIR/handlers/fake_control.py" "$CONTROL" "$@" \
	    >"$CONTROL_OUT" 2>&1 3>&- &
	CONTROL_JOB=$!
	wait_for grep -q ready "$CONTROL_OUT"
}

control_stop() {
	[ -n "${CONTROL_JOB-}" ] || return 0
	kill "$CONTROL_JOB" 2>/dev/null || :
	wait "$CONTROL_JOB" || :
	CONTROL_JOB=
}

# control_asked PATTERN: was the fake asked so?
control_asked() {
	grep -qe "$1" "$CONTROL_OUT"
}

# web_start NAME [ARGUMENT...]: superd serves the handler; $URL is where.
web_start() {
	local name=$1

	shift
	superd_daemon "${WEB_DAEMON[@]}"
	superd_service web "$HANDLER_DIR/$name --control $CONTROL $*" \
	    ${WEB_KEY+"$WEB_KEY"}
	superd_start
	URL=http://127.0.0.1:$(superd_port web)
}

# true_start NAME [ARGUMENT...]: the same, asking the superd that serves it.
true_start() {
	command -v curl >/dev/null || skip "curl is not installed"
	"$SUPERD" --keys | cut -f 2 | grep -qx control ||
	    skip "this superd has no control socket"
	make_scripts
	CONTROL=$SCRIPTS/superd.sock
	WEB_DAEMON=("control = $CONTROL")
	[ "$(id -u)" != 0 ] ||
	    WEB_DAEMON+=("control_group = $(id -gn nobody)")
	web_start "$@"
}

web_end() {
	control_stop
	superd_end
}

# get PATH [CURL-ARGUMENT...]: the answer's body; fails unless it is 2xx.
get() {
	local path=$1

	shift
	curl -sS --max-time 60 --noproxy '*' --fail-with-body "$@" "$URL$path"
}

# head_of PATH [CURL-ARGUMENT...]: the answer's head, without CRs.
head_of() {
	local path=$1

	shift
	curl -sS --max-time 60 --noproxy '*' -D - -o /dev/null "$@" \
	    "$URL$path" | tr -d '\r'
}

# status_of PATH [CURL-ARGUMENT...]
status_of() {
	local path=$1

	shift
	curl -sS --max-time 60 --noproxy '*' -o /dev/null -w '%{http_code}' \
	    "$@" "$URL$path"
}

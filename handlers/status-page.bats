#!/usr/bin/env bats
# SPDX-License-Identifier: ISC

load web.bash

TOKEN=0123456789abcdef-a-token

teardown() {
	web_end
}

# admin_start [MODE...]: a page that may change something, at $URL.
admin_start() {
	control_start "$@"
	token_file
	[ "$(id -u)" != 0 ] || chown nobody "$SCRIPTS/token"
	web_start status-page --admin "$SCRIPTS/token"
}

# token_file [TOKEN]: at $SCRIPTS/token.
token_file() {
	make_scripts
	rm -f "$SCRIPTS/token"
	(umask 077 && printf '%s\n' "${1-$TOKEN}" >"$SCRIPTS/token")
}

# post PATH [CURL-ARGUMENT...]: with the token; prints the answer, the status
# behind it.
post() {
	local path=$1

	shift
	curl -sS --max-time 60 --noproxy '*' -X POST -w '%{http_code}' \
	    -H "Authorization: Bearer $TOKEN" "$@" "$URL$path"
}

@test "status-page is one page that lets in nothing but its own parts" {
	local nonce

	control_start
	web_start status-page
	run -0 get / -D "$BATS_TEST_TMPDIR/head"
	[[ ${lines[0]} == "<!DOCTYPE html>" ]]
	[[ ${lines[-1]} == "</html>" ]]
	refute grep -qE '(src|href)="?(https?:)?//|@import|url\(' <<<"$output"
	refute grep -qE ' on[a-z]+=|innerHTML|style="' <<<"$output"
	refute grep -qE '^@[A-Z]+@$' <<<"$output"
	nonce=$(sed -n 's/^<script nonce="\(.*\)">$/\1/p' <<<"$output")
	[ "${#nonce}" = 32 ]
	grep -q "^<style nonce=\"$nonce\">" <<<"$output"
	run -0 tr -d '\r' <"$BATS_TEST_TMPDIR/head"
	[[ $output == *$'\n'"Content-Security-Policy: default-src 'none'; style-src 'nonce-$nonce'; script-src 'nonce-$nonce'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"$'\n'* ]]
	[[ $output == *$'\nX-Content-Type-Options: nosniff\n'* ]]
	[[ $output == *$'\nReferrer-Policy: no-referrer\n'* ]]
	[[ $output == *$'\nCache-Control: no-store\n'* ]]
	run -0 get /
	[[ $output != *"$nonce"* ]]
}

@test "status-page hands on what superd says, as JSON" {
	control_start
	web_start status-page
	get /status.json | python3 -c '
import json, sys
found = json.load(sys.stdin)
assert found["admin"] is False
assert found["status"][0]["config"] == "/etc/superd.ini"
assert [row["service"] for row in found["status"][1:]] == [
    "echo", "git", "ssh", "mail", "rsync"]'
	get /connections.json | python3 -c '
import json, sys
found = json.load(sys.stdin)
assert found["total"] == 24
assert [row["id"] for row in found["connections"]] == list(range(24, 0, -1))'
	[ "$(get /status.json | wc -l)" = 1 ]
}

@test "status-page shows the newest 200 of 5000 connections" {
	control_start many=5000 hostile
	web_start status-page
	get /connections.json | python3 -c '
import json, sys
found = json.load(sys.stdin)
assert found["total"] == 5000
assert [row["id"] for row in found["connections"]] == list(
    range(5000, 4800, -1))'
}

# first_event: the two lines of it, behind those of "retry".
first_event() {
	curl -sSN --max-time 60 --noproxy '*' "$URL/events" 2>/dev/null |
	    sed -n '3,4p;4q'
}

@test "status-page shows the newest of more than it keeps" {
	control_start huge
	web_start status-page
	get /connections.json | python3 -c '
import json, sys
found = json.load(sys.stdin)
assert found["total"] == 4300
assert [row["id"] for row in found["connections"]] == list(
    range(4300, 4100, -1))'
	[ "$(status_of /status.json)" = 503 ]
	run -22 --separate-stderr get /status.json
	[ "$output" = '{"error":"superd'\''s answer is too large"}' ]
	run -0 first_event
	[ "$output" = "event: lost
data: {\"error\":\"superd's answer is too large\"}" ]
}

@test "status-page sends events, says when superd is lost, and goes on" {
	local out=$BATS_TEST_TMPDIR/events reader

	control_start
	web_start status-page
	run -0 head_of /events --max-time 1
	[[ $output == *$'\nContent-Type: text/event-stream\n'* ]]
	curl -sS -N --max-time 60 --noproxy '*' "$URL/events" \
	    >"$out" 2>/dev/null 3>&- &
	reader=$!
	wait_for grep -c '^event: connections' "$out"
	control_stop
	wait_for grep -q '^event: lost' "$out"
	grep -q '^data: {"error":"superd.*: Connection refused: is superd' "$out"
	: >"$out"
	control_start
	wait_for grep -q '^event: status' "$out"
	kill "$reader"
	wait_for has_handlers 0
	python3 - "$out" <<-'END'
	import json, sys
	for line in open(sys.argv[1]).read().replace("\0", "").splitlines():
	    if line.startswith("data: "):
	        json.loads(line[6:])
	END
}

@test "status-page shows the superd that runs it" {
	true_start status-page
	get /status.json | python3 -c '
import json, sys
superd, web = json.load(sys.stdin)["status"]
assert superd["type"] == "superd" and superd["live"] == 1
assert superd["services"] == 1 and superd["uptime"] >= 0
assert web["service"] == "web" and web["accepted"] == 1'
	get /connections.json | python3 -c '
import json, sys
found = json.load(sys.stdin)
assert found["total"] == 1
assert found["connections"][0]["service"] == "web"'
}

@test "status-page says why it can show nothing" {
	control_start denied
	web_start status-page
	[ "$(status_of /status.json)" = 503 ]
	run -22 --separate-stderr get /connections.json
	[[ $output == '{"error":"superd denies it to user '*' only some may look '* ]]
	[ "$(status_of /)" = 200 ]
	[ "$(status_of /nothing)" = 404 ]
	[ "$(status_of / -X PUT)" = 405 ]
	[ "$(status_of /events -I)" = 405 ]
	[ "$(status_of /kill)" = 405 ]
	[ "$(status_of / -X GET -d body)" = 400 ]
}

@test "status-page reads a refusal of superd's that came unasked" {
	control_start unread
	web_start status-page
	for _ in {1..20}; do # the request comes sooner than the end, or later
		run -22 --separate-stderr get /connections.json
		[[ $output == '{"error":"superd denies it to user '*' only some may look '* ]]
	done
}

@test "status-page answers to addresses and to names that it was told" {
	local path name

	control_start
	web_start status-page --host status.example --host other.example
	for path in / /status.json /events /kill; do
		[ "$(status_of $path -H 'Host: evil.example')" = 421 ]
	done
	for name in evil.example evil.example:80 127.0.0.1.evil.example \
	    localhost.evil.example 127.1 '[::1' '[::1]x' '127.0.0.1:x' \
	    x.status.example @127.0.0.1; do
		[ "$(status_of / -H "Host: $name")" = 421 ]
	done
	for name in 127.0.0.1 127.0.0.1:9 '[::1]:80' '[2001:db8::1]' localhost \
	    LOCALHOST:8080 status.example Other.Example:443; do
		[ "$(status_of / -H "Host: $name")" = 200 ]
	done
}

@test "status-page changes nothing without --admin" {
	control_start
	web_start status-page
	run -0 post /kill -d what=id:3
	[[ $output == "This page only shows"*403 ]]
	refute control_asked '^asked'
}

# asked WORD...: the fake superd was asked exactly that, last.
asked() {
	[ "$(tail -n 1 "$CONTROL_OUT")" = "asked $*" ]
}

@test "status-page has superd do what comes with the token" {
	admin_start
	get /status.json | grep -q '"admin":true'
	run -0 post /kill -d what=id:3
	[ "$output" = '{"ok":true,"answer":[{"killed": 1}]}'$'\n200' ]
	asked kill id:3
	run -0 post /pause -d service=echo
	[[ $output == *'"state": "paused"'*200 ]]
	asked pause echo
	run -0 post /resume -d service=echo
	asked resume echo
	run -0 post /disable -d x=y -d 'service=%65cho' -H "Origin: $URL"
	asked disable echo
	run -0 post /enable -d service=echo -H 'Sec-Fetch-Site: same-origin'
	asked enable echo
	run -0 post /kill -d what=id:0
	[[ $output == '{"ok":false,"error":"there is no connection 0","answer":[]}'*404 ]]
	run -0 post /reload -d ''
	[[ $output == '{"ok":false,"error":"the configuration has mistakes","answer":[{"file": '*'"line": 14'*409 ]]
}

@test "status-page hands on no answer that it has cut" {
	admin_start huge
	run -0 post /kill -d what=id:3
	[ "$output" = "superd has answered, but its answer is too large."$'\n502' ]
}

@test "status-page asks superd nothing that the form did not say well" {
	local form

	admin_start
	for form in '' x=y what what= 'what=id:1%0akill%09id:2' what=%00 \
	    'what=%zz' 'what=%7f' "what=$(printf 'x%.0s' {1..600})"; do
		run -0 post /kill -d "$form"
		[[ $output == *400 ]]
	done
	run -0 post /kill -d '{"what":"id:3"}' -H 'Content-Type: application/json'
	[[ $output == *415 ]]
	run -0 post /kill -d "what=$(printf 'x%.0s' {1..5000})"
	[[ $output == *413 ]]
	run -0 post /kill -d what=id:3 -H 'Transfer-Encoding: chunked'
	[[ $output == *400 ]]
	refute control_asked '^asked'
}

@test "status-page takes no changes from other pages, nor without the token" {
	local origin

	admin_start
	for origin in http://evil.example "https://127.0.0.1" null \
	    "$URL.evil.example" "${URL#http://}"; do
		run -0 post /kill -d what=id:3 -H "Origin: $origin"
		[[ $output == "Another page has sent this."*403 ]]
	done
	run -0 post /kill -d what=id:3 -H 'Sec-Fetch-Site: cross-site'
	[[ $output == *403 ]]
	run -0 head_of /kill -d what=id:3
	[ "${lines[0]}" = "HTTP/1.1 401 Unauthorized" ]
	[[ $output == *$'\nWWW-Authenticate: Bearer\n'* ]]
	run -0 head_of /kill -d what=id:3 -H 'Authorization: Basic eDp5'
	[ "${lines[0]}" = "HTTP/1.1 401 Unauthorized" ]
	refute control_asked '^asked'
	refute logged 'status=exit:112'
}

@test "status-page has superd ban who sends a wrong token" {
	WEB_KEY="ban_after = 5/min" admin_start
	[ "$(status_of /kill -d what=id:3 \
	    -H "Authorization: Bearer ${TOKEN}x")" = 403 ]
	wait_for logged 'conn.close.*status=exit:112'
	logged 'a client has sent a wrong token'
	refute control_asked '^asked'
	run head_of /
	[ -z "$output" ] || [[ $output == "curl: "* ]]
	logged 'conn.refuse .*reason=banned'
}

@test "status-page compares all of the token" {
	token_file
	control_start
	TOKEN=$TOKEN FILE=$SCRIPTS/token client <<-'END'
	token = os.environ["TOKEN"]
	for given, status in (
	        (token, 200), (token[:-1], 403), (token + token, 403),
	        (token[:-1] + "X", 403), ("X" + token[1:], 403), ("", 401),
	        (token.upper(), 403), ("  " + token, 200)):
	    peer = Peer(handler("status-page"), "--control",
	        os.environ["CONTROL"], "--admin", os.environ["FILE"])
	    body = "what=id:3"
	    peer.send(("POST /kill HTTP/1.1\r\nHost: localhost\r\nConnection: "
	        f"close\r\nAuthorization: Bearer {given}\r\nContent-Length: 9\r\n"
	        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
	        f"{body}").encode())
	    answer = peer.receive_all()
	    assert answer.split()[1] == b"%d" % status, (given, answer)
	    peer.sock.close()
	    if status == 403:
	        peer.end(112, b"a client has sent a wrong token\n")
	    else:
	        peer.end()
	END
}

# refuses_token SENTENCE
refuses_token() {
	expect 111 "status-page: token file '$SCRIPTS/token': $1" \
	    status-page --admin "$SCRIPTS/token"
}

@test "status-page refuses a token that others know or could guess" {
	make_scripts
	refuses_token "No such file or directory"
	token_file 0123456789abcde
	refuses_token "has a token of less than 16 characters"
	token_file "0123456789 abcdef"
	refuses_token "has a token with blanks or beyond ASCII"
	token_file "$(printf 'x%.0s' {1..256})"
	refuses_token "has a token of more than 255 characters"
	token_file
	for mode in 604 602 601 620; do
		chmod "$mode" "$SCRIPTS/token"
		refuses_token "is open to others (chmod o=,g-w)"
	done
	chmod 640 "$SCRIPTS/token"
	handler status-page --admin "$SCRIPTS/token" </dev/null
	rm "$SCRIPTS/token"
	mkdir -m 700 "$SCRIPTS/token"
	refuses_token "is no regular file"
	rmdir "$SCRIPTS/token"
	[ "$(id -u)" = 0 ] || skip "needs root: for another user's file"
	token_file
	chown nobody "$SCRIPTS/token"
	refuses_token "belongs to another user"
}

@test "status-page refuses arguments that it does not know" {
	local usage="usage: status-page [--control PATH] [--host NAME]... "

	usage+="[--admin TOKENFILE]"
	expect 100 "$usage" status-page surplus
	expect 100 "$usage" status-page --nonsense
	expect 100 "$usage" status-page --admin
}

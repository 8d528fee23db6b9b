#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2154 # bats sets $stderr

load web.bash

teardown() {
	web_end
}

# prometheus_start: a real one, which scrapes $URL each second; $PROMETHEUS is
# where it answers.
prometheus_start() {
	local dir=$BATS_TEST_TMPDIR/prometheus port

	port=$(python3 -c 'import socket; s = socket.socket();
s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	PROMETHEUS=http://127.0.0.1:$port
	mkdir "$dir"
	cat >"$dir/prometheus.yml" <<-END
		global: {scrape_interval: 1s, scrape_timeout: 1s}
		scrape_configs:
		  - job_name: superd
		    static_configs: [{targets: ["${URL#http://}"]}]
	END
	(cd "$dir" && exec timeout 120 prometheus --config.file=prometheus.yml \
	    --storage.tsdb.path=data --web.listen-address="127.0.0.1:$port") \
	    >"$dir/log" 2>&1 3>&- &
	PROMETHEUS_JOB=$!
}

# knows EXPRESSION PATTERN: what Prometheus answers.
knows() {
	curl -sS --max-time 10 --noproxy '*' -G "$PROMETHEUS/api/v1/query" \
	    --data-urlencode "query=$1" 2>&1 | grep -qe "$2"
}

@test "metrics hands on what superd says, as text 0.0.4" {
	control_start
	web_start metrics
	run -0 get /metrics
	[ "${lines[0]}" = \
	    '# HELP superd_build_info What runs: "superd".' ]
	[ "${lines[2]}" = 'superd_build_info{version="0.5"} 1' ]
	[[ $output != *EOF* ]]
	run -0 head_of /metrics
	[ "${lines[0]}" = "HTTP/1.1 200 OK" ]
	[[ $output == *$'\n'"Content-Type: text/plain; version=0.0.4;"* ]]
	[[ $output == *$'\nVary: Accept\n'* ]]
	run -0 head_of /metrics -I
	[[ $output == *$'\nContent-Length: '[1-9]* ]]
	[ "$(get /)" = "superd's metrics are at /metrics." ]
}

@test "metrics speaks OpenMetrics 1.0.0 with who asks for it" {
	local accept='Accept: application/openmetrics-text;version=1.0.0,'

	accept+='application/openmetrics-text;version=0.0.1;q=0.75,'
	accept+='text/plain;version=0.0.4;q=0.5,*/*;q=0.1'
	control_start
	web_start metrics
	run -0 head_of /metrics -H "$accept"
	[[ $output == *$'\n'"Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8"* ]]
	run -0 get /metrics -H "$accept"
	[ "${lines[1]}" = \
	    '# HELP superd_build_info What runs: \"superd\".' ]
	[ "${lines[-1]}" = "# EOF" ]
	[[ $output == *$'\n# TYPE superd_accepted counter\n# HELP superd_accepted Conn'* ]]
	[[ $output == *$'\nsuperd_accepted_total{service="echo"} '* ]]
	[[ $output == *$'\n# TYPE process_cpu_seconds counter\n# UNIT process_cpu_seconds seconds\n# HELP process_cpu_seconds '* ]]
	[[ $output == *$'\n# TYPE superd_spawn_latency_seconds histogram\n# UNIT superd_spawn_latency_seconds seconds\n'* ]]
	[[ $output == *$'\n# TYPE superd_sources_banned gauge\n'* ]]
	[[ $output == *$'\n# TYPE superd_bans counter\n'* ]]
}

# openmetrics ACCEPT: is that an answer in OpenMetrics?
openmetrics() {
	head_of /metrics -H "Accept: $1" | grep -q 'Type: application/openm'
}

@test "metrics weighs what Accept says" {
	control_start
	web_start metrics
	openmetrics 'application/openmetrics-text'
	openmetrics 'text/plain;q=0.5, application/openmetrics-text; version="1.0.0"; q=0.6'
	refute openmetrics '*/*'
	refute openmetrics 'text/plain, application/openmetrics-text;q=0.9'
	refute openmetrics 'application/openmetrics-text;q=0'
	refute openmetrics 'application/openmetrics-text;version=2.0.0'
	refute openmetrics 'application/openmetrics-textual'
	refute openmetrics ';;;,,q=,application/openmetrics-text;q=x'
}

@test "promtool finds nothing to say against the metrics" {
	command -v promtool >/dev/null || skip "promtool is not installed"
	control_start
	web_start metrics
	get /metrics >"$BATS_TEST_TMPDIR/metrics"
	run -0 promtool check metrics <"$BATS_TEST_TMPDIR/metrics"
	[ -z "$output" ]
}

@test "Prometheus scrapes the metrics over one connection" {
	command -v prometheus >/dev/null || skip "prometheus is not installed"
	control_start
	web_start metrics
	prometheus_start
	wait_for knows up '"1"\]'
	wait_for knows 'count_over_time(up[1m]) >= 3' '"metric":{'
	knows 'superd_accepted_total{service="echo"}' '"value":'
	knows 'histogram_quantile(0.5, superd_spawn_latency_seconds_bucket)' \
	    '"value":'
	[ "$(count_logged 'conn.open')" = 1 ]
	kill "$PROMETHEUS_JOB"
	wait "$PROMETHEUS_JOB" || :
}

@test "metrics shows the figures of the superd that runs it" {
	true_start metrics
	get /metrics >"$BATS_TEST_TMPDIR/metrics"
	grep -q '^superd_accepted_total{service="web"} 1$' \
	    "$BATS_TEST_TMPDIR/metrics"
	! command -v promtool >/dev/null || {
		run -0 promtool check metrics <"$BATS_TEST_TMPDIR/metrics"
		[ -z "$output" ]
	}
	get /metrics -H 'Accept: application/openmetrics-text' |
	    python3 -c '
import sys
lines = sys.stdin.read().splitlines()
assert lines[-1] == "# EOF"
for word in "TYPE", "HELP", "UNIT":
    names = [line.split()[2] for line in lines if line.startswith("# " + word)]
    assert names and len(set(names)) == len(names), names
    assert word != "UNIT" or all(n.endswith(("_seconds", "_bytes")) for n in names)'
}

@test "metrics says why there are none" {
	control_start
	web_start metrics
	control_stop
	[ "$(status_of /metrics)" = 503 ]
	run -22 --separate-stderr get /metrics
	[[ $output == "superd cannot be asked at '$CONTROL' by user "*": Connection refused: is superd running?"* ]]
	[ "$(status_of /)" = 200 ]
	rm "$CONTROL"
	run -22 --separate-stderr get /metrics
	[[ $output == *"No such file or directory: does superd have a control socket, and there?"* ]]
	control_start denied
	run -22 --separate-stderr get /metrics
	[[ $output == "superd denies it to user "*": only some may look (control_group may look, control_admin_group may act)"* ]]
	control_stop
	control_start garbage
	run -22 --separate-stderr get /metrics
	[[ $output == "superd's answer: Message too long"* ]]
	control_stop
	control_start hangup
	run -22 --separate-stderr get /metrics
	[[ $output == "superd's answer has no end"* ]]
}

@test "metrics says whom superd's control_group lacks" {
	[ "$(id -u)" = 0 ] || skip "root may connect everywhere, others test this"
	control_start
	chmod 600 "$CONTROL"
	web_start metrics
	run -22 --separate-stderr get /metrics
	[[ $output == *"by user 'nobody': Permission denied: is that user a member of superd's control_group?"* ]]
}

@test "metrics asks anew when superd has closed an idle connection" {
	control_start impatient
	web_start metrics
	run -0 get /metrics --next -sS --fail-with-body "$URL/metrics" \
	    --next -sS --fail-with-body "$URL/metrics"
	[ "$(grep -c 'superd_connections_live 332' <<<"$output")" = 3 ]
	[ "$(count_logged 'conn.open')" = 1 ]
}

@test "metrics finds the control socket by itself" {
	local as=()

	control_start
	run -0 --separate-stderr env SUPERD_CONTROL="$CONTROL" timeout 60 \
	    "$HANDLER_DIR/metrics" < <(printf 'GET /metrics HTTP/1.0\r\n\r\n')
	[ "${lines[0]}" = $'HTTP/1.1 200 OK\r' ]
	[ -z "$stderr" ]
	[ "$(id -u)" != 0 ] || as=(setpriv --reuid=65534 --clear-groups)
	[ "$(id -u)" != 0 ] || need setpriv
	mkdir "$SCRIPTS/superd"
	mv "$CONTROL" "$SCRIPTS/superd/control.sock"
	run -0 env XDG_RUNTIME_DIR="$SCRIPTS" timeout 60 "${as[@]}" \
	    "$HANDLER_DIR/metrics" < <(printf 'GET /metrics HTTP/1.0\r\n\r\n')
	[ "${lines[0]}" = $'HTTP/1.1 200 OK\r' ]
}

@test "metrics answers to addresses and to names that it was told" {
	local path name

	control_start
	web_start metrics --host figures.example --host other.example
	for path in / /metrics /nothing; do
		[ "$(status_of $path -H 'Host: evil.example')" = 421 ]
	done
	for name in evil.example:80 127.0.0.1.evil.example 127.1 '[::1' \
	    x.figures.example; do
		[ "$(status_of /metrics -H "Host: $name")" = 421 ]
	done
	for name in 127.0.0.1 127.0.0.1:9 '[::1]:80' '[2001:db8::1]' localhost \
	    LOCALHOST:8080 figures.example Other.Example:443; do
		[ "$(status_of /metrics -H "Host: $name")" = 200 ]
	done
	[ "$(status_of /metrics -0 -H 'Host:')" = 200 ]
}

@test "metrics says, once a connection, which name it was not told" {
	control_start
	web_start metrics
	run -22 --separate-stderr get /metrics -H 'Host: db.example:9115' \
	    --next -sS "$URL/" -H 'Host: db.example:9115'
	[ "${lines[0]}" = "Not by that name: use the address, or start metrics with --host NAME." ]
	wait_for logged "asked by the name 'db.example:9115', which is none of ours: use the address, or start metrics with --host NAME"
	[ "$(count_logged 'conn.open')" = 1 ]
	[ "$(count_logged 'asked by the name')" = 1 ]
}

@test "metrics refuses what is no request for it, with the right status" {
	control_start
	web_start metrics
	[ "$(status_of /nothing)" = 404 ]
	[ "$(status_of /metrics/)" = 404 ]
	[ "$(status_of '/metrics?a=b')" = 200 ]
	run -0 head_of /metrics -X DELETE
	[ "${lines[0]}" = "HTTP/1.1 405 Method Not Allowed" ]
	[[ $output == *$'\nAllow: GET, HEAD\n'* ]]
	[ "$(status_of /metrics -d body)" = 413 ]
	[ "$(status_of "/$(printf 'x%.0s' {1..2100})")" = 414 ]
	[ "$(status_of / -H "X: $(printf 'x%.0s' {1..8200})")" = 431 ]
}

@test "metrics takes no request that two readers could read differently" {
	control_start
	client <<-'END'
	def ask(request, after=b""):
	    peer = Peer(handler("metrics"), "--control", os.environ["CONTROL"],
	        "--host", "x")
	    peer.send(request + after)
	    peer.half_close()
	    answer = peer.receive_all()
	    peer.end()
	    return [int(line.split()[1]) for line in answer.split(b"\n")
	            if line.startswith(b"HTTP/1.1 ")]

	GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
	second = GET + b"\r\n"
	assert ask(GET + b"\r\n", second) == [200, 200]
	assert ask(b"\r\n" + GET + b"\r\n\r\n", second) == [200, 200]
	assert ask(GET + b"Content-Length: 0\r\n\r\n", second) == [200, 200]
	assert ask(GET + b"Connection: x, Close\r\n\r\n", second) == [200]
	assert ask(b"GET / HTTP/1.0\r\n\r\n", second) == [200]
	assert ask(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	           second) == [200, 200]
	assert ask(b"GET http://x:1/metrics HTTP/1.1\r\nHost: x\r\n\r\n") == [200]
	for status, head in (
	        (413, GET + b"Content-Length: 5\r\n"),
	        (413, GET + b"Content-Length: 99999999999999999999\r\n"),
	        (400, GET + b"Content-Length: +0\r\n"),
	        (400, GET + b"Content-Length: 0x0\r\n"),
	        (400, GET + b"Content-Length:\r\n"),
	        (400, GET + b"Content-Length: 0\r\nContent-Length: 0\r\n"),
	        (400, GET + b"Content-Length: 0, 0\r\n"),
	        (400, GET + b"Transfer-Encoding: chunked\r\n"),
	        (400, GET + b"Transfer-Encoding: identity\r\n"),
	        (400, GET + b"Host: x\r\n"),
	        (400, b"GET / HTTP/1.1\r\n"),
	        (400, GET + b"X : y\r\n"), (400, GET + b": y\r\n"),
	        (400, GET + b"X: y\r\n z\r\n"), (400, GET + b" X: y\r\n"),
	        (400, GET + b"X\r\n"), (400, GET + b"X: y\n\r\n"),
	        (400, GET + b"X: \ry\r\n"), (400, GET + b"X: y\0\r\n"),
	        (400, b"GET  / HTTP/1.1\r\nHost: x\r\n"),
	        (400, b"GET /a b HTTP/1.1\r\nHost: x\r\n"),
	        (400, b"GET / http/1.1\r\nHost: x\r\n"),
	        (400, b"GET / HTTP/1.1 \r\nHost: x\r\n"),
	        (400, b"GET /\r\n"), (400, b"GET * HTTP/1.1\r\nHost: x\r\n"),
	        (400, b"GET x HTTP/1.1\r\nHost: x\r\n"),
	        (400, b"G(T / HTTP/1.1\r\nHost: x\r\n"),
	        (400, b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n"),
	        (405, b"GETS / HTTP/1.1\r\nConnection: close\r\nHost: x\r\n"),
	        (505, b"GET / HTTP/2.0\r\nHost: x\r\n"),
	        (505, b"PRI * HTTP/2.0\r\n"),
	        (417, GET + b"Expect: 100-continue\r\n"),
	        (431, GET + b"X: y\r\n" * 70)):
	    assert ask(head + b"\r\n", second) == [status], (status, head)
	assert ask(GET) == [400]
	assert ask(b"") == []
	END
}

@test "metrics answers a pipeline in its order, however it is cut" {
	control_start
	client <<-'END'
	def start():
	    return Peer(handler("metrics"), "--control", os.environ["CONTROL"])
	one = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
	many = b"".join(one % path for path in [b"/metrics", b"/x", b"/"] * 200)
	peer = start()
	answer = peer.converse(many)
	peer.end()
	words = [line.split()[1] for line in answer.split(b"\n")
	         if line.startswith(b"HTTP/1.1 ")]
	assert words == [b"200", b"404", b"200"] * 200, words
	peer = start()
	for byte in one % b"/":
	    peer.send(bytes([byte]))
	assert peer.receive(15) == b"HTTP/1.1 200 OK"
	peer.half_close()
	peer.receive_all()
	peer.end()
	END
}

@test "metrics lets a client go that sends a byte a second" {
	control_start
	client <<-'END'
	import time
	begin = time.monotonic()
	peers = [Peer(handler("metrics"), "--control", os.environ["CONTROL"])
	         for _ in range(3)]
	slow, silent, served = peers
	served.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	answer = served.receive(16)
	served.sock.setblocking(False)
	slow.sock.settimeout(0.5)
	text = iter(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
	answer = b""
	while not answer:
	    slow.send(bytes([next(text)]))
	    try:
	        answer = slow.sock.recv(65536)
	    except TimeoutError:
	        pass
	took = time.monotonic() - begin
	assert answer.startswith(b"HTTP/1.1 408 "), answer
	assert 9 < took < 20, took
	slow.sock.close()
	slow.end()
	assert silent.receive_all() == b""
	silent.end()
	assert served.proc.poll() is None # idle, after an answer: may stay
	served.sock.close()
	served.end()
	END
}

@test "metrics is done, without a word, when the client goes" {
	control_start many=20000
	client <<-'END'
	for n in 0, 1, 4000:
	    peer = Peer(handler("metrics"), "--control", os.environ["CONTROL"])
	    peer.send(b"GET /metrics HTTP/1.1\r\nHost: [::1]\r\n\r\n" * n)
	    peer.reset()
	    peer.end()
	END
}

@test "metrics refuses arguments that it does not know" {
	local usage="usage: metrics [--control PATH] [--host NAME]..."
	local i many=()

	expect 100 "$usage" metrics surplus
	expect 100 "$usage" metrics --nonsense
	expect 100 "$usage" metrics --control
	expect 100 "$usage" metrics --host
	for i in {1..17}; do
		many+=(--host "n$i")
	done
	expect 100 "$usage" metrics "${many[@]}"
}

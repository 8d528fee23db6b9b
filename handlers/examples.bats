#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2154 # for bash -c; bats sets $stderr

load helpers.bash

# needs PROGRAM
needs() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

example() {
	local name=$1

	shift
	timeout 60 "$TOP_SRCDIR/handlers/examples/$name" "$@"
}

@test "greet.sh greets each line at once, until bye" {
	client <<-'END'
	os.environ["REMOTE_ADDR"] = "192.0.2.7"
	peer = Peer(example("greet.sh"))
	hello = b"Hello 192.0.2.7, what is your name?\r\n"
	assert peer.receive(len(hello)) == hello
	for name in b"Ada", b"$(id)", b"`id`; *":
	    peer.send(name + b"\r\n")
	    greeting = b"Good to see you, " + name + b". Who else?\r\n"
	    assert peer.receive(len(greeting)) == greeting
	peer.send(b"bye\n")
	assert peer.receive_all() == b"Goodbye.\r\n"
	peer.end(stderr=b"greeting 'Ada'\ngreeting '$(id)'\ngreeting '`id`; *'\n")
	END
}

@test "greet.sh answers a last line without its end" {
	run -0 --separate-stderr example greet.sh < <(printf 'Ada')
	[ "${lines[1]}" = $'Good to see you, Ada. Who else?\r' ]
	[ "${lines[2]}" = $'Goodbye.\r' ]
	[ "$stderr" = "greeting 'Ada'" ]
}

@test "lookup.py answers each key at once" {
	printf '# a=1\nname = x\nb=2\nc=3=4\n' >"$BATS_TEST_TMPDIR/table"
	TABLE=$BATS_TEST_TMPDIR/table client <<-'END'
	peer = Peer(example("lookup.py"), os.environ["TABLE"])
	for key, value in (b"b", b"2"), (b"c", b"3=4"), (b"a", b"?"), (b"\xff", b"?"):
	    peer.send(key + b"\n")
	    assert peer.receive(len(value) + 1) == value + b"\n"
	peer.half_close()
	assert peer.receive_all() == b""
	peer.end()
	peer = Peer(example("lookup.py"), os.environ["TABLE"])
	peer.send(b"x" * 1025)
	peer.receive_all()
	peer.end(stderr=b"a client sent a line that is too long\n")
	END
}

@test "lookup.py ends with 100 when misused and 111 without its file" {
	needs python3
	run --separate-stderr -100 example lookup.py </dev/null
	[ "$stderr" = "usage: lookup.py FILE" ]
	run --separate-stderr -111 example lookup.py /nonexistent </dev/null
	[[ $stderr == "lookup.py: "*"No such file"* ]]
}

@test "hello-http.py answers GET, and nothing that is not HTTP" {
	client <<-'END'
	os.environ["REMOTE_ADDR"] = "192.0.2.7"
	def ask(request, log):
	    peer = Peer(example("hello-http.py"))
	    peer.send(request)
	    answer = peer.receive_all()
	    peer.sock.close()
	    peer.end(stderr=log)
	    return answer.partition(b"\r\n\r\n")
	head, _, body = ask(b"GET /<a>&b HTTP/1.1\r\nHost: x\r\n\r\n",
	    b"'GET' '/<a>&b'\n")
	assert head.startswith(b"HTTP/1.0 200 OK\r\n")
	assert b"Content-Length: %d\r\n" % len(body) in head
	assert b"Hello 192.0.2.7, this is /&lt;a&gt;&amp;b." in body
	assert ask(b"GET\r\n\r\n", b"")[0].startswith(b"HTTP/1.0 400 ")
	assert ask(b"\0\xff\n\n", b"")[0].startswith(b"HTTP/1.0 400 ")
	assert ask(b"PUT / HTTP/1.1\n\n", b"'PUT' '/'\n")[0].startswith(
	    b"HTTP/1.0 405 ")
	END
}

@test "calculate.pl answers each line at once, mistakes too" {
	needs perl
	client <<-'END'
	peer = Peer(example("calculate.pl"))
	for line, answer in (
	        (b"1 2 + 3 *", b"9"), (b"7 2 /", b"3.5"), (b"-1.5 1 -", b"-2.5"),
	        (b"1 0 /", b"error: division by zero"),
	        (b"1 +", b"error: an operator needs two numbers"),
	        (b"", b"error: not one result"),
	        (b"system('id')", b"error: neither a number nor one of + - * /")):
	    peer.send(line + b"\r\n")
	    assert peer.receive(len(answer) + 2) == answer + b"\r\n", line
	peer.half_close()
	assert peer.receive_all() == b""
	assert peer.proc.wait(timeout=TIMEOUT) == 0
	assert peer.proc.stderr.read().count(b"a client's mistake: ") == 4
	END
}

@test "words.awk answers after the end of input" {
	[ -x /usr/bin/awk ] || skip "there is no /usr/bin/awk"
	client <<-'END'
	peer = Peer(example("words.awk"))
	answer = peer.converse(b"The cat and the dog.\nThe end\xff\n")
	lines = answer.decode().splitlines()
	assert lines[0] == "7 words" and lines[1].split() == ["3", "the"], lines
	assert len(lines) == 6, lines
	peer.end()
	peer = Peer(example("words.awk"))
	assert peer.converse(b"") == b"0 words\n"
	peer.end()
	END
}

@test "every example is executable and says how to use it" {
	local file

	for file in "$TOP_SRCDIR"/handlers/examples/*; do
		[ -x "$file" ]
		head -n 1 "$file" | grep -q '^#!'
		grep -q "handler = .*/${file##*/}" "$file"
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2154 # for bash -c; bats sets $stderr

load helpers.bash

setup() {
	QUOTES=$BATS_TEST_TMPDIR/quotes
	export QUOTES
}

@test "qotd sends a whole quote of the file that comes with it" {
	client <<-'END'
	with open(os.environ["TOP_SRCDIR"] + "/handlers/qotd.txt", "rb") as f:
	    text = f.read()
	quotes = {q.strip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"
	          for q in text.split(b"\n%\n")}
	assert len(quotes) >= 12 and max(map(len, quotes)) < 512
	got = set()
	for turn in range(300):
	    peer = Peer(handler("qotd"), f.name, blocking=turn % 2 == 0)
	    answer = peer.receive_all()
	    peer.end()
	    assert answer in quotes, answer
	    got.add(answer)
	assert len(got) > len(quotes) / 2
	END
}

@test "qotd that is not installed takes the quotes beside it" {
	[ ! -e /usr/local/share/superd/qotd.txt ] ||
		skip "/usr/local has the quotes of an installed one"
	cp "$HANDLER_DIR/qotd" "$BATS_TEST_TMPDIR/qotd"
	run -111 timeout 20 "$BATS_TEST_TMPDIR/qotd" </dev/null
	[[ $output == "qotd: cannot open"* ]]
	echo "the only one" >"$BATS_TEST_TMPDIR/qotd.txt"
	run -0 timeout 20 "$BATS_TEST_TMPDIR/qotd" </dev/null
	[ "$output" = $'the only one\r' ]
}

@test "qotd takes the one quote there is, with and without separators" {
	local quote=$'One.\r'

	for text in 'One.' 'One.\n' '%%\nOne.\n%%\n' '%%\n%%\n \n%%\n\nOne.\n' \
	    'One.\r\n%%\r\n' '\n\n%%\nOne.\n\n\n%%'; do
		# shellcheck disable=SC2059 # the format is the text
		printf "$text" >"$QUOTES"
		run -0 handler qotd "$QUOTES"
		[ "${output#$'\r\n'}" = "$quote" ]
	done
}

@test "qotd ends its lines in CR LF, whatever the file has" {
	printf 'one\ntwo\r\nthree\n%%\n' >"$QUOTES"
	run -0 handler qotd "$QUOTES"
	[ "$output" = $'one\r\ntwo\r\nthree\r' ]
}

@test "qotd separates at lines of a single % only" {
	printf '100 %%\n%% of\n%%%%\n' >"$QUOTES"
	run -0 handler qotd "$QUOTES"
	[ "$output" = $'100 %\r\n% of\r\n%%\r' ]
}

@test "qotd passes over quotes of 512 bytes and more" {
	local fits long

	fits=$(head -c 509 /dev/zero | tr '\0' f)
	long=$(head -c 510 /dev/zero | tr '\0' l)
	printf '%s\n%%\n%s\n%%\n%s%s\n' "$long" "$fits" "$long" "$long" \
	    >"$QUOTES"
	for _ in {1..20}; do
		run -0 handler qotd "$QUOTES"
		[ "$output" = "$fits"$'\r' ]
	done
}

@test "qotd says so when there is no quote to send" {
	local words="qotd: no quote of less than 512 characters in '$QUOTES'"

	: >"$QUOTES"
	expect 111 "$words" qotd "$QUOTES"
	printf '%%\n%%\n \n' >"$QUOTES"
	expect 111 "$words" qotd "$QUOTES"
	head -c 1000 /dev/zero | tr '\0' x >"$QUOTES"
	expect 111 "$words" qotd "$QUOTES"
	head -c 1000000 /dev/zero | tr '\0' x >"$QUOTES"
	expect 111 "$words" qotd "$QUOTES"
	truncate -s 1T "$QUOTES" || skip "no sparse files of 1 TB here"
	expect 111 "$words" qotd "$QUOTES"
}

@test "qotd sends whole quotes of a huge file, and not only the first" {
	local seen

	awk 'BEGIN { for (i = 0; i < 300000; i++) printf "quote %d\n%%\n", i }' \
	    >"$QUOTES"
	for _ in {1..30}; do
		run -0 handler qotd "$QUOTES"
		[[ $output =~ ^quote\ [0-9]+$'\r'$ ]]
		[ "${output//[!0-9]/}" -lt 300000 ]
		seen+=$output$'\n'
	done
	[ "$(sort -u <<<"$seen" | wc -l)" -gt 10 ]
}

@test "qotd says why it cannot read its file, and ends with 111" {
	expect 111 "qotd: cannot open '$QUOTES': no such file or directory" \
	    qotd "$QUOTES"
	expect 111 "qotd: cannot read '$TOP_SRCDIR': is a directory" \
	    qotd "$TOP_SRCDIR"
	mkfifo "$QUOTES"
	expect 111 "qotd: cannot read '$QUOTES': cannot seek" qotd "$QUOTES"
	expect 111 "qotd: cannot open 'a\\x0ab': no such file or directory" \
	    qotd $'a\nb'
}

@test "qotd is done when the client has gone" {
	echo quote >"$QUOTES"
	client <<-'END'
	peer = Peer(handler("qotd"), os.environ["QUOTES"], kind="unix")
	peer.sock.close()
	peer.end()
	END
}

@test "qotd says why it cannot write, and ends with 111" {
	echo quote >"$QUOTES"
	run --separate-stderr -111 bash -c \
	    'timeout 60 "$HANDLER_DIR/qotd" "$QUOTES" >/dev/full'
	[ "$stderr" = "qotd: cannot write: no space left on device" ]
}

@test "qotd takes one file and no options" {
	expect 100 "usage: qotd [FILE]" qotd a b
	expect 100 "usage: qotd [FILE]" qotd --help
}

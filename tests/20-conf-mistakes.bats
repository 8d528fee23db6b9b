#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Bad configurations: superd -t tells the place, what is wrong, and what is
# allowed, and exits with 3.
load helpers

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# check [ARG...]: superd -t on t.ini.
check() {
	timeout -k 5 20 "$SUPERD" -t -c t.ini "$@"
}

# lines LINE...: t.ini; the user that root needs comes behind them.
lines() {
	printf '%s\n' "$@" "[defaults]" "$AS_USER" >t.ini
}

# bytes FORMAT [ARG...]: t.ini as printf makes it, then as in lines.
bytes() {
	# shellcheck disable=SC2059 # the format is the test
	printf "$@" >t.ini
	printf '\n[defaults]\n%s\n' "$AS_USER" >>t.ini
}

# service LINE...: a good service, but for these lines from line 4 on.
service() {
	lines "[x]" "listen = 127.0.0.1:0" "handler = cat" "$@"
}

# refused LINE...: superd -t says exactly that, and exits with 3.
refused() {
	run -3 check
	printf '%s\n' "$@" "superd: t.ini: $# mistake$([ $# = 1 ] || echo s), \
0 warnings" >want
	printf '%s\n' "$output" | diff -u want - || return
}

# accepted: it says that all is well.
accepted() {
	run -0 check
	[ "$output" = "superd: t.ini: ${1-1} service$([ "${1-1}" = 1 ] ||
		echo s), no mistake" ] || {
		echo "$output"
		return 1
	}
}

@test "superd refuses an unknown key and knows what was meant" {
	service "max_conections = 5" "frobnicate = yes"
	refused "t.ini:4: section 'x': unknown key 'max_conections': did you \
mean 'max_connections'?" "t.ini:5: section 'x': unknown key 'frobnicate'"
}

@test "superd says where a misplaced key belongs" {
	service "pidfile = /x" "[superd]" "chroot = /"
	refused "t.ini:4: section 'x': unknown key 'pidfile': it belongs in \
[superd]" "t.ini:6: section 'superd': unknown key 'chroot': it belongs in the \
section of a service, or in [defaults]"
}

@test "superd refuses sections that are no names" {
	service '[git "x"]' "[a b]" "[]"
	names="the name of a section is superd, defaults, ports or that of a \
service: 1 to 48 letters, digits, '.', '_' or '-'"
	refused "t.ini:4: section 'git \\\"x\\\"': $names" \
	    "t.ini:5: section 'a b': $names" "t.ini:6: section '': $names"
}

@test "superd refuses a key before any section" {
	lines "listen = 7" "[x]" "listen = 127.0.0.1:0" "handler = cat"
	refused "t.ini:1: key 'listen' before any section: put a line [superd] \
or [name-of-the-service] above it"
}

@test "superd misses a handler or an address" {
	lines "[x]" "listen = 127.0.0.1:0" "[y]" "handler = cat" "[default]"
	refused "t.ini:1: section 'x': handler is missing: say handler = \
PROGRAM and its arguments" "t.ini:3: section 'y': listen is missing: say \
listen = PORT, or ADDRESS:PORT, or unix:/path" "t.ini:5: section 'default': \
has neither listen nor handler: did you mean 'defaults'?"
}

@test "superd refuses a line that is too long" {
	service "description = $(printf '%0200d' 0)"
	refused "t.ini:4: this line has 214 bytes, at most 198 are allowed: \
continue it on the next line, indented"
	service "description = $(printf '%0100d' 0)" "	$(printf '%0190d' 0)"
	accepted
}

@test "superd refuses the name of a section or key that is too long" {
	name=$(printf '%050d' 0)
	service "k$name = 1" "[$name]" "[${name#0}]"
	refused \
	    "t.ini:4: the name of this key has 51 bytes, at most 49 are allowed" \
	    "t.ini:5: the name of this section has 50 bytes, at most 48 are \
allowed" "t.ini:6: section '${name#0}': the name of a section is superd, \
defaults, ports or that of a service: 1 to 48 letters, digits, '.', '_' or '-'"
}

@test "superd refuses NUL bytes, control characters and invalid UTF-8" {
	bytes '[x]\nlisten = 127.0.0.1:0\nhandler = cat\nargv0 = a\0b\n'
	refused "t.ini:4: NUL byte in column 10: this is no text file"
	bytes '[x]\nlisten = 127.0.0.1:0\nhandler = cat\n# \303\244 \377\n'
	refused "t.ini:4: invalid UTF-8 in column 5 (byte 0xff)"
	bytes '[x]\nlisten = 127.0.0.1:0\nhandler = cat\nargv0 = \033[m\n'
	refused "t.ini:4: control character 0x1b in column 9"
}

@test "superd accepts a byte order mark and CRLF" {
	bytes '\357\273\277[x]\r\nlisten = 127.0.0.1:0\r\nhandler = cat\r\n'
	accepted
}

@test "superd reads tabs, indented keys and continued values" {
	lines "  [x]" "	listen = 127.0.0.1:0," "		unix:@x$$" \
	    "	# a comment" "	handler = cat -" "		-" \
	    "	description = a # and '"
	accepted
}

@test "superd refuses lines that are neither key nor section" {
	service "just text" "= 5" "[y" "[z] text"
	refused "t.ini:4: no '=' in this line: allowed are key = value, \
[section], and comments with # or ;" "t.ini:5: no key in front of '='" \
	    "t.ini:6: section header without ']'" "t.ini:7: text behind ']': a \
comment there starts with a blank and ';'"
}

@test "superd refuses a quote that is not closed" {
	lines "[x]" "listen = 127.0.0.1:0" "handler = cat 'a"
	refused "t.ini:3: section 'x': handler: the quote ' is not closed \
(mind that a ';' behind a blank starts a comment, in quotes too)"
}

@test "superd reads ; and # in values as the manual says" {
	lines "[x]" "listen = 127.0.0.1:0 ; a comment" \
	    "handler = sh -c 'a;b' #c \\; d ; comment" "[y]" \
	    "listen = 127.0.0.1:0" "handler = sh -c 'a ;b'"
	refused "t.ini:6: section 'y': handler: the quote ' is not closed \
(mind that a ';' behind a blank starts a comment, in quotes too)"
	lines "[x]" "listen = 127.0.0.1:0 ; a comment" \
	    "handler = sh -c 'a;b' #c \\; d ; comment"
	run -0 --separate-stderr timeout -k 5 20 "$SUPERD" --dump -c t.ini
	[[ $output == *"
handler = sh -c 'a;b' '#c' ';' d
"* ]]
}

@test "superd refuses what is no port, each in its own words" {
	while IFS='|' read -r value words; do
		lines "[x]" "listen = $value" "handler = cat"
		refused "t.ini:2: section 'x': listen: '$value': $words"
	done <<-'END'
		70000|the port is too large: 0 to 65535 is allowed
		99999999999999999999|the port is too large: 0 to 65535 is allowed
		-1|a port has no sign: a number from 0 to 65535 is wanted
		0x50|a port is decimal, not hexadecimal: 0 to 65535
		1e3|a port is nothing but digits: 0 to 65535
		010|a port has no leading 0: a decimal number from 0 to 65535 is wanted
		127.0.0.1:|no port: a number from 0 to 65535 is wanted
		127.0.0.1:65536|the port is too large: 0 to 65535 is allowed
	END
}

@test "superd allows port 0" {
	lines "[x]" "listen = 0 127.0.0.1:0 [::1]:0" "handler = cat" \
	    "[ports]" "0 = sh"
	accepted 2
}

@test "superd refuses bad addresses" {
	while IFS='|' read -r value words; do
		lines "[x]" "listen = $value" "handler = cat"
		refused "t.ini:2: section 'x': listen: '$value': $words"
	done <<-'END'
		127.0.0.1|no port: say 127.0.0.1:PORT
		::1|an IPv6 address stands in brackets, as in [::1]:80
		[::1]|no port behind ']': [V6]:PORT is wanted
		localhost:7|'localhost' is no address: names are not looked up, say 127.0.0.1:PORT or [::1]:PORT
		udp:7|superd does not serve udp sockets yet: allowed are PORT, ADDRESS:PORT, [V6]:PORT, unix:/path, unix:@name and fd:NAME
		/run/x|a path needs 'unix:' in front of it
	END
	lines "[x]" "listen = 300.0.0.1:7" "handler = cat"
	run -3 check
	[[ $output == "t.ini:2: section 'x': listen: '300.0.0.1:7': "* ]]
}

@test "superd refuses numbers out of range" {
	service "max_connections = 0" "backlog = 65536" "umask = 1777" \
	    "kill_grace = 2h" "send_buffer = 1" "nice = 20"
	refused "t.ini:4: section 'x': max_connections: '0' is out of range: 1 \
to 1000000 is allowed" "t.ini:5: section 'x': backlog: '65536' is out of range: \
1 to 65535 is allowed" "t.ini:6: section 'x': umask: '1777' is out of range: \
0000 to 0777 is allowed" "t.ini:7: section 'x': kill_grace: '2h' is out of \
range: 0s to 1h is allowed" "t.ini:8: section 'x': send_buffer: '1' is out of \
range: 4k to 1g is allowed" "t.ini:9: section 'x': nice: '20' is out of range: \
-20 to 19 is allowed"
}

@test "superd refuses a key without a value" {
	service "argv0 ="
	refused "t.ini:4: section 'x': argv0 has no value: remove the line to \
leave it at its default"
}

@test "superd refuses a key or a section twice, and names the first" {
	service "nice = 1" "nice = 2" "[x]" "listen = 127.0.0.1:0"
	refused "t.ini:5: section 'x': nice is set already, at t.ini:4" \
	    "t.ini:6: section 'x' stands already at t.ini:1"
}

@test "superd refuses two services on one address, and names the other" {
	lines "[x]" "listen = 7007" "handler = cat" "[y]" \
	    "listen = 127.0.0.1:7007" "handler = cat" "[z]" "listen = unix:s" \
	    "handler = cat" "[ports]" "7007 = sh"
	echo "[superd]" >>t.ini
	echo "include = b.ini" >>t.ini
	printf '%s\n' "[zz]" "listen = unix:s" "handler = cat" >b.ini
	refused "t.ini:5: section 'y': listen: '127.0.0.1:7007' is taken by \
service 'x' with '7007', at t.ini:2" "t.ini:11: section 'ports': listen: '7007' \
is taken by service 'x' with '7007', at t.ini:2" "b.ini:2: section 'zz': \
listen: 'unix:s' is taken by service 'z' with 'unix:s', at t.ini:8"
}

@test "a disabled service takes no address" {
	lines "[x]" "listen = 7007" "handler = cat" "enabled = no" "[y]" \
	    "listen = 7007" "handler = cat"
	accepted 2
}

@test "superd looks users and groups up" {
	service "user = nobdy" "group = nosuchgroup" "groups = root, nosuch"
	run -3 check
	[ "${lines[0]}" = "t.ini:4: section 'x': user: unknown user 'nobdy': \
did you mean 'nobody'?" ]
	[[ ${lines[1]} == "t.ini:5: section 'x': group: unknown group \
'nosuchgroup'"* ]]
	[[ ${lines[2]} == "t.ini:6: section 'x': groups: unknown group \
'nosuch'"* ]]
}

@test "superd looks at handlers, interpreters and directories" {
	echo 'no #! here' >text
	printf '#!/nonexistent/sh\n' >interpreter
	printf '#!/usr/bin/env nosuchinterpreter\n' >by-env
	printf '#!/bin/sh\r\n' >crlf
	touch plain
	chmod +x text interpreter by-env crlf
	for name in text interpreter by-env crlf plain none; do
		printf '%s\n' "[$name]" "listen = 127.0.0.1:0" \
		    "handler = ./$name"
	done >services
	printf '%s\n' "[dir]" "listen = 127.0.0.1:0" "handler = /" \
	    "directory = none" "[found]" "listen = 127.0.0.1:0" \
	    "handler = nosuchprogram" >>services
	mapfile -t all <services
	lines "${all[@]}"
	run -3 check
	for n in 3:text 6:interpreter 9:by-env 12:crlf 15:plain 18:none; do
		[[ $output == *"t.ini:${n%:*}: section '${n#*:}': handler: "* ]]
	done
	[[ $output == *"is a script without #! in its first line, such as "* ]]
	[[ $output == *"': '/nonexistent/sh' does not exist"* ]]
	[[ $output == *"'nosuchinterpreter' is neither in handler_path nor "* ]]
	[[ $output == *"(CRLF), which the kernel takes for a part of the "* ]]
	[[ $output == *"is not executable: chmod +x"* ]]
	[[ $output == *"t.ini:21: section 'dir': handler: '/' is a directory, \
not a program"* ]]
	[[ $output == *"t.ini:22: section 'dir': directory: directory '"* ]]
	[[ $output == *"superd: t.ini: 9 mistakes, 0 warnings" ]]
}

@test "superd refuses keys that the sockets cannot honour" {
	lines "[x]" "listen = unix:s" "handler = cat" "tos = 8" "[y]" \
	    "listen = 127.0.0.1:0" "handler = cat" "socket_mode = 0600"
	echo "nodelay = no" >>t.ini
	refused "t.ini:4: section 'x': tos has no meaning here: the service \
listens on unix sockets only" "t.ini:8: section 'y': socket_mode has no meaning \
here: the service listens on no unix:/path"
}

@test "superd prints 50 mistakes and counts all" {
	mapfile -t all < <(seq -f 'k%g = 1' 60)
	service "${all[@]}"
	run -3 check
	[ "${#lines[@]}" = 51 ]
	[ "${lines[49]}" = "t.ini:53: section 'x': unknown key 'k50'" ]
	[ "${lines[50]}" = "superd: t.ini: 60 mistakes, 0 warnings" ]
}

#!/bin/sh
# SPDX-License-Identifier: ISC
#
# greet.sh: asks for a name and greets, line by line, until the client says
# "bye" or has finished. As a service:
#
#     [greet]
#     listen  = 7100
#     handler = /usr/share/doc/superd/examples/greet.sh
#
# What it shows:
#   - printf of the shell writes at once; nothing waits in a buffer. An
#     external filter (sed, tr, grep) would keep its output back until it has
#     4 kB or the end of input: use `sed -u`, `grep --line-buffered`, `stdbuf`.
#   - `read -r` takes one line and leaves the rest for the next command.
#   - What the client sends is data: never in eval, always in quotes.
#   - stderr is superd's log.

peer=${REMOTE_ADDR:-someone}
cr=$(printf '\r')

printf 'Hello %s, what is your name?\r\n' "$peer"
# A last line without its end makes read fail, and still is an answer.
while IFS= read -r name || [ -n "$name" ]; do
	name=${name%"$cr"} # telnet and many protocols end lines in CR LF
	case $name in
	bye)
		break
		;;
	'')
		printf 'Please say your name, or bye.\r\n'
		;;
	*)
		echo "greeting '$name'" >&2
		printf 'Good to see you, %s. Who else?\r\n' "$name"
		;;
	esac
done
printf 'Goodbye.\r\n'

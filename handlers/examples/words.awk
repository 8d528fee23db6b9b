#!/usr/bin/awk -f
# SPDX-License-Identifier: ISC
#
# words.awk: counts the words of a text and tells the ten most frequent ones.
# As a service, and a client that sends a file and then reads:
#
#     [words]
#     listen  = 7102
#     handler = /usr/share/doc/superd/examples/words.awk
#
#     $ nc -N localhost 7102 <README
#
# What it shows:
#   - Half-close: the client ends its side (nc -N does), the handler sees the
#     end of input, END runs, and the answer still gets through.
#   - That is the shape for awk. Some read whole blocks (mawk, without
#     `-W interactive`), so a talk line by line would stand still; and output
#     waits for fflush() or the end.

{
	gsub(/[^A-Za-z]+/, " ")
	for (i = 1; i <= NF; i++) {
		count[tolower($i)]++
		words++
	}
}

END {
	printf "%d words\n", words
	for (n = 0; n < 10; n++) {
		best = ""
		for (word in count)
			if (best == "" || count[word] > count[best] ||
			    (count[word] == count[best] && word < best))
				best = word
		if (best == "")
			break
		printf "%6d %s\n", count[best], best
		delete count[best]
	}
}

# SPDX-License-Identifier: ISC
# The medians as a picture; behind figures.awk. Two groups of bars, each
# server with one for no other connections and one for 5,000 held open.
function head(height) {
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" " \
	    "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" " \
	    "role=\"img\" font-family=\"sans-serif\" font-size=\"12\">\n", \
	    width, height, width, height
	print "<title>superd, its peers and the limit of the machine</title>"
	print "<style>"
	print ".page { fill: #ffffff } .text { fill: #1f2328 }"
	print ".axis { stroke: #8b949e; stroke-width: 1 }"
	print ".none { fill: #1f6feb } .held { fill: #d9822b }"
	print "@media (prefers-color-scheme: dark) {"
	print ".page { fill: #0d1117 } .text { fill: #e6edf3 }"
	print ".none { fill: #58a6ff } .held { fill: #f0a35e }"
	print "}"
	print "</style>"
	printf "<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", \
	    width, height
}

function text(x, y, anchor, words, more) {
	gsub(/&/, "\\&amp;", words)
	gsub(/</, "\\&lt;", words)
	printf "<text class=\"text\" x=\"%.1f\" y=\"%.1f\" " \
	    "text-anchor=\"%s\"%s>%s</text>\n", x, y, anchor, more, words
}

# 12345 -> 12,345
function number(x, s) {
	s = sprintf("%.0f", x)
	return length(s) > 3 ? substr(s, 1, length(s) - 3) "," \
	    substr(s, length(s) - 2) : s
}

# A step of 1, 2 or 5 times a power of ten, for some five of them.
function nice_step(most, step) {
	step = 1
	while (step * 10 <= most)
		step *= 10
	if (most / step < 2)
		return step / 5
	return most / step < 5 ? step / 2 : step
}

function bar(scenario, server, key, class, y, x) {
	if (!has(scenario, server, key))
		return
	x = median(scenario, server, key)
	printf "<rect class=\"%s\" x=\"%d\" y=\"%.1f\" width=\"%.1f\" " \
	    "height=\"%d\"/>\n", class, left, y, x * scale, thick
	text(left + x * scale + 4, y + thick - 1, "start", number(x), \
	    " font-size=\"10\"")
}

function largest(key, i, s, x, most) {
	for (i = 1; i <= rows; i++) {
		for (s = 1; s <= 2; s++) {
			x = median(drawn[s], row[i], key)
			most = x > most ? x : most
		}
	}
	return most > 0 ? most : 1
}

function legend(y) {
	printf "<rect class=\"none\" x=\"%d\" y=\"%d\" width=\"10\" " \
	    "height=\"10\"/>\n", left, y - 9
	text(left + 15, y, "start", "no other connections")
	printf "<rect class=\"held\" x=\"%d\" y=\"%d\" width=\"10\" " \
	    "height=\"10\"/>\n", left + 170, y - 9
	text(left + 185, y, "start", "while 5,000 are held open")
}

function group(top, key, label, most, step, x, i, bottom) {
	most = largest(key)
	scale = (width - left - 60) / most
	step = nice_step(most)
	bottom = top + 26 + rows * high
	text(left, top + 12, "start", label, " font-weight=\"bold\"")
	for (x = 0; x <= most; x += step) {
		printf "<line class=\"axis\" x1=\"%.1f\" y1=\"%d\" " \
		    "x2=\"%.1f\" y2=\"%d\" stroke-opacity=\"%s\"/>\n", \
		    left + x * scale, top + 22, left + x * scale, bottom, \
		    x == 0 ? "1" : "0.3"
		text(left + x * scale, bottom + 14, "middle", number(x), \
		    " font-size=\"10\"")
	}
	for (i = 1; i <= rows; i++) {
		x = top + 26 + (i - 1) * high
		text(left - 8, x + high / 2 + 2, "end", shown(row[i]), \
		    row[i] == "superd" ? " font-weight=\"bold\"" : "")
		bar(drawn[1], row[i], key, "none", x + 1)
		bar(drawn[2], row[i], key, "held", x + thick + 2)
	}
}

function shown(server) {
	sub(/^limit:/, "bare loop: ", server)
	return server
}

# The fastest first.
function sort_rows(i, j, x) {
	for (i = 2; i <= rows; i++) {
		x = row[i]
		for (j = i - 1; j > 0 && median(drawn[1], row[j], \
		    "per_second") < median(drawn[1], x, "per_second"); j--)
			row[j + 1] = row[j]
		row[j + 1] = x
	}
}

END {
	width = 860
	left = 240
	high = 26
	thick = 11
	drawn[1] = "rate16"
	drawn[2] = "held5000"
	for (i = 1; i <= count["rate16"]; i++)
		row[++rows] = servers["rate16", i]
	sort_rows()
	tall = 26 + rows * high + 40
	head(2 * tall + 50)
	legend(24)
	group(44, "per_second", "connections a second, 16 at a time")
	group(44 + tall, "cpu_us", \
	    "processor time of the supervisor for a connection, in us")
	print "</svg>"
}

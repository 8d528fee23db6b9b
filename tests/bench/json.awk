# SPDX-License-Identifier: ISC
# All figures of all rounds: first the file of facts (NAME=VALUE), then lines
# of "SCENARIO SERVER ROUND KEY=VALUE ...".
function quoted(text) {
	gsub(/["\\]/, "\\\\&", text)
	gsub(/[\001-\037]/, " ", text)
	return "\"" text "\""
}

BEGIN {
	printf "{\n  \"facts\": {"
}

FNR == NR {
	at = index($0, "=")
	printf "%s\n    %s: %s", NR == 1 ? "" : ",", \
	    quoted(substr($0, 1, at - 1)), quoted(substr($0, at + 1))
	next
}

FNR == 1 {
	printf "\n  },\n  \"measurements\": ["
}

{
	printf "%s\n    {\"scenario\": %s, \"server\": %s, \"round\": %d", \
	    FNR == 1 ? "" : ",", quoted($1), quoted($2), $3
	for (i = 4; i <= NF; i++) {
		split($i, pair, "=")
		printf ", %s: %s", quoted(pair[1]), pair[2]
	}
	printf "}"
}

END {
	printf "\n  ]\n}\n"
}

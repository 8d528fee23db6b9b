# SPDX-License-Identifier: ISC
# Reads lines of "SCENARIO SERVER ROUND KEY=VALUE ..." and knows the medians.
{
	if (!(($1, $2) in seen)) {
		seen[$1, $2] = 1
		if (!($1 in count))
			scenarios[++scenario_count] = $1
		servers[$1, ++count[$1]] = $2
	}
	for (i = 4; i <= NF; i++) {
		split($i, pair, "=")
		n = ++values[$1, $2, pair[1]]
		value[$1, $2, pair[1], n] = pair[2]
	}
}

function has(scenario, server, key) {
	return (scenario, server, key) in values
}

# Sorts what there is of one figure, in place, and returns the middle.
function median(scenario, server, key, n, i, j, x) {
	# To look at what is not there would make it.
	if (!has(scenario, server, key))
		return 0
	n = values[scenario, server, key]
	for (i = 1; i <= n; i++)
		sorted[i] = value[scenario, server, key, i] + 0
	for (i = 2; i <= n; i++) {
		x = sorted[i]
		for (j = i - 1; j > 0 && sorted[j] > x; j--)
			sorted[j + 1] = sorted[j]
		sorted[j + 1] = x
	}
	return n % 2 ? sorted[(n + 1) / 2] \
	    : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

# How many were not answered rightly, in all rounds.
function wrong(scenario, server, n, i, sum) {
	n = has(scenario, server, "right") ? \
	    values[scenario, server, "right"] : 0
	for (i = 1; i <= n; i++) {
		sum += value[scenario, server, "connections", i] + \
		    value[scenario, server, "starts", i] + \
		    value[scenario, server, "held", i] - \
		    value[scenario, server, "right", i] - \
		    value[scenario, server, "held_right", i]
	}
	return sum + 0
}

# SPDX-License-Identifier: ISC
# The medians as tables; behind figures.awk. The first figure of a scenario is
# also shown as a ratio to the first server, which is superd.
BEGIN {
	title["rate16"] = "16 clients at a time"
	title["latency"] = "one client at a time"
	title["held5000"] = "16 at a time while 5,000 others are open"
	title["listeners"] = "16 at a time, with so many services"
	title["burst5000"] = "5,000 clients connect at once"
	title["memory"] = "10,000 connections open"
	title["deny"] = "clients that a rule refuses (or not)"
	title["throughput"] = "one connection, 1 GiB sent and echoed"
	title["start"] = "a handler from exec to its first byte"

	rate = "per_second:conn/s:0 cpu_us:cpu_us:1 cpu_user_us:user:1 " \
	    "cpu_system_us:system:1 cpu_all_us:with_all:1 p50_us:p50_us:0 " \
	    "p99_us:p99_us:0"
	figures["rate16"] = figures["held5000"] = rate
	figures["listeners"] = rate
	figures["deny"] = "per_second:conn/s:0 cpu_us:cpu_us:1 " \
	    "cpu_user_us:user:1 cpu_system_us:system:1 cpu_all_us:with_all:1"
	figures["latency"] = "p50_us:p50_us:0 p90_us:p90_us:0 " \
	    "p99_us:p99_us:0 max_us:max_us:0 cpu_us:cpu_us:1"
	figures["burst5000"] = "last_answer_ms:last_ms:1 " \
	    "first_answer_ms:first_ms:1 p50_us:p50_us:0 cpu_us:cpu_us:1"
	figures["memory"] = "rss_kb:rss_kb:0 idle_rss_kb:idle_kb:0 " \
	    "each_b:b_each:0 handler_pss_b:handler_b:0 per_second:conn/s:0"
	figures["throughput"] = "gib_per_second:GiB/s:2 all_ms:cpu_ms:0 " \
	    "own_ms:own:0"
	figures["start"] = "p50_us:p50_us:1 p90_us:p90_us:1 p99_us:p99_us:1"
}

function figure(scenario, server, key) {
	if (key == "each_b")
		return 1024 * (median(scenario, server, "rss_kb") - \
		    median(scenario, server, "idle_rss_kb")) / \
		    median(scenario, server, "connections")
	if (key == "handler_pss_b")
		return 1024 * median(scenario, server, "handlers_pss_kb") / \
		    (median(scenario, server, "handlers") + 1e-9)
	if (key == "all_ms")
		return median(scenario, server, "cpu_all_us") / 1000
	if (key == "own_ms")
		return median(scenario, server, "cpu_us") / 1000
	return median(scenario, server, key)
}

function known(scenario, server, key) {
	if (key == "each_b" || key == "handler_pss_b")
		return has(scenario, server, "rss_kb")
	if (key == "all_ms" || key == "own_ms")
		return has(scenario, server, "cpu_all_us")
	return has(scenario, server, key)
}

function show(scenario, n, columns, i, j, c, first, base, w) {
	printf "%s: %s\n\n%-34s", scenario, title[scenario], ""
	n = split(figures[scenario], columns, " ")
	for (j = 1; j <= n; j++) {
		split(columns[j], c, ":")
		printf "%10s%s", c[2], j == 1 ? "   ratio" : ""
	}
	printf "\n"
	split(columns[1], first, ":")
	base = figure(scenario, servers[scenario, 1], first[1])
	for (i = 1; i <= count[scenario]; i++) {
		server = servers[scenario, i]
		printf "%-34s", server
		for (j = 1; j <= n; j++) {
			split(columns[j], c, ":")
			if (!known(scenario, server, c[1])) {
				printf "%10s%s", "-", j == 1 ? "       -" : ""
				continue
			}
			printf "%10." c[3] "f", figure(scenario, server, c[1])
			if (j == 1)
				printf "%8.2f", figure(scenario, server, c[1]) \
				    / (base + 1e-9)
		}
		w = wrong(scenario, server)
		printf "%s\n", (w > 0 ? "  " w " not answered" : "")
	}
	printf "\n"
}

END {
	for (s = 1; s <= scenario_count; s++)
		show(scenarios[s])
	print "ratio: of the first figure to that of the first line"
	print "conn/s: those that were answered rightly"
	print "cpu_us: processor time of the supervisor for a connection;"
	print "  user and system are its parts, with_all is it with children"
	print "  that it has reaped; these three are to 10 ms in all"
	print "cpu_ms: the same for 1 GiB; own is the supervisor alone"
	print "b_each: what its resident memory grew by for a connection;"
	print "  handler_b: the proportional set size of a handler"
	print "p50, p90, p99: from connect to the first byte of the answer"
}

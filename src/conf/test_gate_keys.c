/* SPDX-License-Identifier: ISC */
/* The keys of the gate: good values, what they become, and how they share. */
#include <time.h>

#include "base/cidr.h"
#include "base/num.h"
#include "conf/test_files.h"

#define START "[x]\nlisten = 1\nhandler = cat\n"

/* The gate of the first service of a text; the tests need it. */
static struct conf *loaded;

static const struct conf_gate *
gate(const char *text)
{
	conf_free(loaded);
	loaded = load_text(text);
	if (loaded == NULL) {
		tap_note("%s", finding(0));
		tap_bail("a good text is refused");
	}
	return &loaded->services[0].gate;
}

/* "allow 10.0.0.0/8, deny 10.1.0.0/16, allow unix" */
static const char *
rules(const struct conf_gate *g)
{
	static char buffer[4096];
	const struct conf_rules *r = &g->rules;
	struct text t;

	text_init(&t, buffer, sizeof(buffer));
	for (size_t i = 0; i < r->count; i++) {
		text_string(&t, i == 0 ? "" : ", ");
		text_string(&t, r->at[i].deny ? "deny " : "allow ");
		cidr_format(&r->at[i].net, &t);
	}
	text_string(&t, r->allow_unix ? " +unix" : "");
	text_string(&t, r->deny_unix ? " -unix" : "");
	text_string(&t, r->has_allow ? " closed" : "");
	return buffer;
}

static void
test_defaults(void)
{
	const struct conf_gate *g = gate(START);

	is_str(rules(g), "", "everybody may enter");
	ok(g->hours.count == 0 && !g->hosts_access, "always");
	ok(!g->rate.set && !g->rate_per_source.set && g->max_per_source == 0,
	    "without limits of rate and source");
	ok(g->source_prefix_v4 == 32 && g->source_prefix_v6 == 64, "prefixes");
	is_int(g->over_limit, CONF_OVER_QUEUE, "who is over a limit waits");
	ok(g->refuse_message == NULL && !g->max_load.set &&
		!g->min_free_memory.set,
	    "the rest is not set");
	ok(!g->ban.after.set && g->ban.on.refused && !g->ban.on.signal &&
		g->ban.exit_status == 112,
	    "no bans");
	is_int((intmax_t)loaded->daemon.max_sources, 65536, "65536 sources");
	is_str(loaded->daemon.hosts_allow, "/etc/hosts.allow", "hosts.allow");
	is_str(loaded->daemon.hosts_deny, "/etc/hosts.deny", "hosts.deny");
	ok(loaded->daemon.hosts_allow_content.file == NULL,
	    "which nobody has read");
	(void)gate(START "[superd]\nmax_connections = 50000\n");
	is_int((intmax_t)loaded->daemon.max_sources, 100000,
	    "or twice max_connections");
}

static void
test_networks(void)
{
	static const char list[] = "\xef\xbb\xbf# a list\r\n"
				   "; of two kinds of comments\n"
				   "\n"
				   "  192.0.2.0/24 ; SBL1\r\n"
				   "198.51.100.7#x\n"
				   "\t2001:db8::/32\t# y\n"
				   "::ffff:203.0.113.0/120";

	is_str(rules(gate(START "allow = 10.0.0.0/8, 192.0.2.1 2001:db8::/32,"
				"unix\n")),
	    "allow 10.0.0.0/8, allow 192.0.2.1, allow 2001:db8::/32 +unix "
	    "closed",
	    "networks, addresses and unix");
	is_str(rules(gate(START "deny = 10.0.0.0/8\n")), "deny 10.0.0.0/8",
	    "deny leaves the rest open");
	is_str(rules(gate(START "deny = all\nallow = 10.1.2.3\n")),
	    "allow 10.1.2.3, deny 0.0.0.0/0, deny ::/0 -unix closed",
	    "all is all three");
	file_text("list", list);
	is_str(rules(gate(START "deny = @list, @./list\n")),
	    "deny 192.0.2.0/24, deny 198.51.100.7, deny 2001:db8::/32, "
	    "deny 203.0.113.0/24, deny 192.0.2.0/24, deny 198.51.100.7, "
	    "deny 2001:db8::/32, deny 203.0.113.0/24",
	    "files, with comments and ends of lines of all kinds");
	is_str(rules(gate(START "[defaults]\nallow = 10.0.0.0/8\n"
				"deny = 10.1.0.0/16\n")),
	    "allow 10.0.0.0/8, deny 10.1.0.0/16 closed", "inherited");
	is_str(rules(gate(START "allow = all\ndeny = none\n[defaults]\n"
				"allow = 10.0.0.0/8\ndeny = 10.1.0.0/16\n")),
	    "allow 0.0.0.0/0, allow ::/0 +unix closed", "or taken back");
}

static void
test_empty_file(void)
{
	file_text("empty", "# nothing\n\n");
	is_str(rules(gate(START "allow = @empty\n")), " closed",
	    "an allow with an empty file lets nobody in");
	is_int((intmax_t)loaded_report.warnings, 2, "which is told twice:");
	is_str(finding(0),
	    "t.ini:4: section 'x': allow: no network in it, so nobody may "
	    "enter",
	    "where the key is");
	ok(strstr(finding(1), "/empty: has no network in it") != NULL,
	    "and for the file");
	is_str(rules(gate(START "deny = @empty\n")), "",
	    "a deny with one keeps nobody out");
	is_int((intmax_t)loaded_report.warnings, 1, "told once");
}

static void
test_families(void)
{
	(void)gate("[x]\nlisten = 1, unix:@x\nhandler = cat\n"
		   "allow = 10.0.0.0/8\n");
	is_str(finding(0),
	    "t.ini:4: section 'x': allow: 'unix' is not in it, so nobody may "
	    "enter by unix sockets",
	    "a unix socket without unix");
	(void)gate(START "allow = unix\n");
	is_str(finding(0),
	    "t.ini:4: section 'x': allow: no network in it, so nobody may "
	    "enter by IP",
	    "IP with unix only");
}

static void
check_rate(const char *text, uint64_t count, uint64_t seconds, uint64_t burst)
{
	char whole[256];
	const struct conf_rate *r;

	(void)snprintf(whole, sizeof(whole), START "rate = %s\n", text);
	r = &gate(whole)->rate;
	ok(r->set && r->count == count &&
		r->period_ns == seconds * NUM_NS_PER_S && r->burst == burst,
	    text);
}

static void
test_rates(void)
{
	check_rate("50/s", 50, 1, 0);
	check_rate("50/s burst 100", 50, 1, 100);
	check_rate("10/min", 10, 60, 0);
	check_rate("10/m", 10, 60, 0);
	check_rate("100/h", 100, 3600, 0);
	check_rate("1/d", 1, 86400, 0);
	check_rate("5/1h30m  burst\t1", 5, 5400, 1);
	check_rate("1000000000/s", 1000000000, 1, 0);
	ok(!gate(START "rate = none\n[defaults]\nrate = 1/s\n")->rate.set,
	    "none takes back");
	ok(gate(START "rate_per_source = 3/s\n")->rate_per_source.set,
	    "by source");
}

/* "600-700 ..." */
static const char *
hours(const char *text)
{
	static char buffer[1024];
	char whole[256];
	const struct conf_hours *h;
	struct text t;

	(void)snprintf(whole, sizeof(whole), START "hours = %s\n", text);
	h = &gate(whole)->hours;
	text_init(&t, buffer, sizeof(buffer));
	for (size_t i = 0; i < h->count; i++)
		text_printf(&t, "%s%u-%u", i == 0 ? "" : " ", h->at[i].from,
		    h->at[i].to);
	return buffer;
}

static void
test_hours(void)
{
	is_str(hours("mon 08:00-18:00"), "480-1080", "a day");
	is_str(hours("mon-tue 08:00-18:00, sat 10:00-12:00"),
	    "480-1080 1920-2520 7800-7920", "a range, a day");
	is_str(hours("mon,Wednesday 9:00-09:30 10:00-11:00"),
	    "540-570 3420-3450 600-660 3480-3540", "a list, two times");
	is_str(hours("sat-mon 00:00-24:00"), "7200-8640 8640-10080 0-1440",
	    "a range that wraps, whole days");
	is_str(hours("sun 22:00-06:00"), "9960-10440",
	    "a night goes on in the next week");
	is_str(hours("mon 22:00-00:00"), "1320-1440", "until midnight");
	is_str(hours("daily 01:00-02:00"), hours("01:00-02:00"),
	    "no day is every day");
	is_str(hours("always"), "", "always");
	is_str(hours("mon 08:00-09:00,\n  tue 10:00-11:00"),
	    "480-540 2040-2100", "in two lines");
}

static void
test_others(void)
{
	const struct conf_gate *g = gate(START
	    "max_load = 4.5\nmin_free_memory = 64m\nmax_per_source = 5\n"
	    "over_limit = refuse\nrefuse_message = $'421 no\\r\\n'\n"
	    "source_prefix_v4 = 24\nsource_prefix_v6 = 56\n"
	    "ban_after = 20/min\nban_on = signal, exit:1,exit:7-9 exit:255\n"
	    "ban_for = 1m\nban_max = 1h\nban_exit = 77\n");

	is_int((intmax_t)g->max_load.value, 450, "load in hundredths");
	is_int((intmax_t)g->min_free_memory.value, 64 << 20, "memory");
	is_int((intmax_t)g->max_per_source, 5, "max_per_source");
	is_int(g->over_limit, CONF_OVER_REFUSE, "over_limit");
	is_str(g->refuse_message, "421 no\r\n", "a message with its end");
	ok(g->source_prefix_v4 == 24 && g->source_prefix_v6 == 56, "prefixes");
	ok(g->ban.after.set && g->ban.after.count == 20, "ban_after");
	ok(!g->ban.on.refused && g->ban.on.signal, "ban_on");
	ok(g->ban.on.exits[0] == 0x82 && g->ban.on.exits[1] == 0x03 &&
		g->ban.on.exits[31] == 0x80,
	    "exits are bits");
	ok(g->ban.for_ns == 60 * NUM_NS_PER_S &&
		g->ban.max_ns == 3600 * NUM_NS_PER_S &&
		g->ban.exit_status == 77,
	    "how long");
	is_int((intmax_t)gate(START "max_load = 0.05\n")->max_load.value, 5,
	    "two digits");
	is_int((intmax_t)gate(START "max_load = 12\n")->max_load.value, 1200,
	    "or no digit behind the point");
	ok(!gate(START "max_load = none\n[defaults]\nmax_load = 1\n")
		->max_load.set,
	    "none takes back");
}

static void
test_hosts(void)
{
	const struct conf_content *allow, *deny;

	file_text("h.allow", "ALL : LOCAL\n");
	(void)gate("[x]\nlisten = 1\nhandler = cat\nhosts_access = yes\n"
		   "[superd]\nhosts_allow = h.allow\nhosts_deny = h.none\n");
	allow = &loaded->daemon.hosts_allow_content;
	deny = &loaded->daemon.hosts_deny_content;
	ok(allow->file == loaded->daemon.hosts_allow && allow->length == 12 &&
		strcmp(allow->text, "ALL : LOCAL\n") == 0,
	    "hosts.allow is read");
	ok(deny->file == loaded->daemon.hosts_deny && deny->length == 0,
	    "a file that is not there is empty");
}

/* Of our own processor time: others on the machine do not count. */
static double
seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* 100,000 networks and 1,000 services that name them in three ways. */
static void
test_sharing(void)
{
	FILE *file = fopen("big", "we");
	const struct conf_service *s;
	double start, took;

	for (unsigned int i = 0; file != NULL && i < 100000; i++)
		(void)fprintf(file, "10.%u.%u.%u/32 ; comment\n", i >> 16 & 255,
		    i >> 8 & 255, i & 255);
	if (file == NULL || fclose(file) != 0 ||
	    (file = fopen("t.ini", "we")) == NULL)
		tap_bail("cannot write a file");
	(void)fputs("[defaults]\ndeny = @big, unix\n", file);
	for (int i = 0; i < 1000; i++)
		(void)fprintf(file, "[s%d]\nlisten = %d\nhandler = cat\n%s", i,
		    i + 1,
		    i % 3 == 0       ? ""
			: i % 3 == 1 ? "allow = @big\n"
				     : "deny = @big\n");
	(void)fclose(file);
	conf_free(loaded);
	start = seconds();
	loaded = load_file("t.ini");
	took = seconds() - start;
	tap_note("%.3f s", took);
	if (!ok(loaded != NULL, "many services share a long list"))
		return;
	s = loaded->services;
	ok(took < (getenv("SUPERD_SANITIZERS") == NULL ? 1 : 10),
	    "in less than a second");
	ok(s[0].gate.rules.at == s[3].gate.rules.at &&
		s[1].gate.rules.at == s[4].gate.rules.at &&
		s[2].gate.rules.at == s[5].gate.rules.at,
	    "equal values are one list");
	is_int((intmax_t)s[0].gate.rules.count, 100000, "of all entries");
	is_int((intmax_t)s[1].gate.rules.count, 200000, "or both together");
}

int
main(void)
{
	files_start();
	test_defaults();
	test_networks();
	test_empty_file();
	test_families();
	test_rates();
	test_hours();
	test_others();
	test_hosts();
	test_sharing();
	conf_free(loaded);
	conf_report_free(&loaded_report);
	files_end();
	return done_testing();
}

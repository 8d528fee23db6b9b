/* SPDX-License-Identifier: ISC */
/* The keys of the gate: bad values, each with its own words. */
#include "conf/test_files.h"

#define NETWORKS                                                               \
	"networks such as 10.0.0.0/8 or 2001:db8::/32, addresses, unix, all "  \
	"and @FILE"
#define RATES "50/s, 10/min, 100/h or 50/s burst 100"
#define BANS                                                                   \
	" has no meaning without ban_after: say how often is too often, as "   \
	"in ban_after = 20/min"

/* The line, and what is said of it behind "t.ini:4: section 'x': ". */
static const char *const values[][2] = {
	{ "allow = ,", "allow: no network in it: allowed are " NETWORKS },
	{ "allow = 10.0.0.1/8",
	    "allow: 10.0.0.1/8 has host bits: the network is 10.0.0.0/8" },
	{ "deny = 2001:db8::1/32",
	    "deny: 2001:db8::1/32 has host bits: the network is "
	    "2001:db8::/32" },
	{ "allow = 10.0.0.0/33",
	    "allow: prefix length 33 is too long: at most 32 for IPv4" },
	{ "allow = unxi",
	    "allow: 'unxi' is unknown: did you mean 'unix'? (allowed "
	    "are " NETWORKS ")" },
	{ "allow = 10.0.0.0/8, www.example.com",
	    "allow: 'www.example.com' is no network, and names are not looked "
	    "up: allowed are " NETWORKS },
	{ "allow = none",
	    "allow: 'none' stands alone, and in deny only: allow = all lets "
	    "everybody in, deny = all nobody" },
	{ "deny = none, all",
	    "deny: 'none' stands alone, and in deny only: allow = all lets "
	    "everybody in, deny = all nobody" },
	{ "allow = @", "allow: no file behind '@': @FILE is wanted" },
	{ "allow = @/nonexistent",
	    "allow: '/nonexistent' cannot be read: No such file or "
	    "directory" },
	{ "deny = @/etc", "deny: '/etc' is a directory, not a file" },
	{ "deny = $'\\x01'", "deny: control character 0x01 in column 1" },
	{ "rate = 50",
	    "rate: '50' is wrong: a rate such as " RATES " is wanted" },
	{ "rate = 50 / s",
	    "rate: '50 / s' is wrong: a rate such as " RATES " is wanted" },
	{ "rate = '' x",
	    "rate: '' is wrong: a rate such as " RATES " is wanted" },
	{ "rate = 0",
	    "rate: a rate of 0 lets nobody in: say rate = none for no limit, "
	    "enabled = no for no service" },
	{ "rate = 0/s",
	    "rate: a rate of 0 lets nobody in: say rate = none for no limit, "
	    "enabled = no for no service" },
	{ "ban_after = 0/s",
	    "ban_after: a rate of 0 lets nobody in: say ban_after = none for "
	    "no limit" },
	{ "rate = -5/s",
	    "rate: '-5' is negative: a number of decimal digits is wanted" },
	{ "rate = 1.5/s",
	    "rate: '1.5' is wrong: a number of decimal digits is wanted" },
	{ "rate = 1000000001/s",
	    "rate: '1000000001' is out of range: 1 to 1000000000 is allowed" },
	{ "rate = 50/sec",
	    "rate: 'sec' is no period: s, min, h or d is wanted behind the "
	    "'/', or a duration such as 10m" },
	{ "rate = 50/",
	    "rate: '' is no period: s, min, h or d is wanted behind the '/', "
	    "or a duration such as 10m" },
	{ "rate = 50/100ms",
	    "rate: the period '100ms' is out of range: 1s to 30d is allowed" },
	{ "rate = 5/s brust 6",
	    "rate: 'brust' is unknown: did you mean 'burst'? (" RATES ")" },
	{ "rate = 5/s burst",
	    "rate: behind the rate there is nothing, or 'burst' and a "
	    "number: " RATES },
	{ "rate = 5/s 10",
	    "rate: behind the rate there is nothing, or 'burst' and a "
	    "number: " RATES },
	{ "rate = 5/s burst 0",
	    "rate: a burst of 0 lets nobody in: 1 is the least" },
	{ "ban_after = 5/s burst 6",
	    "ban_after: a rate such as 20/min or 100/h is wanted, and nothing "
	    "behind it" },
	{ "ban_after = 10001/s",
	    "ban_after: '10001' is out of range: 1 to 10000 is allowed" },
	{ "hours = mon-fri",
	    "hours: no times behind 'mon-fri': the whole day is mon-fri "
	    "00:00-24:00" },
	{ "hours = mno 08:00-18:00",
	    "hours: 'mno' is no day: did you mean 'mon'? (allowed are mon, "
	    "tue, wed, thu, fri, sat, sun, ranges such as mon-fri, and "
	    "daily)" },
	{ "hours = mon-firday 08:00-18:00",
	    "hours: 'firday' is no day: did you mean 'friday'? (allowed are "
	    "mon, tue, wed, thu, fri, sat, sun, ranges such as mon-fri, and "
	    "daily)" },
	{ "hours = christmas",
	    "hours: 'christmas' is neither a day nor a time: mon-fri "
	    "08:00-18:00, sat 10:00-12:00 is how it looks; days are mon to "
	    "sun or daily, times 00:00 to 24:00" },
	{ "hours = mon 8-18",
	    "hours: '8-18' is no time: HH:MM-HH:MM from 00:00 to 24:00 is "
	    "wanted, such as 08:00-18:00" },
	{ "hours = mon 08:00-24:01",
	    "hours: '08:00-24:01' is no time: HH:MM-HH:MM from 00:00 to 24:00 "
	    "is wanted, such as 08:00-18:00" },
	{ "hours = mon 08:60-09:00",
	    "hours: '08:60-09:00' is no time: HH:MM-HH:MM from 00:00 to 24:00 "
	    "is wanted, such as 08:00-18:00" },
	{ "hours = mon 08:00 - 09:00",
	    "hours: '08:00' is no time: HH:MM-HH:MM from 00:00 to 24:00 is "
	    "wanted, such as 08:00-18:00" },
	{ "hours = mon 24:00-08:00",
	    "hours: '24:00-08:00': a day ends at 24:00, it begins at 00:00" },
	{ "hours = mon 08:00-08:00",
	    "hours: '08:00-08:00' is no time at all: the whole day is "
	    "00:00-24:00" },
	{ "max_load = 4,5",
	    "max_load: '4,5' is wrong: a decimal number such as 4 or 4.5 is "
	    "wanted, or none" },
	{ "max_load = 4.125",
	    "max_load: '4.125' is wrong: a decimal number such as 4 or 4.5 is "
	    "wanted, or none" },
	{ "max_load = 0",
	    "max_load: '0' is out of range: 0.01 to 10000 is allowed" },
	{ "min_free_memory = 64mb",
	    "min_free_memory: '64mb' is wrong: a size such as 4096, 64k, 10m "
	    "or 1g is wanted" },
	{ "max_per_source = many",
	    "max_per_source: 'many' is wrong: a number of decimal digits is "
	    "wanted" },
	{ "source_prefix_v4 = 33",
	    "source_prefix_v4: '33' is out of range: 8 to 32 is allowed" },
	{ "source_prefix_v6 = 8",
	    "source_prefix_v6: '8' is out of range: 16 to 128 is allowed" },
	{ "over_limit = drop",
	    "over_limit: 'drop' is unknown: allowed are queue, refuse, "
	    "reset" },
	{ "refuse_message = hello",
	    "refuse_message has no meaning with over_limit = queue: say "
	    "over_limit = refuse" },
	{ "ban_on = refuse",
	    "ban_on: 'refuse' is unknown: did you mean 'refused'? (allowed "
	    "are refused, signal, exit:N and exit:N-M; or none)" },
	{ "ban_on = refused, none",
	    "ban_on: 'none' stands alone: nothing counts, handlers alone may "
	    "ban (ban_exit)" },
	{ "ban_on = exit",
	    "ban_on: exit needs a status behind it: exit:100 or exit:1-99" },
	{ "ban_on = exit:256",
	    "ban_on: 'exit:256': an exit status is a number from 1 to 255, or "
	    "two with '-' between, the smaller one first" },
	{ "ban_on = exit:9-1",
	    "ban_on: 'exit:9-1': an exit status is a number from 1 to 255, or "
	    "two with '-' between, the smaller one first" },
	{ "ban_on = exit:0",
	    "ban_on: 'exit:0': a handler that ends with 0 has ended well: 1 "
	    "to 255 is allowed" },
	{ "ban_on = refused", "ban_on" BANS },
	{ "ban_for = 1m", "ban_for" BANS },
	{ "ban_exit = 9", "ban_exit" BANS },
	{ "ban_for = 2d",
	    "ban_for: ban_max, which is 1d, is less than ban_for, which is "
	    "2d: the longest ban cannot be shorter than the first" },
	{ "ban_max = 1m",
	    "ban_max: ban_max, which is 1m, is less than ban_for, which is "
	    "10m: the longest ban cannot be shorter than the first" },
	{ "only_from = 10.0.0.0/8",
	    "unknown key 'only_from': did you mean 'allow'?" },
	{ "max_sources = 5",
	    "unknown key 'max_sources': it belongs in [superd]" },
};

static bool
was_found(const char *want)
{
	for (size_t i = 0; i < loaded_report.count; i++) {
		if (strcmp(finding(i), want) == 0)
			return true;
	}
	tap_note("want: %s", want);
	tap_note("got: %s", finding(0));
	return false;
}

static void
test_values(void)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char text[512], want[ERR_TEXT_SIZE];

		(void)snprintf(text, sizeof(text),
		    "[x]\nlisten = 1\nhandler = cat\n%s\n", values[i][0]);
		(void)snprintf(want, sizeof(want), "t.ini:4: section 'x': %s",
		    values[i][1]);
		conf_free(load_text(text));
		ok(was_found(want), values[i][0]);
	}
}

/* A finding in a file beside t.ini. */
static bool
was_found_in(const char *file, const char *rest)
{
	char here[4096], want[8192];

	if (getcwd(here, sizeof(here)) == NULL)
		tap_bail("no directory");
	(void)snprintf(want, sizeof(want), "%s/%s:%s", here, file, rest);
	return was_found(want);
}

static void
test_lines_of_files(void)
{
	static const char list[] =
	    "10.0.0.0/8\n10.0.0.1/8\nunix\n1.2.3.4 5.6.7.8\n"
	    "nonsense ; x\n\x01\n@list\na\0b\n";

	file_put("list", list, sizeof(list) - 1);
	conf_free(load_text("[x]\nlisten = 1\nhandler = cat\nallow = @list\n"
			    "[y]\nlisten = 2\nhandler = cat\ndeny = @list\n"
			    "rate = x\n"));
	is_int((intmax_t)loaded_report.mistakes, 8, "each line is told once");
	is_str(finding(0),
	    "t.ini:9: section 'y': rate: 'x' is wrong: a rate such as " RATES
	    " is wanted",
	    "behind the files that name it:");
	ok(was_found_in("list",
	       "2: 10.0.0.1/8 has host bits: the network is 10.0.0.0/8"),
	    "host bits");
	ok(was_found_in("list",
	       "3: 'unix' belongs in the key itself: a file holds networks "
	       "and addresses only"),
	    "unix");
	ok(was_found_in("list",
	       "4: '1.2.3.4 5.6.7.8' is more than one network: one a line is "
	       "wanted"),
	    "two in a line");
	ok(was_found_in("list",
	       "5: bad address 'nonsense': say 10.0.0.0/8, 192.0.2.7 or "
	       "2001:db8::/32"),
	    "nonsense");
	ok(was_found_in("list", "6: control character 0x01 in column 1"),
	    "a control character");
	ok(was_found_in("list",
	       "7: '@list' belongs in the key itself: a file holds networks "
	       "and addresses only"),
	    "a file in a file");
	ok(was_found_in(
	       "list", "8: NUL byte in column 2: this is no text file"),
	    "a NUL");
}

static void
test_trust(void)
{
	const struct conf_source source = {
		.path = "t.ini", .as_root = true, .held = UINT64_MAX
	};
	char want[] = "t.ini:5: section 'x': allow: '";

	file_text("list", "10.0.0.0/8\n");
	file_text("t.ini",
	    "[x]\nlisten = 1\nhandler = cat\nuser = root\nallow = @list\n"
	    "hosts_access = yes\n[superd]\nhosts_allow = list\n"
	    "hosts_deny = /\n");
	(void)chmod("list", 0646);
	conf_free(load_source(&source));
	ok(strncmp(finding(0), want, strlen(want)) == 0 &&
		strstr(finding(0),
		    "anybody may write to it, which root does not trust") !=
		    NULL,
	    "root does not trust a list that anybody may write to");
	ok(strstr(finding(1), "t.ini:6: section 'x': hosts_access: '") !=
		    NULL &&
		strstr(finding(1), "anybody may write to it") != NULL,
	    "nor such a hosts.allow");
	ok(was_found("t.ini:6: section 'x': hosts_access: '/' is a directory, "
		     "not a file"),
	    "a hosts.deny that is no file");
	(void)chmod("list", 0644);
}

static void
test_others(void)
{
	conf_free(load_text("[x]\nlisten = 1\nhandler = cat\n[superd]\n"
			    "max_connections = 100\nmax_sources = 199\n"));
	is_str(finding(0),
	    "t.ini:6: section 'superd': max_sources: 199 is less than twice "
	    "max_connections: at least 200 is allowed",
	    "too few sources");
	conf_free(load_text("[x]\nlisten = 1\nhandler = cat\n[defaults]\n"
			    "ban_for = 1m\nrefuse_message = no\n"));
	is_int((intmax_t)loaded_report.count, 0,
	    "[defaults] may say what only some services use");
	conf_free(load_text("[x]\nlisten = 1\nhandler = cat\nover_limit = "
			    "refuse\nrefuse_message = no\\r\\n\n"
			    "ban_after = 1/s\nban_on = exit:112\n"
			    "max_per_source = 257\n"));
	is_int((intmax_t)loaded_report.mistakes, 0, "warnings only:");
	is_str(finding(0),
	    "t.ini:5: section 'x': refuse_message: the backslash is sent as "
	    "it stands: put the text into $'...' to have a line end",
	    "a backslash that is none");
	is_str(finding(1),
	    "t.ini:7: section 'x': ban_on: exit:112 bans at once (ban_exit), "
	    "it is never counted",
	    "an exit that cannot count");
	is_str(finding(2),
	    "t.ini:8: section 'x': max_per_source: 257 is more than the 256 "
	    "that all sources together may have (max_connections)",
	    "a limit that is none");
}

static void
test_long_message(void)
{
	char text[2000] = "[x]\nlisten = 1\nhandler = cat\nover_limit = refuse"
			  "\nrefuse_message = a";

	for (int i = 0; i < 8; i++)
		(void)sprintf(text + strlen(text), "\\\n %064d", 0);
	conf_free(load_text(text));
	is_str(finding(0),
	    "t.ini:5: section 'x': refuse_message: has 513 bytes, at most 512 "
	    "are allowed: it is sent in one piece, or not at all",
	    "a message that is too long");
}

int
main(void)
{
	files_start();
	test_values();
	test_lines_of_files();
	test_trust();
	test_others();
	test_long_message();
	conf_report_free(&loaded_report);
	files_end();
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* Bad files: each mistake with its place and its own words. */
#include "conf/test_files.h"

/* The text, and the first finding behind "t.ini:". */
static const char *const cases[][2] = {
	{ "",
	    " no service in it: say PORT = HANDLER in a section [ports], or "
	    "listen and handler in a section named as the service" },
	{ "# nothing\n",
	    " no service in it: say PORT = HANDLER in a section "
	    "[ports], or listen and handler in a section named as "
	    "the service" },
	{ "a = b\n",
	    "1: key 'a' before any section: put a line [superd] or "
	    "[name-of-the-service] above it" },
	{ "[superd]\nlog_levle = info\n",
	    "2: section 'superd': unknown key 'log_levle': did you mean "
	    "'log_level'?" },
	{ "[superd]\nlisten = 1\n",
	    "2: section 'superd': unknown key 'listen': it belongs in the "
	    "section of a service, or in [defaults]" },
	{ "[a]\npidfile = x\n",
	    "1: section 'a': has neither listen nor handler, a service needs "
	    "both" },
	{ "[x]\nhandler = cat\n  lisen = 1\n",
	    "1: section 'x': listen is missing: say listen = PORT, or "
	    "ADDRESS:PORT, or unix:/path" },
	{ "[x]\nlisten = 1\n",
	    "1: section 'x': handler is missing: say handler = PROGRAM and its "
	    "arguments" },
	{ "[prots]\n7 = cat\n",
	    "1: section 'prots': has neither listen nor "
	    "handler: did you mean 'ports'?" },
	{ "[defaults]\nhandler = cat\n",
	    "2: section 'defaults': handler belongs in the section of a "
	    "service" },
	{ "[a b]\n",
	    "1: section 'a b': the name of a section is superd, "
	    "defaults, ports or that of a service: 1 to 48 letters, "
	    "digits, '.', '_' or '-'" },
	{ "[]\n",
	    "1: section '': the name of a section is superd, defaults, "
	    "ports or that of a service: 1 to 48 letters, digits, '.', "
	    "'_' or '-'" },
	{ "[x]\nlisten = 1\nhandler = cat\n[x]\n",
	    "4: section 'x' stands already at t.ini:1" },
	{ "[defaults]\n[defaults]\n",
	    "2: section 'defaults' stands already at t.ini:1" },
	{ "[x]\nlisten = 1\nhandler = cat\nlisten = 2\n",
	    "4: section 'x': listen is set already, at t.ini:2: put all "
	    "addresses into one, with commas" },
	{ "[x]\nlisten = 1\nhandler = cat\nnice = 1\nnice = 2\n",
	    "5: section 'x': nice is set already, at t.ini:4" },
	{ "[ports]\n7 = cat\n7 = cat\n",
	    "3: section 'ports': 7 is set already, at t.ini:2" },
	{ "[ports]\n7 =\n",
	    "2: section 'ports': no handler for port '7': PORT "
	    "= HANDLER is wanted" },
	{ "[ports]\n10.0.0.1:7 = cat\n",
	    "2: section 'ports': '10.0.0.1' is no port: a number or a name of "
	    "/etc/services is wanted here; ADDRESS:PORT goes with 'listen' in "
	    "a section of its own" },
	{ "[ports]\n70000 = cat\n",
	    "2: section 'ports': '70000': the port is too large: 0 to 65535 is "
	    "allowed" },
	{ "[x]\nlisten = 1\nhandler = cat 'a\n",
	    "3: section 'x': handler: the quote ' is not closed (mind that a "
	    "';' behind a blank starts a comment, in quotes too)" },
	{ "[x]\nlisten = 1\nhandler = sh -c \"a ;b\"\n",
	    "3: section 'x': handler: the quote \" is not closed (mind that a "
	    "';' behind a blank starts a comment, in quotes too)" },
	{ "[x]\nlisten = 1\nhandler = nosuchprogram\n",
	    "3: section 'x': handler: 'nosuchprogram' is neither in "
	    "handler_path nor in PATH: a path with a slash would say where it "
	    "is" },
	{ "[x]\nlisten = 1\nhandler = /nonexistent\n",
	    "3: section 'x': handler: '/nonexistent' does not exist" },
	{ "[x]\nlisten = 1\nhandler = /etc\n",
	    "3: section 'x': handler: '/etc' is a directory, not a program" },
	{ "[x]\nlisten = 1\nhandler = /etc/passwd\n",
	    "3: section 'x': handler: '/etc/passwd' is not executable: chmod "
	    "+x" },
	{ "[x]\nlisten = 1\nhandler = cat\ndirectory = /nonexistent\n",
	    "4: section 'x': directory: directory '/nonexistent' does not "
	    "exist" },
	{ "[x]\nlisten = unix:/nonexistent/s\nhandler = cat\n",
	    "2: section 'x': listen: directory '/nonexistent' does not "
	    "exist" },
	{ "[x]\nlisten = unix:s\nhandler = cat\ntos = 1\n",
	    "4: section 'x': tos has no meaning here: the service listens on "
	    "unix sockets only" },
	{ "[x]\nlisten = 1\nhandler = cat\nsocket_mode = 0600\n",
	    "4: section 'x': socket_mode has no meaning here: the service "
	    "listens on no unix:/path" },
	{ "[x]\nlisten = 1, 1\nhandler = cat\n",
	    "2: section 'x': listen: '1' and '1' are the same address, or one "
	    "takes the other in" },
	{ "[x]\nlisten = 1\nhandler = cat\n[y]\nlisten = 127.0.0.1:1\n"
	  "handler = cat\n",
	    "5: section 'y': listen: '127.0.0.1:1' is taken by service 'x' "
	    "with '1', at t.ini:2" },
	{ "[x]\nlisten = unix:@a\nhandler = cat\n[y]\nlisten = unix:@a\n"
	  "handler = cat\n",
	    "5: section 'y': listen: 'unix:@a' is taken by service 'x' with "
	    "'unix:@a', at t.ini:2" },
	{ "[x]\nlisten = [::]:5\nv6only = no\nhandler = cat\n[y]\n"
	  "listen = 127.0.0.1:5\nhandler = cat\n",
	    "6: section 'y': listen: '127.0.0.1:5' is taken by service 'x' "
	    "with '[::]:5', at t.ini:2" },
	{ "[x]\nlisten = 1\nhandler = cat\nenabled = no\n",
	    " all services are disabled: at least one needs enabled = yes" },
	{ "[superd]\ninclude = nosuch.ini\n",
	    "2: section 'superd': include: 'nosuch.ini' cannot be read: No "
	    "such file or directory" },
	{ "[superd]\ninclude = t.ini\n",
	    "2: section 'superd': include: 't.ini' includes itself: it is read "
	    "as the main file" },
	{ "[x]\nlisten = 1\nhandler = cat\nchroot = /\n",
	    "4: section 'x': chroot needs CAP_SYS_CHROOT, which superd does "
	    "not have: it does not run as root" },
};

static void
test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char want[ERR_TEXT_SIZE];

		(void)snprintf(want, sizeof(want), "t.ini:%s", cases[i][1]);
		conf_free(load_text(cases[i][0]));
		is_str(finding(0), want, want);
	}
}

/* key = value, and what is said of it behind "section 'x': ". */
static const char *const values[][2] = {
	{ "listen = ",
	    "listen has no value: remove the line to leave it at "
	    "its default" },
	{ "listen = ,", "listen: no address in it" },
	{ "listen = 70000",
	    "listen: '70000': the port is too large: 0 to "
	    "65535 is allowed" },
	{ "listen = 99999999999999999999",
	    "listen: '99999999999999999999': "
	    "the port is too large: 0 to 65535 is allowed" },
	{ "listen = -1",
	    "listen: '-1': a port has no sign: a number from 0 to "
	    "65535 is wanted" },
	{ "listen = 0x50",
	    "listen: '0x50': a port is decimal, not "
	    "hexadecimal: 0 to 65535" },
	{ "listen = 1e3",
	    "listen: '1e3': a port is nothing but digits: 0 to 65535" },
	{ "listen = 010",
	    "listen: '010': a port has no leading 0: a decimal "
	    "number from 0 to 65535 is wanted" },
	{ "listen = 127.0.0.1",
	    "listen: '127.0.0.1': no port: say "
	    "127.0.0.1:PORT" },
	{ "listen = 127.0.0.1:",
	    "listen: '127.0.0.1:': no port: a number from "
	    "0 to 65535 is wanted" },
	{ "listen = ::1",
	    "listen: '::1': an IPv6 address stands in brackets, "
	    "as in [::1]:80" },
	{ "listen = [::1]",
	    "listen: '[::1]': no port behind ']': [V6]:PORT is "
	    "wanted" },
	{ "listen = localhost:80",
	    "listen: 'localhost:80': 'localhost' is no "
	    "address: names are not looked up, say 127.0.0.1:PORT or "
	    "[::1]:PORT" },
	{ "listen = :80",
	    "listen: ':80': no address in front of ':': say PORT "
	    "alone for all addresses, or ADDRESS:PORT" },
	{ "listen = udp:80",
	    "listen: 'udp:80': superd does not serve udp "
	    "sockets yet: allowed are PORT, ADDRESS:PORT, [V6]:PORT, "
	    "unix:/path, unix:@name and fd:NAME" },
	{ "listen = fd:",
	    "listen: 'fd:': no name: say fd:NAME as the "
	    "supervisor calls the socket (LISTEN_FDNAMES, "
	    "FileDescriptorName=), or fd:NUMBER" },
	{ "listen = fd:a:b",
	    "listen: 'fd:a:b': a socket's name is made of "
	    "printable ASCII without ':'" },
	{ "listen = fd:2",
	    "listen: 'fd:2': sockets are passed as descriptor "
	    "3 and above" },
	{ "listen = fd:03",
	    "listen: 'fd:03': sockets are passed as descriptor "
	    "3 and above" },
	{ "listen = fd:a, fd:b, fd:a",
	    "listen: 'fd:a' and 'fd:a' are the same address, "
	    "or one takes the other in" },
	{ "listen = /run/x",
	    "listen: '/run/x': a path needs 'unix:' in front "
	    "of it" },
	{ "enabled = maybe",
	    "enabled: 'maybe' is neither yes nor no (true, "
	    "false, on, off, 1 and 0 are understood as well)" },
	{ "backlog = 0",
	    "backlog: '0' is out of range: 1 to 65535 is allowed" },
	{ "backlog = 1e3",
	    "backlog: '1e3' is wrong: a number of decimal "
	    "digits is wanted" },
	{ "backlog = -5",
	    "backlog: '-5' is negative: a number of decimal "
	    "digits is wanted" },
	{ "backlog = 99999999999999999999999",
	    "backlog: '99999999999999999999999' is too large" },
	{ "send_buffer = 64kb",
	    "send_buffer: '64kb' is wrong: a size such as "
	    "4096, 64k, 10m or 1g is wanted" },
	{ "send_buffer = 1",
	    "send_buffer: '1' is out of range: 4k to 1g is allowed" },
	{ "kill_grace = 5 s",
	    "kill_grace: '5 s' is wrong: a duration such as "
	    "500ms, 10s, 1m30s, 2h or 1d is wanted" },
	{ "kill_grace = 2h",
	    "kill_grace: '2h' is out of range: 0s to 1h is allowed" },
	{ "umask = 08",
	    "umask: '08' begins with a needless 0: octal digits "
	    "such as 0660 are wanted" },
	{ "umask = 1777",
	    "umask: '1777' is out of range: 0000 to 0777 is allowed" },
	{ "nice = 20", "nice: '20' is out of range: -20 to 19 is allowed" },
	{ "stderr = logs",
	    "stderr: 'logs' is unknown: did you mean 'log'? "
	    "(allowed are log, client, null)" },
	{ "user = roott", "user: unknown user 'roott': did you mean 'root'?" },
	{ "group = rooot",
	    "group: unknown group 'rooot': did you mean 'root'?" },
	{ "limit_nofile = 9:5",
	    "limit_nofile: the soft limit '9' is above the "
	    "hard limit '5'" },
	{ "limit_nofile = x",
	    "limit_nofile: soft:hard, numbers or 'infinity': "
	    "'x' is wrong: a number of decimal digits is wanted" },
	{ "limit_core = 1:2:3",
	    "limit_core: soft:hard, numbers or 'infinity': "
	    "'2:3' is wrong: a size such as 4096, 64k, 10m or 1g is "
	    "wanted" },
	{ "environment = A",
	    "environment: 'A' has no '=': KEY=VALUE words are "
	    "wanted, in quotes if the value has blanks" },
	{ "environment = 1A=2",
	    "environment: '1A=2' is no name of a variable: "
	    "letters, digits and '_', no digit first" },
	{ "environment = PROTO=x",
	    "environment: 'PROTO=x': superd sets this "
	    "variable itself, for each connection" },
	{ "environment = A=1 A=2", "environment: variable 'A' is set twice" },
	{ "pass_environment = TCPREMOTEIP",
	    "pass_environment: 'TCPREMOTEIP': superd sets this variable "
	    "itself, for each connection" },
	{ "device = a/b",
	    "device: 'a/b' is no name of a network interface: up "
	    "to 15 bytes, no blanks, '/' or ':'" },
	{ "description = 'a' b",
	    "description: this is 2 words, and one text "
	    "is wanted: put all of it in quotes, or none" },
	{ "port = 80", "unknown key 'port': did you mean 'listen'?" },
	{ "pidfile = x", "unknown key 'pidfile': it belongs in [superd]" },
	{ "  frob = 1",
	    "unknown key 'frob' (if it is to continue the value "
	    "above, put it in quotes)" },
};

static bool
was_found(const char *want)
{
	for (size_t i = 0; i < loaded_report.count; i++) {
		if (strcmp(finding(i), want) == 0)
			return true;
	}
	tap_note("got: %s", finding(0));
	return false;
}

static void
test_values(void)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char text[512], want[ERR_TEXT_SIZE];

		(void)snprintf(text, sizeof(text), "[x]\nhandler = cat\n%s\n",
		    values[i][0]);
		(void)snprintf(want, sizeof(want), "t.ini:3: section 'x': %s",
		    values[i][1]);
		conf_free(load_text(text));
		ok(was_found(want), values[i][0]);
	}
}

static void
test_many(void)
{
	char text[16384] = "[superd]\n";

	for (int i = 0; i < 60; i++)
		(void)sprintf(text + strlen(text), "k%d = 1\n", i);
	conf_free(load_text(text));
	is_int((intmax_t)loaded_report.count, CONF_FINDINGS_MAX,
	    "so many findings are kept");
	is_int((intmax_t)loaded_report.mistakes, 60, "all are counted");
	is_str(finding(0), "t.ini:2: section 'superd': unknown key 'k0'",
	    "the first of them first");
	is_str(finding(49), "t.ini:51: section 'superd': unknown key 'k49'",
	    "and so on");
}

static void
test_order(void)
{
	mkdir("d", 0755);
	file_text("d/b.ini", "[b]\nlisten = 9\nhandler = nosuch-b\n");
	file_text("d/a.ini", "[a]\nlisten = 9\nhandler = nosuch-a\n");
	conf_free(load_text("[superd]\ninclude = d/*.ini\n[c]\nlisten = 9\n"
			    "handler = nosuch-c\n"));
	ok(strncmp(finding(0), "t.ini:5: ", 9) == 0, "the main file first");
	ok(strncmp(finding(1), "d/a.ini:2: ", 11) == 0,
	    "then the included ones by name");
	ok(strncmp(finding(2), "d/a.ini:3: ", 11) == 0, "by line");
	ok(strncmp(finding(3), "d/b.ini:2: ", 11) == 0, "and the next file");
	is_int((intmax_t)loaded_report.count, 5, "and nothing else");
}

int
main(void)
{
	files_start();
	test_cases();
	test_values();
	test_many();
	test_order();
	conf_report_free(&loaded_report);
	files_end();
	return done_testing();
}

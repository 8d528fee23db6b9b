/* SPDX-License-Identifier: ISC */
/* hosts.allow and hosts.deny: the cases of hosts_access(5), and mistakes. */
#include <errno.h>

#include "base/arena.h"
#include "gate/hosts.h"
#include "tap.h"

struct mistakes {
	char text[2048];
	unsigned int count;
};

static void
note(void *context, const struct err *e)
{
	struct mistakes *m = context;
	size_t used = strlen(m->text);
	char line[600];

	snprintf(m->text + used, sizeof(m->text) - used, "%s\n",
	    err_format(e, line, sizeof(line)));
	m->count++;
}

static struct mistakes mistakes;

static struct gate_hosts_file *
parse(struct arena *arena, const char *name, const char *text, size_t length)
{
	const struct gate_hosts_text from = { name, text, length };
	const struct gate_hosts_report report = { note, &mistakes };
	struct gate_hosts_file *file = NULL;

	mistakes = (struct mistakes) { .count = 0 };
	if (gate_hosts_parse(arena, &from, &report, &file) == -ENOMEM)
		tap_bail("no memory");
	if (mistakes.count > 0)
		tap_note("%s", mistakes.text);
	return file;
}

static void
peer_of(const char *address, struct addr_peer *p)
{
	char text[80];
	struct addr a;

	*p = (struct addr_peer) { .family = AF_UNIX };
	snprintf(text, sizeof(text), "%s:80", address);
	if (strcmp(address, "unix") != 0) {
		if (addr_parse(text, &a, NULL) < 0)
			tap_bail("bad address in a test");
		addr_to_peer(&a, p);
	}
}

/* "yes" or "no", and the line that decided. */
static const char *
ask(const char *allow, const char *deny, const char *daemon,
    const char *address)
{
	static char answer[64];
	const char *daemons[] = { "other-name", daemon, NULL };
	struct arena *arena = arena_new();
	struct gate_hosts_place place;
	struct gate_hosts *hosts;
	struct addr_peer p;
	bool yes;

	peer_of(address, &p);
	if (gate_hosts_new(parse(arena, "allow", allow, strlen(allow)),
		parse(arena, "deny", deny, strlen(deny)), daemons, &hosts,
		NULL) < 0)
		tap_bail("no memory");
	yes = gate_hosts_check(hosts, &p, &place);
	snprintf(answer, sizeof(answer), "%s", yes ? "yes" : "no");
	if (place.line != 0)
		snprintf(answer, sizeof(answer), "%s %s:%u", yes ? "yes" : "no",
		    place.file, place.line);
	gate_hosts_free(hosts);
	arena_free(arena);
	return answer;
}

struct asked {
	const char *allow, *deny, *daemon, *address, *answer;
};

#define ALL_DENIED "ALL: ALL\n"
#define EXCEPTS                                                                \
	"# comment\n\nALL EXCEPT in.fingerd, x : 10.0.0.0/8 EXCEPT "           \
	"10.1.0.0/16 EXCEPT 10.1.1.1\n"

static const struct asked cases[] = {
	{ "", "", "sshd", "1.2.3.4", "yes" },
	{ "", ALL_DENIED, "sshd", "1.2.3.4", "no deny:1" },
	{ "", ALL_DENIED, "sshd", "[2001:db8::1]", "no deny:1" },
	{ "", ALL_DENIED, "sshd", "unix", "no deny:1" },
	{ "", "telnetd: ALL\n", "sshd", "1.2.3.4", "yes" },
	{ "", "telnetd, SSHD: ALL\n", "sshd", "1.2.3.4", "no deny:1" },
	{ "sshd: 1.2.3.4\n", ALL_DENIED, "sshd", "1.2.3.4", "yes allow:1" },
	{ "sshd: 1.2.3.4\n", ALL_DENIED, "sshd", "1.2.3.5", "no deny:1" },
	{ "sshd: 1.2.3.4\n", ALL_DENIED, "x", "1.2.3.4", "no deny:1" },
	{ "ALL: 192.168.\n", ALL_DENIED, "x", "192.168.7.8", "yes allow:1" },
	{ "ALL: 192.168.\n", ALL_DENIED, "x", "192.169.7.8", "no deny:1" },
	{ "ALL: 10.\n", ALL_DENIED, "x", "10.9.8.7", "yes allow:1" },
	{ "ALL: 10.1.2.\n", ALL_DENIED, "x", "10.1.2.7", "yes allow:1" },
	{ "ALL: 10.1.2.\n", ALL_DENIED, "x", "10.1.3.7", "no deny:1" },
	{ "ALL: 131.155.72.0/255.255.254.0", ALL_DENIED, "x", "131.155.73.1",
	    "yes allow:1" },
	{ "ALL: 131.155.72.0/255.255.254.0", ALL_DENIED, "x", "131.155.74.1",
	    "no deny:1" },
	{ "ALL: 10.2.0.0/15", ALL_DENIED, "x", "10.3.0.1", "yes allow:1" },
	{ "ALL: [3ffe:505:2:1::]/64", ALL_DENIED, "x", "[3ffe:505:2:1::9]",
	    "yes allow:1" },
	{ "ALL: [3ffe:505:2:1::]/64", ALL_DENIED, "x", "[3ffe:505:2:2::9]",
	    "no deny:1" },
	{ "ALL: [::1]", ALL_DENIED, "x", "[::1]", "yes allow:1" },
	{ "ALL: LOCAL", ALL_DENIED, "x", "127.0.0.2", "yes allow:1" },
	{ "ALL: LOCAL", ALL_DENIED, "x", "[::1]", "yes allow:1" },
	{ "ALL: LOCAL", ALL_DENIED, "x", "unix", "yes allow:1" },
	{ "ALL: LOCAL", ALL_DENIED, "x", "10.0.0.1", "no deny:1" },
	{ "ALL: ALL EXCEPT LOCAL", ALL_DENIED, "x", "unix", "no deny:1" },
	{ "ALL: ALL EXCEPT LOCAL", ALL_DENIED, "x", "1.1.1.1", "yes allow:1" },
	{ "", "x: 9.9.9.9\n\nx: 8.8.8.8\n", "x", "8.8.8.8", "no deny:3" },
	{ EXCEPTS, ALL_DENIED, "a", "10.2.0.1", "yes allow:3" },
	{ EXCEPTS, ALL_DENIED, "a", "10.1.0.1", "no deny:1" },
	{ EXCEPTS, ALL_DENIED, "a", "10.1.1.1", "yes allow:3" },
	{ EXCEPTS, ALL_DENIED, "a", "11.1.1.1", "no deny:1" },
	{ EXCEPTS, ALL_DENIED, "in.fingerd", "10.2.0.1", "no deny:1" },
	{ "a: 1.1.1.1, \\\n  2.2.2.2,\\\n\t3.3.3.3\n", ALL_DENIED, "a",
	    "3.3.3.3", "yes allow:1" },
	{ "a: 1.1.1.1 \\\nb: 2.2.2.2\n", ALL_DENIED, "b", "2.2.2.2",
	    "no deny:1" },
	{ "#a: \\\nALL: ALL\n", ALL_DENIED, "a", "1.1.1.1", "no deny:1" },
	{ " \t\r\n\n  # x\r\na: 1.1.1.1\r\n", ALL_DENIED, "a", "1.1.1.1",
	    "yes allow:4" },
	{ "a:1.1.1.1", ALL_DENIED, "a", "[::ffff:1.1.1.1]", "yes allow:1" },
};

static void
test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct asked *c = &cases[i];
		char what[200];

		snprintf(what, sizeof(what), "case %zu: %s by %s: %s", i,
		    c->daemon, c->address, c->answer);
		is_str(ask(c->allow, c->deny, c->daemon, c->address), c->answer,
		    what);
	}
}

static const char *const bad[][2] = {
	{ "x", "f:1: no ':' in this line: say DAEMONS : CLIENTS" },
	{ ": ALL", "f:1: no daemons in front of ':'" },
	{ "x :", "f:1: no clients behind ':'" },
	{ "x: EXCEPT ALL", "f:1: nothing in front of EXCEPT" },
	{ "x: ALL EXCEPT", "f:1: nothing behind EXCEPT" },
	{ "x EXCEPT : ALL", "f:1: nothing behind EXCEPT" },
	{ "x: ALL: spawn /bin/true", "options are not supported" },
	{ "x: ALL: DENY", "options are not supported" },
	{ "x: ::1", "IPv6 needs brackets, as in [::1]" },
	{ "x: localhost", "'localhost': names are not looked up; say LOCAL" },
	{ "x: host.example.org", "names are not looked up: say an address" },
	{ "x: .example.org", "domains are not supported: say a network" },
	{ "x: KNOWN", "'KNOWN': names are not looked up" },
	{ "x: unknown", "'unknown': names are not looked up" },
	{ "x: PARANOID", "'PARANOID': names are not looked up" },
	{ "x: @group", "netgroups are not supported" },
	{ "x: /etc/file", "names of files are not supported" },
	{ "x: user@1.2.3.4", "users are not supported" },
	{ "x: 10.0.*.1", "wildcards are not supported" },
	{ "x: 10.0.0.?", "wildcards are not supported" },
	{ "x: 10.0.0.1/8", "has host bits: the network is 10.0.0.0/8" },
	{ "x: 10.0.0.1/255.0.0.0", "the network is 10.0.0.0/8" },
	{ "x: 10.0.0.0/255.0.255.0", "a mask must be ones, then zeros" },
	{ "x: 10.0.0.0/255.0.0", "bad mask" },
	{ "x: 10.0.0.0/33", "at most 32 for IPv4" },
	{ "x: 10.1.2.3.", "a prefix has one to three numbers" },
	{ "x: 300.", "bad address" },
	{ "x: ..", "domains are not supported" },
	{ "x: 10.1", "bad address '10.1'" },
	{ "x: [::1", "say [2001:db8::1] or [2001:db8::]/32" },
	{ "x: [::1]x", "say [2001:db8::1] or [2001:db8::]/32" },
	{ "x: [1.2.3.4]", "say [2001:db8::1] or [2001:db8::]/32" },
	{ "x: [::1]/32", "the network is ::/32" },
	{ "x: ALL # all", "a comment needs a line of its own" },
	{ "x@host: ALL", "DAEMON@HOST is not supported" },
	{ "x*: ALL", "a daemon is the name of a service, or ALL" },
	{ "x: 1.1.1.\\\n1", "is continued on the next line" },
	{ "x: 1\\.1.1.1", "f:1: a backslash in a line is not supported" },
	{ "x: \\", "a backslash in a line is not supported" },
	{ "\n\n x: 1.1.1.1 \\\n  foo", "f:4: 'foo'" },
	{ "x: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    "this word is too long" },
};

static void
test_bad(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct arena *arena = arena_new();
		char what[160];

		(void)parse(arena, "f", bad[i][0], strlen(bad[i][0]));
		snprintf(what, sizeof(what), "mistake %zu: %s", i, bad[i][1]);
		ok(mistakes.count == 1 &&
			strstr(mistakes.text, bad[i][1]) != NULL,
		    what);
		arena_free(arena);
	}
}

static void
test_many(void)
{
	static const char text[] =
	    "a: b\nALL: 1.1.1.1\nc\n# x\nd: ALL: e\nf: 2.2.2.2\n";
	struct arena *arena = arena_new();

	(void)parse(arena, "f", text, strlen(text));
	is_int(mistakes.count, 3, "each mistake is told");
	ok(strstr(mistakes.text, "f:1: ") != NULL &&
		strstr(mistakes.text, "f:3: ") != NULL &&
		strstr(mistakes.text, "f:5: ") != NULL,
	    "with its line");
	arena_free(arena);
}

/* No text, however wild, does harm. */
static void
test_random(void)
{
	static const char *const parts[] = { "ALL", "EXCEPT", " ", ":", "\n",
		"\\\n", "\\", ",", "10.", "10.0.0.0/8", "[::1]", "[", "]", "/",
		"255.255.0.0", "sshd", "#", "LOCAL", ".", "@", "\t", "*", "1",
		"\r", "[2001:db8::]/32" };
	const size_t count = sizeof(parts) / sizeof(parts[0]);
	const char *daemons[] = { "sshd", NULL };
	unsigned int answered = 0;

	for (int i = 0; i < 20000; i++) {
		struct arena *arena = arena_new();
		const struct gate_hosts_report report = { note, &mistakes };
		struct gate_hosts_text from = { .file = "f" };
		struct gate_hosts_file *file = NULL;
		struct gate_hosts_place place;
		struct gate_hosts *hosts;
		struct addr_peer p;
		char text[200] = "";

		for (uint64_t n = tap_random_below(14); n > 0; n--)
			strcat(text, parts[tap_random_below(count)]);
		from.text = text;
		from.length = strlen(text);
		mistakes.text[0] = '\0';
		peer_of("10.0.0.1", &p);
		if (gate_hosts_parse(arena, &from, &report, &file) == 0 &&
		    gate_hosts_new(file, file, daemons, &hosts, NULL) == 0) {
			(void)gate_hosts_check(hosts, &p, &place);
			gate_hosts_free(hosts);
			answered++;
		}
		arena_free(arena);
	}
	ok(answered > 100, "wild texts do no harm");
}

int
main(void)
{
	tap_seed(16);
	test_cases();
	test_bad();
	test_many();
	test_random();
	gate_hosts_free(NULL);
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* Good files: every value where it belongs, with its type. */
#include <pwd.h>

#include "base/num.h"
#include "conf/test_files.h"

/* The service of that name; the tests that use it need it. */
static const struct conf_service *
service(const struct conf *conf, const char *name)
{
	for (size_t i = 0; conf != NULL && i < conf->service_count; i++) {
		if (strcmp(conf->services[i].name, name) == 0)
			return &conf->services[i];
	}
	tap_note("%s", finding(0));
	tap_bail("a service is missing");
}

static const char *
joined(const struct conf_words *words)
{
	static char text[4096];

	text[0] = '\0';
	for (size_t i = 0; i < words->count; i++) {
		strcat(text, i == 0 ? "" : "|");
		strcat(text, words->word[i]);
	}
	return text;
}

static const char *
listens(const struct conf_service *s)
{
	static char text[4096];
	struct text t;

	text_init(&t, text, sizeof(text));
	for (size_t i = 0; i < s->listen.count; i++) {
		text_string(&t, i == 0 ? "" : " ");
		addr_format(&s->listen.at[i].addr, &t);
		if (s->listen.at[i].both_families)
			text_string(&t, "+v6");
	}
	return text;
}

static void
test_defaults(void)
{
	struct conf *conf = load_text("[x]\nlisten = 1\nhandler = cat\n");
	const struct conf_service *s = service(conf, "x");

	is_int(conf->daemon.log.to, CONF_LOG_STDERR, "log is stderr");
	is_int((intmax_t)conf->daemon.max_connections, 4096, "4096 in all");
	is_int((intmax_t)s->max_connections, 256, "256 of a service");
	is_int((intmax_t)s->backlog, 4096, "backlog");
	ok(s->enabled && s->v6only && s->nodelay && s->keepalive &&
		!s->reuseport && !s->freebind,
	    "flags");
	is_int((intmax_t)s->kill_grace_ns, (intmax_t)(5 * NUM_NS_PER_S),
	    "kill_grace");
	is_int((intmax_t)s->max_runtime_ns, 0, "max_runtime");
	is_int((intmax_t)s->umask, 022, "umask");
	is_str(s->directory, "/", "directory");
	ok(s->limit[CONF_LIMIT_CORE].set &&
		s->limit[CONF_LIMIT_CORE].limit.rlim_max == 0,
	    "no core dumps");
	ok(!s->limit[CONF_LIMIT_NOFILE].set && !s->nice.set && !s->mark.set,
	    "the rest is not set");
	is_int(s->stderr_to, CONF_STDERR_LOG, "stderr to the log");
	is_int(s->place.line, 1, "the section's line");
	is_int(s->listen_place.line, 2, "listen's line");
	is_int(s->handler_place.line, 3, "handler's line");
	ok(s->handler_file != NULL && s->handler_file[0] == '/',
	    "the handler is found");
	is_int((intmax_t)loaded_report.warnings, 0, "without a warning");
	conf_free(conf);
}

static void
test_lines(void)
{
	static const char text[] =
	    "\xef\xbb\xbf; a comment\r\n"
	    "  [x]\r\n"
	    "\tlisten = 1,\r\n"
	    "\t\t# a comment between\r\n"
	    "\r\n"
	    "\t\t127.0.0.1:2 ; another\r\n"
	    "\thandler: cat 'a;b' #c\r\n"
	    "\t\tFOO=1 \\\r\n"
	    "\t\tone-\\\r\n"
	    "\t\tword\r\n"
	    "\tdescription = it's a \"test\" # really\r\n";
	struct conf *conf = load_text(text);
	const struct conf_service *s = service(conf, "x");

	is_str(listens(s), "0.0.0.0:1+v6 127.0.0.1:2",
	    "BOM, CRLF, indented keys, continued values");
	is_str(joined(&s->handler), "cat|a;b|#c|FOO=1|one-word",
	    "a backslash joins lines without a blank");
	is_str(s->description, "it's a \"test\" # really",
	    "a text keeps quotes and #");
	conf_free(conf);
}

static void
test_addresses(void)
{
	struct conf *conf = load_text("[x]\nlisten = 0 *:0 0.0.0.0:0, [::]:0\n"
				      " [fe80::1%lo]:0 unix:s unix:@a 127.0.0.1"
				      ":discard\nhandler = cat\n"
				      "[y]\nlisten = 5\nv6only = no\n"
				      "handler = cat\n");
	const struct conf_service *s = service(conf, "x");
	char here[4096], want[8192];

	if (getcwd(here, sizeof(here)) == NULL)
		tap_bail("no directory");
	(void)snprintf(want, sizeof(want),
	    "0.0.0.0:0+v6 0.0.0.0:0+v6 "
	    "0.0.0.0:0 [::]:0 [fe80::1%%1]:0 unix:%s/s unix:@a 127.0.0.1:9",
	    here);
	is_str(listens(s), want, "all kinds of addresses, port 0 many times");
	is_str(listens(service(conf, "y")), "[::]:5",
	    "without v6only a bare port is one socket for both");
	conf_free(conf);
}

static void
test_inheritance(void)
{
	struct conf *conf =
	    load_text("[x]\nlisten = 1\nhandler = cat\nbacklog = 7\n"
		      "[y]\nlisten = unix:s\nhandler = cat\n"
		      "[ports]\n3 = cat\n  discard = sh -c 'a; b'\n4 = cat x\n"
		      "[defaults]\nbacklog = 9\nnodelay = no\ntos = 8\n");

	is_int((intmax_t)service(conf, "x")->backlog, 7, "a service's own");
	is_int((intmax_t)service(conf, "y")->backlog, 9, "the default's");
	ok(!service(conf, "sh")->nodelay, "lines of [ports] inherit as well");
	is_str(joined(&service(conf, "sh")->handler), "sh|-c|a; b",
	    "a port by name, a handler with words");
	is_str(listens(service(conf, "sh")), "0.0.0.0:9+v6", "its port");
	is_str(listens(service(conf, "cat-3")), "0.0.0.0:3+v6",
	    "names that are not unique get their port");
	is_str(listens(service(conf, "cat-4")), "0.0.0.0:4+v6", "each");
	is_int((intmax_t)conf->service_count, 5, "no more services");
	is_str(conf->services[0].name, "x", "in the order of the file");
	conf_free(conf);
}

static void
test_values(void)
{
	struct conf *conf = load_text(
	    "[superd]\nlog = ./l\nlog_level = debug\nhandler_path = h /h\n"
	    "[x]\nlisten = 1\nhandler = cat\nnice = 5\numask = 077\n"
	    "limit_cpu = 1m:2m\nlimit_as = infinity\nlimit_fsize = 1k:2k\n"
	    "environment = A=1 'B=x y'\npass_environment = HOME, LANG\n"
	    "groups = none\nstderr = null\nmark = 4294967295\n"
	    "defer_accept = 1500ms\nsend_buffer = 64k\nmax_runtime = 1h30m\n");
	const struct conf_service *s = service(conf, "x");
	const struct rlimit *cpu = &s->limit[CONF_LIMIT_CPU].limit;

	is_int(conf->daemon.log.to, CONF_LOG_FILE, "a log file");
	ok(conf->daemon.log.path[0] == '/', "beside the configuration");
	is_int(conf->daemon.log_level, 4, "log level");
	ok(conf->daemon.handler_path.word[0][0] == '/', "absolute directory");
	is_str(conf->daemon.handler_path.word[1], "/h", "as given");
	is_int((intmax_t)(int64_t)s->nice.value, 5, "nice");
	is_int((intmax_t)s->umask, 077, "umask");
	ok(cpu->rlim_cur == 60 && cpu->rlim_max == 120, "seconds of cpu");
	ok(s->limit[CONF_LIMIT_AS].limit.rlim_cur == RLIM_INFINITY, "infinity");
	ok(s->limit[CONF_LIMIT_FSIZE].limit.rlim_max == 2048, "sizes");
	is_str(joined(&s->environment), "A=1|B=x y", "environment");
	is_str(joined(&s->pass_environment), "HOME|LANG", "names");
	ok(s->groups.set && s->groups.count == 0, "no groups");
	is_int(s->stderr_to, CONF_STDERR_NULL, "stderr");
	is_int((intmax_t)s->mark.value, UINT32_MAX, "mark");
	is_int((intmax_t)s->defer_accept.value, 1500000000, "defer_accept");
	is_int((intmax_t)s->send_buffer.value, 65536, "send_buffer");
	is_int((intmax_t)s->max_runtime_ns, (intmax_t)(5400 * NUM_NS_PER_S),
	    "max_runtime");
	conf_free(conf);
}

static void
test_includes(void)
{
	struct conf *conf;

	mkdir("d", 0755);
	mkdir("d/e", 0755);
	file_text("d/a.ini",
	    "[superd]\ninclude = e/*.ini none/*.ini\n"
	    "[ports]\n11 = cat\n");
	file_text("d/e/1.ini", "[one]\nlisten = unix:s1\nhandler = ./h\n");
	file_text("d/e/2.ini", "[ports]\n12 = sh\n");
	file_text("d/e/h", "#!/bin/sh\n");
	chmod("d/e/h", 0755);
	conf = load_text("[superd]\ninclude = 'd/a.ini'\n[ports]\n10 = env\n");
	is_int((intmax_t)conf->service_count, 4, "services of all files");
	ok(strstr(listens(service(conf, "one")), "/d/e/s1") != NULL,
	    "a path is relative to the file that names it");
	ok(strstr(service(conf, "one")->handler_file, "/d/e/h") != NULL,
	    "a handler too");
	is_str(service(conf, "one")->place.file, "d/e/1.ini",
	    "files are called as they were named");
	conf_free(conf);

	file_text("d/a.ini", "[superd]\ninclude = ../b.ini\n");
	file_text("b.ini", "[superd]\ninclude = d/a.ini\n");
	conf_free(load_text("[superd]\ninclude = d/a.ini\n"));
	is_str(finding(0),
	    "d/../b.ini:2: section 'superd': include: "
	    "'d/../d/a.ini' includes itself: it is read because of t.ini:2",
	    "a loop is refused, with both places");
	file_text("b.ini", "[b]\nlisten = 1\nhandler = cat\n");
	conf_free(load_text("[superd]\ninclude = b.ini ./b.ini\n"));
	is_str(finding(0),
	    "t.ini:2: section 'superd': include: './b.ini' "
	    "is read already, because of t.ini:2",
	    "a file twice, too");
}

static void
test_command_line(void)
{
	char *sets[] = { (char[]) { "backlog=3" },
		(char[]) { "superd.max_connections=9" },
		(char[]) { "log_level=error" } };
	char *bad_sets[] = { (char[]) { "backlog=0" }, (char[]) { "handler=x" },
		(char[]) { "frobnicate=1" }, (char[]) { "backlog" } };
	char *listen[] = { (char[]) { "0" }, (char[]) { "unix:@x" } };
	char *argv[] = { (char[]) { "cat" }, (char[]) { "a b" }, NULL };
	struct conf_source source = { .sets = sets,
		.set_count = 3,
		.listens = listen,
		.listen_count = 2,
		.argv = argv };
	struct conf *conf = load_source(&source);
	const struct conf_service *s = service(conf, "cat");

	is_str(joined(&s->handler), "cat|a b", "-l: words are not split");
	is_str(listens(s), "0.0.0.0:0+v6 unix:@x", "-l: several addresses");
	is_int((intmax_t)s->backlog, 3, "--set of a service's key");
	is_int((intmax_t)conf->daemon.max_connections, 9, "of [superd]");
	is_int(conf->daemon.log_level, 0, "of either");
	is_str(s->place.file, "command line", "its place");
	conf_free(conf);

	file_text("t.ini", "[x]\nlisten = 1\nhandler = cat\nbacklog = 5\n");
	source = (struct conf_source) {
		.path = "t.ini", .sets = sets, .set_count = 3
	};
	conf = load_source(&source);
	is_int((intmax_t)service(conf, "x")->backlog, 3,
	    "--set wins over the file");
	conf_free(conf);

	source.sets = bad_sets;
	source.set_count = 4;
	conf_free(load_source(&source));
	is_str(finding(0),
	    "command line: --set 'backlog=0': backlog: '0' is "
	    "out of range: 1 to 65535 is allowed",
	    "a bad --set is named");
	is_str(finding(1),
	    "command line: --set 'handler=x': handler cannot be "
	    "set for all services at once",
	    "no handler for all");
	is_str(finding(2),
	    "command line: --set 'frobnicate=1': unknown key "
	    "'frobnicate'",
	    "no unknown key");
	is_str(finding(3),
	    "command line: --set 'backlog': no '=' in it: "
	    "KEY=VALUE is wanted",
	    "no key without value");
}

/* The rules for root, for whoever owns the file (the tests' user). */
static void
test_root_rules(void)
{
	struct conf_source source = {
		.path = "t.ini", .as_root = true, .held = UINT64_MAX
	};
	struct conf *conf;
	char want[ERR_TEXT_SIZE];

	file_text("t.ini", "[x]\nlisten = 1\nhandler = cat\n");
	conf_free(load_source(&source));
	is_str(finding(0),
	    "t.ini:1: section 'x': user is missing, and superd "
	    "runs as root: say user = NAME here or in [defaults] (user = root "
	    "if it must be)",
	    "root needs to be told the user");
	file_text("t.ini", "[x]\nlisten = 1\nhandler = cat\nuser = 4242424\n");
	conf_free(load_source(&source));
	is_str(finding(0),
	    "t.ini:4: section 'x': user: '4242424' is not in "
	    "the user database, so its group is unknown: say group = too",
	    "and a group, if the user has none");
	file_text("t.ini",
	    "[x]\nlisten = 1\nhandler = cat\nuser = 4242424\n"
	    "group = 4242424\n");
	conf = load_source(&source);
	ok(conf != NULL && service(conf, "x")->user.uid == 4242424,
	    "numbers are users");
	conf_free(conf);

	chmod("t.ini", 0646);
	conf_free(load_source(&source));
	is_str(finding(0),
	    "t.ini: anybody may write to it, which root does "
	    "not trust: chmod o-w 't.ini'",
	    "a file open to all is refused");
	chmod("t.ini", 0644);
	mkdir("open", 0755);
	chmod("open", 0777);
	file_text(
	    "open/t.ini", "[x]\nlisten = 1\nhandler = cat\nuser = root\n");
	source.path = "open/t.ini";
	conf_free(load_source(&source));
	(void)snprintf(want, sizeof(want),
	    "open/t.ini: anybody may replace "
	    "it, which root does not trust: chmod o-w ");
	ok(strncmp(finding(0), want, strlen(want)) == 0,
	    "so is one in a directory open to all");
	source.as_root = false;
	conf = load_source(&source);
	ok(conf != NULL, "without root it is one's own business");
	conf_free(conf);
}

static void
test_ids_of_others(void)
{
	const struct passwd *me;
	struct conf *conf;
	char text[512];

	conf = load_text("[x]\nlisten = 1\nhandler = cat\nuser = 4242424\n"
			 "[y]\nlisten = 2\nhandler = cat\nuser = 4242424\n");
	is_int((intmax_t)loaded_report.warnings, 1,
	    "not root: one warning that users are skipped");
	is_str(finding(0),
	    "t.ini:4: section 'x': user, group and groups are "
	    "skipped, here and in all services: superd does not run as root",
	    "in these words");
	conf_free(conf);
	me = getpwuid(geteuid());
	if (me == NULL)
		return;
	(void)snprintf(text, sizeof(text),
	    "[x]\nlisten = 1\nhandler = cat\nuser = %s\n", me->pw_name);
	conf = load_text(text);
	is_int((intmax_t)loaded_report.warnings, 0,
	    "but none for a user's own name");
	conf_free(conf);
}

int
main(void)
{
	files_start();
	test_defaults();
	test_lines();
	test_addresses();
	test_inheritance();
	test_values();
	test_includes();
	test_command_line();
	test_root_rules();
	test_ids_of_others();
	conf_report_free(&loaded_report);
	files_end();
	return done_testing();
}

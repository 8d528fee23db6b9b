/* SPDX-License-Identifier: ISC */
/*
 * What capabilities a file takes, for which reason, and what is said where
 * superd was started without one.
 */
#include <sys/resource.h>

#include "base/caps.h"
#include "conf/test_files.h"

#define HEAD "[x]\nlisten = 1\nhandler = cat\n"
/* A user that this test does not run as. */
#define WHO "user = 4242\ngroup = 4242\n"

#define IDS (CAPS_BIT(CAP_SETUID) | CAPS_BIT(CAP_SETGID) | CAPS_BIT(CAP_KILL))

static struct conf *
load_with(const char *text, bool as_root, uint64_t held)
{
	const struct conf_source source = {
		.path = "t.ini",
		.as_root = as_root,
		.held = held,
	};

	file_text("t.ini", text);
	return load_source(&source);
}

static const char *
names(uint64_t set)
{
	static char buffer[2][256];
	static int turn;
	struct text t;

	turn = !turn;
	text_init(&t, buffer[turn], sizeof(buffer[turn]));
	caps_format(set, &t);
	return buffer[turn];
}

static const struct {
	const char *what, *text;
	uint64_t needed;
} cases[] = {
	{ "another user", HEAD WHO, IDS },
	{ "another user, for one who is root by name",
	    HEAD WHO "[superd]\nuser = 0\ngroup = 0\n", IDS },
	{ "the same user in a chroot", HEAD WHO "chroot = /\n",
	    IDS | CAPS_BIT(CAP_SYS_CHROOT) },
	{ "a priority above all", HEAD WHO "nice = -20\n",
	    IDS | CAPS_BIT(CAP_SYS_NICE) },
	{ "a priority below all", HEAD WHO "nice = 19\n", IDS },
	{ "limits below those of superd", HEAD WHO "limit_nofile = 10\n", IDS },
	{ "a disabled service needs nothing",
	    "[y]\nlisten = 2\nhandler = cat\nchroot = /\nenabled = no\n" WHO
		HEAD WHO,
	    IDS },
	{ "further groups, and all the others too", HEAD WHO "groups = 4243\n",
	    IDS },
};

static void
test_needed(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct conf *conf = load_with(cases[i].text, true, UINT64_MAX);

		if (conf == NULL)
			tap_note("%s", finding(0));
		is_str(conf == NULL ? "refused" : names(conf->needed),
		    names(cases[i].needed), cases[i].what);
		conf_free(conf);
	}
}

/* `user` in [superd], which only root may say. */
static void
test_own_user(void)
{
	static const char own[] = "[superd]\nuser = 4242\ngroup = 4242\n";
	char text[512];
	struct conf *conf;

	if (geteuid() != 0) {
		tap_skip("what superd's own user needs", "not root");
		return;
	}
	(void)snprintf(text, sizeof(text), "%s" HEAD WHO, own);
	conf = load_with(text, true, UINT64_MAX);
	is_str(conf == NULL ? finding(0) : names(conf->needed), "none",
	    "handlers of superd's own user need nothing");
	is_str(finding(0),
	    "t.ini:7: section 'x': user = 4242 is superd's own user: its "
	    "handlers can stop superd and write into the log as any other",
	    "but that is worth a warning");
	conf_free(conf);
	(void)snprintf(
	    text, sizeof(text), "%s" HEAD "user = 4242\ngroup = 7\n", own);
	conf = load_with(text, true, UINT64_MAX);
	is_str(conf == NULL ? finding(0) : names(conf->needed), "CAP_SETGID",
	    "another group alone needs CAP_SETGID");
	conf_free(conf);
	(void)snprintf(
	    text, sizeof(text), "%s" HEAD WHO "groups = none\n", own);
	conf = load_with(text, true, UINT64_MAX);
	is_str(conf == NULL ? finding(0) : names(conf->needed), "CAP_SETGID",
	    "so does having no further groups");
	conf_free(conf);
	(void)load_with("[superd]\nuser = 4242\ngroup = 1\n" HEAD WHO, true,
	    ~CAPS_BIT(CAP_SETUID));
	is_str(finding(0),
	    "t.ini:2: section 'superd': user = 4242 needs CAP_SETUID, which "
	    "superd does not have",
	    "becoming that user needs CAP_SETUID");
}

static void
test_places(void)
{
	struct conf *conf =
	    load_with("[defaults]\n" WHO "[x]\nlisten = 1\nhandler = cat\n"
		      "[y]\nlisten = 2\nhandler = cat\nchroot = /\n",
		true, UINT64_MAX);
	size_t count = 0;

	for (const struct conf_need *n = conf == NULL ? NULL : conf->needs;
	     n != NULL; n = n->next) {
		count++;
		if (n->capability != CAP_SYS_CHROOT)
			continue;
		is_int(n->place.line, 10, "a need has its line");
		is_str(n->place.file, "t.ini", "and its file");
		is_str(n->reason, "section 'y': chroot", "and its reason");
	}
	is_int((intmax_t)count, 4, "what [defaults] says is noted once");
	conf_free(conf);
}

static void
test_missing(void)
{
	(void)load_with(HEAD WHO, true, 0);
	is_int((intmax_t)loaded_report.mistakes, 3,
	    "a user takes three capabilities");
	is_str(finding(0),
	    "t.ini:4: section 'x': user = 4242 needs CAP_SETUID, which superd "
	    "does not have",
	    "to become the user");
	is_str(finding(1),
	    "t.ini:4: section 'x': user = 4242, whose handlers superd has to "
	    "end, needs CAP_KILL, which superd does not have",
	    "to end his handlers");
	is_str(finding(2),
	    "t.ini:5: section 'x': group = 4242 needs CAP_SETGID, which superd "
	    "does not have",
	    "to have his group");
	(void)load_with(HEAD WHO "nice = -20\n", true, IDS);
	is_str(finding(0),
	    "t.ini:6: section 'x': nice = -20 needs CAP_SYS_NICE, which superd "
	    "does not have",
	    "only what is missing is told");
	(void)load_with(HEAD "chroot = /\n", false, 0);
	is_str(finding(0),
	    "t.ini:4: section 'x': chroot needs CAP_SYS_CHROOT, which superd "
	    "does not have: it does not run as root",
	    "without root the way out is told");
	conf_free(
	    load_with(HEAD "chroot = /\n", false, CAPS_BIT(CAP_SYS_CHROOT)));
	is_int((intmax_t)loaded_report.mistakes, 0,
	    "a capability is enough, root or not");
}

/* Hard limits are told before a connection comes. */
static void
test_limits(void)
{
	const struct rlimit low = { 0, 100 };
	char want[ERR_TEXT_SIZE];
	struct rlimit own;

	if (getrlimit(RLIMIT_CORE, &own) < 0 || own.rlim_max < 100 ||
	    setrlimit(RLIMIT_CORE, &low) < 0)
		tap_bail("cannot lower the limit of core dumps");
	(void)snprintf(want, sizeof(want),
	    "t.ini:4: section 'x': limit_core above superd's own hard limit "
	    "100 needs CAP_SYS_RESOURCE, which superd does not have");
	(void)load_with(HEAD "limit_core = 101\n" WHO, true, IDS);
	is_str(finding(0), want, "a limit above the hard one");
	conf_free(load_with(HEAD "limit_core = 100\n" WHO, true, IDS));
	is_int((intmax_t)loaded_report.mistakes, 0, "one that is not above");
}

static void
test_daemon_mistakes(void)
{
	(void)load_with("[superd]\ngroup = 0\n" HEAD WHO, true, UINT64_MAX);
	is_str(finding(0),
	    "t.ini:2: section 'superd': group has no meaning without user: "
	    "say user = NAME too",
	    "a group alone");
	(void)load_with("[superd]\nuser = 4242\n" HEAD WHO, true, UINT64_MAX);
	is_str(finding(0),
	    "t.ini:2: section 'superd': user: '4242' is not in the user "
	    "database, so its group is unknown: say group = too",
	    "a user without a group");
	file_text("t.ini", "[superd]\nuser = 4242\ngroup = 4242\n" HEAD);
	if (geteuid() == 0 && seteuid(65534) < 0)
		tap_bail("cannot become nobody");
	(void)load_file("t.ini");
	ok(strncmp(finding(0),
	       "t.ini:2: section 'superd': user, group: superd runs as user ",
	       59) == 0,
	    "without root superd becomes nobody else");
}

int
main(void)
{
	files_start();
	test_needed();
	test_own_user();
	test_places();
	test_missing();
	test_limits();
	test_daemon_mistakes();
	conf_report_free(&loaded_report);
	if (seteuid(getuid()) < 0)
		tap_bail("cannot become root again");
	files_end();
	return done_testing();
}

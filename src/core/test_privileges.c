/* SPDX-License-Identifier: ISC */
/*
 * A process that gives up what it can, and then is asked for more.  Each test
 * is a process of its own, as there is no way back.
 */
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf.h"
#include "conf/test_files.h"
#include "core/core.h"
#include "core/privileges.h"

#define SUPERD_USER "[superd]\nuser = 4242\ngroup = 4243\n"
#define SERVICE     "[x]\nlisten = 127.0.0.1:0\nhandler = cat\n"

/* As main does: the same question at the start and at a reload. */
static struct conf *
load_again(const char *name)
{
	struct conf_source source = { .path = name };

	privileges_of_start(&source);
	return load_source(&source);
}

static struct conf *
load_good(const char *name)
{
	struct conf *conf = load_again(name);

	if (conf == NULL)
		tap_bail(finding(0));
	return conf;
}

/* Gives up what this does not take; no directory for stderr. */
static struct conf *
give_up(const char *text)
{
	static const struct core core;
	struct conf *conf;
	struct err e;

	file_text("t.ini", text);
	conf = load_good("t.ini");
	if (privileges_change(&core, conf, &e) < 0)
		tap_bail(e.text);
	return conf;
}

/* The line of /proc/self/status that begins so, without tabs. */
static const char *
status_of(const char *name)
{
	static char line[256];
	FILE *file = fopen("/proc/self/status", "re");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, name, strlen(name)) != 0)
			continue;
		for (char *p = line; *p != '\0'; p++)
			*p = *p == '\t' ? ' ' : *p == '\n' ? '\0' : *p;
		(void)fclose(file);
		return line;
	}
	tap_bail("no such line in /proc/self/status");
}

static void
in_user(void)
{
	struct conf *conf =
	    give_up(SUPERD_USER SERVICE "user = 4242\ngroup = 4243\n");

	is_str(status_of("Uid:"), "Uid: 4242 4242 4242 4242", "all user ids");
	is_str(status_of("Gid:"), "Gid: 4243 4243 4243 4243", "all group ids");
	is_str(status_of("Groups:"), "Groups: 4243 ", "no group of root's");
	is_str(status_of("CapPrm:"), "CapPrm: 0000000000000000", "no power");
	is_str(status_of("CapEff:"), "CapEff: 0000000000000000", "none");
	is_str(status_of("CapInh:"), "CapInh: 0000000000000000", "to inherit");
	is_int(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0, "memory stays closed");
	ok(setresuid(0, 0, 0) < 0, "there is no way back");
	conf_free(conf);
}

/* Everything that is kept here has been asked for. */
static void
in_kept(void)
{
	struct conf *conf = give_up(SUPERD_USER
	    "[x]\nlisten = 127.0.0.1:80\nhandler = cat\nuser = 4244\n"
	    "group = 4244\nchroot = /\nnice = -20\n");

	/* KILL 5, SETGID 6, SETUID 7, NET_BIND 10, CHROOT 18, NICE 23 */
	is_str(status_of("CapPrm:"), "CapPrm: 00000000008404e0", "permitted");
	is_str(status_of("CapEff:"), "CapEff: 00000000008404e0", "in force");
	conf_free(conf);
}

static void
in_reload(void)
{
	struct conf *old, *conf;
	struct addr addr;
	struct err e;

	file_text("next.ini",
	    SUPERD_USER SERVICE "user = 4244\ngroup = 4243\nchroot = /\n");
	old = give_up(SUPERD_USER SERVICE "user = 4242\ngroup = 4243\n");
	conf = load_good("next.ini");
	is_int(privileges_check(old, &loaded_report), 0, "the same is fine");
	is_int(privileges_check(conf, &loaded_report), -EPERM, "more is not");
	is_int((intmax_t)loaded_report.mistakes, 4, "all of it is told");
	is_str(finding(0),
	    "next.ini:7: section 'x': user = 4244 needs CAP_SETGID, which "
	    "superd gave up at start: restart it",
	    "with the line of the new file");
	is_str(finding(3),
	    "next.ini:9: section 'x': chroot needs CAP_SYS_CHROOT, which "
	    "superd gave up at start: restart it",
	    "and the way out");
	if (addr_parse("127.0.0.1:80", &addr, &e) < 0)
		tap_bail(e.text);
	is_int(privileges_may_open(&conf->services[0], &addr, &e), -EPERM,
	    "a port that no service had is closed");
	is_str(e.text,
	    "port 80 needs CAP_NET_BIND_SERVICE, which superd gave up at "
	    "start: restart it",
	    "and told");
	addr_set_port(&addr, 8080);
	is_int(privileges_may_open(&conf->services[0], &addr, &e), 0,
	    "others are open");
	conf_free(conf);
	conf_free(old);
}

static void
in_other_user(void)
{
	struct conf *old, *conf;

	file_text("next.ini", SERVICE "user = 4244\ngroup = 4244\n");
	file_text("third.ini",
	    "[superd]\nuser = 4245\ngroup = 4243\n" SERVICE
	    "user = 4244\ngroup = 4244\n");
	old = give_up(SUPERD_USER SERVICE "user = 4244\ngroup = 4244\n");
	conf = load_good("next.ini");
	is_int(privileges_check(conf, &loaded_report), -EPERM,
	    "there is no becoming root again");
	is_str(finding(0),
	    "next.ini: section 'superd': user is gone, but superd cannot "
	    "become root again: restart it",
	    "in these words");
	conf_free(conf);
	conf = load_again("third.ini");
	is_str(conf != NULL ? "loaded" : finding(0),
	    "third.ini:2: section 'superd': user, group: superd runs as user "
	    "id 4242 and group id 4243, and only root can become another one",
	    "nor another user");
	conf_free(conf);
	conf_free(old);
}

/* Root without a user of superd's own. */
static void
in_root(void)
{
	char before[256];
	struct conf *old, *conf;

	(void)snprintf(before, sizeof(before), "%s", status_of("CapPrm:"));
	old = give_up(SERVICE "user = 4242\ngroup = 4243\n");
	is_str(status_of("CapPrm:"), before, "root keeps what it has");
	conf_free(old);
	file_text("next.ini", SUPERD_USER SERVICE "user = 4244\ngroup = 1\n");
	conf = load_good("next.ini");
	is_int(privileges_check(conf, &loaded_report), -EPERM,
	    "and does not change in a reload");
	is_str(finding(0),
	    "next.ini: section 'superd': user = 4242, which superd becomes at "
	    "its start only: restart it",
	    "but by a new start");
	conf_free(conf);
}

/* In a process of its own; its lines and its count go on here. */
static void
apart(void (*test)(void))
{
	int status = -1, counts[2], back[2] = { 0 };
	pid_t pid;

	(void)fflush(stdout);
	pid = pipe(counts) < 0 ? -1 : fork();
	if (pid == 0) {
		int now[2];

		test();
		conf_report_free(&loaded_report);
		(void)fflush(stdout);
		now[0] = (int)tap_state.run;
		now[1] = (int)tap_state.failed;
		_exit(write(counts[1], now, sizeof(now)) != sizeof(now));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0 ||
	    read(counts[0], back, sizeof(back)) != sizeof(back))
		tap_bail("a process with a test in it failed");
	tap_state.run = (unsigned int)back[0];
	tap_state.failed = (unsigned int)back[1];
	(void)close(counts[0]);
	(void)close(counts[1]);
}

int
main(void)
{
	if (geteuid() != 0)
		return tap_skip_all("only root has something to give up");
	files_start();
	apart(in_user);
	apart(in_kept);
	apart(in_reload);
	apart(in_other_user);
	apart(in_root);
	files_end();
	return done_testing();
}

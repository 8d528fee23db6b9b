/* SPDX-License-Identifier: ISC */
/*
 * credentials(7), capabilities(7).  superd has one thread, so libc's calls to
 * change ids change them all.
 *
 * The bounding set, the secure bits and no_new_privs stay as they were: they
 * are inherited, and a setuid program has to work as a handler as it always
 * did.  The inheritable and the ambient set are empty from the start on
 * (core/process.c), so what is kept here ends with the execve of a handler.
 */
#include <sys/prctl.h>
#include <errno.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/caps.h"
#include "base/cleanup.h"
#include "conf/conf.h"
#include "core/capset.h"
#include "core/core.h"
#include "core/needs.h"
#include "core/privileges.h"
#include "core/stderr.h"
#include "log/log.h"

#define GROUPS_FIRST 64

/* Who superd is to be. */
struct ids {
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* owned */
	int group_count;
};

/* As superd was started. */
static struct {
	bool known;
	uid_t uid;
	uint64_t held;
} start;

/* What could be done now, if it were raised. */
static uint64_t
held_now(void)
{
	struct capset now;

	return capset_read(&now) < 0 ? 0 : now.permitted;
}

static void
remember_start(void)
{
	if (start.known)
		return;
	start.known = true;
	start.uid = geteuid();
	start.held = held_now();
}

/* net.ipv4.ip_unprivileged_port_start, which is for IPv6 too. */
static unsigned int
first_free_port(void)
{
	auto_file file =
	    fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");
	unsigned int port;

	return file != NULL && fscanf(file, "%u", &port) == 1
	    ? port
	    : NEEDS_FIRST_FREE_PORT;
}

/* Root as it always was, unless its configuration names a user. */
static bool
gives_up(const struct conf *conf)
{
	return conf->daemon.user.name != NULL || start.uid != 0;
}

static uid_t
uid_of(const struct conf_daemon *d)
{
	return d->user.name != NULL ? d->user.uid : geteuid();
}

static gid_t
gid_of(const struct conf_daemon *d)
{
	if (d->group.name != NULL)
		return d->group.gid;
	return d->user.name != NULL ? d->user.gid : getegid();
}

static uint64_t
kept_with(const struct conf *conf)
{
	if (!gives_up(conf))
		return start.held;
	return start.held &
	    needs_to_keep(conf,
		&(struct needs_here) { .uid = uid_of(&conf->daemon),
		    .first_free_port = first_free_port() });
}

void
privileges_of_start(struct conf_source *source)
{
	remember_start();
	source->held = start.held;
	source->as_root = start.uid == 0 ||
	    (start.held & (CAPS_BIT(CAP_SETUID) | CAPS_BIT(CAP_SETGID))) != 0;
}

void
privileges_plan(const struct conf *conf, struct spawn_host *host)
{
	uint64_t kept = kept_with(conf);
	struct conf_source source;

	privileges_of_start(&source);
	host->set_ids = source.as_root;
	host->set_groups = (kept & CAPS_BIT(CAP_SETGID)) != 0;
	host->uid = uid_of(&conf->daemon);
	host->gid = gid_of(&conf->daemon);
	host->drop_caps = host->uid != 0 && kept != 0;
}

/* The groups that the user database gives the user, getgrouplist(3). */
static int
find_groups(const struct conf_user *user, struct ids *ids)
{
	int room = GROUPS_FIRST;

	for (;;) {
		int count = room;

		ids->groups = calloc((size_t)room, sizeof(gid_t));
		if (ids->groups == NULL)
			return -ENOMEM;
		if (getgrouplist(user->name, ids->gid, ids->groups, &count) >=
		    0) {
			ids->group_count = count;
			return 0;
		}
		free(ids->groups);
		ids->groups = NULL;
		room = count > room ? count : 2 * room;
	}
}

static int
become(const struct ids *ids, struct err *e)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return err_system(e, errno, "cannot keep capabilities");
	if (setgroups((size_t)ids->group_count, ids->groups) < 0)
		return err_system(e, errno, "cannot set superd's groups");
	if (setresgid(ids->gid, ids->gid, ids->gid) < 0)
		return err_system(
		    e, errno, "cannot become group id %u", ids->gid);
	if (setresuid(ids->uid, ids->uid, ids->uid) < 0)
		return err_system(
		    e, errno, "cannot become user id %u", ids->uid);
	(void)prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
	return 0;
}

/* What the kernel says counts, not that no call has failed. */
static int
verify(const struct conf_daemon *d, uint64_t kept, struct err *e)
{
	uid_t uid = uid_of(d), u[3];
	gid_t gid = gid_of(d), g[3];
	struct capset now;

	if (getresuid(&u[0], &u[1], &u[2]) < 0 ||
	    getresgid(&g[0], &g[1], &g[2]) < 0)
		return err_system(e, errno, "cannot read superd's ids");
	for (int i = 0; i < 3; i++) {
		if (u[i] != uid || g[i] != gid)
			return err_set(e, EPERM,
			    "superd did not become user id %u, group id %u",
			    uid, gid);
	}
	if (capset_read(&now) < 0)
		return err_system(e, errno, "cannot read capabilities");
	if (now.permitted != kept || now.effective != kept ||
	    now.inheritable != 0)
		return err_set(e, EPERM,
		    "superd did not get the capabilities that it asked for");
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return err_set(e, EPERM, "superd's memory is open to tracing");
	return 0;
}

/* What root could enter, and superd's user may not; told before a client is. */
static int
check_directories(
    const struct core *core, const struct conf *conf, struct err *e)
{
	if (core->stderr_dir != NULL && eaccess(core->stderr_dir, X_OK) < 0)
		return err_system(e, errno,
		    "superd's user cannot enter '%s', where stderr is read "
		    "(RUNTIME_DIRECTORY says where it is made)",
		    core->stderr_dir);
	for (size_t i = 0; i < conf->service_count; i++) {
		const struct conf_service *s = &conf->services[i];

		if (!s->enabled || s->chroot == NULL ||
		    eaccess(s->chroot, X_OK) == 0)
			continue;
		(void)err_system(e, errno,
		    "service '%s': superd's user cannot enter chroot '%s'",
		    s->name, s->chroot);
		e->file = s->place.file;
		e->line = s->place.line;
		return -e->code;
	}
	return 0;
}

static void
say(const struct conf_daemon *d, uint64_t kept)
{
	char capabilities[256];
	struct text t;

	text_init(&t, capabilities, sizeof(capabilities));
	caps_format(kept, &t);
	log_event(LOG_PRIVILEGES, LOG_TEXT("user", d->user.name),
	    LOG_UNSIGNED("uid", geteuid()), LOG_UNSIGNED("gid", getegid()),
	    LOG_TEXT("capabilities", capabilities));
}

static int
change_user(const struct core *core, const struct conf_daemon *d, struct err *e)
{
	struct ids ids = { .uid = uid_of(d), .gid = gid_of(d) };
	int error;

	if (ids.uid == geteuid() && ids.gid == getegid())
		return 0;
	error = stderr_dir_give(core, ids.uid, ids.gid, e);
	if (error == 0 && (error = log_give(ids.uid)) < 0)
		return err_system(
		    e, -error, "cannot give the log to superd's user");
	if (error == 0 && find_groups(&d->user, &ids) < 0)
		error = err_memory(e);
	if (error == 0)
		error = become(&ids, e);
	free(ids.groups);
	return error;
}

int
privileges_change(
    const struct core *core, const struct conf *conf, struct err *e)
{
	const struct conf_daemon *d = &conf->daemon;
	uint64_t kept = kept_with(conf);
	int error;

	if (!gives_up(conf) || (d->user.name == NULL && start.held == 0))
		return 0;
	error = change_user(core, d, e);
	if (error < 0)
		return error;
	error = capset_write(
	    &(struct capset) { .effective = kept, .permitted = kept });
	if (error < 0)
		return err_system(e, -error, "cannot give up capabilities");
	/* A change of ids sets it to what fs.suid_dumpable says. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	error = verify(d, kept, e);
	if (error == 0)
		error = check_directories(core, conf, e);
	if (error == 0)
		say(d, kept);
	return error;
}

__attribute__((format(printf, 3, 4))) static int
add(struct conf_report *report, const struct conf_place *place,
    const char *format, ...)
{
	char sentence[ERR_TEXT_SIZE];
	struct text t;
	struct err e;
	va_list args;
	int error;

	text_init(&t, sentence, sizeof(sentence));
	va_start(args, format);
	text_vprintf(&t, format, args);
	va_end(args);
	(void)err_set(&e, EPERM, "%s: restart it", sentence);
	e.file = place->file;
	e.line = place->line;
	error = conf_report_add(report, &e, false);
	return error < 0 ? error : -EPERM;
}

static int
check_user(const struct conf *conf, struct conf_report *report)
{
	const struct conf_place place = { .file = conf->path };

	if (uid_of(&conf->daemon) != geteuid())
		return add(report, &place,
		    "section 'superd': user = %s, which superd becomes at its "
		    "start only",
		    conf->daemon.user.name);
	if (conf->daemon.user.name == NULL && geteuid() != start.uid)
		return add(report, &place,
		    "section 'superd': user is gone, but superd cannot become "
		    "root again");
	return 0;
}

int
privileges_check(const struct conf *conf, struct conf_report *report)
{
	uint64_t held = held_now();
	int worst = check_user(conf, report);

	for (const struct conf_need *n = conf->needs; n != NULL; n = n->next) {
		int error;

		if ((held & CAPS_BIT(n->capability)) != 0)
			continue;
		error = add(report, &n->place,
		    "%s needs %s, which superd gave up at start", n->reason,
		    caps_name(n->capability));
		if (worst != -ENOMEM)
			worst = error;
	}
	return worst;
}

static int
refuse(const struct addr *addr, uint64_t missing, struct err *e)
{
	const char *then = (missing & start.held) != 0
	    ? "gave up at start: restart it"
	    : "does not have";

	if ((missing & CAPS_BIT(CAP_NET_BIND_SERVICE)) != 0)
		return err_set(e, EPERM,
		    "port %u needs CAP_NET_BIND_SERVICE, which superd %s",
		    addr_port(addr), then);
	if ((missing & CAPS_BIT(CAP_NET_ADMIN)) != 0)
		return err_set(e, EPERM,
		    "mark needs CAP_NET_ADMIN, which superd %s", then);
	return err_set(
	    e, EPERM, "socket_user needs CAP_CHOWN, which superd %s", then);
}

int
privileges_may_open(
    const struct conf_service *service, const struct addr *addr, struct err *e)
{
	struct needs_here here = {
		.uid = geteuid(),
		.first_free_port = NEEDS_FIRST_FREE_PORT,
	};
	uint64_t needs = needs_of_socket(service, addr, &here);
	uint64_t held, missing;

	if (needs == 0)
		return 0;
	held = held_now();
	/* Since Linux 5.17 either will do for a mark. */
	if ((held & CAPS_BIT(CAP_NET_RAW)) != 0)
		needs &= ~CAPS_BIT(CAP_NET_ADMIN);
	missing = needs & ~held;
	if ((missing & CAPS_BIT(CAP_NET_BIND_SERVICE)) != 0) {
		here.first_free_port = first_free_port();
		missing &= needs_of_socket(service, addr, &here);
	}
	return missing == 0 ? 0 : refuse(addr, missing, e);
}

/* SPDX-License-Identifier: ISC */
/* Cleaning up what the parent left us. */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <linux/keyctl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "core/capset.h"
#include "core/privileges.h"
#include "core/process.h"
#include "loop/signals.h"

static int
take_descriptors(struct spawn_host *host, struct err *e)
{
	int error = fd_fill_standard();

	if (error == 0)
		error = fd_cloexec_inherited();
	if (error < 0)
		return err_system(e, -error, "cannot set up descriptors");
	host->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (host->null_fd < 0)
		return err_system(e, errno, "cannot open /dev/null");
	return 0;
}

/*
 * Nothing for children to inherit, and in force what superd has: a file's
 * capabilities need not be.
 */
static void
take_capabilities(void)
{
	struct capset set;

	/* Before Linux 4.3 there are no ambient ones. */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (capset_read(&set) < 0)
		return;
	set.inheritable = 0;
	set.effective = set.permitted;
	(void)capset_write(&set);
}

/*
 * Keys of the session that superd was started in are its possessor's,
 * whoever that becomes: handlers get an empty keyring.  keyctl(2); a kernel
 * without keys has none to lose.
 */
static void
leave_keyring(void)
{
	(void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
}

void
process_raise_files(struct spawn_host *host)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	host->nofile_soft = limit.rlim_cur;
	host->nofile_hard = limit.rlim_max;
	if (limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	host->nofile_raised = setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/* Is superd itself spared by the killer of an exhausted system? */
static bool
is_oom_protected(void)
{
	auto_fd fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
	char text[16] = "";

	return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 &&
	    text[0] == '-';
}

/* tty(4).  If it cannot be known, there is one. */
static bool
has_terminal(void)
{
	auto_fd fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	return fd >= 0 || errno != ENXIO;
}

int
process_take(const struct conf *conf, struct spawn_host *host, struct err *e)
{
	int error = take_descriptors(host, e);

	host->environment = environ;
	privileges_plan(conf, host);
	if (error == 0)
		error = signals_take(e);
	if (error < 0)
		return error;
	if (chdir("/") < 0)
		return err_system(e, errno, "cannot enter /");
	(void)umask(022);
	take_capabilities();
	leave_keyring();
	if (host->set_ids)
		(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	host->oom_protected = is_oom_protected();
	host->terminal = has_terminal();
	return 0;
}

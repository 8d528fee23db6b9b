/* SPDX-License-Identifier: ISC */
/*
 * The child page: from clone to execve, in the memory of a parent that runs
 * on meanwhile.  So it makes system calls by their numbers (libc's wrappers
 * would write the parent's errno), writes its own slot and its connection's
 * fault and nothing else, and calls no function but the pure ones of base and
 * this room.  A check compares its undefined symbols with a list.
 *
 * Not here: any decision (the plan has them), any word (fault.c has them).
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <linux/capability.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "base/num.h"
#include "compat/raw-syscall.h"
#include "compat/syscall-numbers.h"
#include "spawn/child_env.h"
#include "spawn/label.h"
#include "spawn/slot.h"

/* How a child that never became its handler ends; nobody shows it. */
#define EXIT_NOT_STARTED 127

/*
 * Before anything that opens or closes: until then the table is the parent's,
 * and nobody but the parent may change it.
 */
static long
run_table(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	int keep = slot->keep;
	long error;

	if (keep == 0)
		return 0;
	if (keep < slot->request.fd)
		keep = slot->request.fd;
	if (keep < plan->null_fd)
		keep = plan->null_fd;
	error = raw_syscall3(
	    COMPAT_SYS_CLOSE_RANGE, keep + 1, ~0U, COMPAT_CLOSE_RANGE_UNSHARE);
	if (error >= 0)
		__atomic_store_n(&slot->has_table, 1, __ATOMIC_RELEASE);
	return error;
}

/* A session only where it is needed to lose a terminal: it costs 8 %. */
static long
run_group(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	(void)slot;
	if (plan->new_session)
		return raw_syscall0(SYS_setsid);
	return raw_syscall2(SYS_setpgid, 0, 0);
}

static long
dup_to(int from, int to)
{
	return raw_syscall3(SYS_dup3, from, to, 0);
}

static long
run_standard(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	long error = dup_to(slot->request.fd, 0);

	(void)plan;
	return error < 0 ? error : dup_to(slot->request.fd, 1);
}

/* A socket of the child's own, so that no handler can change another's. */
static long
connect_stderr(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	struct sockaddr_un me = { .sun_family = AF_UNIX };
	struct spawn_label label = {
		.instance = slot->label,
		.connection = slot->request.connection,
		.slot = slot->request.slot,
	};
	struct text name;
	long fd, error;

	fd = raw_syscall3(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	text_init(&name, me.sun_path + 1, sizeof(me.sun_path) - 1);
	spawn_label_format(&label, &name);
	/* Without its name the line is only known by its pid. */
	(void)raw_syscall3(SYS_bind, fd, RAW_PTR(&me),
	    (long)(offsetof(struct sockaddr_un, sun_path) + 1 + name.length));
	error = raw_syscall3(SYS_connect, fd, RAW_PTR(&plan->stderr_at.name),
	    plan->stderr_at.length);
	return error < 0 ? error : dup_to((int)fd, 2);
}

static long
run_stderr(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	long error = 0;

	if (plan->stderr_to == SPAWN_STDERR_CLIENT)
		return dup_to(slot->request.fd, 2);
	if (plan->stderr_to == SPAWN_STDERR_SOCKET)
		error = connect_stderr(plan, slot);
	if (error < 0)
		slot->request.fault->stderr_error = (int32_t)-error;
	if (error < 0 || plan->stderr_to == SPAWN_STDERR_NULL)
		return dup_to(plan->null_fd, 2);
	return error;
}

static long
run_close(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	(void)plan;
	(void)slot;
	/*
	 * All are close-on-exec anyway: an older kernel, or a filter that does
	 * not know the call, is no reason not to start.
	 */
	(void)raw_syscall3(COMPAT_SYS_CLOSE_RANGE, 3, ~0U, 0);
	return 0;
}

static long
run_limits(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	long error = 0;

	(void)slot;
	for (size_t i = 0; error >= 0 && i < plan->limit_count; i++)
		error = raw_syscall4(SYS_prlimit64, 0, plan->limits[i].resource,
		    RAW_PTR(&plan->limits[i].soft), 0);
	return error;
}

/*
 * Files of an undumpable process are root's, proc(5).  This child's memory is
 * a copy, so that it can be dumpable for a moment without the parent's being
 * so; capabilities that others lack keep them from tracing it meanwhile.
 */
static long
run_oom(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	long fd, error;

	(void)slot;
	if (!plan->reset_oom)
		return 0;
	(void)raw_syscall5(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
	fd = raw_syscall4(SYS_openat, AT_FDCWD,
	    RAW_PTR("/proc/self/oom_score_adj"), O_WRONLY | O_CLOEXEC, 0);
	(void)raw_syscall5(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (fd < 0)
		return fd;
	error = raw_syscall3(SYS_write, fd, RAW_PTR("0"), 1);
	(void)raw_syscall1(SYS_close, fd);
	return error;
}

static long
run_nice(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	(void)slot;
	if (!plan->set_nice)
		return 0;
	return raw_syscall3(SYS_setpriority, PRIO_PROCESS, 0, plan->nice);
}

static long
run_chroot(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	long error;

	(void)slot;
	if (plan->chroot == NULL)
		return 0;
	error = raw_syscall1(SYS_chroot, RAW_PTR(plan->chroot));
	return error < 0 ? error : raw_syscall1(SYS_chdir, RAW_PTR("/"));
}

/* Are all ids what they should be, the saved ones too? */
static long
verify_ids(const struct spawn_plan *plan)
{
	uint32_t u[3], g[3];
	long error;

	error = raw_syscall3(COMPAT_SYS_GETRESUID, RAW_PTR(&u[0]),
	    RAW_PTR(&u[1]), RAW_PTR(&u[2]));
	if (error >= 0)
		error = raw_syscall3(COMPAT_SYS_GETRESGID, RAW_PTR(&g[0]),
		    RAW_PTR(&g[1]), RAW_PTR(&g[2]));
	for (int i = 0; error >= 0 && i < 3; i++) {
		if (u[i] != plan->uid || g[i] != plan->gid)
			error = -EPERM;
	}
	return error;
}

/* From root to another user the kernel does that itself, capabilities(7). */
static long
drop_caps(const struct spawn_plan *plan)
{
	static const struct __user_cap_data_struct none[2];
	const struct __user_cap_header_struct self = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	if (!plan->drop_caps)
		return 0;
	return raw_syscall2(SYS_capset, RAW_PTR(&self), RAW_PTR(none));
}

/*
 * Raw calls: libc's would change the ids of the parent's threads.  The new
 * user must not be able to trace a child that still shares root's memory:
 * undumpable memory forbids it (ptrace(2)), execve brings fresh memory.
 */
static long
run_ids(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	long error;

	(void)slot;
	if (!plan->set_ids)
		return 0;
	error = raw_syscall2(COMPAT_SYS_SETGROUPS, (long)plan->group_count,
	    RAW_PTR(plan->groups));
	if (error >= 0)
		error = raw_syscall3(
		    COMPAT_SYS_SETRESGID, plan->gid, plan->gid, plan->gid);
	if (error >= 0)
		error = raw_syscall3(
		    COMPAT_SYS_SETRESUID, plan->uid, plan->uid, plan->uid);
	if (error >= 0)
		error = drop_caps(plan);
	if (error >= 0)
		error = raw_syscall5(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
	return error < 0 ? error : verify_ids(plan);
}

static long
run_directory(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	(void)slot;
	if (plan->directory == NULL)
		return 0;
	return raw_syscall1(SYS_chdir, RAW_PTR(plan->directory));
}

static long
run_umask(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	(void)slot;
	return plan->set_umask ? raw_syscall1(SYS_umask, plan->umask) : 0;
}

static long
run_environment(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	(void)plan;
	return child_env_build(slot);
}

/* The last but one: what was sent to the group meanwhile comes now. */
static long
run_signals(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	static const uint64_t none[2];

	(void)plan;
	(void)slot;
	return raw_syscall4(
	    SYS_rt_sigprocmask, SIG_SETMASK, RAW_PTR(none), 0, _NSIG / 8);
}

/* A system call: libc's way past the kernel is not for this page. */
static uint64_t
clock_ns(void)
{
	struct compat_time now = { 0 };

	(void)raw_syscall2(
	    COMPAT_SYS_CLOCK_GETTIME, CLOCK_MONOTONIC, RAW_PTR(&now));
	return (uint64_t)now.s * NUM_NS_PER_S + (uint64_t)now.ns;
}

static long
run_exec(const struct spawn_plan *plan, struct spawn_slot *slot)
{
	slot->request.fault->exec_ns = clock_ns();
	return raw_syscall3(SYS_execve, RAW_PTR(plan->file),
	    RAW_PTR(plan->argv), RAW_PTR(slot->env));
}

static long (*const steps[SPAWN_STEP_EXEC + 1])(
    const struct spawn_plan *, struct spawn_slot *) = {
	[SPAWN_STEP_TABLE] = run_table,
	[SPAWN_STEP_GROUP] = run_group,
	[SPAWN_STEP_STANDARD] = run_standard,
	[SPAWN_STEP_STDERR] = run_stderr,
	[SPAWN_STEP_CLOSE] = run_close,
	[SPAWN_STEP_LIMITS] = run_limits,
	[SPAWN_STEP_OOM] = run_oom,
	[SPAWN_STEP_NICE] = run_nice,
	[SPAWN_STEP_CHROOT] = run_chroot,
	[SPAWN_STEP_IDS] = run_ids,
	[SPAWN_STEP_DIRECTORY] = run_directory,
	[SPAWN_STEP_UMASK] = run_umask,
	[SPAWN_STEP_ENVIRONMENT] = run_environment,
	[SPAWN_STEP_SIGNALS] = run_signals,
	[SPAWN_STEP_EXEC] = run_exec,
};

int
spawn_child(void *argument)
{
	struct spawn_slot *slot = argument;
	struct spawn_fault *fault = slot->request.fault;
	long error = 0;
	int32_t step;

	for (step = SPAWN_STEP_TABLE; step <= SPAWN_STEP_EXEC; step++) {
		error = steps[step](slot->request.plan, slot);
		if (error < 0)
			break;
	}
	fault->error = (int32_t)-error;
	fault->step = step;
	(void)raw_syscall1(SYS_exit_group, EXIT_NOT_STARTED);
	return EXIT_NOT_STARTED;
}

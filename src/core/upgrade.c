/* SPDX-License-Identifier: ISC */
/* Asking the new program, and becoming it. */
#include <sys/resource.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/num.h"
#include "core/capset.h"
#include "core/core.h"
#include "core/load.h"
#include "core/ready.h"
#include "core/reap.h"
#include "core/save.h"
#include "core/state.h"
#include "core/upgrade.h"
#include "log/log.h"
#include "spawn/start.h"

/* Who is asked has so long for an answer. */
#define ANSWER_NS (10 * NUM_NS_PER_S)
/* So long, and so often, a moment without a child before exec is awaited. */
#define SETTLE_NS (10 * NUM_NS_PER_S)
#define AGAIN_NS  (50 * NUM_NS_PER_MS)
/* Lines that the log does not take are lost with the old memory. */
#define FLUSH_TRIES 100

static void
refuse(const struct core *core, const char *why)
{
	log_event(LOG_UPGRADE_REFUSED,
	    LOG_TEXT("program", core->source->program), LOG_TEXT("error", why));
}

static void
refuse_errno(const struct core *core, const char *what, int error)
{
	struct err e;

	(void)err_system(&e, error, "%s", what);
	refuse(core, e.text);
}

/* All descriptors that the state names outlive an exec, or do not. */
static void
keep_descriptors(const struct state *state, bool keep)
{
	int flags = keep ? 0 : FD_CLOEXEC;

	(void)fcntl(state->daemon.stderr_lock_fd, F_SETFD, flags);
	(void)fcntl(state->daemon.pidfile_fd, F_SETFD, flags);
	for (size_t i = 0; i < state->service_count; i++)
		(void)fcntl(state->services[i].stderr_fd, F_SETFD, flags);
	for (size_t i = 0; i < state->listener_count; i++)
		(void)fcntl(state->listeners[i].fd, F_SETFD, flags);
	for (size_t i = 0; i < state->held_count; i++)
		(void)fcntl(state->held[i].fd, F_SETFD, flags);
}

/* superd's arguments, with one more in front. */
static char **
make_argv(const struct core *core, const char *option, char *fd_text)
{
	char **old = core->source->argv, **argv;
	size_t count = 0;

	while (old[count] != NULL)
		count++;
	argv = calloc(count + 3, sizeof(*argv));
	if (argv == NULL)
		return NULL;
	argv[0] = old[0];
	argv[1] = (char *)(uintptr_t)option;
	argv[2] = fd_text;
	memcpy(&argv[3], &old[1], (count - 1) * sizeof(*argv));
	return argv;
}

/* As superd was started: handlers get the limit of then. */
static void
set_nofile(const struct core *core, bool as_started)
{
	struct rlimit limit = { core->host.nofile_soft,
		core->host.nofile_hard };

	if (!core->host.nofile_raised)
		return;
	if (!as_started)
		limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* An execve of root's gives root all that it can have, anyway. */
static int
outlive_exec(bool outlive)
{
	return geteuid() == 0 ? 0 : capset_outlive_exec(outlive);
}

/* Returns only if it fails, with what errno says. */
static int
become(const struct core *core, const struct state *state, int state_fd,
    const char *option)
{
	char fd_text[12];
	auto_free char **argv = make_argv(core, option, fd_text);
	int error;

	if (argv == NULL || core->source->program == NULL)
		return argv == NULL ? -ENOMEM : -ENOENT;
	(void)snprintf(fd_text, sizeof(fd_text), "%d", state_fd);
	keep_descriptors(state, true);
	(void)fcntl(state_fd, F_SETFD, 0);
	if (core->source->directory != NULL)
		(void)!chdir(core->source->directory);
	set_nofile(core, true);
	error = outlive_exec(true);
	if (error == 0) {
		(void)execv(core->source->program, argv);
		error = -errno;
	}
	(void)outlive_exec(false);
	set_nofile(core, false);
	(void)!chdir("/");
	keep_descriptors(state, false);
	return error;
}

/* The state of now, and its bytes in a descriptor. */
static int
save(const struct core *core, struct arena *arena, struct state *ret_state,
    int *ret_fd)
{
	struct err e;
	int error =
	    arena == NULL ? -ENOMEM : save_state(core, arena, ret_state);

	if (error < 0) {
		refuse_errno(core, "cannot gather the state", -error);
		return error;
	}
	error = state_write_memfd(ret_state, ret_fd, &e);
	if (error < 0)
		refuse(core, e.text);
	return error;
}

/* The part of who is asked, in a process of its own. */
static void __attribute__((noreturn))
ask(const struct core *core, const struct state *state, int state_fd, int out)
{
	char line[ERR_TEXT_SIZE + 64];
	struct err e;
	int error;

	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(out, STDERR_FILENO);
	error = become(core, state, state_fd, "--check-resume");
	(void)err_system(&e, -error, "cannot execute it");
	(void)fd_write_all(
	    STDERR_FILENO, line, strlen(err_format(&e, line, sizeof(line))), 0);
	_exit(EXIT_FAILURE);
}

static void
end_asking(struct core *core)
{
	struct core_upgrade *u = &core->upgrade;
	int fd = u->words.fd;

	loop_watch_stop(&core->loop, &u->words);
	loop_timer_stop(&core->loop, &u->timer);
	fd_close(&fd);
	u->pid = 0;
}

static void
on_words(struct loop *loop, struct loop_watch *watch)
{
	struct core_upgrade *u = loop_owner(watch, struct core_upgrade, words);
	char room[512];
	ssize_t n = read(watch->fd, room, sizeof(room));

	/* Its end is told by SIGCHLD. */
	if (n == 0)
		loop_watch_change(loop, watch, 0);
	for (ssize_t i = 0; i < n && u->length < sizeof(u->text) - 1; i++)
		u->text[u->length++] = room[i];
}

static void
on_late(struct loop *loop, struct loop_timer *timer)
{
	struct core_upgrade *u = loop_owner(timer, struct core_upgrade, timer);
	struct core *core = loop_owner(u, struct core, upgrade);

	(void)loop;
	refuse(core, "it gave no answer in time");
	(void)kill(u->pid, SIGKILL);
	end_asking(core);
}

void
upgrade_init(struct core_upgrade *u)
{
	*u = (struct core_upgrade) {
		.words = { .fd = -1, .ready = on_words },
	};
}

static int
start_asking(struct core *core, const struct state *state, int state_fd)
{
	struct core_upgrade *u = &core->upgrade;
	auto_fd in = -1, out = -1;
	int ends[2], pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	in = ends[0];
	out = ends[1];
	(void)fcntl(in, F_SETFL, O_NONBLOCK);
	if (loop_watch_start(&core->loop, &u->words, in, EPOLLIN) < 0)
		return -ENOMEM;
	pid = fork();
	if (pid == 0)
		ask(core, state, state_fd, out);
	if (pid < 0) {
		int error = errno;

		loop_watch_stop(&core->loop, &u->words);
		return -error;
	}
	(void)take_fd(&in);
	u->pid = pid;
	u->length = 0;
	u->timer.fire = on_late;
	loop_timer_set(&core->loop, &u->timer, core->loop.now_ns + ANSWER_NS);
	return 0;
}

void
upgrade_begin(struct core *core)
{
	struct arena *arena;
	struct state state;
	auto_fd fd = -1;
	int error;

	if (phase_answer(core->phase, PHASE_UPGRADE) != PHASE_DO) {
		refuse(core, "superd is about to end");
		return;
	}
	if (core->upgrade.pid != 0 || core->upgrade.timer.place != 0)
		return;
	(void)log_flush();
	arena = arena_new();
	if (save(core, arena, &state, &fd) == 0) {
		error = start_asking(core, &state, fd);
		if (error < 0)
			refuse_errno(core, "cannot ask it", -error);
	}
	arena_free(arena);
}

/* Nothing that this memory knows and the next one does not may be left. */
static bool
settle(struct core *core)
{
	if (!spawn_pool_settle(core->pool))
		return false;
	/* Those that never came to exec have told why, here. */
	while (!reap_everybody(core))
		continue;
	for (int i = 0; i < FLUSH_TRIES && !log_flush(); i++)
		(void)usleep(1000);
	return true;
}

static void
go_over(struct core *core)
{
	struct arena *arena = arena_new();
	struct state state;
	auto_fd fd = -1;
	int error;

	ready_reloading(core->ready);
	log_event(LOG_UPGRADE, LOG_TEXT("program", core->source->program),
	    LOG_UNSIGNED("connections", core->conns.live));
	(void)log_flush();
	core->loop.now_ns = loop_clock();
	if (save(core, arena, &state, &fd) == 0) {
		ready_environment(core->ready, true);
		error = become(core, &state, fd, "--resume");
		ready_environment(core->ready, false);
		refuse_errno(core, "cannot execute it", -error);
	}
	arena_free(arena);
	ready_up(
	    core->ready, &core->loop, core->service_count, core->conns.live);
}

static void
on_again(struct loop *loop, struct loop_timer *timer)
{
	struct core_upgrade *u = loop_owner(timer, struct core_upgrade, timer);
	struct core *core = loop_owner(u, struct core, upgrade);

	if (core->phase != PHASE_RUNNING)
		return;
	if (settle(core))
		go_over(core);
	else if (loop->now_ns > u->give_up_ns)
		refuse(core, "handlers that are being started hang");
	else
		loop_timer_set(loop, timer, loop->now_ns + AGAIN_NS);
}

/* What it said, or how it ended, as far as one line tells. */
static void
tell_no(struct core *core, const siginfo_t *info)
{
	struct core_upgrade *u = &core->upgrade;
	struct err e;

	on_words(&core->loop, &u->words);
	while (u->length > 0 && u->text[u->length - 1] == '\n')
		u->length--;
	u->text[u->length] = '\0';
	if (u->length > 0)
		(void)err_set(&e, EINVAL, "it says: %s", u->text);
	else if (info->si_code == CLD_EXITED)
		(void)err_set(
		    &e, EINVAL, "it exits with status %d", info->si_status);
	else
		(void)err_set(&e, EINVAL, "it ends by signal %d (%s)",
		    info->si_status, strsignal(info->si_status));
	refuse(core, e.text);
}

void
upgrade_answered(struct core *core, const siginfo_t *info)
{
	struct core_upgrade *u = &core->upgrade;
	bool yes = info->si_code == CLD_EXITED && info->si_status == 0;

	if (!yes)
		tell_no(core, info);
	end_asking(core);
	if (!yes || core->phase != PHASE_RUNNING)
		return;
	/* Not from here: whoever called may be half-way through a reaping. */
	u->timer.fire = on_again;
	u->give_up_ns = core->loop.now_ns + SETTLE_NS;
	loop_timer_set(&core->loop, &u->timer, core->loop.now_ns);
}

void
upgrade_stop(struct core *core)
{
	if (core->upgrade.pid != 0)
		(void)kill(core->upgrade.pid, SIGKILL);
	end_asking(core);
}

/* SPDX-License-Identifier: ISC */
/* Asking the new program, and becoming it. */
#include <sys/prctl.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/num.h"
#include "base/text.h"
#include "core/become.h"
#include "core/core.h"
#include "core/load.h"
#include "core/ready.h"
#include "core/reap.h"
#include "core/reload.h"
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
refuse(struct core *core, const char *why)
{
	struct text t;

	text_init(&t, core->upgrade.refused, sizeof(core->upgrade.refused));
	text_string(&t, why);
	log_event(LOG_UPGRADE_REFUSED,
	    LOG_TEXT("program", core->source->program), LOG_TEXT("error", why));
}

static void
refuse_errno(struct core *core, const char *what, int error)
{
	struct err e;

	(void)err_system(&e, error, "%s", what);
	refuse(core, e.text);
}

/* The state of now, and its bytes in a descriptor. */
static int
save(struct core *core, struct arena *arena, struct state *ret_state,
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

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)setpgid(0, 0);
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

	/* A script may have started others: they hold all of our sockets. */
	if (u->pid != 0)
		(void)kill(-u->pid, SIGKILL);
	loop_watch_stop(&core->loop, &u->words);
	loop_timer_stop(&core->loop, &u->timer);
	fd_close(&fd);
	u->pid = 0;
}

void
upgrade_format_answer(uint64_t instance, char buffer[UPGRADE_ANSWER_SIZE])
{
	(void)snprintf(buffer, UPGRADE_ANSWER_SIZE,
	    "superd can resume %016llx\n", (unsigned long long)instance);
}

static void
on_words(struct loop *loop, struct loop_watch *watch)
{
	struct core_upgrade *u = loop_owner(watch, struct core_upgrade, words);
	char room[1024];
	ssize_t n = read(watch->fd, room, sizeof(room));

	/* Its end is told by SIGCHLD. */
	if (n == 0)
		loop_watch_change(loop, watch, 0);
	for (ssize_t i = 0; i < n && u->length < sizeof(u->text) - 1; i++)
		u->text[u->length++] = room[i];
}

static void
on_reload(struct loop *loop, struct loop_timer *timer)
{
	struct core_upgrade *u = loop_owner(timer, struct core_upgrade, timer);

	(void)loop;
	reload_and_forget(loop_owner(u, struct core, upgrade));
}

/* It is over without an upgrade: what was put off comes now. */
static void
catch_up(struct core *core)
{
	struct core_upgrade *u = &core->upgrade;

	if (!u->reload)
		return;
	u->reload = false;
	u->timer.fire = on_reload;
	loop_timer_set(&core->loop, &u->timer, core->loop.now_ns);
}

static void
on_late(struct loop *loop, struct loop_timer *timer)
{
	struct core_upgrade *u = loop_owner(timer, struct core_upgrade, timer);
	struct core *core = loop_owner(u, struct core, upgrade);

	(void)loop;
	refuse(core, "it gave no answer in time");
	end_asking(core);
	catch_up(core);
}

bool
upgrade_is_on(const struct core *core)
{
	return core->upgrade.pid != 0 || core->upgrade.timer.place != 0;
}

bool
upgrade_puts_off_reload(struct core *core)
{
	core->upgrade.reload = upgrade_is_on(core);
	return core->upgrade.reload;
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
	if (upgrade_is_on(core))
		return;
	core->upgrade.refused[0] = '\0';
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
	if (!spawn_pool_settle(core->pool, core->loop.now_ns))
		return false;
	/* Those that never came to exec have told why, here. */
	while (!reap_everybody(core))
		continue;
	final_flush(core, NULL);
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

	if (core->phase != PHASE_RUNNING) {
		refuse(core, "superd is about to end");
		return;
	}
	if (settle(core)) {
		go_over(core);
		catch_up(core);
	} else if (loop->now_ns > u->give_up_ns) {
		refuse(core, "handlers that are being started hang");
		catch_up(core);
	} else {
		loop_timer_set(loop, timer, loop->now_ns + AGAIN_NS);
	}
}

/* All that is still in the pipe. */
static void
hear_rest(struct core *core)
{
	struct core_upgrade *u = &core->upgrade;
	size_t before;

	do {
		before = u->length;
		on_words(&core->loop, &u->words);
	} while (u->length > before);
	while (u->length > 0 && u->text[u->length - 1] == '\n')
		u->length--;
	u->text[u->length] = '\0';
}

/* Each line that it said, as a finding; returns the first. */
static const char *
say_lines(char *text)
{
	char *rest = text, *line;
	bool several = strchr(text, '\n') != NULL;

	while (several && (line = strsep(&rest, "\n")) != NULL)
		log_event(LOG_CONFIG_MISTAKE, LOG_TEXT("text", line));
	return text;
}

/* What it said, or how it ended, as far as one line tells. */
static void
tell_no(struct core *core, const siginfo_t *info)
{
	struct core_upgrade *u = &core->upgrade;
	struct err e;

	if (u->length > 0)
		(void)err_set(&e, EINVAL, "it says: %s", say_lines(u->text));
	else if (info->si_code == CLD_EXITED)
		(void)err_set(&e, EINVAL,
		    "it exits with status %d and no answer", info->si_status);
	else
		(void)err_set(&e, EINVAL, "it ends by signal %d (%s)",
		    info->si_status, strsignal(info->si_status));
	refuse(core, e.text);
}

/* A program that is not superd may end well, too: the answer is what counts. */
static bool
said_yes(const struct core *core, const siginfo_t *info)
{
	const struct core_upgrade *u = &core->upgrade;
	char answer[UPGRADE_ANSWER_SIZE];
	size_t length;

	upgrade_format_answer(core->instance, answer);
	length = strlen(answer) - 1;
	return info->si_code == CLD_EXITED && info->si_status == 0 &&
	    u->length == length && memcmp(u->text, answer, length) == 0;
}

void
upgrade_answered(struct core *core, const siginfo_t *info)
{
	struct core_upgrade *u = &core->upgrade;
	bool yes;

	hear_rest(core);
	yes = said_yes(core, info);
	if (!yes)
		tell_no(core, info);
	end_asking(core);
	if (yes && core->phase != PHASE_RUNNING)
		refuse(core, "superd is about to end");
	if (!yes || core->phase != PHASE_RUNNING) {
		catch_up(core);
		return;
	}
	/* Not from here: whoever called may be half-way through a reaping. */
	u->timer.fire = on_again;
	u->give_up_ns = core->loop.now_ns + SETTLE_NS;
	loop_timer_set(&core->loop, &u->timer, core->loop.now_ns);
}

void
upgrade_stop(struct core *core)
{
	end_asking(core);
}

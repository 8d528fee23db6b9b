/* SPDX-License-Identifier: ISC */
/* A table from signals to what is done about them. */
#include <signal.h>
#include <stddef.h>

#include "base/fd.h"
#include "core/core.h"
#include "core/reap.h"
#include "core/reload.h"
#include "core/say.h"
#include "core/signals.h"
#include "core/stop.h"
#include "log/log.h"
#include "loop/signals.h"

#define READ_MOST 16

/* Stands for SIGRTMIN, which is known at run time only: signal(7). */
#define FIRST_REALTIME 0

struct action {
	int number;
	void (*take)(struct core *core, const struct signals_event *event);
};

static void
on_child(struct core *core, const struct signals_event *event)
{
	reap_signal(core, event->pid);
}

static void
on_stop(struct core *core, const struct signals_event *event)
{
	stop_begin(core, event->number == SIGINT ? "INT" : "TERM");
}

static void
on_reload(struct core *core, const struct signals_event *event)
{
	(void)event;
	reload_and_forget(core);
}

static void
on_drain(struct core *core, const struct signals_event *event)
{
	(void)event;
	stop_drain(core, "QUIT");
}

static void
on_upgrade(struct core *core, const struct signals_event *event)
{
	(void)event;
	upgrade_begin(core);
}

static void
on_reopen(struct core *core, const struct signals_event *event)
{
	struct err e;

	(void)core;
	(void)event;
	if (log_reopen(&e) < 0)
		log_event(LOG_FAULT, LOG_TEXT("what", "the log stays open"),
		    LOG_TEXT("error", e.text));
	else
		log_event(LOG_LOG_REOPENED, LOG_END);
}

static void
on_bans(struct core *core, const struct signals_event *event)
{
	(void)event;
	say_bans(core);
}

static const struct action actions[] = {
	{ SIGCHLD, on_child },
	{ SIGTERM, on_stop },
	{ SIGINT, on_stop },
	{ SIGHUP, on_reload },
	{ SIGQUIT, on_drain },
	{ SIGUSR1, on_reopen },
	{ SIGUSR2, on_upgrade },
	{ FIRST_REALTIME, on_bans },
};

#define ACTION_COUNT (sizeof(actions) / sizeof(actions[0]))

static int
number_of(const struct action *a)
{
	return a->number == FIRST_REALTIME ? SIGRTMIN : a->number;
}

static void
act(struct core *core, const struct signals_event *event)
{
	for (size_t i = 0; i < ACTION_COUNT; i++) {
		if (number_of(&actions[i]) == event->number)
			actions[i].take(core, event);
	}
}

static void
on_ready(struct loop *loop, struct loop_watch *watch)
{
	struct core *core = loop_owner(watch, struct core, signals);
	struct signals_event events[READ_MOST];
	size_t count = signals_read(watch->fd, events, READ_MOST);

	(void)loop;
	for (size_t i = 0; i < count; i++)
		act(core, &events[i]);
}

int
core_signals_start(struct core *core, struct err *e)
{
	int numbers[ACTION_COUNT + 1] = { 0 };
	int fd, error;

	for (size_t i = 0; i < ACTION_COUNT; i++)
		numbers[i] = number_of(&actions[i]);
	fd = signals_open(numbers, e);
	if (fd < 0)
		return fd;
	core->signals.ready = on_ready;
	error = loop_watch_start(&core->loop, &core->signals, fd, EPOLLIN);
	if (error < 0) {
		fd_close(&fd);
		return err_system(e, -error, "cannot watch the signals");
	}
	/* A handler's last words are read before its end is noticed. */
	core->loop.late = &core->signals;
	return 0;
}

void
core_signals_stop(struct core *core)
{
	int fd = core->signals.fd;

	loop_watch_stop(&core->loop, &core->signals);
	fd_close(&fd);
}

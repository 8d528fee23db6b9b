/* SPDX-License-Identifier: ISC */
/* Reaping: who is named, the last that came, and a sweep for the rest. */
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/num.h"
#include "compat/waitid.h"
#include "core/connection.h"
#include "core/core.h"
#include "core/reap.h"
#include "log/log.h"

/* Up to so many children, asking for any of them is the cheapest. */
#define FEW 64

/* Most reaped in one turn, in rounds, and most slots looked at in one. */
#define REAP_MOST      256
#define ROUND_MOST     16
#define SWEEP_MOST     512

#define SWEEP_PAUSE_NS (10 * NUM_NS_PER_MS)

/* A sweep may take this part of the time. */
#define SWEEP_SHARE 40

/* So many of those that came last may be asked in vain. */
#define PATIENCE_MOST 16

struct ended {
	siginfo_t info;
	struct rusage usage;
};

/* The pid of one that has ended, or 0. */
static int
wait_for(idtype_t type, int pid, siginfo_t *info, struct rusage *usage)
{
	int error =
	    compat_waitid(type, (id_t)pid, info, WEXITED | WNOHANG, usage);

	return error < 0 ? 0 : info->si_pid;
}

static void
close_one(struct core *core, const struct ended *ended)
{
	struct core_conn *c = conns_by_pid(&core->conns, ended->info.si_pid);

	if (c != NULL)
		connection_close(c, &ended->info, &ended->usage);
	else if (ended->info.si_pid == core->upgrade.pid)
		upgrade_answered(core, &ended->info);
	else
		log_event(LOG_ORPHAN, LOG_SIGNED("pid", ended->info.si_pid));
}

/* Reaps one, if one has ended.  Returns its pid or 0. */
static int
reap(struct core *core, idtype_t type, int pid)
{
	struct ended ended;

	pid = wait_for(type, pid, &ended.info, &ended.usage);
	if (pid == 0)
		return 0;
	core->reaper.round++;
	close_one(core, &ended);
	return pid;
}

/*
 * Some at a time are asked for before the first is closed, so that their
 * services' stderr is read once behind the end of all.
 */
bool
reap_everybody(struct core *core)
{
	struct ended some[ROUND_MOST];

	for (int count = 0; count < REAP_MOST; count += ROUND_MOST) {
		int n = 0;

		while (n < ROUND_MOST &&
		    wait_for(P_ALL, 0, &some[n].info, &some[n].usage) != 0)
			n++;
		core->reaper.round++;
		for (int i = 0; i < n; i++)
			close_one(core, &some[i]);
		if (n < ROUND_MOST)
			return true;
	}
	return false;
}

static void
reap_any(struct core *core)
{
	struct core_reaper *r = &core->reaper;

	r->at = 0;
	if (!reap_everybody(core))
		loop_timer_set(&core->loop, &r->timer, core->loop.now_ns);
}

static void
sweep_later(struct core *core)
{
	struct core_reaper *r = &core->reaper;

	if (r->timer.place != 0) {
		r->again = true;
		return;
	}
	r->at = 0;
	loop_timer_set(&core->loop, &r->timer, core->loop.now_ns + r->pause_ns);
}

/*
 * Children that we did not start come to PID 1.  Among many, finding one
 * takes a walk over all: whoever is ours is left to the next sweep.
 */
static void
reap_orphans(struct core *core)
{
	uint32_t live = core->conns.live;

	for (int i = 0; i < REAP_MOST && core->conns.live == live; i++) {
		if (reap(core, P_ALL, 0) == 0)
			return;
	}
	core->reaper.again = true;
}

/* One stretch of slots.  True when the last slot has been looked at. */
static bool
sweep(struct core *core)
{
	struct core_reaper *r = &core->reaper;
	uint64_t began = loop_clock(), took;
	bool all;

	for (int i = 0; i < SWEEP_MOST && r->at < core->conns.used; i++) {
		int pid = conns_at(&core->conns, r->at++)->pid;

		if (pid != 0)
			(void)reap(core, P_PID, pid);
	}
	all = r->at >= core->conns.used;
	if (all)
		reap_orphans(core);
	took = loop_clock() - began;
	r->pause_ns = took * SWEEP_SHARE > SWEEP_PAUSE_NS ? took * SWEEP_SHARE
							  : SWEEP_PAUSE_NS;
	return all;
}

/*
 * Among many that stay, those end that came last.  Where that finds nobody,
 * it is hardly tried.
 */
static void
reap_young(struct core *core)
{
	struct core_reaper *r = &core->reaper;
	unsigned int missed = 0;
	bool found = false;

	for (uint32_t i = CONNS_YOUNG; i-- > 0 && missed < r->patience;) {
		int pid = conns_young(&core->conns, i);

		if (pid == 0)
			continue;
		if (reap(core, P_PID, pid) != 0)
			found = true;
		else
			missed++;
	}
	if (found)
		r->patience = PATIENCE_MOST;
	else if (r->patience > 1)
		r->patience /= 2;
}

static void
on_timer(struct loop *loop, struct loop_timer *timer)
{
	struct core_reaper *r = loop_owner(timer, struct core_reaper, timer);
	struct core *core = loop_owner(r, struct core, reaper);

	if (core->conns.live <= FEW) {
		r->again = false;
		reap_any(core);
		return;
	}
	if (!sweep(core)) {
		loop_timer_set(loop, timer, loop->now_ns + r->pause_ns);
		return;
	}
	r->at = 0;
	if (r->again)
		loop_timer_set(loop, timer, loop->now_ns + r->pause_ns);
	r->again = false;
}

void
reap_init(struct core_reaper *r)
{
	*r = (struct core_reaper) { .timer = { .fire = on_timer },
		.pause_ns = SWEEP_PAUSE_NS,
		.patience = PATIENCE_MOST };
}

void
reap_signal(struct core *core, int pid)
{
	if (core->conns.live <= FEW) {
		reap_any(core);
		return;
	}
	if (pid > 0)
		(void)reap(core, P_PID, pid);
	reap_young(core);
	sweep_later(core);
}

/* SPDX-License-Identifier: ISC */
/* Who is idle, and when to look again; see idle.h. */
#include <sys/socket.h>
#include <errno.h>
#include <string.h>

#include "base/fd.h"
#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/idle.h"
#include "core/service.h"
#include "log/log.h"
#include "net/diag.h"

/* Each takes some microseconds; others get their turn after so many. */
#define ASK_MOST 128

/* The kernel counts in ticks of up to 10 ms: what is nearly over is not yet. */
#define AGAIN_LEAST_NS (10 * NUM_NS_PER_MS)

void
idle_init(struct core_idle *idle)
{
	*idle = (struct core_idle) { .diag = -1 };
}

void
idle_done(struct core_idle *idle)
{
	fd_close(&idle->diag);
}

static uint64_t
limit_of(const struct core_conn *c)
{
	return c->plan->conf->idle_timeout_ns;
}

void
idle_note(struct core_conn *c, int fd)
{
	bool wanted = limit_of(c) != 0 || c->service->core->final.watch.fd >= 0;

	if (!wanted || c->cookie == 0)
		return;
	if (net_diag_local(fd, &c->local) < 0)
		c->local.family = AF_UNSPEC;
}

void
idle_begin(struct core_conn *c)
{
	c->idle_due_ns = 0;
	if (limit_of(c) != 0 && c->cookie != 0 && c->local.family != AF_UNSPEC)
		c->idle_due_ns = c->start_ns + limit_of(c);
}

/* Said once: it will not get better, and nobody is ended for it. */
static void
say_fault(struct core *core, int error)
{
	if (core->idle.told)
		return;
	core->idle.told = true;
	log_event(LOG_FAULT,
	    LOG_TEXT("what", "cannot look for idle connections: sock_diag(7)"),
	    LOG_TEXT("error", strerror(-error)));
}

int
idle_lookup(struct core_idle *idle, const struct net_diag_socket *socket,
    struct net_diag_info *ret_info)
{
	int error = 0;

	if (idle->diag < 0)
		error = net_diag_open(&idle->diag);
	if (error == 0)
		error = net_diag_lookup(idle->diag, socket, ret_info);
	return error;
}

static int
ask(const struct core_conn *c, struct net_diag_info *ret_info)
{
	struct net_diag_socket socket = {
		.local = c->local,
		.peer = c->peer,
		.cookie = c->cookie,
	};

	return idle_lookup(&c->service->core->idle, &socket, ret_info);
}

/* How long nothing has come or gone, as the kernel tells. */
static uint64_t
quiet_for(const struct core_conn *c, const struct net_diag_info *info)
{
	uint64_t age_ns = c->service->core->loop.now_ns - c->start_ns;
	uint64_t ms = info->last_data_sent_ms < info->last_data_recv_ms
	    ? info->last_data_sent_ms
	    : info->last_data_recv_ms;

	/* What went before superd had the client was not its handler's. */
	return ms * NUM_NS_PER_MS < age_ns ? ms * NUM_NS_PER_MS : age_ns;
}

/* May one more be looked up in this turn? */
static bool
has_turn(struct core *core)
{
	struct core_idle *idle = &core->idle;

	if (idle->turn_ns != core->loop.now_ns) {
		idle->turn_ns = core->loop.now_ns;
		idle->asked = 0;
	}
	return idle->asked++ < ASK_MOST;
}

/*
 * A socket that was there and is not any more has been reset, or both sides
 * have ended it: nothing goes any more, from some moment since the last look.
 * One that never was there may be another namespace's.
 */
static bool
is_gone(struct core_conn *c)
{
	bool since_last_look = c->idle_gone;

	c->idle_gone = c->idle_seen;
	return since_last_look;
}

bool
idle_is_over(struct core_conn *c)
{
	struct core *core = c->service->core;
	uint64_t now_ns = core->loop.now_ns, limit_ns = limit_of(c), left_ns;
	struct net_diag_info info;
	int error;

	c->idle_due_ns = now_ns;
	if (!has_turn(core))
		return false;
	error = ask(c, &info);
	c->idle_due_ns = now_ns + limit_ns;
	if (error == -ENOENT || error == -ESHUTDOWN)
		return is_gone(c);
	if (error < 0) {
		say_fault(core, error);
		return false;
	}
	c->idle_seen = true;
	c->idle_gone = false;
	if (quiet_for(c, &info) >= limit_ns)
		return true;
	left_ns = limit_ns - quiet_for(c, &info);
	c->idle_due_ns =
	    now_ns + (left_ns > AGAIN_LEAST_NS ? left_ns : AGAIN_LEAST_NS);
	return false;
}

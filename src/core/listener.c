/* SPDX-License-Identifier: ISC */
/* Listeners come, find their service, retire, and go. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/door.h"
#include "core/listen_text.h"
#include "core/listener.h"
#include "core/pause.h"
#include "core/say.h"
#include "core/service.h"
#include "net/refit.h"

/* How long handshakes that had begun may take to come to their end. */
#define LINGER_NS (250 * NUM_NS_PER_MS)
/* How often those that retire are looked at. */
#define CHECK_NS (50 * NUM_NS_PER_MS)

static void
on_ready(struct loop *loop, struct loop_watch *watch)
{
	(void)loop;
	(void)door_serve(loop_owner(watch, struct core_listener, watch));
}

static void
on_timer(struct loop *loop, struct loop_timer *timer)
{
	struct core_listener *l =
	    loop_owner(timer, struct core_listener, timer);

	(void)loop;
	pause_end(l, PAUSE_SHORT | PAUSE_GATE);
	door_retry(l);
}

int
listener_new(struct core *core, const struct addr *wanted,
    struct net_listener *made, struct core_listener **ret_listener,
    struct err *e)
{
	struct core_listener *l = malloc(sizeof(*l));
	char *name = made->name != NULL ? strdup(made->name) : NULL;
	struct listen_text *text = listen_text_new(&made->bound);
	int error;

	if (l == NULL || text == NULL || (made->name != NULL && name == NULL)) {
		net_listen_close(made);
		free(l);
		free(name);
		listen_text_leave(text);
		return err_memory(e);
	}
	*l = (struct core_listener) {
		.watch = { .fd = -1, .ready = on_ready },
		.timer = { .fire = on_timer },
		.core = core,
		.wanted = *wanted,
		.socket = *made,
		.text = text,
		.paused = PAUSE_NOT_YET,
		.held_fd = -1,
	};
	l->socket.name = name;
	error = loop_watch_start(&core->loop, &l->watch, made->fd, 0);
	if (error < 0) {
		net_listen_close(made);
		free(l);
		free(name);
		listen_text_leave(text);
		return err_system(e, -error, "cannot watch a socket");
	}
	core->listeners++;
	*ret_listener = l;
	return 0;
}

void
listener_join(struct core_listener *l, struct core_service *service,
    struct core_listener ***end)
{
	if (l->service != NULL && l->service != service)
		door_let_go(l, "reload");
	/* Its reasons to wait may be none by the new configuration. */
	pause_end(l, ~(unsigned int)(PAUSE_HOLDING | PAUSE_SHORT));
	if (service->paused)
		pause_begin(l, PAUSE_ASKED);
	l->service = service;
	l->next = NULL;
	**end = l;
	*end = &l->next;
}

void
listener_retire(struct core_listener *l, uint64_t by_ns)
{
	struct core *core = l->core;
	const struct core_plan *plan = l->service->plan;
	uint64_t now_ns = core->loop.now_ns;
	bool away = net_refit_turn_away(&l->socket, true) == 0;

	/* Who comes from now on is turned away; unix(7) cannot, so count. */
	l->to_serve = plan->conf->backlog + 1;
	l->linger_ns = now_ns;
	/* Their first packet comes again in a second, and finds the heir. */
	if (l->shared && away)
		l->linger_ns += LINGER_NS;
	/* Of a predecessor's service that is gone, nothing can serve; where
	 * it is paused, nothing may. */
	l->retire_by_ns =
	    plan->spawn != NULL && !l->service->paused ? by_ns : now_ns;
	if (plan->spawn != NULL)
		pause_end(l, PAUSE_NOT_YET);
	if (core->retiring.place == 0)
		loop_timer_set(&core->loop, &core->retiring, now_ns);
}

void
listener_revive(struct core_listener *l)
{
	/* One that was restored may have retired before. */
	if (l->retire_by_ns != 0 || (l->paused & PAUSE_NOT_YET) != 0)
		(void)net_refit_turn_away(&l->socket, false);
	l->retire_by_ns = 0;
}

/* Serves those who wait at one that retires; true if it can go. */
static bool
is_done(struct core_listener *l, uint64_t now_ns)
{
	return ((door_serve(l) || l->to_serve == 0) &&
		   now_ns >= l->linger_ns) ||
	    now_ns >= l->retire_by_ns;
}

/* Those of one service; true if some go on retiring. */
static bool
check_service(struct core_service *s, uint64_t now_ns)
{
	struct core_listener *l = s->listeners, *next;
	bool more = false;

	for (; l != NULL; l = next) {
		next = l->next;
		if (l->retire_by_ns == 0)
			continue;
		if (!is_done(l, now_ns)) {
			more = true;
			continue;
		}
		say_unlisten(l);
		listener_free(l);
	}
	return more;
}

void
listener_check_retiring(struct loop *loop, struct loop_timer *timer)
{
	struct core *core = loop_owner(timer, struct core, retiring);
	bool more = false;

	/* From the end, because those that are done go out of the list. */
	for (size_t i = core->service_count; i-- > 0;) {
		struct core_service *s = core->services[i];

		more |= check_service(s, loop->now_ns);
		service_release(s);
	}
	if (more)
		loop_timer_set(loop, timer, loop->now_ns + CHECK_NS);
}

static void
leave_service(struct core_listener *l)
{
	struct core_listener **at = &l->service->listeners;

	while (*at != NULL && *at != l)
		at = &(*at)->next;
	if (*at == l)
		*at = l->next;
}

void
listener_free(struct core_listener *l)
{
	struct loop *loop = &l->core->loop;

	if (l->service != NULL) {
		door_let_go(l, "stopping");
		leave_service(l);
	}
	pause_end(l, ~0U);
	loop_timer_stop(loop, &l->timer);
	loop_watch_stop(loop, &l->watch);
	net_listen_close(&l->socket);
	l->core->listeners--;
	free((char *)(uintptr_t)l->socket.name);
	listen_text_leave(l->text);
	free(l);
}

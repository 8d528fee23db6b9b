/* SPDX-License-Identifier: ISC */
/* Pausing, going on, and the line of those who wait for the daemon. */
#include <stddef.h>

#include "core/core.h"
#include "core/listener.h"
#include "core/pause.h"
#include "core/service.h"

static void
join_line(struct core_listener *l)
{
	struct core *core = l->core;

	l->next_waiting = NULL;
	*core->waiting_end = l;
	core->waiting_end = &l->next_waiting;
}

static void
leave_line(struct core_listener *l)
{
	struct core *core = l->core;
	struct core_listener **at = &core->waiting;

	while (*at != l)
		at = &(*at)->next_waiting;
	*at = l->next_waiting;
	if (*at == NULL)
		core->waiting_end = at;
}

void
pause_begin(struct core_listener *l, enum pause_reason why)
{
	if ((l->paused & why) == 0) {
		if (why == PAUSE_FULL_DAEMON)
			join_line(l);
		if (why == PAUSE_FULL_SERVICE)
			l->service->full_listeners++;
	}
	l->paused |= why;
	loop_watch_change(&l->core->loop, &l->watch, 0);
}

void
pause_until(struct core_listener *l, enum pause_reason why, uint64_t when_ns)
{
	pause_begin(l, why);
	loop_timer_set(&l->core->loop, &l->timer, when_ns);
}

void
pause_end(struct core_listener *l, unsigned int why)
{
	unsigned int ended = l->paused & why;

	if ((ended & PAUSE_FULL_DAEMON) != 0)
		leave_line(l);
	if ((ended & PAUSE_FULL_SERVICE) != 0)
		l->service->full_listeners--;
	l->paused &= ~why;
	if (l->paused == 0)
		loop_watch_change(&l->core->loop, &l->watch, EPOLLIN);
}

void
pause_room_made(struct core_service *service)
{
	struct core_listener *l = service->listeners;

	for (; service->full_listeners > 0 && l != NULL; l = l->next)
		pause_end(l, PAUSE_FULL_SERVICE);
}

void
pause_wake_waiting(struct core *core)
{
	uint32_t room;

	if (core->waiting == NULL || core->conns.live >= core->conns.max)
		return;
	room = core->conns.max - core->conns.live;
	for (; room > 0 && core->waiting != NULL; room--)
		pause_end(core->waiting, PAUSE_FULL_DAEMON);
	/* Who has no client takes no room: the others are asked in a turn. */
	if (core->waiting != NULL)
		loop_timer_set(&core->loop, &core->wake, core->loop.now_ns);
}

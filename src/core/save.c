/* SPDX-License-Identifier: ISC */
/* From the living superd to plain data. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "core/core.h"
#include "core/ending.h"
#include "core/generation.h"
#include "core/listen_text.h"
#include "core/partial.h"
#include "core/pidfile.h"
#include "core/save.h"
#include "core/service.h"
#include "core/state.h"
#include "log/log.h"

static int
save_refusals(const struct core_service *s, struct arena *arena,
    struct state_refusals *to)
{
	to->at = arena_array(arena, GATE_REASONS, sizeof(*to->at));
	if (to->at == NULL)
		return -ENOMEM;
	for (int i = 0; i < GATE_REASONS; i++) {
		if (s->gate.refused[i] == 0)
			continue;
		to->at[to->count].reason =
		    gate_reason_name((enum gate_reason)i);
		to->at[to->count++].count = s->gate.refused[i];
	}
	return 0;
}

static int
save_service(
    const struct core_service *s, struct arena *arena, struct state_service *to)
{
	const struct sockaddr_un *name = &s->stderr_lines.at.name;

	*to = (struct state_service) {
		.name = s->name,
		.number = s->gate.service,
		.accepted = s->stats.accepted,
		.tat_ns = s->gate.tat_ns,
		.paused = s->paused,
		.disabled = s->disabled,
		.stderr_fd = s->stderr_lines.watch.fd,
	};
	if (to->stderr_fd >= 0) {
		to->stderr_name.at = name->sun_path;
		to->stderr_name.length = s->stderr_lines.at.length -
		    offsetof(struct sockaddr_un, sun_path);
	}
	return save_refusals(s, arena, &to->refused);
}

static void
save_listener(const struct core_listener *l, struct state_listener *to)
{
	*to = (struct state_listener) {
		.service = l->service->name,
		.wanted = l->wanted,
		.bound = l->socket.bound,
		.fd = l->socket.fd,
		.has_path = l->socket.inode != 0,
		.path = { l->socket.device, l->socket.inode },
		.was_passed = l->socket.name != NULL,
	};
	if (!to->was_passed)
		return;
	to->passed_number = (uint32_t)l->socket.number;
	to->passed_name.at = l->socket.name;
	to->passed_name.length = strlen(l->socket.name);
}

/* Whom it is counted for; the shared source is nobody in particular. */
static bool
save_source_of(
    const struct core *core, uint32_t source, struct gate_source_key *ret_key)
{
	if (source == GATE_NO_SOURCE || source == GATE_SOURCE_SHARED)
		return false;
	*ret_key = core->sources.at[source].key;
	return true;
}

static void
save_held(const struct core_listener *l, struct state *state)
{
	struct state_held *to;

	if (l->held_fd < 0)
		return;
	to = &state->held[state->held_count++];
	*to = (struct state_held) {
		.service = l->service->name,
		.fd = l->held_fd,
		.peer = l->held_peer,
		.until_ns = l->held_until_ns,
	};
	to->has_source = save_source_of(l->core, l->held_source, &to->source);
}

static int
save_services(const struct core *core, struct arena *arena, struct state *state)
{
	state->services =
	    arena_array(arena, core->service_count, sizeof(*state->services));
	state->listeners =
	    arena_array(arena, core->listeners, sizeof(*state->listeners));
	state->held = arena_array(arena, core->listeners, sizeof(*state->held));
	if (state->services == NULL || state->listeners == NULL ||
	    state->held == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < core->service_count; i++) {
		const struct core_service *s = core->services[i];
		const struct core_listener *l = s->listeners;

		if (save_service(
			s, arena, &state->services[state->service_count++]) < 0)
			return -ENOMEM;
		for (; l != NULL; l = l->next) {
			save_listener(
			    l, &state->listeners[state->listener_count++]);
			save_held(l, state);
		}
	}
	return 0;
}

/* When its timer is to fire if nothing is known of it but this. */
static uint64_t
deadline_of(const struct core_conn *c)
{
	if (c->end == CORE_END_NONE)
		return c->deadline_ns;
	return c->timer.place != 0 ? c->timer.due_ns : 0;
}

static void
save_child(
    const struct core *core, const struct core_conn *c, struct state_child *to)
{
	const char *end = ending_reason(c->end);

	*to = (struct state_child) {
		.number = c->number,
		.pid = c->pid,
		.slot = c->slot,
		.service = c->service->name,
		.start_ns = c->start_ns,
		.deadline_ns = deadline_of(c),
		.peer = c->peer,
		.end = end != NULL ? end : "",
		.cookie = c->cookie,
		.exec_ns = c->fault.exec_ns,
		.has_local = c->local.family != AF_UNSPEC,
		.local = c->local,
	};
	to->has_source = save_source_of(core, c->source, &to->source);
	if (c->partial != NULL) {
		to->partial.at = c->partial->at;
		to->partial.length = c->partial->length;
	}
	if (c->listen != NULL) {
		to->listen.at = c->listen->text;
		to->listen.length = strlen(c->listen->text);
	}
}

static int
save_children(const struct core *core, struct arena *arena, struct state *state)
{
	state->children =
	    arena_array(arena, core->conns.live, sizeof(*state->children));
	if (state->children == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < core->conns.used; i++) {
		const struct core_conn *c = conns_at(&core->conns, i);

		if (c->pid != 0)
			save_child(
			    core, c, &state->children[state->child_count++]);
	}
	return 0;
}

/* Those of whom there is something to remember besides that they are here. */
static int
save_sources(const struct core *core, struct arena *arena, struct state *state)
{
	const struct gate_sources *t = &core->sources;
	uint64_t now_ns = core->loop.now_ns;

	state->sources =
	    arena_array(arena, t->used + 1, sizeof(*state->sources));
	if (state->sources == NULL)
		return -ENOMEM;
	for (uint32_t i = 1; i <= t->used; i++) {
		const struct gate_source *s = &t->at[i];

		if (s->tat_ns <= now_ns && s->banned_until_ns == 0 &&
		    s->events == 0)
			continue;
		state->sources[state->source_count++] = (struct state_source) {
			.key = s->key,
			.tat_ns = s->tat_ns,
			.banned_until_ns = s->banned_until_ns,
			.keep_until_s = s->keep_until_s,
			.events_since_s = s->events_since_s,
			.events = s->events,
			.strikes = s->strikes,
		};
	}
	return 0;
}

int
save_state(
    const struct core *core, struct arena *arena, struct state *ret_state)
{
	struct state state = { .daemon = {
				   .version = PACKAGE_VERSION,
				   .instance = core->instance,
				   .last_connection = core->last_connection,
				   .start_ns = core->start_ns,
				   .encode_ns = loop_clock(),
				   .upgrades = core->upgrades,
				   .generation = core->generation->number,
				   .stderr_dir = core->stderr_dir,
				   .stderr_lock_fd = core->stderr_dir != NULL
				       ? core->stderr_lock
				       : -1,
				   .pidfile_fd = core->pidfile->fd,
				   .next_service_number = core->next_service,
				   .log_lost = log_pending(),
				   .control_fd = core->control.socket.fd,
				   .has_control = core->control.socket.fd >= 0,
				   .control_bound = core->control.socket.bound,
				   .control_path = {
				       .device = core->control.socket.device,
				       .inode = core->control.socket.inode,
				   },
			       } };

	if (save_services(core, arena, &state) < 0 ||
	    save_children(core, arena, &state) < 0 ||
	    save_sources(core, arena, &state) < 0)
		return -ENOMEM;
	*ret_state = state;
	return 0;
}

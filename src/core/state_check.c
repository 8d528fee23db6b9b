/* SPDX-License-Identifier: ISC */
/* Whether a state makes sense; see state_check.h. */
#include <errno.h>
#include <stdint.h>

#include "core/state.h"
#include "core/state_check.h"
#include "core/state_index.h"
#include "core/state_tables.h"
#include "core/state_value.h"

bool
state_has(const struct state_field *field, const void *at)
{
	const char *base = at;

	if (field->flagged)
		return *(const bool *)(base + field->flag);
	return !state_value_absent(field->kind, base + field->offset);
}

int
state_check_record(
    const struct state_record *record, const void *at, struct err *e)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct state_field *f = &record->fields[i];

		if (state_value_always_good(f->kind))
			continue;
		if (!f->required && !state_has(f, at))
			continue;
		if (state_value_check(
			f->kind, (const char *)at + f->offset, e) < 0)
			return err_wrap(e, "field '%s'", f->name);
	}
	return 0;
}

/* Sorts, asks, and lets go of the index. */
static int
no_number_twice(struct state_index *x, const char *what, struct err *e)
{
	const uint64_t *twice;
	int error = 0;

	state_index_sort(x);
	twice = state_index_twice(x);
	if (twice != NULL)
		error = err_set(e, EINVAL, "%s %ju is named twice", what,
		    (uintmax_t)*twice);
	state_index_done(x);
	return error;
}

static void
add_fd(struct state_index *x, int fd)
{
	if (fd >= 0)
		state_index_add(x, (uint64_t)fd);
}

static int
check_fds(const struct state *s, struct err *e)
{
	struct state_index x;

	if (state_index_init(&x,
		3 + s->service_count + s->listener_count + s->held_count) < 0)
		return err_memory(e);
	add_fd(&x, s->daemon.stderr_lock_fd);
	add_fd(&x, s->daemon.pidfile_fd);
	add_fd(&x, s->daemon.control_fd);
	for (size_t i = 0; i < s->service_count; i++)
		add_fd(&x, s->services[i].stderr_fd);
	for (size_t i = 0; i < s->listener_count; i++)
		add_fd(&x, s->listeners[i].fd);
	for (size_t i = 0; i < s->held_count; i++)
		add_fd(&x, s->held[i].fd);
	return no_number_twice(&x, "descriptor", e);
}

static int
check_service_numbers(const struct state *s, struct err *e)
{
	struct state_index x;

	if (s->daemon.next_service_number > GATE_SOURCE_UNIX)
		return err_set(e, EINVAL,
		    "the next service would have the number %u, the last one "
		    "is %u",
		    s->daemon.next_service_number, GATE_SOURCE_UNIX - 1);
	if (state_index_init(&x, s->service_count) < 0)
		return err_memory(e);
	for (size_t i = 0; i < s->service_count; i++) {
		const struct state_service *service = &s->services[i];

		if (service->number >= s->daemon.next_service_number) {
			state_index_done(&x);
			return err_set(e, EINVAL,
			    "service '%s' has the number %u, and the next one "
			    "would have %u",
			    service->name, service->number,
			    s->daemon.next_service_number);
		}
		state_index_add(&x, service->number);
	}
	return no_number_twice(&x, "service number", e);
}

static uint64_t
child_pid(const struct state_child *c)
{
	return (uint64_t)c->pid;
}

static uint64_t
child_number(const struct state_child *c)
{
	return c->number;
}

static uint64_t
child_slot(const struct state_child *c)
{
	return c->slot;
}

static int
check_unique(const struct state *s, uint64_t (*of)(const struct state_child *),
    const char *what, struct err *e)
{
	struct state_index x;

	if (state_index_init(&x, s->child_count) < 0)
		return err_memory(e);
	for (size_t i = 0; i < s->child_count; i++)
		state_index_add(&x, of(&s->children[i]));
	return no_number_twice(&x, what, e);
}

static int
check_children(const struct state *s, struct err *e)
{
	int error;

	for (size_t i = 0; i < s->child_count; i++) {
		const struct state_child *c = &s->children[i];

		if (c->number == 0 || c->number > s->daemon.last_connection)
			return err_set(e, EINVAL,
			    "process %d has connection %ju, of %ju so far",
			    c->pid, (uintmax_t)c->number,
			    (uintmax_t)s->daemon.last_connection);
		if (c->slot >= STATE_RECORDS_MAX)
			return err_set(e, EINVAL,
			    "process %d has slot %u, the last one is %d",
			    c->pid, c->slot, STATE_RECORDS_MAX - 1);
	}
	error = check_unique(s, child_pid, "process", e);
	if (error == 0)
		error = check_unique(s, child_number, "connection", e);
	if (error == 0)
		error = check_unique(s, child_slot, "slot", e);
	return error;
}

static int
check_name(const struct state_index *names, const char *name, const char *what,
    struct err *e)
{
	if (state_index_has_name(names, name))
		return 0;
	return err_set(
	    e, EINVAL, "%s of service '%s', which is not there", what, name);
}

static int
check_names(
    const struct state *s, const struct state_index *names, struct err *e)
{
	const char *twice = state_index_name_twice(names);
	int error = 0;

	if (twice != NULL)
		return err_set(e, EINVAL, "service '%s' comes twice", twice);
	for (size_t i = 0; i < s->listener_count && error == 0; i++)
		error =
		    check_name(names, s->listeners[i].service, "listener", e);
	for (size_t i = 0; i < s->child_count && error == 0; i++)
		error = check_name(names, s->children[i].service, "child", e);
	for (size_t i = 0; i < s->held_count && error == 0; i++)
		error = check_name(names, s->held[i].service, "held client", e);
	return error;
}

static int
check_services(const struct state *s, struct err *e)
{
	struct state_index names;
	int error;

	if (state_index_init(&names, s->service_count) < 0)
		return err_memory(e);
	for (size_t i = 0; i < s->service_count; i++)
		state_index_add_name(&names, s->services[i].name);
	state_index_sort(&names);
	error = check_names(s, &names, e);
	state_index_done(&names);
	return error;
}

int
state_check_whole(const struct state *s, struct err *e)
{
	int error = check_services(s, e);

	if (error == 0)
		error = check_service_numbers(s, e);
	if (error == 0)
		error = check_children(s, e);
	if (error == 0)
		error = check_fds(s, e);
	return error;
}

/* SPDX-License-Identifier: ISC */
/*
 * The sockets of a configuration: those that are there already are kept, with
 * all who wait at them; the others are opened beside (next_open.c).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "conf/conf.h"
#include "core/core.h"
#include "core/next.h"
#include "core/privileges.h"
#include "core/say.h"
#include "core/service.h"
#include "log/log.h"
#include "net/adopt.h"
#include "net/refit.h"

/* Who waits at a socket that retires may wait so long for its turn. */
#define RETIRE_NS (5 * NUM_NS_PER_S)

static int
by_address(const void *a, const void *b)
{
	const struct addr *x = &(*(struct core_listener *const *)a)->wanted;
	const struct addr *y = &(*(struct core_listener *const *)b)->wanted;

	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	return memcmp(&x->at, &y->at, x->length);
}

static int
list_present(struct core_next *next, struct err *e)
{
	struct core *core = next->core;
	size_t count = core->listeners;

	next->present = calloc(count + 1, sizeof(*next->present));
	next->passed = calloc(count + 1, sizeof(*next->passed));
	if (next->present == NULL || next->passed == NULL)
		return err_memory(e);
	for (size_t i = 0; i < core->service_count; i++) {
		struct core_listener *l = core->services[i]->listeners;

		for (; l != NULL; l = l->next) {
			next->present[next->present_count++] = l;
			if (l->socket.name != NULL)
				next->passed[next->passed_count++] = l;
		}
	}
	qsort(next->present, count, sizeof(next->present[0]), by_address);
	return 0;
}

static struct next_socket *
add_socket(struct core_next *next, const struct next_service *s,
    const struct conf_listen *value, int of_two)
{
	struct next_socket *n = &next->sockets[next->socket_count++];

	n->conf = &next->generation->conf->services[s->place];
	n->service = s->service;
	n->value = value;
	n->first_of_two = of_two == 1;
	n->second_of_two = of_two == 2;
	n->wanted = value->addr;
	if (of_two != 0) {
		addr_any(of_two == 1 ? AF_INET : AF_INET6, &n->wanted);
		addr_set_port(&n->wanted, addr_port(&value->addr));
	}
	return n;
}

/* How many passed sockets the value means; at least 1. */
static size_t
count_passed(const struct core_next *next, const struct conf_listen *value)
{
	size_t count = net_adopt_count(next->core->adopted, value);

	for (size_t i = 0; i < next->passed_count; i++)
		count += net_adopt_is_meant(&next->passed[i]->socket, value);
	return count > 0 ? count : 1;
}

/*
 * The sockets of one value of `listen`: one, two for a bare port, or as many
 * as were passed for it.
 */
static void
add_value(struct core_next *next, const struct next_service *s,
    const struct conf_listen *value)
{
	size_t passed = count_passed(next, value);

	if (value->both_families) {
		(void)add_socket(next, s, value, 1);
		(void)add_socket(next, s, value, 2);
	} else {
		(void)add_socket(next, s, value, 0);
	}
	for (size_t i = 1; i < passed; i++)
		add_socket(next, s, value, 0)->spare = true;
}

/* The most sockets that the listens can come to. */
static size_t
count_most(const struct core_next *next, const struct conf_listens *listens)
{
	size_t most = 0;

	for (size_t i = 0; i < listens->count; i++)
		most += 1 + count_passed(next, &listens->at[i]);
	return most;
}

static int
list_wanted(struct core_next *next, struct err *e)
{
	const struct conf *conf = next->generation->conf;
	size_t most = 0;

	for (size_t i = 0; i < conf->service_count; i++)
		most += count_most(next, &conf->services[i].listen);
	next->sockets = calloc(most + 1, sizeof(*next->sockets));
	if (next->sockets == NULL)
		return err_memory(e);
	for (size_t i = 0; i < next->service_count; i++) {
		struct next_service *s = &next->services[i];
		const struct conf_listens *listens =
		    &conf->services[s->place].listen;

		s->first = next->socket_count;
		for (size_t j = 0; j < listens->count && !s->service->disabled;
		     j++)
			add_value(next, s, &listens->at[j]);
		s->count = next->socket_count - s->first;
	}
	return 0;
}

/* Can l be the socket that n wants? */
static bool
fits(const struct core_listener *l, const struct next_socket *n)
{
	if (l->claimed || !addr_equal(&l->wanted, &n->wanted))
		return false;
	/* A port that the kernel chose is its service's. */
	if (n->wanted.at.any.sa_family != AF_UNIX &&
	    addr_port(&n->wanted) == 0 && l->service != n->service)
		return false;
	return net_refit_possible(&l->socket, l->service->conf, n->conf,
	    n->conf->v6only || n->second_of_two);
}

/* The first place in `present` that is not before the address. */
static size_t
find_present(const struct core_next *next, const struct addr *wanted)
{
	struct core_listener key = { .wanted = *wanted }, *at = &key;
	size_t low = 0, high = next->present_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_address(&next->present[middle], &at) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The socket that is there already and can be the one that n wants. */
static struct core_listener *
find(const struct core_next *next, const struct next_socket *n)
{
	size_t i = find_present(next, &n->wanted);

	for (; i < next->present_count; i++) {
		struct core_listener *l = next->present[i];

		if (!addr_equal(&l->wanted, &n->wanted))
			break;
		if (fits(l, n))
			return l;
	}
	return NULL;
}

/* Could the socket be changed?  old: what it was, NULL if that is unknown. */
static int
try_refit(
    const struct conf_service *old, const struct next_socket *n, struct err *e)
{
	int error = 0;

	if (n->wanted.at.any.sa_family == AF_UNIX && old != NULL &&
	    !net_refit_same_owner(old, n->conf))
		error = privileges_may_open(n->conf, &n->wanted, e);
	return error < 0 ? error
			 : net_refit_try(&n->listener->socket, n->conf, e);
}

void
next_claim(struct next_socket *n, struct core_listener *l)
{
	l->claimed = true;
	n->listener = l;
	n->refit = l->service->conf == NULL ||
	    net_refit_needed(l->service->conf, n->conf);
}

static int
keep(struct core_next *next, struct next_socket *n, struct err *e)
{
	struct core_listener *l;

	if (n->listener != NULL || n->spare || n->value->passed != NULL)
		return 0;
	l = find(next, n);
	if (l == NULL)
		return 0;
	next_claim(n, l);
	if (!n->refit)
		return 0;
	return next_place(n, try_refit(l->service->conf, n, e), e);
}

int
next_sockets_prepare(struct core_next *next, struct err *e)
{
	int error = list_present(next, e);

	if (error == 0)
		error = list_wanted(next, e);
	for (size_t i = 0; error == 0 && i < next->socket_count; i++)
		error = next_passed(next, &next->sockets[i], e);
	for (size_t i = 0; error == 0 && i < next->socket_count; i++)
		error = keep(next, &next->sockets[i], e);
	for (size_t i = 0; error == 0 && i < next->socket_count; i++)
		error = next_open(next, &next->sockets[i], e);
	return error;
}

static void
change(const struct next_socket *n)
{
	struct err e;

	/* It was tried before; what fails now leaves a socket that works. */
	if (net_refit(&n->listener->socket, n->conf, &e) < 0)
		log_event(LOG_FAULT, LOG_TEXT("service", n->conf->name),
		    LOG_TEXT("what", "an option of a socket is as it was"),
		    LOG_TEXT("error", e.text));
}

/* One that the configuration names, behind those that joined before. */
static void
join(struct next_socket *n, struct core_listener ***end)
{
	struct core_listener *l = n->listener;

	listener_revive(l);
	if (l->shared && !n->conf->reuseport)
		net_refit_share(&l->socket, false);
	l->shared = l->claimed = false;
	if (n->refit)
		change(n);
	listener_join(l, n->service, end);
	if (n->fresh)
		say_listen(l);
}

/*
 * Those that are wanted leave the list of the service, the others retire.
 * Returns how many these are.
 */
static size_t
part(struct core_service *s, uint64_t by_ns)
{
	struct core_listener **at = &s->listeners;
	size_t retired = 0;

	while (*at != NULL) {
		if ((*at)->claimed) {
			*at = (*at)->next;
			continue;
		}
		if ((*at)->retire_by_ns == 0) {
			listener_retire(*at, by_ns);
			retired++;
		}
		at = &(*at)->next;
	}
	return retired;
}

void
next_sockets_commit(struct core_next *next)
{
	uint64_t by_ns = next->core->loop.now_ns + RETIRE_NS;

	for (size_t i = 0; i < next->core->service_count; i++)
		next->retired += part(next->core->services[i], by_ns);
	for (size_t i = 0; i < next->service_count; i++) {
		const struct next_service *s = &next->services[i];
		struct core_listener *first = NULL, **end = &first;

		for (size_t j = s->first; j < s->first + s->count; j++) {
			if (next->sockets[j].listener == NULL)
				continue;
			join(&next->sockets[j], &end);
			next->opened += next->sockets[j].fresh;
			next->kept += !next->sockets[j].fresh;
		}
		*end = s->service->listeners;
		s->service->listeners = first;
	}
}

void
next_sockets_abandon(struct core_next *next)
{
	for (size_t i = 0; i < next->socket_count; i++) {
		if (next->sockets[i].fresh)
			listener_free(next->sockets[i].listener);
	}
	for (size_t i = 0; i < next->present_count; i++) {
		struct core_listener *l = next->present[i];

		if (l->shared && l->retire_by_ns == 0)
			net_refit_share(&l->socket, l->had_reuseport);
		l->claimed = false;
		l->shared &= l->retire_by_ns != 0;
	}
}

/* SPDX-License-Identifier: ISC */
/* Services come, follow their plans, and go. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "core/core.h"
#include "core/service.h"

struct core_service *
service_new(struct core *core, const char *name, uint32_t number)
{
	struct core_service *s = calloc(1, sizeof(*s));

	if (s != NULL)
		s->name = strdup(name);
	if (s == NULL || s->name == NULL) {
		free(s);
		return NULL;
	}
	assert(core->service_count < core->service_room);
	s->core = core;
	gate_init(&s->gate, number, &core->sources, NULL);
	stderr_init(&s->stderr_lines);
	core->services[core->service_count++] = s;
	return s;
}

/* The place of the service with this number; they are in their order. */
static size_t
place_of(const struct core *core, uint32_t number)
{
	size_t low = 0, high = core->service_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (core->services[middle]->gate.service < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct core_service *
service_from(const struct core *core, uint32_t number)
{
	size_t at = place_of(core, number);

	return at < core->service_count ? core->services[at] : NULL;
}

struct core_service *
service_by_number(const struct core *core, uint32_t number)
{
	struct core_service *s = service_from(core, number);

	return s != NULL && s->gate.service == number ? s : NULL;
}

struct core_service *
service_by_name(const struct core *core, const char *name)
{
	for (size_t i = 0; i < core->service_count; i++) {
		if (strcmp(core->services[i]->name, name) == 0)
			return core->services[i];
	}
	return NULL;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp((*(struct core_service *const *)a)->name,
	    (*(struct core_service *const *)b)->name);
}

void
service_sort(struct core_service **list, size_t count)
{
	qsort(list, count, sizeof(*list), by_name);
}

static int
match(const void *name, const void *service)
{
	return strcmp(name, (*(struct core_service *const *)service)->name);
}

struct core_service *
service_search(struct core_service *const *list, size_t count, const char *name)
{
	struct core_service *const *found =
	    bsearch(name, list, count, sizeof(*list), match);

	return found == NULL ? NULL : *found;
}

void
service_follow(struct core_service *s, const struct core_plan *plan)
{
	const struct core_plan *before = s->plan;

	s->plan = plan;
	s->conf = plan->conf;
	s->named = true;
	gate_follow(&s->gate, plan->gate);
	generation_use(plan->generation);
	if (before != NULL)
		generation_leave(before->generation);
}

void
service_release(struct core_service *s)
{
	if (!s->named && s->gate.live == 0 && s->listeners == NULL)
		service_free(s);
}

void
service_stop_listening(struct core_service *s)
{
	while (s->listeners != NULL)
		listener_free(s->listeners);
}

void
service_free(struct core_service *s)
{
	struct core *core = s->core;
	size_t at = place_of(core, s->gate.service);

	final_flush(core, s);
	service_stop_listening(s);
	stderr_close(&s->stderr_lines);
	log_channel_close(s->log);
	core->service_count--;
	memmove(&core->services[at], &core->services[at + 1],
	    (core->service_count - at) * sizeof(core->services[0]));
	if (s->plan != NULL)
		generation_leave(s->plan->generation);
	free(s->name);
	free(s);
}

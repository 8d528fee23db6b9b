/* SPDX-License-Identifier: ISC */
/* Slots in an array, the free ones in a list through it. */
#include <sys/mman.h>
#include <assert.h>
#include <errno.h>

#include "core/conns.h"

int
conns_init(struct core_conns *conns, uint32_t max)
{
	*conns = (struct core_conns) { .max = max };
	/* Shared, because a child that is a copy writes its fault there. */
	conns->slots = mmap(NULL, max * sizeof(*conns->slots),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (conns->slots == MAP_FAILED) {
		conns->slots = NULL;
		return -ENOMEM;
	}
	return table_init(&conns->by_pid, max);
}

void
conns_done(struct core_conns *conns)
{
	if (conns->slots != NULL)
		(void)munmap(conns->slots, conns->max * sizeof(*conns->slots));
	table_done(&conns->by_pid);
	*conns = (struct core_conns) { 0 };
}

uint32_t
conns_slot_of(const struct core_conns *conns, const struct core_conn *c)
{
	return (uint32_t)(c - conns->slots);
}

struct core_conn *
conns_take(struct core_conns *conns)
{
	struct core_conn *c;

	if (conns->free != 0) {
		c = &conns->slots[conns->free - 1];
		conns->free = c->next_free;
	} else if (conns->used < conns->max) {
		c = &conns->slots[conns->used++];
	} else {
		return NULL;
	}
	*c = (struct core_conn) { 0 };
	return c;
}

void
conns_live(struct core_conns *conns, struct core_conn *c, int pid)
{
	int error = table_insert(&conns->by_pid, (uint64_t)pid, c);

	/* The kernel gives a pid again only after we have reaped it. */
	assert(error == 0);
	(void)error;
	c->pid = pid;
	conns->live++;
}

void
conns_give(struct core_conns *conns, struct core_conn *c)
{
	if (c->pid != 0) {
		(void)table_remove(&conns->by_pid, (uint64_t)c->pid);
		conns->live--;
	}
	c->pid = 0;
	c->next_free = conns->free;
	conns->free = conns_slot_of(conns, c) + 1;
}

struct core_conn *
conns_by_pid(const struct core_conns *conns, int pid)
{
	return table_find(&conns->by_pid, (uint64_t)pid);
}

struct core_conn *
conns_by_slot(const struct core_conns *conns, uint32_t slot, uint64_t number)
{
	struct core_conn *c;

	if (slot >= conns->used)
		return NULL;
	c = &conns->slots[slot];
	return c->pid != 0 && c->number == number ? c : NULL;
}

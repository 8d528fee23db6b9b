/* SPDX-License-Identifier: ISC */
/* Slots in an array, the free ones in a list through it. */
#include <sys/mman.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "core/conns.h"
#include "core/listen_text.h"

#define CHUNK_SLOTS 4096
#define CHUNK_SIZE  (CHUNK_SLOTS * sizeof(struct core_conn))

int
conns_init(struct core_conns *conns, uint32_t max)
{
	*conns = (struct core_conns) { .max = max };
	return conns_reserve(conns, max);
}

void
conns_done(struct core_conns *conns)
{
	for (uint32_t i = 0; i < conns->used; i++) {
		if (conns_at(conns, i)->taken)
			listen_text_leave(conns_at(conns, i)->listen);
	}
	for (uint32_t i = 0; i < conns->chunk_count; i++)
		(void)munmap(conns->chunks[i], CHUNK_SIZE);
	free(conns->chunks);
	table_done(&conns->by_pid);
	table_done(&conns->by_cookie);
	*conns = (struct core_conns) { 0 };
}

static int
add_chunk(struct core_conns *conns)
{
	/* Shared, because a child that is a copy writes its fault there. */
	void *chunk = mmap(NULL, CHUNK_SIZE, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (chunk == MAP_FAILED)
		return -ENOMEM;
	conns->chunks[conns->chunk_count++] = chunk;
	return 0;
}

static uint64_t
pid_of(const struct core_conn *c)
{
	return (uint64_t)c->pid;
}

static uint64_t
cookie_of(const struct core_conn *c)
{
	return c->cookie;
}

/* A larger table of what has a key, with what is in the present one. */
static int
grow_table(const struct core_conns *conns, struct table *t, uint32_t count,
    uint64_t (*key)(const struct core_conn *))
{
	struct table larger;

	if (t->cells != NULL && t->capacity >= count)
		return 0;
	if (table_init(&larger, count) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < conns->used; i++) {
		struct core_conn *c = conns_at(conns, i);

		if (c->pid != 0 && table_find(t, key(c)) == c)
			(void)table_insert(&larger, key(c), c);
	}
	table_done(t);
	*t = larger;
	return 0;
}

int
conns_reserve(struct core_conns *conns, uint32_t count)
{
	uint32_t chunks = (count + CHUNK_SLOTS - 1) / CHUNK_SLOTS;
	struct core_conn **more;

	if (chunks > conns->chunk_count) {
		more = realloc(conns->chunks, chunks * sizeof(*more));
		if (more == NULL)
			return -ENOMEM;
		conns->chunks = more;
	}
	while (conns->chunk_count < chunks) {
		if (add_chunk(conns) < 0)
			return -ENOMEM;
	}
	if (grow_table(conns, &conns->by_pid, count, pid_of) < 0)
		return -ENOMEM;
	return grow_table(conns, &conns->by_cookie, count, cookie_of);
}

void
conns_limit(struct core_conns *conns, uint32_t max)
{
	conns->max = max;
}

struct core_conn *
conns_at(const struct core_conns *conns, uint32_t i)
{
	return &conns->chunks[i / CHUNK_SLOTS][i % CHUNK_SLOTS];
}

struct core_conn *
conns_take(struct core_conns *conns)
{
	struct core_conn *c;
	uint32_t slot;

	if (conns->taken >= conns->max)
		return NULL;
	conns->taken++;
	if (conns->free != 0) {
		slot = conns->free - 1;
		c = conns_at(conns, slot);
		conns->free = c->next_free;
	} else {
		slot = conns->used++;
		c = conns_at(conns, slot);
	}
	*c = (struct core_conn) { .slot = slot, .taken = true };
	return c;
}

struct core_conn *
conns_take_slot(struct core_conns *conns, uint32_t slot)
{
	struct core_conn *c;

	if (slot / CHUNK_SLOTS >= conns->chunk_count)
		return NULL;
	c = conns_at(conns, slot);
	if (slot < conns->used && c->taken)
		return NULL;
	for (; conns->used <= slot; conns->used++)
		conns_at(conns, conns->used)->taken = false;
	conns->taken++;
	*c = (struct core_conn) { .slot = slot, .taken = true };
	return c;
}

void
conns_taken_all(struct core_conns *conns)
{
	conns->free = 0;
	for (uint32_t i = conns->used; i-- > 0;) {
		struct core_conn *c = conns_at(conns, i);

		if (c->taken)
			continue;
		c->next_free = conns->free;
		conns->free = i + 1;
	}
}

void
conns_live(struct core_conns *conns, struct core_conn *c, int pid)
{
	int error = table_insert(&conns->by_pid, (uint64_t)pid, c);

	/* The kernel gives a pid again only after we have reaped it. */
	assert(error == 0);
	(void)error;
	/* No two sockets have one, but another superd may have told so. */
	if (c->cookie != 0)
		(void)table_insert(&conns->by_cookie, c->cookie, c);
	c->pid = pid;
	conns->live++;
	conns->young[conns->started++ % CONNS_YOUNG] = pid;
}

void
conns_give(struct core_conns *conns, struct core_conn *c)
{
	if (c->pid != 0) {
		(void)table_remove(&conns->by_pid, (uint64_t)c->pid);
		if (conns_by_cookie(conns, c->cookie) == c)
			(void)table_remove(&conns->by_cookie, c->cookie);
		conns->live--;
	}
	listen_text_leave(c->listen);
	c->listen = NULL;
	conns->taken--;
	c->taken = false;
	c->pid = 0;
	c->next_free = conns->free;
	conns->free = c->slot + 1;
}

struct core_conn *
conns_by_pid(const struct core_conns *conns, int pid)
{
	return table_find(&conns->by_pid, (uint64_t)pid);
}

struct core_conn *
conns_by_cookie(const struct core_conns *conns, uint64_t cookie)
{
	return cookie == 0 ? NULL : table_find(&conns->by_cookie, cookie);
}

int
conns_young(const struct core_conns *conns, uint32_t ago)
{
	int pid = conns->young[(conns->started - 1 - ago) % CONNS_YOUNG];

	return conns_by_pid(conns, pid) != NULL ? pid : 0;
}

bool
conns_spawn_ns(const struct core_conn *c, uint64_t *ret_ns)
{
	uint64_t exec_ns = __atomic_load_n(&c->fault.exec_ns, __ATOMIC_RELAXED);

	if (c->fault.step != SPAWN_STEP_NONE || exec_ns < c->start_ns)
		return false;
	*ret_ns = exec_ns - c->start_ns;
	return true;
}

struct core_conn *
conns_by_slot(const struct core_conns *conns, uint32_t slot, uint64_t number)
{
	struct core_conn *c;

	if (slot >= conns->used)
		return NULL;
	c = conns_at(conns, slot);
	return c->pid != 0 && c->number == number ? c : NULL;
}

/* SPDX-License-Identifier: ISC */
/*
 * The pool of stacks on which children run until they exec, and the clone
 * itself.  clone(2): CLONE_VM shares our memory instead of copying it, and
 * CLONE_CHILD_CLEARTID tells when the child has left it.
 */
#include <sys/mman.h>
#include <sys/syscall.h>
#include <linux/futex.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/num.h"
#include "compat/raw-syscall.h"
#include "spawn/slot.h"
#include "spawn/start.h"

#define STACK_SIZE ((size_t)32 * 1024)
#define WAIT_NS    NUM_NS_PER_MS

struct spawn_pool {
	char *memory;
	size_t region; /* a guard page and a stack */
	uint64_t label;
	struct spawn_slot *free;
	struct spawn_slot *flying[SPAWN_IN_FLIGHT_MAX];
	size_t flying_count;
};

static struct spawn_slot *
slot_at(const struct spawn_pool *pool, size_t i)
{
	char *top = pool->memory + (i + 1) * pool->region;
	size_t size = (sizeof(struct spawn_slot) + 63) & ~(size_t)63;

	return (struct spawn_slot *)(void *)(top - size);
}

/* Overflow of a stack must hit a page that nobody may write. */
static int
guard(const struct spawn_pool *pool, size_t page)
{
	for (size_t i = 0; i < SPAWN_IN_FLIGHT_MAX; i++) {
		if (mprotect(pool->memory + i * pool->region, page, PROT_NONE) <
		    0)
			return -errno;
	}
	return 0;
}

int
spawn_pool_new(uint64_t label, struct spawn_pool **ret_pool, struct err *e)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t stack = (STACK_SIZE + page - 1) / page * page;
	struct spawn_pool *pool = calloc(1, sizeof(*pool));

	if (pool == NULL)
		return err_memory(e);
	pool->label = label;
	pool->region = page + stack;
	pool->memory = mmap(NULL, SPAWN_IN_FLIGHT_MAX * pool->region,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1,
	    0);
	if (pool->memory == MAP_FAILED || guard(pool, page) < 0) {
		if (pool->memory != MAP_FAILED)
			(void)munmap(
			    pool->memory, SPAWN_IN_FLIGHT_MAX * pool->region);
		free(pool);
		return err_memory(e);
	}
	/* Last in, first out: few slots in use touch little memory. */
	for (size_t i = SPAWN_IN_FLIGHT_MAX; i-- > 0;) {
		slot_at(pool, i)->next_free = pool->free;
		pool->free = slot_at(pool, i);
	}
	*ret_pool = pool;
	return 0;
}

static void
collect(struct spawn_pool *pool)
{
	size_t kept = 0;

	for (size_t i = 0; i < pool->flying_count; i++) {
		struct spawn_slot *slot = pool->flying[i];

		if (__atomic_load_n(&slot->running, __ATOMIC_ACQUIRE) != 0) {
			pool->flying[kept++] = slot;
			continue;
		}
		slot->next_free = pool->free;
		pool->free = slot;
	}
	pool->flying_count = kept;
}

/* Waits a little for the oldest child; futex(2) looks at the word again. */
static void
wait_oldest(struct spawn_pool *pool)
{
	struct timespec patience = { .tv_nsec = (long)WAIT_NS };

	if (pool->flying_count > 0)
		(void)syscall(SYS_futex, &pool->flying[0]->running, FUTEX_WAIT,
		    1, &patience, NULL, 0);
	collect(pool);
}

void
spawn_pool_free(struct spawn_pool *pool)
{
	if (pool == NULL)
		return;
	collect(pool);
	for (int tries = 0; pool->flying_count > 0 && tries < 100; tries++)
		wait_oldest(pool);
	/* A child that hangs before its exec keeps its memory. */
	if (pool->flying_count > 0)
		return;
	(void)munmap(pool->memory, SPAWN_IN_FLIGHT_MAX * pool->region);
	free(pool);
}

static struct spawn_slot *
take(struct spawn_pool *pool)
{
	struct spawn_slot *slot;

	collect(pool);
	if (pool->free == NULL)
		wait_oldest(pool);
	slot = pool->free;
	if (slot != NULL)
		pool->free = slot->next_free;
	return slot;
}

int
spawn_start(struct spawn_pool *pool, const struct spawn_request *request)
{
	int flags = CLONE_VM | CLONE_CHILD_CLEARTID | SIGCHLD;
	struct spawn_slot *slot = take(pool);
	int fd = request->fd, pid, error;

	if (slot == NULL)
		return -EBUSY;
	/*
	 * Where the child must use libc, superd sleeps until it has exec'ed;
	 * also where it resets oom_score_adj, which the kernel sets for all
	 * that share memory, superd too, unless it is a vfork.
	 */
	if (!SUPERD_RAW_SYSCALL || request->plan->reset_oom)
		flags |= CLONE_VFORK;
	slot->request = *request;
	slot->label = pool->label;
	slot->running = 1;
	*request->fault = (struct spawn_fault) { 0 };
	pid = clone(spawn_child, slot, flags, slot, NULL, NULL, &slot->running);
	error = errno;
	if (pid < 0) {
		slot->next_free = pool->free;
		pool->free = slot;
		return -error;
	}
	pool->flying[pool->flying_count++] = slot;
	fd_close(&fd);
	return pid;
}

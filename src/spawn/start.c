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
#include "compat/raw-clone.h"
#include "compat/syscall-numbers.h"
#include "spawn/slot.h"
#include "spawn/start.h"

#define STACK_SIZE ((size_t)32 * 1024)
#define WAIT_NS    NUM_NS_PER_MS
/* Who takes longer is not waited for. */
#define STUCK_NS (100 * NUM_NS_PER_MS)

struct spawn_pool {
	char *memory;
	size_t region; /* a guard page and a stack */
	uint64_t label;
	int keep;    /* 0: children copy the table of descriptors */
	size_t held; /* descriptors to be closed when children have theirs */
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
give(struct spawn_pool *pool, struct spawn_slot *slot)
{
	slot->next_free = pool->free;
	pool->free = slot;
}

/* The child has its own copy. */
static void
close_held(struct spawn_pool *pool, struct spawn_slot *slot)
{
	if (slot->held_fd < 0)
		return;
	fd_close(&slot->held_fd);
	pool->held--;
}

static void
collect(struct spawn_pool *pool)
{
	size_t kept = 0;

	for (size_t i = 0; i < pool->flying_count; i++) {
		struct spawn_slot *slot = pool->flying[i];
		bool runs =
		    __atomic_load_n(&slot->running, __ATOMIC_ACQUIRE) != 0;

		if (!runs ||
		    __atomic_load_n(&slot->has_table, __ATOMIC_ACQUIRE))
			close_held(pool, slot);
		if (runs)
			pool->flying[kept++] = slot;
		else
			give(pool, slot);
	}
	pool->flying_count = kept;
}

/*
 * Waits a little for the oldest child that still has a chance; futex(2) looks
 * at the word again.
 */
static void
wait_a_little(struct spawn_pool *pool, uint64_t now_ns)
{
	struct timespec patience = { .tv_nsec = (long)WAIT_NS };
	size_t i = 0;

	while (i < pool->flying_count &&
	    now_ns - pool->flying[i]->request.now_ns > STUCK_NS)
		i++;
	if (i < pool->flying_count)
		(void)syscall(SYS_futex, &pool->flying[i]->running, FUTEX_WAIT,
		    1, &patience, NULL, 0);
	collect(pool);
}

bool
spawn_pool_settle(struct spawn_pool *pool, uint64_t now_ns)
{
	collect(pool);
	for (int tries = 0; pool->flying_count > 0 && tries < 100; tries++)
		wait_a_little(pool, now_ns);
	return pool->flying_count == 0;
}

bool
spawn_pool_free(struct spawn_pool *pool)
{
	if (pool == NULL)
		return true;
	collect(pool);
	for (int tries = 0; pool->flying_count > 0 && tries < 100; tries++)
		wait_a_little(pool, pool->flying[0]->request.now_ns);
	if (pool->flying_count > 0)
		return false;
	(void)munmap(pool->memory, SPAWN_IN_FLIGHT_MAX * pool->region);
	free(pool);
	return true;
}

/* May one more child of the plan be on its way? */
static bool
has_place(const struct spawn_pool *pool, const struct spawn_plan *plan)
{
	size_t count = 0;

	if (pool->free == NULL)
		return false;
	if (pool->flying_count < SPAWN_IN_FLIGHT_PLAN)
		return true;
	for (size_t i = 0; i < pool->flying_count; i++)
		count += pool->flying[i]->request.plan == plan;
	return count < SPAWN_IN_FLIGHT_PLAN;
}

static struct spawn_slot *
take(struct spawn_pool *pool, const struct spawn_request *request)
{
	struct spawn_slot *slot;

	collect(pool);
	if (!has_place(pool, request->plan))
		wait_a_little(pool, request->now_ns);
	if (!has_place(pool, request->plan))
		return NULL;
	slot = pool->free;
	pool->free = slot->next_free;
	return slot;
}

bool
spawn_pool_share(struct spawn_pool *pool, int keep)
{
	/* We share our table with nobody, and close nothing: only a try. */
	if (raw_syscall3(COMPAT_SYS_CLOSE_RANGE, ~0U, ~0U,
		COMPAT_CLOSE_RANGE_UNSHARE) < 0)
		return false;
	pool->keep = keep;
	return true;
}

size_t
spawn_tidy(struct spawn_pool *pool)
{
	if (pool->held > 0)
		collect(pool);
	return pool->held;
}

/*
 * oom_score_adj is set for all processes that share memory, so a child that
 * resets it needs a copy of its own; it leaves our stack alone then, and
 * cannot tell when it has a table.
 */
static long
start(struct spawn_slot *slot)
{
	unsigned long flags = SIGCHLD;
	long pid;

	if (slot->request.plan->reset_oom)
		slot->keep = 0;
	else
		flags |= CLONE_VM | CLONE_CHILD_CLEARTID;
	if (slot->keep > 0)
		flags |= CLONE_FILES;
	slot->running = 1;
	pid = compat_raw_clone(flags, slot, &slot->running, spawn_child, slot);
	if (pid < 0 || slot->request.plan->reset_oom)
		slot->running = 0;
	return pid;
}

int
spawn_start(struct spawn_pool *pool, const struct spawn_request *request)
{
	struct spawn_slot *slot = take(pool, request);
	long pid;

	if (slot == NULL)
		return -EBUSY;
	slot->request = *request;
	slot->label = pool->label;
	slot->keep = pool->keep;
	slot->has_table = 0;
	*request->fault = (struct spawn_fault) { 0 };
	pid = start(slot);
	if (pid < 0) {
		give(pool, slot);
		return (int)pid;
	}
	slot->pid = (int)pid;
	pool->flying[pool->flying_count++] = slot;
	slot->held_fd = request->fd;
	pool->held++;
	if (slot->keep == 0)
		close_held(pool, slot);
	return (int)pid;
}

size_t
spawn_check_late(struct spawn_pool *pool, uint64_t now_ns)
{
	collect(pool);
	for (size_t i = 0; i < pool->flying_count; i++) {
		struct spawn_slot *slot = pool->flying[i];

		if (now_ns - slot->request.now_ns < SPAWN_LATE_NS)
			continue;
		/* It runs, so it is not reaped, so the pid is still its. */
		slot->request.fault->error = ETIMEDOUT;
		slot->request.fault->step = SPAWN_STEP_LATE;
		(void)kill(slot->pid, SIGKILL);
	}
	return pool->flying_count;
}

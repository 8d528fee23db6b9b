/* SPDX-License-Identifier: ISC */
/* Timers against a list of what is due when, and their rules in a callback. */
#include "base/num.h"
#include "loop/loop.h"
#include "loop/timers.h"
#include "tap.h"

#define TIMERS 200
#define ROUNDS 100000

struct item {
	struct loop_timer timer;
	bool set; /* in the model */
	uint64_t due;
	unsigned int fired, wanted;
};

static struct loop loop;
static struct item items[TIMERS];
static uint64_t last_due;
static unsigned int disorder, early;

static void
on_fire(struct loop *l, struct loop_timer *timer)
{
	struct item *item = loop_owner(timer, struct item, timer);

	item->fired++;
	disorder += timer->due_ns < last_due;
	early += timer->due_ns > l->now_ns;
	last_due = timer->due_ns;
}

/* The heap is in order, each timer knows its place. */
static bool
is_sound(void)
{
	for (uint32_t i = 0; i < loop.timers; i++) {
		if (loop.heap[i]->place != i + 1)
			return false;
		if (i > 0 &&
		    loop.heap[(i - 1) / 2]->due_ns > loop.heap[i]->due_ns)
			return false;
	}
	return true;
}

/* What the model fires when the clock says `now`. */
static void
model_fire(uint64_t now)
{
	for (size_t i = 0; i < TIMERS; i++) {
		if (!items[i].set || items[i].due > now)
			continue;
		items[i].set = false;
		items[i].wanted++;
	}
}

static void
one_step(void)
{
	struct item *item = &items[tap_random_below(TIMERS)];

	switch (tap_random_below(8)) {
	case 0:
		loop_timer_stop(&loop, &item->timer);
		item->set = false;
		break;
	case 1:
		loop.now_ns += tap_random_below(100);
		last_due = 0;
		timers_fire_due(&loop);
		model_fire(loop.now_ns);
		break;
	default:
		item->due = loop.now_ns + tap_random_below(1000) - 20;
		item->set = true;
		loop_timer_set(&loop, &item->timer, item->due);
	}
}

static void
test_model(void)
{
	unsigned int wrong = 0, unsound = 0, fired = 0;

	loop.now_ns = 1000;
	for (size_t i = 0; i < TIMERS; i++)
		items[i].timer.fire = on_fire;
	for (int i = 0; i < ROUNDS; i++) {
		uint32_t set = 0;

		one_step();
		unsound += i % 10 == 0 && !is_sound();
		for (size_t k = 0; k < TIMERS; k++) {
			set += items[k].set;
			wrong += items[k].fired != items[k].wanted;
			wrong += items[k].set != (items[k].timer.place != 0);
		}
		wrong += set != loop.timers;
	}
	for (size_t k = 0; k < TIMERS; k++) {
		fired += items[k].fired;
		loop_timer_stop(&loop, &items[k].timer);
	}
	is_int(wrong, 0, "those fire that the list says, once each");
	is_int(unsound, 0, "the heap is in order at all times");
	ok(disorder == 0 && early == 0, "first due, first fired, none early");
	ok(fired > 1000, "some did fire");
	is_int(loop.timers, 0, "stopped timers leave nothing behind");
}

static void
set_again(struct loop *l, struct loop_timer *timer)
{
	struct item *item = loop_owner(timer, struct item, timer);

	item->fired++;
	loop_timer_set(l, timer, l->now_ns);
}

static void
test_set_to_now(bool another)
{
	struct item me = { .timer.fire = set_again };
	struct item far = { .timer.fire = on_fire };

	loop.now_ns = 1000;
	loop_timer_set(&loop, &me.timer, 900);
	if (another)
		loop_timer_set(&loop, &far.timer, UINT64_MAX);
	timers_fire_due(&loop);
	is_int(me.fired, 1,
	    another ? "set to now, a timer waits though another is set"
		    : "set to now in its callback, a timer waits");
	loop.now_ns++;
	timers_fire_due(&loop);
	is_int(me.fired, 2, "and fires in the next turn");
	loop_timer_stop(&loop, &me.timer);
	loop_timer_stop(&loop, &far.timer);
}

static struct item other;

static void
stop_other(struct loop *l, struct loop_timer *timer)
{
	(void)timer;
	loop_timer_stop(l, &other.timer);
}

static void
set_other(struct loop *l, struct loop_timer *timer)
{
	(void)timer;
	loop_timer_set(l, &other.timer, 1);
}

static void
test_others(void)
{
	struct item me = { .timer.fire = stop_other };

	other = (struct item) { .timer.fire = on_fire };
	loop.now_ns = 1000;
	loop_timer_set(&loop, &me.timer, 10);
	loop_timer_set(&loop, &other.timer, 20);
	timers_fire_due(&loop);
	is_int(other.fired, 0, "a timer that another's callback stopped");
	me.timer.fire = set_other;
	loop_timer_set(&loop, &me.timer, 10);
	timers_fire_due(&loop);
	is_int(other.fired, 0, "one that it set waits for the next turn");
	loop.now_ns++;
	last_due = 0;
	timers_fire_due(&loop);
	is_int(other.fired, 1, "and fires there");
}

static void
test_turns(void)
{
	struct item me = { .timer.fire = on_fire };
	uint64_t start = loop_clock();

	last_due = 0;
	early = 0;
	loop_timer_set(&loop, &me.timer, start + 3 * NUM_NS_PER_MS / 2);
	while (me.fired == 0 && loop_turn(&loop) == 0)
		continue;
	ok(early == 0 && loop.now_ns >= start + 3 * NUM_NS_PER_MS / 2,
	    "the loop waits for a timer, and not too short");
	ok(loop_clock() - start < 5 * NUM_NS_PER_S, "nor for ever");
	loop_timer_set(&loop, &me.timer, 1);
	(void)loop_turn(&loop);
	is_int(me.fired, 2, "a timer of long ago fires at once");
}

int
main(void)
{
	struct err e;

	tap_seed(7);
	if (loop_init(&loop, TIMERS, &e) < 0)
		tap_bail(e.text);
	test_model();
	test_set_to_now(false);
	test_set_to_now(true);
	test_others();
	test_turns();
	loop_done(&loop);
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/*
 * When a channel's file is rotated.  Only what has a path can be moved away;
 * what fails is told once, until it works again.
 */
#include "base/num.h"
#include "log/channel.h"
#include "log/rotate.h"

/* How soon a rotation that failed is tried again. */
#define ROTATE_NS (60 * NUM_NS_PER_S)

void
log_channel_arm_limit(struct log_channel *c)
{
	c->outlet.full_bytes =
	    c->outlet.kind == &log_outlet_file ? c->max_bytes : 0;
}

void
log_channel_set_limit(struct log_channel *c, const struct log_options *options)
{
	c->max_bytes = options->max_bytes;
	c->keep = options->keep;
	c->rotate_again_ns = 0;
	log_channel_arm_limit(c);
}

void
log_channel_look_at_limit(struct log_channel *c)
{
	if (c->rotate_again_ns != 0 &&
	    log_channel_clock() >= c->rotate_again_ns)
		log_channel_arm_limit(c);
}

void
log_channel_rotate(struct log_channel *c)
{
	bool told = c->rotate_again_ns != 0;
	struct err e;

	if (log_rotate(&c->outlet, c->keep, &e) == 0) {
		c->rotate_again_ns = 0;
		return;
	}
	c->outlet.full_bytes = 0;
	c->rotate_again_ns = log_channel_clock() + ROTATE_NS;
	if (!told)
		log_event(LOG_FAULT,
		    LOG_TEXT("what", "a log file grows beyond its limit"),
		    LOG_TEXT("error", e.text));
}

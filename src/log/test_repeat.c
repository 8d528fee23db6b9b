/* SPDX-License-Identifier: ISC */
/* The first passes, the rest of its span counts. */
#include "log/repeat.h"
#include "tap.h"

#define SPAN 1000

int
main(void)
{
	struct log_repeat r = { 0 };
	uint64_t suppressed = 77;

	ok(log_repeat_pass(&r, 0, SPAN, &suppressed), "the first passes");
	is_int((intmax_t)suppressed, 0, "and nothing was swallowed before");
	suppressed = 77;
	for (uint64_t now = 1; now < SPAN; now += 111)
		if (log_repeat_pass(&r, now, SPAN, &suppressed))
			ok(false, "one passed within the span");
	is_int((intmax_t)suppressed, 77, "a swallowed one gives no count");
	ok(log_repeat_pass(&r, SPAN, SPAN, &suppressed),
	    "the first of the next span passes");
	is_int((intmax_t)suppressed, 9, "and tells how many were swallowed");
	ok(!log_repeat_pass(&r, SPAN + 1, SPAN, &suppressed),
	    "which starts a new span");
	ok(log_repeat_pass(&r, 100 * SPAN, SPAN, &suppressed),
	    "one passes after a long silence");
	is_int((intmax_t)suppressed, 1, "and tells of the last swallowed one");
	return done_testing();
}

/* SPDX-License-Identifier: ISC */
/* Counting what is not printed; see repeat.h. */
#include "log/repeat.h"

bool
log_repeat_pass(struct log_repeat *r, uint64_t now_ns, uint64_t span_ns,
    uint64_t *ret_suppressed)
{
	if (r->until_ns != 0 && now_ns < r->until_ns) {
		r->suppressed++;
		return false;
	}
	*ret_suppressed = r->suppressed;
	r->suppressed = 0;
	r->until_ns = now_ns + span_ns;
	return true;
}

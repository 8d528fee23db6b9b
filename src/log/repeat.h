/* SPDX-License-Identifier: ISC */
/*
 * Repeats are counted, not printed: the first of a kind passes at once, the
 * next ones of the same span only count, and the span's end tells how many.
 * Pure: the clock is an argument.
 */
#ifndef SUPERD_LOG_REPEAT_H
#define SUPERD_LOG_REPEAT_H

#include <stdbool.h>
#include <stdint.h>

struct log_repeat {
	uint64_t until_ns;   /* end of the running span, 0 for none */
	uint64_t suppressed; /* in the running span */
};

/*
 * May this occurrence be printed?  If so *ret_suppressed is how many were
 * swallowed since the last printed one.  [pure but for r]
 */
bool log_repeat_pass(struct log_repeat *r, uint64_t now_ns, uint64_t span_ns,
    uint64_t *ret_suppressed);

#endif

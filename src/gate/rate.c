/* SPDX-License-Identifier: ISC */
/* The generic cell rate algorithm; see rate.h. */
#include "gate/rate.h"
#include "conf/conf.h"

static uint64_t
add(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t
multiply(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

struct gate_rate
gate_rate_make(const struct conf_rate *conf)
{
	struct gate_rate rate = { 0 };
	uint64_t burst = conf->burst;

	if (!conf->set || conf->count == 0 || conf->period_ns == 0)
		return rate;
	rate.interval_ns = (conf->period_ns - 1) / conf->count + 1;
	if (burst == 0)
		burst = conf->count;
	rate.tolerance_ns = multiply(rate.interval_ns, burst - 1);
	return rate;
}

/* The state as it can be at now: neither past nor too far ahead. */
static uint64_t
settle(const struct gate_rate *rate, uint64_t tat, uint64_t now_ns)
{
	uint64_t most = add(add(now_ns, rate->tolerance_ns), rate->interval_ns);

	if (tat < now_ns)
		return now_ns;
	return tat < most ? tat : most;
}

uint64_t
gate_rate_next(const struct gate_rate *rate, uint64_t tat, uint64_t now_ns)
{
	if (rate->interval_ns == 0)
		return 0;
	tat = settle(rate, tat, now_ns);
	return tat - now_ns <= rate->tolerance_ns ? 0
						  : tat - rate->tolerance_ns;
}

void
gate_rate_take(const struct gate_rate *rate, uint64_t *tat, uint64_t now_ns)
{
	if (rate->interval_ns != 0)
		*tat = add(settle(rate, *tat, now_ns), rate->interval_ns);
}

uint64_t
gate_rate_check(const struct gate_rate *rate, uint64_t *tat, uint64_t now_ns)
{
	uint64_t next_ns = gate_rate_next(rate, *tat, now_ns);

	if (next_ns == 0)
		gate_rate_take(rate, tat, now_ns);
	return next_ns;
}

uint64_t
gate_rate_used(const struct gate_rate *rate, uint64_t tat, uint64_t now_ns)
{
	if (rate->interval_ns == 0 || tat <= now_ns)
		return 0;
	return (settle(rate, tat, now_ns) - now_ns - 1) / rate->interval_ns + 1;
}
